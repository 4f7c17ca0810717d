//! One store on two databases: the only file that knows there are two drivers.
//!
//! The same text of SQL serves both; `$1` is written `?1` for SQLite, once for each text. Writes
//! are closures on a [`WriteTx`], which the store commits: on SQLite one thread runs many of them
//! in one transaction ([`crate::writer`]), on PostgreSQL each has its own and is tried again where
//! it met another. Reads are closures on a [`Conn`]: on SQLite on threads of their own.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use deadpool_postgres::Object;
use tokio::sync::Notify;
use tokio_postgres::types::ToSql;

use crate::error::{Result, StoreError};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::value::{Arg, FromRow, Row};

/// Where the data is.
#[derive(Clone)]
pub struct Store {
    pub(crate) kind: Kind,
    /// Rung after each commit that fed the live feed.
    pub(crate) fed: Arc<Notify>,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// A connection to either database, for reading.
pub struct Conn {
    pub(crate) inner: Inner,
}

pub(crate) enum Inner {
    Sqlite(SqliteConn),
    Postgres(Object),
}

/// SQLite's connection, with each statement's text as SQLite wants it.
pub(crate) struct SqliteConn {
    pub(crate) db: rusqlite::Connection,
    /// By the address and length of a `&'static str`, which are never another text's.
    texts: HashMap<(usize, usize), String>,
    /// How often SQL was run as a text, schema and all.
    texts_run: u64,
}

/// A transaction, for reading and writing. Who holds one cannot commit it: the store does.
pub struct WriteTx {
    pub(crate) conn: Conn,
    /// PostgreSQL's, begun and not yet ended.
    pub(crate) open: bool,
    /// A statement failed because of another transaction: all of it may be tried again.
    pub(crate) contended: bool,
    /// The live feed was given something.
    pub(crate) fed: bool,
}

/// A closure over a transaction, that may be tried again.
///
/// Implemented for every `async move |tx: &mut WriteTx| { … }`; the trait is there because it can
/// prove that the closure's future may cross threads.
pub trait UseCase<'t, T, E>: Send {
    /// What it does.
    type Fut: Future<Output = Result<T, E>> + Send + 't;

    /// Starts it.
    fn call(self, tx: &'t mut WriteTx) -> Self::Fut;
}

impl<'t, T, E, F, Fut> UseCase<'t, T, E> for F
where
    F: FnOnce(&'t mut WriteTx) -> Fut + Send,
    Fut: Future<Output = Result<T, E>> + Send + 't,
{
    type Fut = Fut;

    fn call(self, tx: &'t mut WriteTx) -> Fut {
        self(tx)
    }
}

/// A closure over a connection, for reading.
pub trait Query<'t, T, E>: Send {
    /// What it does.
    type Fut: Future<Output = Result<T, E>> + Send + 't;

    /// Starts it.
    fn call(self, conn: &'t mut Conn) -> Self::Fut;
}

impl<'t, T, E, F, Fut> Query<'t, T, E> for F
where
    F: FnOnce(&'t mut Conn) -> Fut + Send,
    Fut: Future<Output = Result<T, E>> + Send + 't,
{
    type Fut = Fut;

    fn call(self, conn: &'t mut Conn) -> Fut {
        self(conn)
    }
}

impl Store {
    /// Opens `url`: `sqlite:PATH` or `postgres://…`. The schema is not touched ([`Store::migrate`]).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the file cannot be opened or the URL is none.
    pub fn open(url: &str) -> Result<Self> {
        let kind = if let Some(path) = url.strip_prefix("sqlite:") {
            Kind::Sqlite(Sqlite::open(path.strip_prefix("//").unwrap_or(path).as_ref())?)
        } else {
            Kind::Postgres(Postgres::open(url)?)
        };
        Ok(Self { kind, fed: Arc::new(Notify::new()) })
    }

    /// Whether this is SQLite.
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.kind, Kind::Sqlite(_))
    }

    /// Waits until something was committed for the live feed since the last call.
    pub async fn fed(&self) {
        self.fed.notified().await;
    }

    /// Runs `use_case` in a transaction and commits it, or undoes all it did where it fails.
    ///
    /// What comes back was committed, and survives the process from then on. The closure may be run
    /// more than once. It may wait for nothing but its transaction.
    ///
    /// # Errors
    /// The closure's own, or a [`StoreError`].
    pub async fn write<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        F: for<'t> UseCase<'t, T, E> + Clone + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.write(use_case, &self.fed).await,
            Kind::Postgres(postgres) => {
                let (postgres, fed) = (postgres.clone(), self.fed.clone());
                // A task of its own: a caller that goes away must not leave a transaction half done.
                let task = tokio::spawn(async move { postgres.write(use_case, &fed).await });
                task.await.unwrap_or_else(|error| Err(StoreError::Broken(error.to_string()).into()))
            }
        }
    }

    /// Runs `query` on a connection of its own. It sees one state of the database on SQLite; on
    /// PostgreSQL each statement sees its own.
    ///
    /// # Errors
    /// The closure's own, or a [`StoreError`].
    pub async fn read<T, E, F>(&self, query: F) -> Result<T, E>
    where
        F: for<'t> Query<'t, T, E> + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.read(query).await,
            Kind::Postgres(postgres) => {
                let mut conn = postgres.conn().await?;
                query.call(&mut conn).await
            }
        }
    }

    /// Folds SQLite's log back into its file and empties it: what was erased is then in neither.
    /// PostgreSQL does its own.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where a reader or another process is in the way: try again later.
    pub async fn checkpoint(&self) -> Result<()> {
        let Kind::Sqlite(sqlite) = &self.kind else { return Ok(()) };
        let sqlite = sqlite.clone();
        let done = tokio::task::spawn_blocking(move || sqlite.checkpoint()).await;
        done.unwrap_or_else(|error| Err(StoreError::Broken(error.to_string())))
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        // A connection whose transaction did not end is not given back: the next would write into it.
        if self.open
            && let Inner::Postgres(_) = &self.conn.inner
            && let Inner::Postgres(object) = std::mem::replace(&mut self.conn.inner, Inner::gone())
        {
            drop(Object::take(object));
        }
    }
}

impl Deref for WriteTx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Inner {
    /// What stands in for a connection that was thrown away: an empty database in memory.
    fn gone() -> Self {
        let db = rusqlite::Connection::open_in_memory().expect("SQLite opens an empty database in memory");
        Self::Sqlite(SqliteConn::new(db))
    }
}

impl SqliteConn {
    pub(crate) fn new(db: rusqlite::Connection) -> Self {
        Self { db, texts: HashMap::new(), texts_run: 0 }
    }

    fn statement(&mut self, sql: &'static str) -> Result<rusqlite::CachedStatement<'_>> {
        let text = self.texts.entry((sql.as_ptr() as usize, sql.len())).or_insert_with(|| numbered(sql));
        Ok(self.db.prepare_cached(text)?)
    }
}

/// `$1` as SQLite counts it: `?1`. (`$1` is a name there, bound in the order of appearance.)
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl Conn {
    pub(crate) fn sqlite(db: rusqlite::Connection) -> Self {
        Self { inner: Inner::Sqlite(SqliteConn::new(db)) }
    }

    /// Whether this is SQLite.
    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.inner, Inner::Sqlite(_))
    }

    /// Every row of a statement.
    pub(crate) async fn all<R: FromRow>(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<R>> {
        match &mut self.inner {
            Inner::Sqlite(conn) => read_all(&mut *conn.statement(sql)?, args),
            Inner::Postgres(object) => {
                let statement = object.prepare_cached(sql).await?;
                let rows = object.query(&statement, &params(args)).await?;
                rows.iter().map(|row| R::from_row(&Row::Postgres(row))).collect()
            }
        }
    }

    /// The first row of a statement, where there is one.
    pub(crate) async fn optional<R: FromRow>(
        &mut self,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> Result<Option<R>> {
        match &mut self.inner {
            Inner::Sqlite(conn) => {
                let mut statement = conn.statement(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(args))?;
                let first = rows.next()?.map(|row| R::from_row(&Row::Sqlite(row))).transpose()?;
                // To the end, so that a statement that writes has done all of it.
                while rows.next()?.is_some() {}
                Ok(first)
            }
            Inner::Postgres(_) => Ok(self.all(sql, args).await?.into_iter().next()),
        }
    }

    /// The one row of a statement that always gives one.
    pub(crate) async fn one<R: FromRow>(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<R> {
        self.optional(sql, args).await?.ok_or_else(|| StoreError::Broken(format!("no row from: {sql}")))
    }

    /// Statements without arguments, as they stand.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<()> {
        match &mut self.inner {
            Inner::Sqlite(conn) => {
                conn.texts_run += 1;
                Ok(conn.db.execute_batch(sql)?)
            }
            Inner::Postgres(object) => Ok(object.batch_execute(sql).await?),
        }
    }

    /// A statement of SQLite's without arguments and rows, kept prepared: those around every closure.
    pub(crate) fn run_prepared(&mut self, sql: &'static str) -> Result<()> {
        match &mut self.inner {
            Inner::Sqlite(conn) => Ok(conn.statement(sql)?.execute([]).map(|_| ())?),
            Inner::Postgres(_) => Err(StoreError::Broken("PostgreSQL's transactions begin elsewhere".into())),
        }
    }

    /// Whether the database takes this statement's text.
    pub async fn prepares(&mut self, sql: &str) -> Result<()> {
        match &mut self.inner {
            Inner::Sqlite(conn) => Ok(conn.db.prepare(&numbered(sql)).map(|_| ())?),
            Inner::Postgres(object) => Ok(object.prepare(sql).await.map(|_| ())?),
        }
    }
}

impl WriteTx {
    pub(crate) fn sqlite(db: rusqlite::Connection) -> Self {
        Self { conn: Conn::sqlite(db), open: false, contended: false, fed: false }
    }

    /// Counts what this connection to SQLite has written so far: rows, and texts of SQL, whose tables are no rows.
    pub(crate) fn changes(&self) -> u64 {
        match &self.conn.inner {
            Inner::Sqlite(conn) => conn.db.total_changes() + conn.texts_run,
            Inner::Postgres(_) => 0,
        }
    }

    /// Refuses to go on where SQLite has undone the transaction by itself, as it does on a full disk: what follows
    /// would be committed alone.
    pub(crate) fn must_be_open(&self) -> Result<()> {
        match &self.conn.inner {
            Inner::Sqlite(conn) if conn.db.is_autocommit() => {
                Err(StoreError::Unavailable("SQLite undid the transaction".into()))
            }
            _ => Ok(()),
        }
    }

    /// Writes, and says how many rows were touched.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        let done = match &mut self.conn.inner {
            Inner::Sqlite(conn) => {
                let rows = conn.statement(sql)?.execute(rusqlite::params_from_iter(args));
                rows.map(|rows| rows as u64).map_err(StoreError::from)
            }
            Inner::Postgres(object) => {
                let statement = object.prepare_cached(sql).await?;
                object.execute(&statement, &params(args)).await.map_err(StoreError::from)
            }
        };
        self.noticed(done)
    }

    /// Writes, and gives the row that a `returning` names, where one was touched.
    pub(crate) async fn returning<R: FromRow>(
        &mut self,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> Result<Option<R>> {
        let done = self.conn.optional(sql, args).await;
        self.noticed(done)
    }

    fn noticed<T>(&mut self, done: Result<T>) -> Result<T> {
        self.contended |= matches!(done, Err(StoreError::Contended));
        done
    }
}

fn read_all<R: FromRow>(statement: &mut rusqlite::Statement<'_>, args: &[Arg<'_>]) -> Result<Vec<R>> {
    let mut rows = statement.query(rusqlite::params_from_iter(args))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(R::from_row(&Row::Sqlite(row))?);
    }
    Ok(out)
}

fn params<'a>(args: &'a [Arg<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}
