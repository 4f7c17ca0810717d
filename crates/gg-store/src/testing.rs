//! What tests may do that the product never does: any text of SQL. Behind the feature `testing`.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::db::{Conn, Store, WriteTx};
use crate::error::Result;
use crate::value::args;

/// Runs statements in a transaction.
///
/// # Errors
/// Whatever the database says.
pub fn run(store: &Store, sql: impl Into<String>) -> BoxFuture<'_, Result<()>> {
    let sql = sql.into();
    // Boxed, so that its type does not name the lifetime of a text: a task could not be proven `Send`.
    store.write(async move |tx: &mut WriteTx| tx.run(&sql).await).boxed()
}

/// Runs a statement that must not be in a transaction, on PostgreSQL.
///
/// # Errors
/// Whatever the database says.
pub fn run_alone(store: &Store, sql: impl Into<String>) -> BoxFuture<'_, Result<()>> {
    let sql = sql.into();
    store.read(async move |conn: &mut Conn| conn.run(&sql).await).boxed()
}

/// The rows of a statement that gives one column of text.
///
/// # Errors
/// Whatever the database says.
pub fn words<'s>(store: &'s Store, sql: &'static str) -> BoxFuture<'s, Result<Vec<String>>> {
    store
        .read(async move |conn: &mut Conn| {
            let rows: Vec<(String,)> = conn.all(sql, args![]).await?;
            Ok(rows.into_iter().map(|(word,)| word).collect())
        })
        .boxed()
}
