//! What can go wrong in the store, and what a caller can do about it.

/// The store could not do what it was asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreError {
    /// More work waits than the queue takes: come back in a moment.
    #[error("the database has more work than it can take")]
    Busy,
    /// A row of that key is there already.
    #[error("a row of that key is there already")]
    Conflict,
    /// What the row belongs to is gone: it was deleted in the meantime.
    #[error("what the row belongs to is gone")]
    Orphan,
    /// A row cannot be read: another version wrote it, or the file is damaged.
    #[error("a stored row cannot be read: {0}")]
    Corrupt(String),
    /// The database does not answer, or refuses: it may come back by itself.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A transaction met another again and again.
    #[error("a transaction met others too often")]
    Contended,
    /// A use case panicked, or waited for something but its transaction: a fault of ours.
    #[error("a use case broke off: {0}")]
    Broken(String),
}

/// The store's results.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::ConstraintViolation) => {
                // 1555 and 2067 are duplicate keys, 787 a foreign key; what else is violated is a fault of ours.
                match error.sqlite_error().map(|inner| inner.extended_code) {
                    Some(1555 | 2067) => Self::Conflict,
                    Some(787) => Self::Orphan,
                    _ => Self::Broken(error.to_string()),
                }
            }
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Corrupt(error.to_string()),
            Some(Code::Unknown) | None => Self::Broken(error.to_string()),
            Some(_) => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else { return Self::Unavailable(error.to_string()) };
        // Classes of SQLSTATE: 40 rolled back, 08 connection, 53 resources, 57 operator, 25006 read only.
        match db.code().code() {
            "23505" => Self::Conflict,
            "23503" => Self::Orphan,
            "40001" | "40P01" | "55P03" => Self::Contended,
            "25006" => Self::Unavailable(db.message().to_string()),
            code if ["08", "53", "57", "58"].contains(&&code[..2]) => {
                Self::Unavailable(db.message().to_string())
            }
            code => Self::Broken(format!("{code}: {}", db.message())),
        }
    }
}

impl From<deadpool_postgres::PoolError> for StoreError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            // Whatever the server says when it lets nobody in (it starts, stops, or takes no connections, 55000).
            deadpool_postgres::PoolError::Backend(error) => {
                let said = error.as_db_error().map(|db| db.message().to_string());
                Self::Unavailable(said.unwrap_or_else(|| error.to_string()))
            }
            other => Self::Unavailable(other.to_string()),
        }
    }
}
