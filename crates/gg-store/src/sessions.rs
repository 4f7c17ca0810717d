//! Signed-in browsers of organisers. A session's secret is kept as its hash alone.

use gg_domain::account::{SESSION_IDLE, SESSION_LIFE};
use gg_domain::email::EmailAddress;
use gg_domain::id::{AccountId, SessionId};
use jiff::{SignedDuration, Timestamp};

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{args, row};

/// Sessions of one account: more than anybody has browsers, and the longest unused makes room.
pub const SESSIONS_MAX: u32 = 50;
/// A session's use is noted at most so often: a read must not cost a write each time.
pub const SESSION_TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(10);

row! {
    /// A session, for the list of where somebody is signed in.
    pub struct Session {
        /// Which.
        pub id: SessionId,
        /// The browser, as it called itself at sign-in.
        pub agent: String,
        /// Since when.
        pub created_at: Timestamp,
        /// When it was last seen, to [`SESSION_TOUCH_EVERY`].
        pub used_at: Timestamp,
    }
}

row! {
    /// Whose session a secret opens.
    pub struct SessionOwner {
        /// The session.
        pub id: SessionId,
        /// Its account.
        pub account_id: AccountId,
        /// The account's address.
        pub email: EmailAddress,
        /// When it was last noted as used.
        pub used_at: Timestamp,
    }
}

impl Conn {
    /// Whose session that secret opens at `now`: neither unused for [`SESSION_IDLE`] nor older than [`SESSION_LIFE`].
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn session_owner(
        &mut self,
        secret_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<SessionOwner>> {
        const SQL: &str = "select s.id, s.account_id, a.email, s.used_at
            from sessions s join accounts a on a.id = s.account_id
            where s.secret_hash = $1 and s.used_at > $2 and s.expires_at > $3";
        self.optional(SQL, args![secret_hash, before(now, SESSION_IDLE), now]).await
    }

    /// Where an account is signed in at `now`, the last used first.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn sessions(&mut self, account: AccountId, now: Timestamp) -> Result<Vec<Session>> {
        const SQL: &str = "select id, agent, created_at, used_at from sessions
            where account_id = $1 and used_at > $2 and expires_at > $3 order by used_at desc, id desc";
        self.all(SQL, args![account, before(now, SESSION_IDLE), now]).await
    }
}

impl WriteTx {
    /// Signs a browser in. Of more than [`SESSIONS_MAX`] the longest unused end.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn insert_session(
        &mut self,
        account: AccountId,
        session: &Session,
        secret_hash: &[u8; 32],
    ) -> Result<()> {
        const MAKE_ROOM: &str = "delete from sessions where account_id = $1 and id not in
            (select id from sessions where account_id = $1 order by used_at desc, id desc limit $2)";
        const INSERT: &str =
            "insert into sessions (id, account_id, secret_hash, agent, created_at, used_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let Session { id, agent, created_at, used_at } = session;
        let expires_at = created_at.saturating_add(SESSION_LIFE).unwrap_or(Timestamp::MAX);
        self.execute(MAKE_ROOM, args![account, SESSIONS_MAX - 1]).await?;
        self.execute(INSERT, args![id, account, secret_hash, agent, created_at, used_at, expires_at]).await?;
        Ok(())
    }

    /// Notes that a session is used at `now`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn touch_session(&mut self, id: SessionId, now: Timestamp) -> Result<()> {
        const SQL: &str = "update sessions set used_at = $2 where id = $1 and used_at < $2";
        self.execute(SQL, args![id, now]).await.map(|_| ())
    }

    /// Ends one session of an account; `false` where it has no such one.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn delete_session(&mut self, account: AccountId, id: SessionId) -> Result<bool> {
        const SQL: &str = "delete from sessions where account_id = $1 and id = $2";
        Ok(self.execute(SQL, args![account, id]).await? == 1)
    }

    /// Ends the session of that secret, whoever's it is.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn delete_session_of_secret(&mut self, secret_hash: &[u8; 32]) -> Result<()> {
        const SQL: &str = "delete from sessions where secret_hash = $1";
        self.execute(SQL, args![secret_hash]).await.map(|_| ())
    }

    /// Signs an account out everywhere, and says how many sessions that ended.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn delete_sessions(&mut self, account: AccountId) -> Result<u64> {
        const SQL: &str = "delete from sessions where account_id = $1";
        self.execute(SQL, args![account]).await
    }

    /// Removes what ended by itself before `now`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn prune_sessions(&mut self, now: Timestamp) -> Result<u64> {
        const SQL: &str = "delete from sessions where used_at <= $1 or expires_at <= $2";
        self.execute(SQL, args![before(now, SESSION_IDLE), now]).await
    }
}

fn before(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
