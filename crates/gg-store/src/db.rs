//! One store on two databases: the only file that knows there are two drivers.
//!
//! The same text of SQL serves both; `$1` is written `?1` for SQLite, once for each text. Writes
//! are closures on a [`WriteTx`], which the store commits: on SQLite one thread runs many of them
//! in one transaction ([`crate::writer`]), on PostgreSQL each has its own and is tried again where
//! it met another. Reads are closures on a [`Conn`]: on SQLite on threads of their own.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use futures_util::FutureExt as _;
use tokio::sync::{Notify, Semaphore};
use tokio_postgres::types::ToSql;

use crate::access_batch::AccessQueue;
use crate::error::{Result, StoreError};
use crate::sqlite::Sqlite;
use crate::value::{Arg, FromRow, Row};

/// Connections to PostgreSQL: SPEED.md found 8 to 16 faster than 128.
const POSTGRES_CONNECTIONS: usize = 16;
/// How long a caller waits for one of them.
const POSTGRES_WAIT: Duration = Duration::from_secs(5);
/// How often a transaction that met others is tried.
const WRITE_TRIES: usize = 8;
/// Transactions on PostgreSQL that may wait for a connection before callers are told to come back.
const POSTGRES_QUEUE_LEN: usize = 2048;

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

/// A pool, and room for those who wait for it.
#[derive(Clone)]
pub(crate) struct Postgres {
    pub(crate) pool: Pool,
    pub(crate) accesses: AccessQueue,
    queue: Arc<Semaphore>,
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
}

/// A transaction, for reading and writing. Who holds one cannot commit it: the store does.
pub struct WriteTx {
    conn: Conn,
    open: bool,
    /// A statement failed because of another transaction: all of it may be tried again.
    contended: bool,
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
            Kind::Postgres(Postgres {
                pool: postgres_pool(url)?,
                accesses: AccessQueue::default(),
                queue: Arc::new(Semaphore::new(POSTGRES_QUEUE_LEN)),
            })
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
    /// What comes back was committed, and survives the process from then on. On PostgreSQL the
    /// closure may be run more than once. It may wait for nothing but its transaction.
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

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] where it does not.
    pub async fn ping(&self) -> Result<()> {
        let answer =
            self.read(async |conn: &mut Conn| conn.one::<(i64,)>("select cast(1 as bigint)", &[]).await);
        answer.await.map(|_| ())
    }
}

impl Postgres {
    pub(crate) async fn conn(&self) -> Result<Conn> {
        let _waiting = self.queue.try_acquire().map_err(|_| StoreError::Busy)?;
        Ok(Conn { inner: Inner::Postgres(self.pool.get().await?) })
    }

    async fn write<T, E, F>(&self, use_case: F, fed: &Notify) -> Result<T, E>
    where
        F: for<'t> UseCase<'t, T, E> + Clone,
        E: From<StoreError>,
    {
        for _ in 0..WRITE_TRIES {
            let mut tx = WriteTx { conn: self.conn().await?, open: false, contended: false, fed: false };
            tx.run("begin").await?;
            tx.open = true;
            let out = use_case.clone().call(&mut tx).await;
            if out.is_ok() {
                let committed = tx.run("commit").await;
                tx.open = committed.is_err();
                if tx.fed && committed.is_ok() {
                    fed.notify_one();
                }
                match committed {
                    Err(StoreError::Contended) => {}
                    Err(error) => return Err(error.into()),
                    Ok(()) => return out,
                }
            } else {
                tx.run("rollback").await?;
                tx.open = false;
                if !tx.contended {
                    return out;
                }
            }
        }
        Err(StoreError::Contended.into())
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
        Self::Sqlite(SqliteConn { db, texts: HashMap::new() })
    }
}

impl SqliteConn {
    pub(crate) fn new(db: rusqlite::Connection) -> Self {
        Self { db, texts: HashMap::new() }
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
            Inner::Sqlite(conn) => Ok(conn.db.execute_batch(sql)?),
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

fn postgres_pool(url: &str) -> Result<Pool> {
    let unavailable = |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
    let mut config: tokio_postgres::Config = url.parse().map_err(|error| unavailable(&error))?;
    config
        .application_name("guestguard")
        .connect_timeout(POSTGRES_WAIT)
        .keepalives_idle(Duration::from_secs(30));
    if config.get_options().is_none() {
        config.options(
            "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s",
        );
    }
    // Where the URL asks for TLS, the server's certificate is judged by Mozilla's roots.
    let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unavailable(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
    let manager =
        Manager::from_config(config, tls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    let wait =
        Timeouts { wait: Some(POSTGRES_WAIT), create: Some(POSTGRES_WAIT), recycle: Some(POSTGRES_WAIT) };
    let pool = Pool::builder(manager).max_size(POSTGRES_CONNECTIONS).timeouts(wait).runtime(Runtime::Tokio1);
    pool.build().map_err(|error| unavailable(&error))
}

/// Polls a future that waits for nothing: ready at the first poll, or refused.
pub(crate) fn at_once<T, E: From<StoreError>>(future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let guarded = std::panic::AssertUnwindSafe(future).catch_unwind();
    match guarded.now_or_never() {
        Some(Ok(out)) => out,
        Some(Err(panic)) => Err(StoreError::Broken(panic_text(&*panic)).into()),
        None => Err(StoreError::Broken("it waited for something but its transaction".into()).into()),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".into())
}
