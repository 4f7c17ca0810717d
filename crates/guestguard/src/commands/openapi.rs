//! `guestguard openapi` (hidden): the OpenAPI document, for `scripts/openapi`.

use std::io::Write as _;

use anyhow::Result;

/// Prints the document.
///
/// # Errors
/// When nobody reads it.
pub fn run() -> Result<()> {
    Ok(std::io::stdout().lock().write_all(&gg_web::openapi::json())?)
}
