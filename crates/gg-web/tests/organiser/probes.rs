//! What a supervisor asks.

use axum::http::StatusCode;
use serde_json::json;

use crate::stage::on_stage;

#[test]
fn a_server_is_alive_ready_counted_and_described_to_anybody() {
    on_stage(async |s| {
        let nobody = s.nobody();
        assert_eq!(nobody.get("/healthz").await.json(), json!({ "status": "ok" }));
        let ready = nobody.get("/readyz").await;
        assert_eq!(ready.status, StatusCode::OK);
        assert_eq!(
            ready.json(),
            json!({ "status": "ok", "checks": { "database": "ok", "bus": "ok", "risk": "ok" } })
        );
        assert!(nobody.get("/metrics").await.text().contains("guestguard_up 1"));
        assert_eq!(nobody.get("/openapi.json").await.json()["openapi"], "3.1.0");
        let docs = nobody.get("/docs").await;
        assert!(docs.header("content-type").starts_with("text/html"));
    });
}

#[test]
fn the_committed_document_is_what_the_code_says() {
    let committed = include_str!("../../../../api/openapi.json");
    assert!(
        committed.as_bytes() == gg_web::openapi::json(),
        "api/openapi.json is stale: run scripts/openapi"
    );
}
