//! What every operation does alike: refusals as problems, keys, scopes, browsers, repeated writes.

use axum::http::{Method, StatusCode};
use gg_domain::actor::Scope;
use serde_json::json;

use crate::stage::{on_stage, wedding};

#[test]
fn what_is_not_there_or_not_allowed_is_a_problem() {
    on_stage(async |s| {
        let none = s.owner.get("/api/v1/nothing").await;
        assert_eq!((none.status, none.problem().as_str()), (StatusCode::NOT_FOUND, "not-found"));
        let not_an_id = s.owner.get("/api/v1/events/7").await;
        assert_eq!((not_an_id.status, not_an_id.problem().as_str()), (StatusCode::NOT_FOUND, "not-found"));
        let refused = s.nobody().send(Method::PUT, "/api/v1/events", None, Vec::new()).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
        );
        for method in ["GET", "POST"] {
            assert!(refused.header("allow").contains(method), "{}", refused.header("allow"));
        }
    });
}

#[test]
fn a_body_must_be_json_and_no_larger_than_allowed() {
    on_stage(async |s| {
        let send = async |kind: Option<&str>, body: Vec<u8>| {
            let answer = s.owner.send(Method::POST, "/api/v1/events", kind, body).await;
            (answer.status, answer.problem())
        };
        let json = Some("application/json");
        assert_eq!(send(Some("text/plain"), b"{}".to_vec()).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(send(None, b"{}".to_vec()).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(send(json, b"{".to_vec()).await.0, StatusCode::BAD_REQUEST);
        let deep = format!(r#"{{"name":{}"#, "[".repeat(100_000));
        assert_eq!(send(json, deep.into_bytes()).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let deep = format!(r#"{{"unknown":{}"#, "[".repeat(100_000));
        assert_eq!(send(json, deep.into_bytes()).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(send(json, vec![b' '; 1024 * 1024 + 1]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(send(json, b"[]".to_vec()).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn a_key_does_what_its_scopes_say_and_no_more() {
    on_stage(async |s| {
        let reader = s.limited_to(vec![Scope::EventsRead]).await;
        assert_eq!(reader.get(&s.path("")).await.status, StatusCode::OK);
        let refused = reader.post("/api/v1/events", &wedding()).await;
        assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::FORBIDDEN, "forbidden"));
        assert_eq!(reader.get(&s.path("/guests")).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn a_browser_must_prove_that_it_comes_from_our_page() {
    on_stage(async |s| {
        let browser = s.browser().await;
        assert_eq!(browser.post("/api/v1/events", &wedding()).await.status, StatusCode::CREATED);
        let cookie_alone = s.browser().await.with("origin", "https://evil.example");
        assert_eq!(cookie_alone.get(&s.path("")).await.status, StatusCode::OK);
    });
}

#[test]
fn the_same_write_with_the_same_key_is_done_once() {
    on_stage(async |s| {
        let client = s.owner.with("idempotency-key", "abc-1");
        let first = client.post("/api/v1/events", &wedding()).await;
        let again = client.post("/api/v1/events", &wedding()).await;
        assert_eq!((again.status, again.header("location")), (StatusCode::CREATED, first.header("location")));
        assert_eq!(again.json(), first.json());

        let other = client.post("/api/v1/events", &json!({ "name": "Another" })).await;
        assert_eq!(
            (other.status, other.problem().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused")
        );
        let count = s.owner.get("/api/v1/events").await.json()["data"].as_array().unwrap().len();
        assert_eq!(count, 2);
    });
}

#[test]
fn an_idempotency_key_is_of_visible_characters() {
    on_stage(async |s| {
        for key in ["", "a b", &"x".repeat(256)] {
            let refused = s.owner.with("idempotency-key", key).post("/api/v1/events", &wedding()).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{key:?}");
        }
    });
}
