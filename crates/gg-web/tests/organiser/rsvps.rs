//! Answers as the organiser keeps them.

use axum::http::StatusCode;
use gg_domain::actor::Role;
use serde_json::{Value, json};

use crate::stage::on_stage;

#[test]
fn a_recorded_answer_counts_and_its_history_stays() {
    on_stage(async |s| {
        let path = format!("/api/v1/guests/{}/rsvp", s.efua().await);
        let none = s.owner.get(&path).await.json();
        assert_eq!((&none["attending"], &none["history"]), (&Value::Null, &json!([])));

        let coming = json!({ "attending": true, "plus_ones": [{ "name": "Abena" }], "note": "by telephone", "answers": { "menu": "fish" } });
        let first = s.owner.put(&path, &coming).await;
        assert_eq!(first.status, StatusCode::OK);
        assert_eq!(first.json()["plus_ones"], json!([{ "name": "Abena" }]));
        s.owner.put(&path, &json!({ "attending": false })).await;

        let now = s.owner.get(&path).await.json();
        assert_eq!(
            (&now["attending"], &now["source"], &now["pending"]),
            (&json!(false), &json!("organiser"), &json!(false))
        );
        let history = now["history"].as_array().unwrap();
        assert_eq!(history.len(), 2);
        assert_eq!(
            (&history[0]["note"], &history[0]["answers"]),
            (&json!("by telephone"), &json!({ "menu": "fish" }))
        );
    });
}

#[test]
fn an_answer_that_changes_nothing_makes_no_history() {
    on_stage(async |s| {
        let path = format!("/api/v1/guests/{}/rsvp", s.efua().await);
        for _ in 0..3 {
            s.owner.put(&path, &json!({ "attending": true })).await;
        }
        assert_eq!(s.owner.get(&path).await.json()["history"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn more_companions_than_allowed_are_refused() {
    on_stage(async |s| {
        let path = format!("/api/v1/guests/{}/rsvp", s.efua().await);
        let two = json!({ "attending": true, "plus_ones": [{ "name": "A" }, { "name": "B" }] });
        let refused = s.owner.put(&path, &two).await;
        assert_eq!(
            (refused.status, refused.pointers()),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["/plus_ones".to_string()])
        );
        let nested = json!({ "attending": true, "answers": { "menu": { "main": "fish" } } });
        assert_eq!(s.owner.put(&path, &nested).await.pointers(), ["/answers/menu"]);
    });
}

#[test]
fn a_full_event_takes_nobody_more() {
    on_stage(async |s| {
        s.owner.patch(&s.path(""), &json!({ "capacity": 1 })).await;
        let (efua, kojo) = (s.efua().await, s.guest(&json!({ "name": "Kojo" })).await);
        let coming = json!({ "attending": true });
        s.owner.put(&format!("/api/v1/guests/{efua}/rsvp"), &coming).await;
        let refused = s.owner.put(&format!("/api/v1/guests/{kojo}/rsvp"), &coming).await;
        assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::CONFLICT, "event-full"));
    });
}

#[test]
fn the_list_has_one_row_a_guest_answered_or_not() {
    on_stage(async |s| {
        let (efua, kojo) = (s.efua().await, s.guest(&json!({ "name": "Kojo" })).await);
        s.owner
            .put(&format!("/api/v1/guests/{efua}/rsvp"), &json!({ "attending": true, "note": "yes" }))
            .await;
        let rows = s.owner.get(&s.path("/rsvps")).await.json();
        assert_eq!(rows["data"][0]["note"], "yes");
        assert_eq!(
            rows["data"][1],
            json!({
                "guest_id": kojo, "attending": null, "plus_ones": [], "note": null, "answers": null,
                "source": null, "pending": false, "updated_at": null,
            })
        );
    });
}

#[test]
fn the_door_reads_answers_without_notes() {
    on_stage(async |s| {
        let efua = s.efua().await;
        let path = format!("/api/v1/guests/{efua}/rsvp");
        let answer = json!({ "attending": true, "note": "a secret", "answers": { "menu": "fish" } });
        s.owner.put(&path, &answer).await;
        let door = s.member(Role::Door).await;
        for path in [path, s.path("/rsvps"), s.path("/activity")] {
            let seen = door.get(&path).await;
            assert_eq!(seen.status, StatusCode::OK);
            assert!(!seen.text().contains("a secret") && !seen.text().contains("fish"), "{path}");
        }
    });
}
