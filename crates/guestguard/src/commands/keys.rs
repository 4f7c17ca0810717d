//! `guestguard keys …`: the keys that sign invitation links.

use anyhow::{Result, bail};

use crate::cli::KeysCommand;
use crate::config::Settings;

/// Lists, rotates or retires.
///
/// # Errors
/// When an id is unknown, or living links use the key and `--force` is absent.
pub async fn run(_command: KeysCommand, _settings: &Settings) -> Result<()> {
    bail!("keys is not wired in this build")
}
