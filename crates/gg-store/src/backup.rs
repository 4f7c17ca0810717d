//! Copies of an SQLite database: made while it is served, checked before they are called done.
//!
//! `vacuum into` reads one state of the database in one transaction, whatever is written
//! meanwhile, and leaves out what was erased. The copy goes beside its place, is opened and
//! checked, brought to disk, and only then takes its name: it is whole or absent. It carries the
//! secret that unseals its keys, so it is as secret as the data folder.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, StoreError};
use crate::migrate::MIGRATIONS;

/// The format of a backup, for the program that restores it.
const FORMAT: i64 = 1;

/// What a backup holds beside the database.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents {
    /// The data folder's secret; none where it comes from the settings.
    pub secret: Option<Vec<u8>>,
    /// Guests in it, to be told.
    pub guests: i64,
    /// Guests who have answered, to be told.
    pub answers: i64,
}

impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contents").field("guests", &self.guests).field("answers", &self.answers).finish()
    }
}

/// Copies the database at `source` to `target`, which must not exist, with `secret` in it.
///
/// # Errors
/// [`StoreError`] where the copy cannot be made or does not check.
pub fn backup(source: &Path, target: &Path, secret: Option<&[u8]>) -> Result<Contents> {
    if target.exists() {
        return Err(unavailable(format!("{} exists already: name another file", target.display())));
    }
    let partial = beside(target);
    let _ = fs::remove_file(&partial);
    // Made by us first, so that nobody else can read it for a moment.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial).map_err(io)?;
    let made = copy(source, &partial, secret).and_then(|()| contents(&partial));
    let contents = match made {
        Ok(contents) => contents,
        Err(error) => {
            let _ = fs::remove_file(&partial);
            return Err(error);
        }
    };
    File::open(&partial).and_then(|file| file.sync_all()).map_err(io)?;
    fs::rename(&partial, target).map_err(io)?;
    sync_folder(target)?;
    Ok(contents)
}

/// Opens a backup and says what is in it.
///
/// # Errors
/// [`StoreError::Corrupt`] where it is none, is damaged, or is of a newer program.
pub fn contents(file: &Path) -> Result<Contents> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("{}: {what}", file.display()));
    let verdict: String = db.query_row("pragma integrity_check", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(corrupt("the file is damaged"));
    }
    let manifest = db.query_row("select format, secret from backup_manifest", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
    });
    let (format, secret) = manifest.map_err(|_| corrupt("this is not a backup of GuestGuard"))?;
    if format != FORMAT {
        return Err(corrupt("a newer program made this backup: restore it with that one"));
    }
    let mut versions = db.prepare("select name from schema_versions")?;
    let versions: Vec<String> = versions.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if let Some(unknown) = versions.iter().find(|name| !MIGRATIONS.iter().any(|known| known.name == *name)) {
        return Err(corrupt(&format!(
            "it has schema version {unknown}, which this older program does not know"
        )));
    }
    let count = |table: &str| db.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0));
    Ok(Contents { secret, guests: count("guests")?, answers: count("rsvps")? })
}

/// Puts the database of a backup to `target`, which must not exist, under another `epoch`.
///
/// # Errors
/// [`StoreError`] where the backup does not check or the copy cannot be made.
pub fn restore(file: &Path, target: &Path, epoch: &str) -> Result<Contents> {
    let contents = contents(file)?;
    let partial = beside(target);
    let _ = fs::remove_file(&partial);
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial).map_err(io)?;
    out.write_all(&fs::read(file).map_err(io)?).map_err(io)?;
    let db = Connection::open(&partial)?;
    db.execute_batch("pragma secure_delete = on; drop table backup_manifest")?;
    db.execute("update deployment set epoch = ?1", [epoch])?;
    drop(db);
    out.sync_all().map_err(io)?;
    fs::rename(&partial, target).map_err(io)?;
    sync_folder(target)?;
    Ok(contents)
}

fn copy(source: &Path, partial: &Path, secret: Option<&[u8]>) -> Result<()> {
    let db = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    db.execute("vacuum into ?1", [partial.to_string_lossy()])?;
    let copy = Connection::open(partial)?;
    copy.execute_batch("create table backup_manifest (format integer not null, secret blob) strict")?;
    copy.execute("insert into backup_manifest (format, secret) values (?1, ?2)", (FORMAT, secret))?;
    Ok(())
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    target.with_file_name(name)
}

fn sync_folder(file: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
}

#[expect(clippy::needless_pass_by_value, reason = "made to be handed to map_err")]
fn io(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn unavailable(what: String) -> StoreError {
    StoreError::Unavailable(what)
}
