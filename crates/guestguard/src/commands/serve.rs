//! `guestguard serve`: the parts that were asked for in one process, until it is told to stop.

mod engine;
mod roles;

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use gg_app::App;
use gg_domain::account::PASSWORD_CHARS_MIN;
use gg_web::listener::{self, Limits as ListenerLimits};
use gg_web::live::{AppFeed, Hub, HubLimits, relay};
use gg_web::{Site, Web, router};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::roles::Parts;
use super::say;
use crate::chores;
use crate::cli::ServeArgs;
use crate::config::{DatabaseUrl, Settings};
use crate::data_dir::{DataDir, Served};
use crate::demo::Demo;
use crate::lifecycle::{DRAIN_LIMIT, Shutdown};
use crate::telemetry::Metrics;
use crate::wiring;

/// How long imports under way may take to finish when told to stop; then each ends after the rows that it is at, and its
/// caller is told how far it came. That, and his answer, has the rest of [`DRAIN_LIMIT`].
const IMPORTS_LIMIT: Duration = Duration::from_secs(6);
/// Words of a demo's password: nobody types it, the way in is a link.
const DEMO_EMAIL: &str = "demo@example.org";

/// Serves until the first signal, drains, and returns.
///
/// # Errors
/// When it cannot start: roles that this build does not have, a taken port, a database out of reach.
pub async fn run(args: &ServeArgs, settings: &Settings) -> Result<()> {
    match Parts::of(args, settings)? {
        Parts::Engine => engine::run(settings).await,
        Parts::Site { engine } => site(args, settings, engine).await,
    }
}

/// Serves pages, API and live feed, and does what happens later; the risk engine to others where `engine` and the
/// settings say so.
async fn site(args: &ServeArgs, settings: &Settings, engine: bool) -> Result<()> {
    let shutdown = Shutdown::on_signals()?;
    let demo_folder =
        if args.demo { Some(tempfile::tempdir().context("a folder for the demo")?) } else { None };
    let settings = demo_folder
        .as_ref()
        .map_or_else(|| settings.clone(), |folder| demo_settings(settings, folder.path()));
    let _served = lock(&settings)?;
    let networks = wiring::networks(&settings)?;

    let listener = bind(settings.listen, "GUESTGUARD_LISTEN").await?;
    let address = listener.local_addr()?;
    let public_url =
        settings.public_url.as_ref().map_or_else(|| local_url(address), |url| url.origin().to_string());
    let (mut app, queue) = wiring::app(&settings, &public_url).await?;
    if let Some(remote) = wiring::remote_scorer(&settings)? {
        app.scorer = Arc::new(remote.clone());
        let stop = shutdown.soft.clone();
        tokio::spawn(async move { remote.watch(stop).await });
    }
    if let Some(listen) = settings.risk_listen.filter(|_| engine) {
        serve_engine_too(listen, &settings, &shutdown).await?;
    }
    let demo_token =
        if args.demo { Some(app.sources.random_id::<gg_domain::id::SessionId>().to_string()) } else { None };
    let web =
        web(&settings, app.clone(), address, demo_token.clone(), shutdown.soft.clone())?.knowing(networks);

    let served_all = CancellationToken::new();
    let keeper = tokio::spawn({
        let (app, stop) = (app.clone(), served_all.clone());
        async move { app.keep_fetches(queue, stop.cancelled()).await }
    });
    tokio::spawn(relay(app.clone(), web.hub.clone(), shutdown.soft.clone()));
    tokio::spawn(chores::tidy(app.clone(), shutdown.soft.clone()));
    tokio::spawn(chores::rescore(app.clone(), shutdown.soft.clone()));
    tokio::spawn(chores::deliver(app.clone(), shutdown.soft.clone()));
    let hub = web.hub.clone();
    let drained = shutdown.soft.clone();
    tokio::spawn(async move {
        drained.cancelled().await;
        hub.drain();
    });

    greet(&app, &public_url, address, args.demo).await?;
    if let Some(token) = demo_token {
        start_demo(app.clone(), &public_url, &token, shutdown.soft.clone()).await?;
    }
    tokio::spawn(break_off_imports(app.clone(), shutdown.soft.clone()));
    let limits = ListenerLimits { drain: DRAIN_LIMIT, ..ListenerLimits::default() };
    let served = async {
        listener::serve(listener, router::router(web), limits, shutdown.soft.clone()).await?;
        // One that nobody waits for any more has no connection to keep the listener.
        app.imports.none_runs().await;
        served_all.cancel();
        keeper.await.context("fetches that were not yet kept")
    };
    tokio::select! {
        served = served => served?,
        () = shutdown.hard.cancelled() => {}
    }
    tracing::info!("stopped");
    Ok(())
}

async fn bind(address: SocketAddr, variable: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("{address} is taken or not ours to listen on: set {variable}"))
}

/// The engine on a port of its own. Where it ends before it is told to, so does nothing else: guests are scored here.
async fn serve_engine_too(listen: SocketAddr, settings: &Settings, shutdown: &Shutdown) -> Result<()> {
    let listener = bind(listen, "GUESTGUARD_RISK_LISTEN").await?;
    tracing::info!(engine = %listener.local_addr()?, "serving the risk engine to others too");
    let (settings, stop) = (settings.clone(), shutdown.soft.clone());
    tokio::spawn(async move {
        if let Err(error) = engine::serve(listener, &settings, stop).await {
            tracing::error!("{error:#}");
        }
    });
    Ok(())
}

fn web(
    settings: &Settings,
    app: App,
    address: SocketAddr,
    demo_token: Option<String>,
    stop: CancellationToken,
) -> Result<Web> {
    let metrics = Metrics::install()?;
    tokio::spawn(metrics.clone().keep_small(stop));
    let sources = app.sources.clone();
    let clock: gg_web::live::Clock = Arc::new(move || sources.now());
    let hub = Hub::new(Arc::new(AppFeed(app.clone())), clock, HubLimits::default());
    let origins = match &settings.public_url {
        Some(url) => vec![url.origin().to_string()],
        None => local_origins(address),
    };
    let site = Site {
        origins,
        secure: settings.public_url.as_ref().is_some_and(|url| url.is_https()),
        trusted_proxies: settings.trusted_proxies.clone(),
        metrics: Box::new(move || metrics.render()),
        demo_token,
    };
    Ok(Web::new(app, hub, site))
}

/// The setup link while there is no account, and how a phone gets here.
async fn greet(app: &App, public_url: &str, address: SocketAddr, demo: bool) -> Result<()> {
    tracing::info!(address = %address, "serving");
    tell(&format!("GuestGuard serves at {public_url}"));
    if !demo && let Some(token) = app.setup_token().await? {
        tell("No account yet. Make the first one here (this link alone is valid, for 24 hours):");
        tell(&format!("{public_url}/setup?token={}", *token));
    }
    if address.ip().is_loopback() {
        let here = own_address().map_or_else(|| "this machine's address".to_string(), |ip| ip.to_string());
        tell(&format!(
            "From a phone: GUESTGUARD_LISTEN=0.0.0.0:{port} GUESTGUARD_PUBLIC_URL=http://{here}:{port} guestguard serve",
            port = address.port()
        ));
    }
    Ok(())
}

async fn start_demo(app: App, public_url: &str, token: &str, shutdown: CancellationToken) -> Result<()> {
    let password = format!("{token}-{PASSWORD_CHARS_MIN}");
    let owner = app.create_account(DEMO_EMAIL, password).await?;
    let demo = Demo::plan(app, owner.id).await?;
    tell("A sample event with 200 guests, in a folder that is thrown away. Sign in here:");
    tell(&format!("{public_url}/demo?token={token}"));
    tokio::spawn(demo.run(shutdown));
    Ok(())
}

async fn break_off_imports(app: App, shutdown: CancellationToken) {
    shutdown.cancelled().await;
    app.imports.break_off_after(IMPORTS_LIMIT).await;
}

/// Says a line on standard output. A server whose output nobody reads any more goes on serving.
fn tell(line: &str) {
    if let Err(error) = say(line) {
        tracing::debug!(%error, "nobody reads standard output");
    }
}

fn demo_settings(settings: &Settings, folder: &std::path::Path) -> Settings {
    let data_dir = folder.join("data");
    let database = DatabaseUrl::Sqlite(data_dir.join("guestguard.db"));
    Settings { data_dir, database, secret: None, outbox_viewer: true, ..settings.clone() }
}

fn lock(settings: &Settings) -> Result<Option<Served>> {
    match &settings.database {
        DatabaseUrl::Sqlite(_) => Ok(Some(DataDir::open(&settings.data_dir)?.serve()?)),
        DatabaseUrl::Postgres(_) => Ok(None),
    }
}

fn local_url(address: SocketAddr) -> String {
    let host = if address.ip().is_unspecified() {
        own_address().unwrap_or(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST))
    } else {
        address.ip()
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

/// While no public URL is set, the loopback names count as one origin (CONTRACT.md).
fn local_origins(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let mut origins: Vec<String> =
        ["127.0.0.1", "localhost", "[::1]"].iter().map(|host| format!("http://{host}:{port}")).collect();
    let own = local_url(address);
    if !origins.contains(&own) {
        origins.push(own);
    }
    origins
}

/// The address by which others on the network reach this machine: the one it would send from.
fn own_address() -> Option<IpAddr> {
    // Nothing is sent: connecting a datagram socket only asks the kernel for a route (RFC 5737 address).
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_one_origin() {
        let origins = local_origins("127.0.0.1:8080".parse().unwrap());

        assert_eq!(origins, ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"]);
    }
}
