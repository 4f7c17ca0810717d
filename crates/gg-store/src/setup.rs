//! The one setup link: who holds it makes the first account. The latest printed alone is valid.

use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::args;

impl Conn {
    /// Whether the setup link of that secret is the one that lives, made after `oldest`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn has_setup_link(&mut self, secret_hash: &[u8; 32], oldest: Timestamp) -> Result<bool> {
        const SQL: &str =
            "select exists (select 1 from setup_links where secret_hash = $1 and created_at > $2)";
        let (lives,) = self.one(SQL, args![secret_hash, oldest]).await?;
        Ok(lives)
    }
}

impl WriteTx {
    /// Keeps a setup link's secret, in place of the one before.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn replace_setup_link(&mut self, secret_hash: &[u8; 32], now: Timestamp) -> Result<()> {
        const SQL: &str = "insert into setup_links (id, secret_hash, created_at) values (1, $1, $2)
            on conflict (id) do update set secret_hash = excluded.secret_hash, created_at = excluded.created_at";
        self.execute(SQL, args![secret_hash, now]).await.map(|_| ())
    }

    /// Takes the setup link out of the world, and says whether it was that one, made after `oldest`.
    ///
    /// The delete is the lock: of two who use one link at once, one is told `true`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn consume_setup_link(&mut self, secret_hash: &[u8; 32], oldest: Timestamp) -> Result<bool> {
        const SQL: &str = "delete from setup_links where secret_hash = $1 and created_at > $2";
        Ok(self.execute(SQL, args![secret_hash, oldest]).await? == 1)
    }
}
