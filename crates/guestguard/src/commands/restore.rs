//! `guestguard restore FILE`: brings a backup back into an empty data folder (SQLite).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use gg_domain::clock::Sources;
use gg_domain::id::DeploymentId;

use super::{counted, say};
use crate::config::{DatabaseUrl, Settings};
use crate::data_dir::DataDir;

/// Checks the copy, puts it into the data folder, and begins a new epoch of the live feeds.
///
/// # Errors
/// When the data folder is served or not empty, or FILE does not check.
pub async fn run(file: &Path, settings: &Settings) -> Result<()> {
    let DatabaseUrl::Sqlite(database) = &settings.database else {
        bail!("restore is for SQLite; for PostgreSQL use pg_restore");
    };
    let folder = DataDir::open(&settings.data_dir)?;
    let _served = folder.serve()?;
    ensure!(
        folder.is_empty()? && !database.exists(),
        "{} is not empty: restore into an empty folder (set GUESTGUARD_DATA_DIR), then serve from there",
        folder.path().display()
    );
    let contents = gg_store::backup::contents(file)?;
    if let Some(secret) = &contents.secret {
        ensure!(settings.secret.is_none(), "the backup has a secret of its own: unset GUESTGUARD_SECRET");
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.secret())?;
        out.write_all(secret).and_then(|()| out.sync_all()).context("the secret cannot be written")?;
    }
    let epoch = Sources::system().random_id::<DeploymentId>().to_string();
    gg_store::backup::restore(file, database, &epoch)?;
    say(&format!(
        "restored {} and {} into {}",
        counted(contents.guests, "guest", "guests"),
        counted(contents.answers, "answer", "answers"),
        folder.path().display()
    ))?;
    Ok(())
}
