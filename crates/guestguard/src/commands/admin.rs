//! `guestguard admin …`: accounts and API keys, also beside a running server.

use anyhow::{Result, bail};

use crate::cli::AdminCommand;
use crate::config::Settings;

/// Does it; a new key is printed once, alone on standard output.
///
/// # Errors
/// When an address is taken or unknown, a password too weak, an id unknown.
pub async fn run(_command: AdminCommand, _settings: &Settings) -> Result<()> {
    bail!("admin is not wired in this build")
}
