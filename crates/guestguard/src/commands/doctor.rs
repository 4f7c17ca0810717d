//! `guestguard doctor`: what is wrong with this installation, and what to do about it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Result, bail};
use gg_app::{Keyring, Secrets};
use gg_domain::clock::Sources;
use gg_networks::{Networks, STALE_AFTER_DAYS};
use gg_store::Store;

use super::{counted, say};
use crate::config::{DatabaseUrl, Settings};
use crate::data_dir::DataDir;
use crate::wiring;

/// Free space below which the doctor warns, in bytes: a large event with all its openings.
const FREE_BYTES_LOW: u64 = 512 * 1024 * 1024;

/// How often the risk engine is asked before it counts as away: the first call makes the connection.
const ENGINE_TRIES: u32 = gg_risk_grpc::FAILURES_MAX;

/// What was found: lines, and how many of them stop the server.
#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn fine(&self, what: &str) -> Result<()> {
        Ok(say(&format!("ok      {what}"))?)
    }

    fn warn(&self, what: &str) -> Result<()> {
        Ok(say(&format!("careful {what}"))?)
    }

    fn wrong(&mut self, what: &str) -> Result<()> {
        self.wrong += 1;
        Ok(say(&format!("wrong   {what}"))?)
    }
}

/// Examines settings, data folder, database and keys; a line each on standard output.
///
/// # Errors
/// When something is wrong that stops the server.
pub async fn run(settings: &Settings) -> Result<()> {
    let mut found = Findings::default();
    found.fine("settings are understood (config print shows them)")?;
    for warning in settings.warnings() {
        found.warn(&warning)?;
    }
    networks(&mut found, settings)?;
    folder(&mut found, settings)?;
    database(&mut found, settings).await?;
    engine(&found, settings).await?;
    if found.wrong > 0 {
        bail!("{} of these stop the server", found.wrong);
    }
    Ok(())
}

fn networks(found: &mut Findings, settings: &Settings) -> Result<()> {
    let networks = match Networks::open(&settings.networks) {
        Ok(networks) => networks,
        Err(error) => return found.wrong(&error.to_string()),
    };
    let now = Sources::system().now();
    for database in networks.databases() {
        let age = counted(database.age_days(now), "day old", "days old");
        let about = format!("{} is {}, {age}", database.path().display(), database.kind());
        if database.is_stale(now) {
            found
                .warn(&format!("{about}: after {STALE_AFTER_DAYS} days fetch a new one, and start again"))?;
        } else {
            found.fine(&about)?;
        }
    }
    Ok(())
}

fn folder(found: &mut Findings, settings: &Settings) -> Result<()> {
    let path = &settings.data_dir;
    if !path.exists() {
        return found.fine(&format!("{} will be made at the first start", path.display()));
    }
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        found.warn(&format!("{} can be read by others: chmod 700 it (serve does)", path.display()))?;
    }
    let folder = DataDir::open(path)?;
    match folder.serve() {
        Ok(_free) => found.fine(&format!("{} is there, and not served right now", path.display()))?,
        Err(_) => found.fine(&format!("{} is served right now", path.display()))?,
    }
    if settings.secret.is_none() && !folder.secret().exists() && folder.database().exists() {
        found.wrong(
            "the file `secret` is missing from the data folder: bring it back, links and keys depend on it",
        )?;
    }
    match free_bytes(path) {
        Some(free) if free < FREE_BYTES_LOW => {
            found.warn(&format!("only {} MiB are free where the data is", free / 1024 / 1024))
        }
        Some(_) => found.fine("there is room on the disk"),
        None => Ok(()),
    }
}

async fn database(found: &mut Findings, settings: &Settings) -> Result<()> {
    if let DatabaseUrl::Sqlite(path) = &settings.database
        && !path.exists()
    {
        return found.fine(&format!("{} will be made at the first start", path.display()));
    }
    let store = match Store::open(&settings.database.expose()) {
        Ok(store) => store,
        Err(error) => return found.wrong(&format!("the database cannot be opened: {error}")),
    };
    if let Err(error) = store.ping().await {
        return found
            .wrong(&format!("the database does not answer: {error}; is it running, and the URL right?"));
    }
    found.fine(&format!("the database {} answers", settings.database))?;
    match store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => found.fine("the schema is up to date")?,
        Ok(pending) => {
            return found.warn(&format!(
                "schema versions are missing: {} (serve or migrate applies them)",
                pending.join(", ")
            ));
        }
        Err(error) => return found.wrong(&error.to_string()),
    }
    keys(found, settings, store).await
}

async fn keys(found: &mut Findings, settings: &Settings, store: Store) -> Result<()> {
    let secret = match &settings.secret {
        Some(secret) => Ok(secret.expose().as_bytes().to_vec()),
        None => std::fs::read(DataDir::open(&settings.data_dir)?.secret()),
    };
    let Ok(secret) = secret else { return Ok(()) };
    let secrets = std::sync::Arc::new(Secrets::derive(&secret));
    match Keyring::open(store, Sources::system(), secrets).await {
        Ok(keyring) => {
            let living: i64 = keyring.list().await?.iter().map(|key| key.living_links).sum();
            found.fine(&format!("the signing keys open; {}", counted(living, "link lives", "links live")))
        }
        Err(error) => found.wrong(&error.to_string()),
    }
}

/// Whether the engine in another process answers. Where it does not the server starts all the same, and lets in.
async fn engine(found: &Findings, settings: &Settings) -> Result<()> {
    let (Some(remote), Some(url)) = (wiring::remote_scorer(settings)?, &settings.risk_url) else {
        return Ok(());
    };
    let mut answers = false;
    for _ in 0..ENGINE_TRIES {
        answers = answers || remote.try_once().await.is_ok();
    }
    match answers {
        true => found.fine(&format!("the risk engine {url} answers")),
        false => found.warn(&format!(
            "the risk engine {url} does not answer: guests are let in unjudged until it does. Start it there \
             (guestguard serve --role risk), see its /readyz, and compare GUESTGUARD_RISK_LISTEN and \
             GUESTGUARD_RISK_TOKEN there with GUESTGUARD_RISK_URL and GUESTGUARD_RISK_TOKEN here"
        )),
    }
}

/// Free bytes of the file system at `path`, as `df` says; none where it does not.
fn free_bytes(path: &Path) -> Option<u64> {
    let out = std::process::Command::new("df").args(["--output=avail", "-B1"]).arg(path).output().ok()?;
    String::from_utf8(out.stdout).ok()?.lines().nth(1)?.trim().parse().ok()
}
