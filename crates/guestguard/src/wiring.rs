//! The composition root: settings become a store, secrets, an app.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use gg_app::{App, FetchQueue, Imports, Keyring, Outlet, Populations, SECRET_LEN, Secrets, Turns, fetches};
use gg_domain::clock::Sources;
use gg_networks::Networks;
use gg_risk::InProcess;
use gg_risk_grpc::RemoteScorer;
use gg_store::Store;

use crate::config::{DatabaseUrl, Secret, Settings};
use crate::data_dir::DataDir;

/// An app on the settings' database, its schema up to date, and the queue of its fetches.
///
/// # Errors
/// Where the database is out of reach or newer, or the secret is another one than the keys' own.
pub async fn app(settings: &Settings, public_url: &str) -> Result<(App, FetchQueue)> {
    let sources = Sources::system();
    let secrets = Arc::new(Secrets::derive(&secret(settings, &sources)?));
    let store = Store::open(&settings.database.expose()).context("the database cannot be opened")?;
    store.migrate(sources.now()).await.context("the schema cannot be brought up to date")?;
    let keyring = Keyring::open(store.clone(), sources.clone(), secrets.clone()).await?;
    let (fetches, queue) = fetches();
    let app = App {
        store,
        sources,
        secrets,
        keyring: Arc::new(keyring),
        scorer: Arc::new(InProcess),
        fetches,
        imports: Imports::default(),
        populations: Populations::default(),
        turns: Turns::default(),
        public_url: public_url.into(),
        outlet: if settings.outbox_viewer { Outlet::Viewer } else { Outlet::Nowhere },
    };
    Ok((app, queue))
}

/// The risk engine in another process, where the settings name one. Needs a runtime.
///
/// # Errors
/// Where the token cannot be said in a header.
pub fn remote_scorer(settings: &Settings) -> Result<Option<RemoteScorer>> {
    let Some(url) = &settings.risk_url else { return Ok(None) };
    let token = settings.risk_token.as_ref().map(Secret::expose);
    Ok(Some(RemoteScorer::new(&url.to_string(), token)?))
}

/// The databases of addresses that the settings name. A stale one is warned of: what it says is likelier wrong each
/// month, and a guest's new provider may still stand in it as another's.
///
/// # Errors
/// The first file that cannot be used, and why.
pub fn networks(settings: &Settings) -> Result<Networks> {
    let networks = Networks::open(&settings.networks)?;
    let now = Sources::system().now();
    for database in networks.databases() {
        let (file, kind) = (database.path().display(), database.kind());
        if database.is_stale(now) {
            tracing::warn!(%file, kind, age_days = database.age_days(now), "database of addresses is stale: fetch a new one");
        } else {
            tracing::info!(%file, kind, age_days = database.age_days(now), "database of addresses is read");
        }
    }
    Ok(networks)
}

/// An app for a command that serves nobody.
///
/// # Errors
/// As [`app`].
pub async fn command_app(settings: &Settings) -> Result<App> {
    let url = settings
        .public_url
        .as_ref()
        .map_or_else(|| format!("http://{}", settings.listen), |url| url.origin().to_string());
    Ok(app(settings, &url).await?.0)
}

/// The secret of the settings, or the data folder's own, made where there is none yet.
fn secret(settings: &Settings, sources: &Sources) -> Result<Vec<u8>> {
    if let Some(secret) = &settings.secret {
        return Ok(secret.expose().as_bytes().to_vec());
    }
    let folder = DataDir::open(&settings.data_dir)?;
    let path = folder.secret();
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            if let DatabaseUrl::Sqlite(database) = &settings.database
                && database.exists()
            {
                std::fs::remove_file(&path)?;
                anyhow::bail!(
                    "{} is missing beside the database: bring it back, links and keys depend on it",
                    path.display()
                );
            }
            file.write_all(&sources.bytes::<SECRET_LEN>())?;
            file.sync_all()?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be made", path.display())),
    }
    let secret = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    ensure!(secret.len() >= SECRET_LEN, "{} is cut short: bring back the whole file", path.display());
    Ok(secret)
}
