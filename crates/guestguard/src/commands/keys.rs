//! `guestguard keys …`: the keys that sign invitation links.

use anyhow::{Context as _, Result};
use gg_domain::token::KeyId;

use super::{counted, say};
use crate::cli::KeysCommand;
use crate::config::Settings;
use crate::wiring;

/// Lists, rotates or retires.
///
/// # Errors
/// When an id is unknown, or living links use the key and `--force` is absent.
pub async fn run(command: KeysCommand, settings: &Settings) -> Result<()> {
    let app = wiring::command_app(settings).await?;
    match command {
        KeysCommand::List => {
            let now = app.sources.now();
            say("id\tage_days\tliving_links\tstate")?;
            for key in app.keyring.list().await? {
                let days = now.duration_since(key.created_at).as_hours() / 24;
                let state = match key.retired_at {
                    Some(_) => "retired",
                    None if key.id == app.keyring.current() => "signs new links",
                    None => "older links live on",
                };
                say(&format!("{}\t{days}\t{}\t{state}", key.id, key.living_links))?;
            }
        }
        KeysCommand::Rotate => {
            let id = app.keyring.rotate().await?;
            say(&format!("key {id} signs new links; links signed before live on"))?;
        }
        KeysCommand::Retire { id, force } => {
            let id = KeyId(id.parse().context("a key's id is a number, as `keys list` shows it")?);
            let died = app.keyring.retire(id, force).await?;
            say(&format!("key {id} is retired; {} died with it", counted(died, "link", "links")))?;
        }
    }
    Ok(())
}
