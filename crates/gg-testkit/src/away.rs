//! A database that is out of reach for a while.

use std::path::PathBuf;

use gg_store::{Store, testing};

use crate::test_db::{TestDb, server};

/// A database that is away. It stays so until [`Away::back`].
pub enum Away {
    /// SQLite: its file lies elsewhere.
    File(PathBuf),
    /// PostgreSQL: it takes no connections.
    Database {
        /// On another database of the server.
        admin: Store,
        /// Its name.
        name: String,
    },
}

impl TestDb {
    /// Takes the database away from everybody who has it open.
    ///
    /// # Panics
    /// Where that fails.
    pub async fn take_away(&self) -> Away {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let path = PathBuf::from(path);
            std::fs::rename(&path, path.with_extension("away")).expect("the file can be moved");
            return Away::File(path);
        }
        let admin = Store::open(&server()).expect("the test server's URL is a URL");
        let name = self.url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
        let statements = [
            format!("alter database {name} with allow_connections false"),
            format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"),
        ];
        for sql in statements {
            testing::run_alone(&admin, sql).await.expect("the test server's user may do all");
        }
        Away::Database { admin, name: name.to_string() }
    }
}

impl Away {
    /// Brings the database back.
    ///
    /// # Panics
    /// Where that fails.
    pub async fn back(self) {
        match self {
            Self::File(path) => {
                std::fs::rename(path.with_extension("away"), &path).expect("the file can be moved back");
            }
            Self::Database { admin, name } => {
                let sql = format!("alter database {name} with allow_connections true");
                testing::run_alone(&admin, sql).await.expect("the test server's user may do all");
            }
        }
    }
}
