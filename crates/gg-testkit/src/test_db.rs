//! A database of a test's own, migrated and empty.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use gg_domain::clock::{FixedClock, SeededRandomness, Sources};
use gg_store::{Store, testing};
use jiff::Timestamp;
use uuid::Uuid;

/// Names the server that tests make their databases on; its user may create them.
const POSTGRES_URL: &str = "GUESTGUARD_TEST_POSTGRES_URL";

/// A migrated store of the test's own, and the sources of time and randomness to go with it.
pub struct TestDb {
    /// The store.
    pub store: Store,
    /// Where ids, time and randomness of the test come from: the same at each run.
    pub sources: Sources,
    /// The clock in `sources`, to be moved.
    pub clock: Arc<FixedClock>,
    /// What the store was opened with, to open it again.
    pub url: String,
    remains: Option<Remains>,
}

/// What is left of a test.
pub(crate) enum Remains {
    Folder(PathBuf),
    Database { server: String, name: String },
}

impl Deref for TestDb {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl TestDb {
    /// On a new SQLite file.
    pub(crate) async fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(new_name());
        std::fs::create_dir(&folder).expect("the folder for temporary files can be written");
        let url = format!("sqlite:{}", folder.join("guestguard.db").display());
        Self::open(url, Remains::Folder(folder)).await
    }

    /// On a new database of the test server.
    pub(crate) async fn postgres() -> Self {
        let server = server();
        let name = new_name();
        let admin = Store::open(&server).expect("the test server's URL is a URL");
        testing::run_alone(&admin, format!("create database {name}"))
            .await
            .unwrap_or_else(|error| panic!("no database on the server of {POSTGRES_URL}: {error}"));
        Self::open(on_server(&server, &name), Remains::Database { server, name }).await
    }

    async fn open(url: String, remains: Remains) -> Self {
        let clock = Arc::new(FixedClock::at(noon()));
        let sources = Sources::new(clock.clone(), Arc::new(SeededRandomness::new(1)));
        let store = Store::open(&url).expect("an empty database opens");
        store.migrate(noon()).await.expect("an empty database is migrated");
        Self { store, sources, clock, url, remains: Some(remains) }
    }

    pub(crate) fn take_remains(&mut self) -> Remains {
        self.remains.take().expect("they are taken once")
    }
}

impl Remains {
    /// Removes them, as far as that goes: the server and the folder for temporary files are thrown away anyway.
    pub(crate) async fn remove(self) {
        match self {
            Self::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Self::Database { server, name } => {
                if let Ok(admin) = Store::open(&server) {
                    drop(
                        testing::run_alone(&admin, format!("drop database if exists {name} with (force)"))
                            .await,
                    );
                }
            }
        }
    }
}

/// The server on which tests make their databases.
pub(crate) fn server() -> String {
    let server = std::env::var_os(POSTGRES_URL).and_then(|url| url.into_string().ok());
    server.unwrap_or_else(|| {
        panic!(
            "{POSTGRES_URL} is not set: this test needs a PostgreSQL server. `scripts/test` starts \
             one for all tests, `scripts/services --fast run COMMAND…` for a command of yours."
        )
    })
}

/// The time at which every test's clock starts to stand.
pub fn noon() -> Timestamp {
    Timestamp::from_second(1_795_521_600).expect("noon of 24 November 2026 is a time")
}

/// A name that no other test has, of this process or another.
fn new_name() -> String {
    format!("guestguard_test_{}", Sources::system().random_id::<Uuid>().simple())
}

/// `server`'s URL with another database's name.
fn on_server(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, ""), |(address, query)| (address, query));
    let host_end = address.find("://").map_or(0, |at| at + 3);
    let path = address[host_end..].find('/').map_or(address.len(), |at| host_end + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{}/{name}{query}", &address[..path])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_exchanged() {
        assert_eq!(
            on_server("postgres://u:p@h:1/old?sslmode=disable", "new"),
            "postgres://u:p@h:1/new?sslmode=disable"
        );
        assert_eq!(on_server("postgres://u@h:1", "new"), "postgres://u@h:1/new");
    }

    #[test]
    fn the_clock_starts_at_noon() {
        assert_eq!(noon().to_string(), "2026-11-24T12:00:00Z");
    }
}
