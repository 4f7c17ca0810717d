//! SQLite: one thread that writes, a few that read.
//!
//! The writer runs what has gathered, up to [`GROUP_MAX`] closures, in one transaction, and answers
//! them all after the one commit (group commit). So nobody fights for the lock, and nothing is
//! acknowledged that is not on disk. A closure that fails has mostly written nothing yet; where one
//! has, the group is undone and run again, each closure in a savepoint of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::db::{Conn, Query, UseCase, WriteTx};
use crate::error::{Result, StoreError};

/// Closures in one transaction: SPEED.md found 128 near the disk's limit.
const GROUP_MAX: usize = 128;
/// Looks for more closures before a transaction: by then each of a hundred callers has had its turn.
const LOOKS_MAX: usize = 16;
/// Closures that may wait for the writer before callers are told to come back.
const WRITE_QUEUE_LEN: usize = 4096;
/// Queries that may wait for a reader.
const READ_QUEUE_LEN: usize = 4096;
/// Queries that one reader takes at once: fewer wake-ups, and no more than another could have begun.
const READ_GROUP_MAX: usize = 8;
/// Threads that read: more than the machines that this mode is for have cores.
const READERS: usize = 2;
/// How long another process (a command beside the server) may hold the lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements kept prepared for each connection.
const STATEMENTS_KEPT: usize = 256;
/// Pages of the log after which it is folded back into the file (4 KiB each: 16 MiB).
const CHECKPOINT_PAGES: i64 = 4096;

/// Pages that the writer keeps in memory, in KiB: what a busy event touches at random. Taken as it is used.
const WRITER_CACHE_KIB: i64 = 32 * 1024;
/// The same for each reader, whose pages are void after each commit anyhow.
const READER_CACHE_KIB: i64 = 8 * 1024;

/// How long a checkpoint that was asked for waits for readers: the writer waits with it.
const CHECKPOINT_TIMEOUT: Duration = Duration::from_secs(1);

/// The threads' queues.
#[derive(Clone)]
pub(crate) struct Sqlite {
    writer: mpsc::Sender<Box<dyn Job>>,
    readers: Arc<Readers>,
    path: Arc<Path>,
}

struct Readers {
    queue: mpsc::Sender<Box<dyn Read>>,
}

/// A use case that waits for the writer.
trait Job: Send {
    /// Runs it, which may happen again; whether what it wrote is kept.
    fn run(&mut self, tx: &mut WriteTx) -> bool;
    /// Tells its caller what came of it, after the commit or its failure.
    fn answer(self: Box<Self>, committed: &Result<()>);
}

/// A query that waits for a reader.
trait Read: Send {
    fn run(self: Box<Self>, conn: &mut Conn);
}

impl Sqlite {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let (writer, jobs) = mpsc::channel(WRITE_QUEUE_LEN);
        let tx = WriteTx::sqlite(connect(path, false)?);
        spawn("sqlite-writer", move || write_loop(tx, jobs))?;
        let (queue, reads) = mpsc::channel::<Box<dyn Read>>(READ_QUEUE_LEN);
        let reads = Arc::new(std::sync::Mutex::new(reads));
        for _ in 0..READERS {
            let (conn, reads) = (Conn::sqlite(connect(path, true)?), reads.clone());
            spawn("sqlite-reader", move || read_loop(conn, &reads))?;
        }
        Ok(Self { writer, readers: Arc::new(Readers { queue }), path: path.into() })
    }

    /// Folds the log into the file and empties it, over a connection of its own.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        let db = connect(&self.path, false)?;
        db.busy_timeout(CHECKPOINT_TIMEOUT)?;
        let busy: bool = db.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        if busy { Err(StoreError::Busy) } else { Ok(()) }
    }

    pub(crate) async fn write<T, E, F>(&self, use_case: F, fed: &Arc<Notify>) -> Result<T, E>
    where
        F: for<'t> UseCase<'t, T, E> + Clone + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        let waiting = Waiting { use_case, out: None, answer, fed: fed.clone(), has_fed: false };
        self.writer.try_send(Box::new(waiting)).map_err(|_| StoreError::Busy)?;
        wait.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the writer has stopped".into()).into()))
    }

    pub(crate) async fn read<T, E, F>(&self, query: F) -> Result<T, E>
    where
        F: for<'t> Query<'t, T, E> + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        self.readers.queue.try_send(Box::new(Asking { query, answer })).map_err(|_| StoreError::Busy)?;
        wait.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the readers have stopped".into()).into()))
    }
}

struct Waiting<F, T, E> {
    use_case: F,
    out: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
    fed: Arc<Notify>,
    has_fed: bool,
}

impl<T, E, F> Job for Waiting<F, T, E>
where
    F: for<'t> UseCase<'t, T, E> + Clone,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut WriteTx) -> bool {
        tx.fed = false;
        self.out = Some(at_once(self.use_case.clone().call(tx)));
        self.has_fed = tx.fed;
        matches!(self.out, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: &Result<()>) {
        let Self { out, answer, fed, has_fed, .. } = *self;
        let out = match (committed, out) {
            (Ok(()), Some(out)) => out,
            (Ok(()), None) => Err(StoreError::Broken("it was never run".into()).into()),
            (Err(error), _) => Err(error.clone().into()),
        };
        if has_fed && out.is_ok() {
            fed.notify_one();
        }
        // A caller that went away needs no answer; what he asked for was done.
        let _ = answer.send(out);
    }
}

struct Asking<F, T, E> {
    query: F,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Read for Asking<F, T, E>
where
    F: for<'t> Query<'t, T, E>,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(self: Box<Self>, conn: &mut Conn) {
        let Self { query, answer } = *self;
        let _ = answer.send(at_once(query.call(conn)));
    }
}

fn write_loop(mut tx: WriteTx, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while jobs.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
        gather(&mut jobs, &mut group);
        metrics::histogram!("guestguard_store_group_size")
            .record(f64::from(u32::try_from(group.len()).unwrap_or(0)));
        let committed = run_group(&mut tx, &mut group);
        if let Err(error) = &committed {
            tracing::error!(error = %error, "a group of writes was undone");
            // SQLite may have rolled back by itself (a full disk): then there is nothing to undo.
            let _ = at_once::<(), StoreError>(tx.run("rollback"));
        }
        for job in group.drain(..) {
            job.answer(&committed);
        }
    }
}

/// Lets those who are about to write do so first, while each look finds more of them: a commit costs the same for many
/// as for one, and where cores are few the writer would run before its callers.
fn gather(jobs: &mut mpsc::Receiver<Box<dyn Job>>, group: &mut Vec<Box<dyn Job>>) {
    for _ in 0..LOOKS_MAX {
        std::thread::yield_now();
        let before = group.len();
        while group.len() < GROUP_MAX
            && let Ok(job) = jobs.try_recv()
        {
            group.push(job);
        }
        if group.len() == before {
            return;
        }
    }
}

/// Runs a group in one transaction and commits it.
fn run_group(tx: &mut WriteTx, group: &mut [Box<dyn Job>]) -> Result<()> {
    tx.run_prepared("begin immediate")?;
    if !run_unguarded(tx, group)? {
        tx.run_prepared("rollback")?;
        tx.run_prepared("begin immediate")?;
        run_guarded(tx, group)?;
    }
    tx.run_prepared("commit")
}

/// Runs a group without savepoints, which would cost a tenth of it. `false`: one failed after it had written, and all
/// must be undone.
fn run_unguarded(tx: &mut WriteTx, group: &mut [Box<dyn Job>]) -> Result<bool> {
    for job in group {
        let before = tx.changes();
        let kept = job.run(tx);
        tx.must_be_open()?;
        if !kept && tx.changes() != before {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Runs a group, each closure in a savepoint, so that one that fails takes back what it wrote and no more.
fn run_guarded(tx: &mut WriteTx, group: &mut [Box<dyn Job>]) -> Result<()> {
    for job in group {
        tx.run_prepared("savepoint use_case")?;
        if !job.run(tx) {
            tx.run_prepared("rollback to use_case")?;
        }
        tx.run_prepared("release use_case")?;
    }
    Ok(())
}

fn read_loop(mut conn: Conn, reads: &std::sync::Mutex<mpsc::Receiver<Box<dyn Read>>>) {
    let mut group = Vec::with_capacity(READ_GROUP_MAX);
    loop {
        let taken = reads.lock().map_or(0, |mut reads| reads.blocking_recv_many(&mut group, READ_GROUP_MAX));
        if taken == 0 {
            return;
        }
        // One state of the database for the whole query, which is not older than the query.
        let begun = conn.run_prepared("begin").is_ok();
        for read in group.drain(..) {
            read.run(&mut conn);
        }
        if begun {
            let _ = conn.run_prepared("commit");
        }
    }
}

/// A connection as we want each: log ahead, everything acknowledged on disk, erased means erased.
pub(crate) fn connect(path: &Path, reads_only: bool) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_CREATE;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", true)?;
    // One plan for a statement, whatever it is given: else SQLite plans each `limit ?` anew at each call.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // What a savepoint keeps for its undoing, else written to a file for every closure.
    db.pragma_update(None, "temp_store", "memory")?;
    db.pragma_update(None, "cache_size", -(if reads_only { READER_CACHE_KIB } else { WRITER_CACHE_KIB }))?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update(None, "query_only", reads_only)?;
    Ok(db)
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(run);
    thread.map(|_| ()).map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// Polls a future that waits for nothing: ready at the first poll, or refused.
fn at_once<T, E: From<StoreError>>(future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
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
