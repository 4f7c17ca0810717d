//! Guest lists as files: in, out, and in again.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use gg_app::Started;
use gg_domain::actor::{Actor, Permission};
use gg_domain::id::EventId;
use serde_json::{Value, json};

use crate::stage::{Answer, Client, on_stage};

async fn import(client: &Client, path: &str, file: &str) -> Answer {
    client.send(Method::POST, path, Some("text/csv; charset=utf-8"), file.as_bytes().to_vec()).await
}

/// Ten thousand guests, three of them wrong.
fn three_bad_rows() -> String {
    let mut file = String::from("Name,Email,Guests\n");
    for line in 2..=10_001 {
        file.push_str(&match line {
            17 => ",nameless@example.org,1\n".to_owned(),
            4_000 => "Bob,bob at example.org,1\n".to_owned(),
            10_001 => "Eve,eve@example.org,lots\n".to_owned(),
            _ => format!("Guest {line},g{line}@example.org,1\n"),
        });
    }
    file
}

fn places(errors: &Value) -> Vec<(u64, &str)> {
    let errors = errors.as_array().unwrap().iter();
    errors.map(|error| (error["line"].as_u64().unwrap(), error["column"].as_str().unwrap())).collect()
}

const THREE: [(u64, &str); 3] = [(17, "Name"), (4_000, "Email"), (10_001, "Guests")];

#[test]
fn importing_the_same_file_twice_adds_nobody() {
    on_stage(async |s| {
        let (path, file) = (s.path("/guests/import"), "name,email\nEfua,efua@example.org\nKojo,\n");
        let first = import(&s.owner, &path, file).await;
        assert_eq!(first.status, StatusCode::OK);
        assert_eq!(first.json(), json!({ "created": 2, "updated": 0, "unchanged": 0 }));
        let second = import(&s.owner, &path, file).await;
        assert_eq!(second.json(), json!({ "created": 0, "updated": 0, "unchanged": 2 }));
    });
}

#[test]
fn three_bad_rows_in_ten_thousand_are_named_and_nothing_is_written() {
    on_stage(async |s| {
        let refused = import(&s.owner, &s.path("/guests/import"), &three_bad_rows()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.problem(), "invalid-rows");
        assert!(refused.json()["detail"].as_str().unwrap().contains("nothing was written"));
        assert_eq!(places(&refused.json()["errors"]), THREE);
        assert_eq!(s.owner.get(&s.path("/guests")).await.json()["data"], json!([]));
    });
}

#[test]
fn the_other_rows_are_written_where_that_is_asked_for() {
    on_stage(async |s| {
        let written = import(&s.owner, &s.path("/guests/import?skip_invalid=true"), &three_bad_rows()).await;
        let written = written.json();
        assert_eq!((&written["created"], &written["updated"]), (&json!(9_997), &json!(0)));
        assert_eq!(places(&written["errors"]), THREE);
        assert_eq!(s.owner.get(&s.path("/summary")).await.json()["waiting"], 9_997);
    });
}

#[test]
fn a_dry_run_judges_and_writes_nothing() {
    on_stage(async |s| {
        let judged = import(&s.owner, &s.path("/guests/import?dry_run=true"), &three_bad_rows()).await;
        assert_eq!(judged.status, StatusCode::OK);
        assert_eq!(judged.json()["created"], 9_997);
        assert_eq!(places(&judged.json()["errors"]), THREE);
        assert_eq!(s.owner.get(&s.path("/guests")).await.json()["data"], json!([]));
    });
}

#[test]
fn columns_are_mapped_by_hand_where_their_names_are_not_usual() {
    on_stage(async |s| {
        let path = s.path("/guests/import?map=name:Invitee&map=email:Post%20box");
        let file = "Invitee,Post box\nEfua,efua@example.org\n";
        assert_eq!(import(&s.owner, &path, file).await.json()["created"], 1);
        assert_eq!(s.owner.get(&s.path("/guests")).await.json()["data"][0]["email"], "efua@example.org");
    });
}

#[test]
fn a_wrong_map_is_named_as_a_parameter() {
    on_stage(async |s| {
        let refused = import(&s.owner, &s.path("/guests/import?map=shoe:size"), "name\nEfua\n").await;
        assert_eq!(refused.pointers(), ["/map/0"]);
        let missing = import(&s.owner, &s.path("/guests/import?map=name:Invitee"), "name\nEfua\n").await;
        assert_eq!(missing.json()["errors"][0]["pointer"], "/map");
    });
}

#[test]
fn what_is_no_csv_is_refused_by_its_type_and_what_is_too_large_by_its_size() {
    on_stage(async |s| {
        let path = s.path("/guests/import");
        let json = s.owner.send(Method::POST, &path, Some("application/json"), b"{}".to_vec()).await;
        assert_eq!(
            (json.status, json.problem().as_str()),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type")
        );
        let untyped = s.owner.send(Method::POST, &path, None, b"name\nEfua\n".to_vec()).await;
        assert_eq!(untyped.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let large = import(&s.owner, &path, &"x".repeat(10 * 1024 * 1024 + 1)).await;
        assert_eq!((large.status, large.problem().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    });
}

#[test]
fn a_list_of_megabytes_is_taken_with_an_idempotency_key_too() {
    on_stage(async |s| {
        let file = format!("name,notes\nEfua,\"{}\"\n", "x ".repeat(1_900)).repeat(1);
        let rows: String = (0..200).map(|i| format!("Guest {i},\"{}\"\n", "x ".repeat(1_900))).collect();
        let client = s.owner.with("idempotency-key", "the-list");
        let path = s.path("/guests/import");
        assert_eq!(import(&client, &path, &format!("{file}{rows}")).await.json()["created"], 201);
        let again = import(&client, &path, &format!("{file}{rows}")).await;
        assert_eq!(
            (again.json()["created"].clone(), again.header("idempotency-replayed")),
            (json!(201), "true")
        );
    });
}

#[test]
fn an_export_is_a_file_that_imports_unchanged() {
    on_stage(async |s| {
        s.efua().await;
        s.guest(&json!({ "name": "=1+1", "notes": "'-\tcell" })).await;
        let export = s.owner.get(&s.path("/guests/export")).await;
        assert_eq!(export.status, StatusCode::OK);
        assert!(export.header("content-type").starts_with("text/csv"));
        assert!(export.header("content-disposition").starts_with("attachment"));
        assert!(export.text().starts_with("id,name,"), "no mark: programs read it");

        let again = import(&s.owner, &s.path("/guests/import"), &export.text()).await;
        assert_eq!(again.json(), json!({ "created": 0, "updated": 0, "unchanged": 2 }));
    });
}

#[test]
fn an_import_that_takes_longer_than_its_caller_waits_tells_how_far_it_is() {
    on_stage(async |s| {
        let actor = Actor::account(s.account, Permission::WriteGuests);
        let event: EventId = s.event.parse().unwrap();
        let file: String = (0..1_000).fold("name\n".into(), |file, i| file + &format!("Guest {i}\n"));
        let prepared = s.app.prepare_import(actor, event, file.into_bytes(), Vec::new()).await.unwrap();
        let started = s.app.start_import(actor, event, prepared, false, Duration::ZERO).await.unwrap();
        let Started::Running(id) = started else { panic!("nobody waited for it") };

        let path = format!("/api/v1/imports/{id}");
        let stranger = s.stranger().await;
        assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
        let mut progress = s.owner.get(&path).await.json();
        assert_eq!(progress["total"], 1_000);
        while progress["state"] == "running" {
            assert_eq!(progress["result"], Value::Null);
            tokio::task::yield_now().await;
            progress = s.owner.get(&path).await.json();
        }
        let result = json!({ "created": 1_000, "updated": 0, "unchanged": 0 });
        let done = json!({ "state": "done", "done": 1_000, "total": 1_000, "result": result, "error": null });
        assert_eq!(progress, done);
    });
}

#[test]
fn an_import_that_nobody_started_is_not_there() {
    on_stage(async |s| {
        let path = "/api/v1/imports/0193e0c0-1111-7222-8333-444455556666";
        assert_eq!(s.owner.get(path).await.status, StatusCode::NOT_FOUND);
    });
}
