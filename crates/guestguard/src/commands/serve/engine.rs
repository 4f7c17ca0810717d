//! The risk engine served over gRPC: alone in its process (`--role risk`), with health and metrics beside it, or by the
//! process that serves the site too.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context as _, Result};
use gg_risk_grpc::RemoteScorer;
use gg_web::engine::{self, Engine};
use gg_web::listener::{self, Limits};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{bind, tell};
use crate::config::{Secret, Settings};
use crate::lifecycle::{DRAIN_LIMIT, Shutdown};
use crate::telemetry::Metrics;

/// Where the engine is served where it is all that is served, and nothing else is said: this machine alone.
const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 50051);

/// Serves the engine alone until told to stop. It needs no database and no secret.
pub(super) async fn run(settings: &Settings) -> Result<()> {
    let shutdown = Shutdown::on_signals()?;
    let probes = bind(settings.listen, "GUESTGUARD_LISTEN").await?;
    let served = bind(settings.risk_listen.unwrap_or(LISTEN_DEFAULT), "GUESTGUARD_RISK_LISTEN").await?;
    let (address, probes_address) = (served.local_addr()?, probes.local_addr()?);
    let metrics = Metrics::install()?;
    tokio::spawn(metrics.clone().keep_small(shutdown.soft.clone()));

    // Asked over its own port: what does not answer there answers nobody.
    let token = settings.risk_token.as_ref().map(Secret::expose);
    let own = RemoteScorer::new(&format!("http://{}", from_here(address)), token)?;
    let router = engine::router(Engine {
        answers: Box::new(move || {
            let own = own.clone();
            Box::pin(async move { own.try_once().await.is_ok() })
        }),
        metrics: Box::new(move || metrics.render()),
    });
    tracing::info!(engine = %address, probes = %probes_address, "serving the risk engine");
    tell(&format!("GuestGuard's risk engine serves gRPC at http://{address}"));
    tell(&format!("Its health and metrics are at http://{probes_address}"));

    let limits = Limits { drain: DRAIN_LIMIT, ..Limits::default() };
    let all = async {
        let engine = serve(served, settings, shutdown.soft.clone());
        let probes = listener::serve(probes, router, limits, shutdown.soft.clone());
        tokio::try_join!(engine, async { Ok(probes.await?) })
    };
    tokio::select! {
        done = all => drop(done?),
        () = shutdown.hard.cancelled() => {}
    }
    tracing::info!("stopped");
    Ok(())
}

/// Serves the engine on a port until told to stop.
pub(super) async fn serve(listener: TcpListener, settings: &Settings, stop: CancellationToken) -> Result<()> {
    let token = settings.risk_token.as_ref().map(Secret::expose);
    gg_risk_grpc::serve(listener, token, stop).await.context("the risk engine can no longer be served")
}

/// An address that was bound, as it is reached from this machine.
fn from_here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
