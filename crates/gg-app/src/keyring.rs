//! The keys that sign links: unsealed once, and looked at again when another process made one.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use gg_domain::clock::Sources;
use gg_domain::id::{DeploymentId, GuestId};
use gg_domain::token::{BadToken, Claims, KeyId, Purpose, SigningKey, Token, Unverified};
use gg_store::{Conn, KeyUse, Store, StoreError, WriteTx};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::error::Result;
use crate::secrets::Secrets;

/// The keys are read again after so long: a rotation beside the server is seen within 5 s (CONTRACT.md).
const REFRESH_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// A token of a key that is not known has them read again after so long: another process may have made it just now,
/// and whoever makes tokens up must not have the database asked for each.
const REFRESH_UNKNOWN_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// What can go wrong with the keys of a deployment.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The secret is another one than the keys were sealed with.
    #[error(
        "the signing keys do not open with this secret: bring back the data folder's `secret` file, or GUESTGUARD_SECRET"
    )]
    WrongSecret,
    /// Links that live were signed by that key.
    #[error(
        "{living} living links use key {id}: rotate, wait for them to be replaced, or --force and let them die"
    )]
    InUse {
        /// The key.
        id: KeyId,
        /// Links that would die.
        living: i64,
    },
    /// There is no such key that could be retired.
    #[error("there is no living key {0}")]
    Unknown(KeyId),
    /// The key signs new links.
    #[error("key {0} signs new links: rotate first")]
    Current(KeyId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The living keys of this deployment.
pub struct Keyring {
    store: Store,
    sources: Sources,
    secrets: Arc<Secrets>,
    audience: DeploymentId,
    keys: RwLock<Keys>,
    /// Held by who reads the keys again.
    reading: Mutex<()>,
}

#[derive(Clone)]
struct Keys {
    by_id: BTreeMap<KeyId, SigningKey>,
    read_at: Timestamp,
}

impl Keyring {
    /// Founds the deployment and its first key where there is none, and opens the keys.
    ///
    /// # Errors
    /// [`KeyringError::WrongSecret`], or the store's.
    pub async fn open(store: Store, sources: Sources, secrets: Arc<Secrets>) -> Result<Self, KeyringError> {
        let (id, epoch, at) =
            (sources.random_id::<DeploymentId>(), sources.random_id::<DeploymentId>(), sources.now());
        let sealed = secrets.seal(&sources, SigningKey::from_bytes(sources.bytes()).expose());
        let deployment = store
            .write(async move |tx: &mut WriteTx| -> Result<_, StoreError> {
                let deployment = tx.found_deployment(id, &epoch.to_string(), at).await?;
                if tx.signing_keys().await?.is_empty() {
                    let key = tx.next_key_id().await?;
                    tx.insert_signing_key(key, &sealed, at).await?;
                }
                Ok(deployment)
            })
            .await?;
        let keys = read(&store, &secrets, at).await?;
        Ok(Self {
            store,
            sources,
            secrets,
            audience: deployment.id,
            keys: RwLock::new(keys),
            reading: Mutex::new(()),
        })
    }

    /// The key that signs new links.
    pub fn current(&self) -> KeyId {
        self.keys().by_id.keys().next_back().copied().unwrap_or(KeyId(0))
    }

    /// The token of a guest's link in one generation; none where its key is retired.
    pub fn token(&self, key: KeyId, guest: GuestId, generation: u32, purpose: Purpose) -> Option<Token> {
        let keys = self.keys();
        let claims = Claims { purpose, key_id: key, guest, generation };
        keys.by_id.get(&key).map(|key| Token::issue(&claims, key, self.audience))
    }

    /// What a token says, if we made it for one of `purposes`.
    ///
    /// # Errors
    /// [`BadToken`] otherwise. Where the keys could not be read again, those known serve on.
    pub async fn verify(&self, token: &str, purposes: &[Purpose]) -> Result<Claims, BadToken> {
        let token = Unverified::parse(token)?;
        self.refresh().await;
        let key = match self.key(token.key_id()) {
            Some(key) => key,
            None => {
                self.refresh_for_unknown().await;
                self.key(token.key_id()).ok_or(BadToken)?
            }
        };
        token.verify(&key, self.audience, purposes)
    }

    /// Reads the keys again where they were read too long ago. Who comes while another reads does not wait.
    pub async fn refresh(&self) {
        if self.is_older_than(REFRESH_AFTER)
            && let Ok(_turn) = self.reading.try_lock()
        {
            self.read_again().await;
        }
    }

    async fn refresh_for_unknown(&self) {
        let _turn = self.reading.lock().await;
        if self.is_older_than(REFRESH_UNKNOWN_AFTER) {
            self.read_again().await;
        }
    }

    async fn read_again(&self) {
        let now = self.sources.now();
        // Also where it fails: a database that is away is not asked by every call.
        self.keys.write().unwrap_or_else(PoisonError::into_inner).read_at = now;
        match read(&self.store, &self.secrets, now).await {
            Ok(keys) => *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys,
            Err(error) => tracing::warn!(%error, "the signing keys could not be read again"),
        }
    }

    /// Whether the keys were read longer ago, or later than now: then the clock was set back.
    fn is_older_than(&self, age: SignedDuration) -> bool {
        let is = self.sources.now().duration_since(self.keys().read_at);
        is.is_negative() || is >= age
    }

    /// Every key there ever was, with the links that live by it.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(&self) -> Result<Vec<KeyUse>, KeyringError> {
        let now = self.sources.now();
        Ok(self.store.read(async move |conn: &mut Conn| conn.key_uses(now).await).await?)
    }

    /// Makes a new key: it signs new links from now on, and older links live on.
    ///
    /// # Errors
    /// The store's.
    pub async fn rotate(&self) -> Result<KeyId, KeyringError> {
        let at = self.sources.now();
        let sealed = self.secrets.seal(&self.sources, SigningKey::from_bytes(self.sources.bytes()).expose());
        let id = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_, StoreError> {
                let id = tx.next_key_id().await?;
                let kept = tx.insert_signing_key(id, &sealed, at).await?;
                if kept { Ok(id) } else { Err(StoreError::Contended) }
            })
            .await?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) =
            read(&self.store, &self.secrets, at).await?;
        Ok(id)
    }

    /// Gives up a key, and says how many living links died with it.
    ///
    /// # Errors
    /// [`KeyringError::InUse`] where links live by it and not `force`, [`KeyringError::Unknown`],
    /// [`KeyringError::Current`].
    pub async fn retire(&self, id: KeyId, force: bool) -> Result<i64, KeyringError> {
        let at = self.sources.now();
        let living = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_, KeyringError> {
                let keys = tx.key_uses(at).await?;
                let mut unretired = keys.iter().filter(|key| key.retired_at.is_none());
                let living = unretired.clone().find(|key| key.id == id).map(|key| key.living_links);
                let living = living.ok_or(KeyringError::Unknown(id))?;
                if unretired.next_back().is_some_and(|newest| newest.id == id) {
                    return Err(KeyringError::Current(id));
                }
                if living > 0 && !force {
                    return Err(KeyringError::InUse { id, living });
                }

                tx.retire_signing_key(id, at).await?;
                Ok(living)
            })
            .await?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) =
            read(&self.store, &self.secrets, at).await?;
        Ok(living)
    }

    fn key(&self, id: KeyId) -> Option<SigningKey> {
        self.keys().by_id.get(&id).cloned()
    }

    fn keys(&self) -> std::sync::RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(…)")
    }
}

async fn read(store: &Store, secrets: &Secrets, at: Timestamp) -> Result<Keys, KeyringError> {
    let sealed = store.read(async move |conn: &mut Conn| conn.signing_keys().await).await?;
    let mut by_id = BTreeMap::new();
    for key in sealed {
        let bytes = secrets.unseal(&key.sealed).ok_or(KeyringError::WrongSecret)?;
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyringError::WrongSecret)?;
        by_id.insert(key.id, SigningKey::from_bytes(bytes));
    }
    Ok(Keys { by_id, read_at: at })
}
