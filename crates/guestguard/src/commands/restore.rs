//! `guestguard restore FILE`: brings a backup back into an empty data folder (SQLite).

use anyhow::{Result, bail};

use std::path::Path;

use crate::config::Settings;

/// Checks the copy, puts it into the data folder, and begins a new epoch of the live feeds.
///
/// # Errors
/// When the data folder is served or not empty, or FILE does not check.
pub async fn run(_file: &Path, _settings: &Settings) -> Result<()> {
    bail!("restore is not wired in this build")
}
