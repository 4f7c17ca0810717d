//! What tests may do that the product never does: any text of SQL. Behind the feature `testing`.

use crate::db::{Conn, Store, WriteTx};
use crate::error::Result;
use crate::value::args;

/// Runs statements in a transaction.
///
/// # Errors
/// Whatever the database says.
pub async fn run(store: &Store, sql: impl Into<String>) -> Result<()> {
    let sql = sql.into();
    store.write(async move |tx: &mut WriteTx| tx.run(&sql).await).await
}

/// Runs a statement that must not be in a transaction, on PostgreSQL.
///
/// # Errors
/// Whatever the database says.
pub async fn run_alone(store: &Store, sql: impl Into<String>) -> Result<()> {
    let sql = sql.into();
    store.read(async move |conn: &mut Conn| conn.run(&sql).await).await
}

/// The rows of a statement that gives one column of text.
///
/// # Errors
/// Whatever the database says.
pub async fn words(store: &Store, sql: &'static str) -> Result<Vec<String>> {
    store
        .read(async move |conn: &mut Conn| {
            let rows: Vec<(String,)> = conn.all(sql, args![]).await?;
            Ok(rows.into_iter().map(|(word,)| word).collect())
        })
        .await
}
