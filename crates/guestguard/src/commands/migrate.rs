//! `guestguard migrate`: brings the database to this version's schema.

use anyhow::Result;
use gg_domain::clock::Sources;
use gg_store::Store;

use super::say;
use crate::config::{DatabaseUrl, Settings};
use crate::data_dir::DataDir;

/// Migrates, and says which versions it applied.
///
/// # Errors
/// When the database is out of reach, or newer than this binary.
pub async fn run(settings: &Settings) -> Result<()> {
    if let DatabaseUrl::Sqlite(_) = settings.database {
        DataDir::open(&settings.data_dir)?;
    }
    let store = Store::open(&settings.database.expose())?;
    let applied = store.migrate(Sources::system().now()).await?;
    if applied.is_empty() {
        return Ok(say("the schema is up to date")?);
    }
    Ok(say(&format!("applied {}", applied.join(", ")))?)
}
