//! Hashes and checks passwords: Argon2id at OWASP's parameters, a few at a time.

use std::sync::{Arc, OnceLock};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use gg_domain::account::Password;
use gg_domain::clock::Sources;
use gg_store::{PasswordHash, StoreError};
use tokio::sync::Semaphore;

/// KiB of memory for a hash (OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane).
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Hashes made at one time: each takes 19 MiB and a core for some tens of milliseconds.
const AT_ONCE: usize = 4;
/// Hashes that may wait before callers are told to come back.
const WAITING_MAX: usize = 64;

static ROOM: Semaphore = Semaphore::const_new(AT_ONCE);
static QUEUE: Semaphore = Semaphore::const_new(AT_ONCE + WAITING_MAX);

/// The hash to be kept of a password.
///
/// # Errors
/// [`StoreError::Busy`] where too many hashes wait.
pub(crate) async fn hash(password: Password, sources: &Sources) -> Result<PasswordHash, StoreError> {
    let salt = sources.bytes::<16>();
    apart(move || {
        let hash = argon2().hash_password_with_salt(password.expose().as_bytes(), &salt);
        PasswordHash::new(hash.expect("a password and a salt of these lengths can be hashed").to_string())
    })
    .await
}

/// Whether the password is the one that was hashed. Where there is no hash it takes as long, and is not.
///
/// # Errors
/// [`StoreError::Busy`] where too many hashes wait.
pub(crate) async fn matches(password: Password, hash: Option<PasswordHash>) -> Result<bool, StoreError> {
    apart(move || {
        let known = hash.is_some();
        let text = hash.map_or_else(|| nobodys().clone(), |hash| hash.expose().to_string());
        let parsed = argon2::PasswordHash::new(&text);
        let matches = parsed
            .is_ok_and(|parsed| argon2().verify_password(password.expose().as_bytes(), &parsed).is_ok());
        known && matches
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    let waiting = QUEUE.try_acquire().map_err(|_| StoreError::Busy)?;
    let room = ROOM.acquire().await.map_err(|_| StoreError::Busy)?;
    let done = tokio::task::spawn_blocking(move || {
        // Held to the end of the work, not of the wait: a caller who hangs up does not stop a hash.
        let (_waiting, _room) = (waiting, room);
        work()
    });
    done.await.map_err(|error| StoreError::Broken(error.to_string()))
}

/// A hash that no password has: who is unknown must not be told apart by time.
fn nobodys() -> &'static String {
    static NOBODY: OnceLock<Arc<String>> = OnceLock::new();
    NOBODY.get_or_init(|| {
        let hash = argon2().hash_password_with_salt(&Sources::system().bytes::<32>(), &[0; 16]);
        Arc::new(hash.expect("random bytes can be hashed").to_string())
    })
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("OWASP's parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let typed = |text: &str| Password::typed(text.to_string());
        let kept = hash(typed("four words in a row"), &Sources::system()).await.unwrap();

        assert!(kept.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches(typed("four words in a row"), Some(kept.clone())).await.unwrap());
        assert!(!matches(typed("four words in a column"), Some(kept)).await.unwrap());
        assert!(!matches(typed("four words in a row"), None).await.unwrap());
    }
}
