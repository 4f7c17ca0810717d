//! The schema's versions: each in one transaction, once, and never changed afterwards.
//!
//! A runner of our own, since two instances that start at once must not both migrate (an advisory
//! lock on PostgreSQL, the file's lock on SQLite), a changed file must be noticed (a checksum), and
//! an older binary must not work on a newer schema.

use sha2::{Digest as _, Sha256};

use crate::db::{Store, WriteTx};
use crate::error::{Result, StoreError};
use crate::value::args;

/// A version of the schema: its name and its text on either database.
pub struct Migration {
    /// Its file's name without the ending.
    pub name: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }),+]
    };
}

/// Every version, oldest first.
pub const MIGRATIONS: &[Migration] = migrations![
    "0001_accounts",
    "0002_events",
    "0003_accesses",
    "0004_guest_idempotency",
    "0005_scored_again",
    "0006_idempotency_created",
    "0007_sightings",
    "0008_step_up",
    "0009_decisions"
];

/// The key of PostgreSQL's advisory lock for migrating: "guestgrd" in ASCII.
const LOCK: &str = "select pg_advisory_xact_lock(7454148186898559588)";

const CREATE: &str = "create table if not exists schema_versions (
    name text primary key not null, checksum text not null, applied_at bigint not null)";
const CREATE_SQLITE: &str = "create table if not exists schema_versions (
    name text primary key not null, checksum text not null, applied_at integer not null) strict";

impl Store {
    /// Brings the schema up to this binary's, and says which versions it applied.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the database is of a newer binary, or a version was changed.
    pub async fn migrate(&self, now: jiff::Timestamp) -> Result<Vec<&'static str>> {
        self.write(async move |tx: &mut WriteTx| migrate(tx, now).await).await
    }

    /// The versions that this binary has and the database has not.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub async fn pending_migrations(&self) -> Result<Vec<&'static str>> {
        self.write(async move |tx: &mut WriteTx| {
            create_versions(tx).await?;
            let applied = applied(tx).await?;
            Ok(MIGRATIONS
                .iter()
                .map(|m| m.name)
                .filter(|name| !applied.iter().any(|(a, _)| a == name))
                .collect())
        })
        .await
    }
}

async fn migrate(tx: &mut WriteTx, now: jiff::Timestamp) -> Result<Vec<&'static str>> {
    const RECORD: &str = "insert into schema_versions (name, checksum, applied_at) values ($1, $2, $3)";
    if !tx.is_sqlite() {
        tx.run(LOCK).await?;
    }
    create_versions(tx).await?;
    let applied = applied(tx).await?;
    let mut done = Vec::new();
    for migration in MIGRATIONS {
        let sql = if tx.is_sqlite() { migration.sqlite } else { migration.postgres };
        let checksum = checksum(sql);
        match applied.iter().find(|(name, _)| name == migration.name) {
            Some((_, before)) if *before == checksum => {}
            Some(_) => {
                return Err(StoreError::Corrupt(format!(
                    "schema version {} differs from the one that this program knows",
                    migration.name
                )));
            }
            None => {
                tx.run(sql).await?;
                tx.execute(RECORD, args![migration.name, checksum, now]).await?;
                done.push(migration.name);
            }
        }
    }
    Ok(done)
}

async fn create_versions(tx: &mut WriteTx) -> Result<()> {
    let sql = if tx.is_sqlite() { CREATE_SQLITE } else { CREATE };
    tx.run(sql).await
}

async fn applied(tx: &mut WriteTx) -> Result<Vec<(String, String)>> {
    const SQL: &str = "select name, checksum from schema_versions order by name";
    let applied: Vec<(String, String)> = tx.all(SQL, &[]).await?;
    if let Some((name, _)) = applied.iter().find(|(name, _)| !MIGRATIONS.iter().any(|m| m.name == name)) {
        return Err(StoreError::Corrupt(format!(
            "the database has schema version {name}, which this older program does not know: use the newer one"
        )));
    }
    Ok(applied)
}

fn checksum(sql: &str) -> String {
    Sha256::digest(sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
