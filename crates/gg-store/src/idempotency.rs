//! Writes that are asked for twice and done once: the answers to keys of the last 24 hours.
//!
//! What is kept of an answer's body is sealed by the caller; this file knows text.

use gg_domain::id::{AccountId, GuestId};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{args, row};

/// An answer is kept for so long: longer than any client tries again.
pub const IDEMPOTENCY_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// A write that runs for longer was lost with its process, and may be tried again.
pub const IDEMPOTENCY_RUNS_MAX: SignedDuration = SignedDuration::from_mins(2);

row! {
    /// An answer that was given to a key.
    pub struct Answered {
        /// The status code.
        pub status: i64,
        /// The `Location`, where it had one.
        pub location: Option<String>,
        /// The body, sealed.
        pub body: Option<String>,
    }
}

/// What is known of a key.
#[derive(Clone, PartialEq, Debug)]
pub enum Claim {
    /// Nothing: the caller does the write, and then completes or releases the key.
    New,
    /// The same write was done.
    Done(Answered),
    /// The same write is being done.
    Running,
    /// The key was used for another write.
    Mismatch,
}

/// Whose key it is: an account's, or a guest's who holds a link. Nobody meets another's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyOwner {
    /// An organiser's.
    Account(AccountId),
    /// A guest's.
    Guest(GuestId),
}

impl KeyOwner {
    /// The owner's id.
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Account(account) => account.uuid(),
            Self::Guest(guest) => guest.uuid(),
        }
    }

    /// That of two statements which is about this kind of owner.
    const fn choose(self, account: &'static str, guest: &'static str) -> &'static str {
        match self {
            Self::Account(_) => account,
            Self::Guest(_) => guest,
        }
    }
}

impl Conn {
    async fn claimed(&mut self, owner: KeyOwner, key: &str) -> Result<Option<Claimed>> {
        const ACCOUNT: &str = "select request_hash, status, location, body
            from idempotency_keys where account_id = $1 and key = $2";
        const GUEST: &str = "select request_hash, status, location, body
            from guest_idempotency_keys where guest_id = $1 and key = $2";
        self.optional(owner.choose(ACCOUNT, GUEST), args![owner.uuid(), key]).await
    }
}

/// A key's row: what was asked for, the status code once there is one, the `Location` and the body.
type Claimed = (Vec<u8>, Option<i64>, Option<String>, Option<String>);

impl WriteTx {
    /// Claims `key` of `owner` for the write whose hash is `request_hash`. Of two at once, one is told [`Claim::New`].
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn claim_idempotency_key(
        &mut self,
        owner: KeyOwner,
        key: &str,
        request_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Claim> {
        const ACCOUNT: &str = "insert into idempotency_keys (account_id, key, request_hash, created_at)
            values ($1, $2, $3, $4)
            on conflict (account_id, key) do update set request_hash = excluded.request_hash, status = null,
                location = null, body = null, created_at = excluded.created_at
            where idempotency_keys.created_at <= $5
                or (idempotency_keys.status is null and idempotency_keys.created_at <= $6)";
        const GUEST: &str = "insert into guest_idempotency_keys (guest_id, key, request_hash, created_at)
            values ($1, $2, $3, $4)
            on conflict (guest_id, key) do update set request_hash = excluded.request_hash, status = null,
                location = null, body = null, created_at = excluded.created_at
            where guest_idempotency_keys.created_at <= $5
                or (guest_idempotency_keys.status is null and guest_idempotency_keys.created_at <= $6)";
        let old = before(now, IDEMPOTENCY_LIFE);
        let lost = before(now, IDEMPOTENCY_RUNS_MAX);
        let claim = owner.choose(ACCOUNT, GUEST);
        if self.execute(claim, args![owner.uuid(), key, request_hash, now, old, lost]).await? == 1 {
            return Ok(Claim::New);
        }
        Ok(match self.claimed(owner, key).await? {
            Some((asked, ..)) if asked != request_hash => Claim::Mismatch,
            Some((_, Some(status), location, body)) => Claim::Done(Answered { status, location, body }),
            // None: released in between, the next try gets it.
            Some((_, None, ..)) | None => Claim::Running,
        })
    }

    /// Keeps the answer to a key that was claimed at `claimed_at`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn complete_idempotency_key(
        &mut self,
        owner: KeyOwner,
        key: &str,
        claimed_at: Timestamp,
        answered: &Answered,
    ) -> Result<()> {
        const ACCOUNT: &str = "update idempotency_keys set status = $4, location = $5, body = $6
            where account_id = $1 and key = $2 and created_at = $3 and status is null";
        const GUEST: &str = "update guest_idempotency_keys set status = $4, location = $5, body = $6
            where guest_id = $1 and key = $2 and created_at = $3 and status is null";
        let Answered { status, location, body } = answered;
        let (sql, owner) = (owner.choose(ACCOUNT, GUEST), owner.uuid());
        self.execute(sql, args![owner, key, claimed_at, status, location, body]).await.map(|_| ())
    }

    /// Gives a key back whose write was not done: the next try does it.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn release_idempotency_key(
        &mut self,
        owner: KeyOwner,
        key: &str,
        claimed_at: Timestamp,
    ) -> Result<()> {
        const ACCOUNT: &str = "delete from idempotency_keys
            where account_id = $1 and key = $2 and created_at = $3 and status is null";
        const GUEST: &str = "delete from guest_idempotency_keys
            where guest_id = $1 and key = $2 and created_at = $3 and status is null";
        let (sql, owner) = (owner.choose(ACCOUNT, GUEST), owner.uuid());
        self.execute(sql, args![owner, key, claimed_at]).await.map(|_| ())
    }

    /// Forgets keys that are older than [`IDEMPOTENCY_LIFE`] at `now`, at most `limit` of accounts and as many of
    /// guests, and says how many.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn prune_idempotency_keys(&mut self, now: Timestamp, limit: i64) -> Result<u64> {
        const ACCOUNTS: &str = "delete from idempotency_keys where (account_id, key) in
            (select account_id, key from idempotency_keys where created_at <= $1 order by created_at limit $2)";
        const GUESTS: &str = "delete from guest_idempotency_keys where (guest_id, key) in
            (select guest_id, key from guest_idempotency_keys where created_at <= $1 order by created_at limit $2)";
        let old = before(now, IDEMPOTENCY_LIFE);
        Ok(self.execute(ACCOUNTS, args![old, limit]).await? + self.execute(GUESTS, args![old, limit]).await?)
    }
}

fn before(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
