//! PostgreSQL: a pool, and transactions that are tried again where they met another.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio::sync::{Notify, Semaphore};

use crate::access_batch::AccessQueue;
use crate::db::{Conn, Inner, UseCase, WriteTx};
use crate::error::{Result, StoreError};

/// Connections to PostgreSQL: SPEED.md found 8 to 16 faster than 128.
const CONNECTIONS: usize = 16;
/// How long a caller waits for one of them.
const WAIT: Duration = Duration::from_secs(5);
/// How often a transaction that met others is tried.
const WRITE_TRIES: usize = 8;
/// Transactions on PostgreSQL that may wait for a connection before callers are told to come back.
const QUEUE_LEN: usize = 2048;

/// A pool, and room for those who wait for it.
#[derive(Clone)]
pub(crate) struct Postgres {
    pub(crate) pool: Pool,
    pub(crate) accesses: AccessQueue,
    queue: Arc<Semaphore>,
}

impl Postgres {
    pub(crate) fn open(url: &str) -> Result<Self> {
        let queue = Arc::new(Semaphore::new(QUEUE_LEN));
        Ok(Self { pool: pool_of(url)?, accesses: AccessQueue::default(), queue })
    }

    pub(crate) async fn conn(&self) -> Result<Conn> {
        let _waiting = self.queue.try_acquire().map_err(|_| StoreError::Busy)?;
        Ok(Conn { inner: Inner::Postgres(self.pool.get().await?) })
    }

    pub(crate) async fn write<T, E, F>(&self, use_case: F, fed: &Notify) -> Result<T, E>
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

fn pool_of(url: &str) -> Result<Pool> {
    let unavailable = |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
    let mut config: tokio_postgres::Config = url.parse().map_err(|error| unavailable(&error))?;
    config.application_name("guestguard").connect_timeout(WAIT).keepalives_idle(Duration::from_secs(30));
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
    let wait = Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) };
    let pool = Pool::builder(manager).max_size(CONNECTIONS).timeouts(wait).runtime(Runtime::Tokio1);
    pool.build().map_err(|error| unavailable(&error))
}
