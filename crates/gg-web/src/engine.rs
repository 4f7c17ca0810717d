//! What a supervisor asks of a process that serves the risk engine alone: alive, ready, counted, nothing else.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

/// Whether the engine answers, on its way.
pub type Answers = Pin<Box<dyn Future<Output = bool> + Send>>;

/// What the process tells of itself.
pub struct Engine {
    /// Asks the engine.
    pub answers: Box<dyn Fn() -> Answers + Send + Sync>,
    /// Renders the metrics.
    pub metrics: Box<dyn Fn() -> String + Send + Sync>,
}

/// `/healthz`, `/readyz` (503 while the engine fails) and `/metrics`.
pub fn router(engine: Engine) -> Router {
    Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .fallback(async || StatusCode::NOT_FOUND)
        .with_state(Arc::new(engine))
}

async fn readiness(State(engine): State<Arc<Engine>>) -> impl IntoResponse {
    let (code, word) = match (engine.answers)().await {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "failing"),
    };
    (code, Json(json!({ "status": word, "checks": { "risk": word } })))
}

async fn metrics(State(engine): State<Arc<Engine>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (engine.metrics)())
}
