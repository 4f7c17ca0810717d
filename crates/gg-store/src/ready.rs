//! Whether the database can be worked with: it reads what is stored, and takes a transaction.

use std::path::Path;

use crate::db::{Conn, Store, WriteTx};
use crate::error::{Result, StoreError};
use crate::value::args;

impl Store {
    /// Whether the database answers, is where it was opened, and lets us write.
    ///
    /// # Errors
    /// [`StoreError`] where it does not.
    pub async fn ping(&self) -> Result<()> {
        self.read(async |conn: &mut Conn| conn.is_there().await).await?;
        // Empty, so that nothing is synced; who holds the lock, or a writer that is gone, is found out all the same.
        self.write(async |_: &mut WriteTx| Ok(())).await
    }
}

impl Conn {
    async fn is_there(&mut self) -> Result<()> {
        const READ: &str = "select cast(count(*) as bigint) from schema_versions";
        const FILE_SQLITE: &str = "select file from pragma_database_list where name = 'main'";
        self.one::<(i64,)>(READ, args![]).await?;
        if self.is_sqlite() {
            let (file,): (String,) = self.one(FILE_SQLITE, args![]).await?;
            // An open file goes on to be read and written when it is deleted, and all of that is lost with the process.
            if !Path::new(&file).exists() {
                return Err(StoreError::Unavailable("the database's file is gone: bring it back".into()));
            }
        }
        Ok(())
    }
}
