//! `guestguard admin …`: accounts and API keys, also beside a running server.

use std::io::BufRead as _;

use anyhow::{Context as _, Result, anyhow, bail};
use gg_app::Error;
use gg_domain::actor::Scope;
use gg_domain::email::EmailAddress;
use gg_domain::id::ApiKeyId;

use super::say;
use crate::cli::AdminCommand;
use crate::config::Settings;
use crate::wiring;

/// Does it; a new key is printed once, alone on standard output.
///
/// # Errors
/// When an address is taken or unknown, a password too weak, an id unknown.
pub async fn run(command: AdminCommand, settings: &Settings) -> Result<()> {
    let app = wiring::command_app(settings).await?;
    match command {
        AdminCommand::CreateAccount { email, password_stdin: _ } => {
            let mut password = String::new();
            std::io::stdin().lock().read_line(&mut password).context("no password came on standard input")?;
            let password = password.trim_end_matches(['\r', '\n']).to_string();
            let account = app.create_account(&email, password).await.map_err(plain)?;
            say(&format!("account {} may sign in", account.id))?;
        }
        AdminCommand::CreateApiKey { account, name, scopes } => {
            let email = EmailAddress::parse(&account).context("--account takes an e-mail address")?;
            let owner = app.account_of(email).await?;
            let owner = owner
                .ok_or_else(|| anyhow!("no account has that address: make it with admin create-account"))?;
            let scopes = scopes.iter().map(|word| scope(word)).collect::<Result<Vec<_>>>()?;
            let (_, key) = app.create_api_key(owner.id, &name, scopes).await.map_err(plain)?;
            say(&key)?;
        }
        AdminCommand::ListApiKeys => {
            say("id\taccount\tname\tscopes\tlast_used\tstate")?;
            for key in app.api_keys(None).await? {
                let scopes: Vec<&str> = key.scopes.0.iter().map(|scope| scope.as_str()).collect();
                let used = key.used_at.map_or_else(|| "never".to_string(), |at| at.to_string());
                let state = if key.revoked_at.is_some() { "revoked" } else { "living" };
                say(&format!(
                    "{}\t{}\t{}\t{}\t{used}\t{state}",
                    key.id,
                    key.email.as_str(),
                    key.name,
                    scopes.join(" ")
                ))?;
            }
        }
        AdminCommand::RevokeApiKey { id } => {
            let id: ApiKeyId = id.parse().context("an id is a UUID, as `admin list-api-keys` shows it")?;
            match app.revoke_api_key(None, id).await {
                Ok(()) => say("revoked; servers refuse it within 5 seconds")?,
                Err(Error::NotFound) => bail!("no living key has that id"),
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn scope(word: &str) -> Result<Scope> {
    Scope::parse(word).ok_or_else(|| {
        let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        anyhow!("there is no scope {word}: take {}", known.join(", "))
    })
}

/// Faults of fields as one sentence: a command line has no pointers.
fn plain(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(errors) => {
            let details: Vec<&str> = errors.0.iter().map(|error| error.detail.as_str()).collect();
            anyhow!(details.join("; "))
        }
        other => other.into(),
    }
}
