//! The data folder: database, secret and the lock that tells whether it is served.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The database's name in the folder.
const DATABASE: &str = "guestguard.db";
/// The secret's name in the folder.
const SECRET: &str = "secret";
/// The lock's name in the folder.
const LOCK: &str = "guestguard.lock";

/// A data folder that is there, and ours alone to read.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

/// Held while a server serves the folder; the system lets go of it when the process ends, however.
#[derive(Debug)]
pub struct Served {
    _lock: File,
}

impl DataDir {
    /// Opens the folder, made with mode 0700 where it is not there.
    ///
    /// # Errors
    /// Where it cannot be made or its mode cannot be set.
    pub fn open(path: &Path) -> Result<Self> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.with_context(|| format!("the data folder {} cannot be made", path.display()))?;
        let mode = fs::metadata(path)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            close(path)
                .with_context(|| format!("others may read {}: run chmod 700 on it", path.display()))?;
        }
        Ok(Self(path.to_path_buf()))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where SQLite's file is.
    pub fn database(&self) -> PathBuf {
        self.0.join(DATABASE)
    }

    /// Where the secret is.
    pub fn secret(&self) -> PathBuf {
        self.0.join(SECRET)
    }

    /// Takes the folder for a server.
    ///
    /// # Errors
    /// Where another server has it.
    pub fn serve(&self) -> Result<Served> {
        let lock = self.lock()?;
        match lock.try_lock() {
            Ok(()) => Ok(Served { _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => {
                bail!("{} is served by another guestguard: stop it first", self.0.display())
            }
            Err(fs::TryLockError::Error(error)) => Err(error).context("the data folder cannot be locked"),
        }
    }

    /// Whether nothing is in the folder but a lock.
    pub fn is_empty(&self) -> io::Result<bool> {
        for entry in fs::read_dir(&self.0)? {
            if entry?.file_name() != LOCK {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn lock(&self) -> io::Result<File> {
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(self.0.join(LOCK))
    }
}

/// Takes a folder that somebody else made from the eyes of others.
#[expect(clippy::disallowed_methods, reason = "the folder was there before us, with the mode it has")]
fn close(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, DataDir) {
        let temp = tempfile::tempdir().unwrap();
        let folder = DataDir::open(&temp.path().join("data")).unwrap();
        (temp, folder)
    }

    #[test]
    fn a_new_folder_is_ours_alone() {
        let (_temp, folder) = folder();

        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(folder.is_empty().unwrap());
    }

    #[test]
    fn a_folder_that_others_could_read_is_closed() {
        let temp = tempfile::tempdir().unwrap();
        let open = temp.path().join("open");
        DirBuilder::new().mode(0o755).create(&open).unwrap();

        DataDir::open(&open).unwrap();

        assert_eq!(fs::metadata(&open).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_served_folder_is_not_served_twice() {
        let (_temp, folder) = folder();
        let served = folder.serve().unwrap();

        assert!(folder.serve().is_err());
        drop(served);
        assert!(folder.serve().is_ok());
    }
}
