//! `guestguard openapi` (hidden): the OpenAPI document, for `scripts/openapi`.

use anyhow::{Result, bail};

/// Prints the document.
///
/// # Errors
/// When nobody reads it.
pub fn run() -> Result<()> {
    bail!("openapi is not wired in this build")
}
