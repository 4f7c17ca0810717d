//! `guestguard backup FILE`: database and keys in one file, also while serving (SQLite).

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::{counted, say};
use crate::config::{DatabaseUrl, Settings};
use crate::data_dir::DataDir;

/// Makes the copy, opens it, checks it, and only then says that it is done.
///
/// # Errors
/// When FILE exists, the database is not SQLite, or the copy does not check.
pub async fn run(file: &Path, settings: &Settings) -> Result<()> {
    let DatabaseUrl::Sqlite(database) = &settings.database else {
        bail!("backup is for SQLite; for PostgreSQL use pg_dump, and keep GUESTGUARD_SECRET with it");
    };
    if file.exists() {
        bail!("{} exists already: name another file", file.display());
    }
    if !database.exists() {
        bail!("there is no database at {}: nothing to back up", database.display());
    }
    let secret = match &settings.secret {
        Some(_) => None,
        None => {
            let path = DataDir::open(&settings.data_dir)?.secret();
            Some(
                std::fs::read(&path)
                    .with_context(|| format!("the secret {} cannot be read", path.display()))?,
            )
        }
    };
    let contents = gg_store::backup::backup(database, file, secret.as_deref())?;
    say(&format!(
        "backed up {} and {} to {}, checked; keep it as safe as the data folder: its keys sign links",
        counted(contents.guests, "guest", "guests"),
        counted(contents.answers, "answer", "answers"),
        file.display()
    ))?;
    if secret.is_none() {
        say("GUESTGUARD_SECRET is not in it: without that, restored links are dead")?;
    }
    Ok(())
}
