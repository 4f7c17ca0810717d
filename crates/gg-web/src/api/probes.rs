//! What a supervisor, Prometheus and a reader of the API ask: alive, ready, counted, described.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use gg_domain::actor::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::route::{Routes, route};
use crate::state::Web;
use crate::{docs, openapi};

/// A database that takes longer is not one to send guests to.
const PING_LIMIT: Duration = Duration::from_secs(2);

/// The probes and the description of the API.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::Public, routes!(health)))
        .merge(route(Permission::Public, routes!(readiness)))
        .merge(route(Permission::Public, routes!(metrics)))
        .route("/openapi.json", axum::routing::get(document))
        .route("/docs", axum::routing::get(docs::page))
}

/// That the process is alive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
}

/// Whether guests can be sent here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ok`, `degraded` (guests are let in all the same) or `failing`.
    status: CheckWord,
    /// Each part.
    checks: Checks,
}

/// How each part is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checks {
    /// Where the data is.
    database: CheckWord,
    /// What carries messages between processes; in one process it cannot fail.
    bus: CheckWord,
    /// The risk engine; in one process it cannot fail. Where another does not answer, guests are let in unjudged and
    /// judged when it does.
    risk: CheckWord,
}

/// How a part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckWord {
    /// It works.
    Ok,
    /// It does not; guests are let in all the same.
    Degraded,
    /// It does not, and nothing works without.
    Failing,
}

/// Say whether the process is alive
#[utoipa::path(
    get, path = "/healthz", tag = "Operations",
    responses((status = 200, description = "It is.", body = Health))
)]
async fn health() -> axum::Json<Health> {
    axum::Json(Health { status: "ok" })
}

/// Say whether guests can be sent here
#[utoipa::path(
    get, path = "/readyz", tag = "Operations",
    responses(
        (status = 200, description = "They can, even where `risk` or `bus` is `degraded`.", body = Readiness),
        (status = 503, description = "They cannot: the database fails.", body = Readiness)
    )
)]
async fn readiness(State(web): State<Web>) -> impl IntoResponse {
    let database = match tokio::time::timeout(PING_LIMIT, web.app.store.ping()).await {
        Ok(Ok(())) => CheckWord::Ok,
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database fails");
            CheckWord::Failing
        }
        Err(_) => {
            tracing::warn!("not ready: the database does not answer");
            CheckWord::Failing
        }
    };
    let code = if database == CheckWord::Ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let risk = if web.app.scorer.answers() { CheckWord::Ok } else { CheckWord::Degraded };
    let status = if database == CheckWord::Ok { risk } else { database };
    (code, axum::Json(Readiness { status, checks: Checks { database, bus: CheckWord::Ok, risk } }))
}

/// Read what was counted
#[utoipa::path(
    get, path = "/metrics", tag = "Operations",
    responses((status = 200, description = "In Prometheus’ text form.", body = String, content_type = "text/plain"))
)]
async fn metrics(State(web): State<Web>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (web.site.metrics)())
}

async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], openapi::json())
}
