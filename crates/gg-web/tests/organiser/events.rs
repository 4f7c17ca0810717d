//! Events: made, listed in pages, changed by merge patch under `If-Match`, deleted.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::stage::{on_stage, wedding};

#[test]
fn an_event_is_made_with_an_address_and_a_revision() {
    on_stage(async |s| {
        let made = s.owner.post("/api/v1/events", &wedding()).await;
        assert_eq!(made.status, StatusCode::CREATED);
        assert_eq!(made.header("etag"), "\"1\"");

        let read = s.owner.get(made.header("location")).await;
        assert_eq!(read.json(), made.json());
        assert_eq!(read.header("etag"), "\"1\"");
        let event = made.json();
        assert_eq!(event["ends_at"], "2026-12-12T21:00:00Z");
        assert_eq!((&event["role"], &event["seats_taken"]), (&json!("owner"), &json!(0)));
        assert_eq!(event["rsvp_deadline"], json!(null));
    });
}

#[test]
fn every_wrong_field_of_an_event_is_named() {
    on_stage(async |s| {
        let wrong = json!({ "name": " ", "starts_at": "tomorrow", "time_zone": "Mars", "capacity": 0 });
        let refused = s.owner.post("/api/v1/events", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.pointers(), ["/name", "/starts_at", "/time_zone", "/capacity"]);

        let typed = json!({ "name": 7, "starts_at": "2026-12-12T15:00:00Z", "time_zone": "Africa/Accra" });
        assert_eq!(s.owner.post("/api/v1/events", &typed).await.pointers(), ["/name"]);
    });
}

#[test]
fn events_come_in_pages_without_a_gap_or_a_repeat() {
    on_stage(async |s| {
        for _ in 0..4 {
            s.owner.post("/api/v1/events", &wedding()).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = s.owner.get(&format!("/api/v1/events?limit=2{cursor}")).await.json();
            let rows = page["data"].as_array().unwrap().clone();
            seen.extend(rows.into_iter().map(|row| row["id"].as_str().unwrap().to_string()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.is_sorted_by(|newer, older| newer > older), "the newest first");
    });
}

#[test]
fn a_page_that_is_none_is_named() {
    on_stage(async |s| {
        for (query, pointer) in [
            ("limit=0", "/limit"),
            ("limit=201", "/limit"),
            ("limit=many", "/limit"),
            ("cursor=AAAAAAAAAAAAAAAAAAAAAA", "/cursor"),
            ("cursor=", "/cursor"),
        ] {
            let refused = s.owner.get(&format!("/api/v1/events?{query}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert_eq!(refused.pointers(), [pointer], "{query}");
        }
    });
}

#[test]
fn a_patch_keeps_what_is_absent_and_clears_what_is_null() {
    on_stage(async |s| {
        let change = json!({ "name": "Ama and Kojo", "venue": null });
        let changed = s.owner.patch(&s.path(""), &change).await;
        assert_eq!(changed.status, StatusCode::OK);
        assert_eq!(changed.header("etag"), "\"2\"");
        let event = changed.json();
        assert_eq!(
            (&event["name"], &event["venue"], &event["capacity"]),
            (&json!("Ama and Kojo"), &json!(null), &json!(100))
        );
    });
}

#[test]
fn what_must_be_there_cannot_be_cleared() {
    on_stage(async |s| {
        let refused = s.owner.patch(&s.path(""), &json!({ "name": null })).await;
        assert_eq!(refused.pointers(), ["/name"]);
    });
}

#[test]
fn a_change_must_say_what_it_changes() {
    on_stage(async |s| {
        let (path, change) = (s.path(""), json!({ "name": "Later" }));
        for method in [Method::PATCH, Method::DELETE] {
            let refused = s.owner.send_json(method, &path, &change).await;
            assert_eq!(refused.status, StatusCode::PRECONDITION_REQUIRED);
            assert_eq!(refused.problem(), "precondition-required");
        }
    });
}

#[test]
fn a_change_of_what_was_changed_in_the_meantime_is_refused() {
    on_stage(async |s| {
        let (path, first) = (s.path(""), s.owner.with("if-match", "\"1\""));
        let change = json!({ "name": "Mine" });
        assert_eq!(first.send_json(Method::PATCH, &path, &change).await.status, StatusCode::OK);
        for method in [Method::PATCH, Method::DELETE] {
            let refused = first.send_json(method, &path, &json!({ "name": "Yours" })).await;
            assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
        }
        assert_eq!(s.owner.get(&path).await.json()["name"], "Mine");
    });
}

#[test]
fn a_deleted_event_is_gone_with_its_guests() {
    on_stage(async |s| {
        let guest = s.efua().await;
        assert_eq!(s.owner.delete(&s.path("")).await.status, StatusCode::NO_CONTENT);
        for path in [s.path(""), s.path("/guests"), format!("/api/v1/guests/{guest}")] {
            assert_eq!(s.owner.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    });
}

#[test]
fn a_summary_counts_guests_seats_and_openings() {
    on_stage(async |s| {
        let (efua, kojo) = (s.efua().await, s.guest(&json!({ "name": "Kojo" })).await);
        s.guest(&json!({ "name": "Yaw" })).await;
        s.opening(&efua).await;
        let coming = json!({ "attending": true, "plus_ones": [{ "name": "Abena" }] });
        s.owner.put(&format!("/api/v1/guests/{efua}/rsvp"), &coming).await;
        s.owner.put(&format!("/api/v1/guests/{kojo}/rsvp"), &json!({ "attending": false })).await;

        let summary = s.owner.get(&s.path("/summary")).await.json();
        assert_eq!(
            summary,
            json!({
                "attending": 1, "declined": 1, "waiting": 1, "plus_ones": 1, "seats": 2, "pending": 0,
                "accesses": { "low": 1, "medium": 0, "high": 0, "block": 0 },
            })
        );
    });
}
