//! Guests: added, found, changed, erased, and what each role sees of them.

use axum::http::StatusCode;
use gg_domain::actor::Role;
use serde_json::{Value, json};

use crate::stage::on_stage;

#[test]
fn a_guest_is_added_read_and_erased() {
    on_stage(async |s| {
        let added = s.owner.post(&s.path("/guests"), &json!({ "name": "Efua  Mensah" })).await;
        assert_eq!(added.status, StatusCode::CREATED);
        assert_eq!(added.json()["name"], "Efua Mensah");
        let address = added.header("location");
        assert_eq!(s.owner.get(address).await.json(), added.json());

        assert_eq!(s.owner.delete(address).await.status, StatusCode::NO_CONTENT);
        assert_eq!(s.owner.get(address).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn every_wrong_field_of_a_guest_is_named() {
    on_stage(async |s| {
        let wrong =
            json!({ "name": "", "email": "at", "phone": "12", "plus_ones_allowed": 51, "locale": "?" });
        let refused = s.owner.post(&s.path("/guests"), &wrong).await;
        assert_eq!(refused.pointers(), ["/name", "/email", "/phone", "/locale", "/plus_ones_allowed"]);
    });
}

#[test]
fn a_patch_of_a_guest_keeps_and_clears() {
    on_stage(async |s| {
        let path = format!("/api/v1/guests/{}", s.efua().await);
        let changed = s.owner.patch(&path, &json!({ "phone": null, "plus_ones_allowed": 2 })).await.json();
        assert_eq!(
            (&changed["phone"], &changed["plus_ones_allowed"], &changed["email"]),
            (&json!(null), &json!(2), &json!("efua@example.org"))
        );
    });
}

#[test]
fn guests_are_found_by_words_of_their_name_in_any_case() {
    on_stage(async |s| {
        s.efua().await;
        s.guest(&json!({ "name": "Kojo Boateng" })).await;
        let found = |page: &Value| page["data"].as_array().unwrap().len();
        assert_eq!(found(&s.owner.get(&s.path("/guests?search=MENS")).await.json()), 1);
        assert_eq!(
            found(&s.owner.get(&s.path("/guests?search=%25")).await.json()),
            0,
            "a sign stands for itself"
        );
        assert_eq!(found(&s.owner.get(&s.path("/guests?search=zz&limit=1")).await.json()), 0);
        assert_eq!(found(&s.owner.get(&s.path("/guests?limit=1")).await.json()), 1);
    });
}

#[test]
fn the_door_sees_names_and_no_contacts() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let door = s.member(Role::Door).await;
        let seen = door.get(&format!("/api/v1/guests/{guest}")).await.json();
        assert_eq!((&seen["name"], &seen["household"]), (&json!("Efua Mensah"), &json!("Mensah")));
        for hidden in ["email", "phone", "notes"] {
            assert_eq!(seen[hidden], Value::Null, "{hidden}");
        }
        assert_eq!(door.get(&s.path("/guests")).await.json()["data"][0], seen);
        let viewer = s.member(Role::Viewer).await;
        assert_eq!(viewer.get(&format!("/api/v1/guests/{guest}")).await.json()["email"], "efua@example.org");
    });
}

#[test]
fn a_timeline_tells_what_happened_to_a_link() {
    on_stage(async |s| {
        let guest = s.efua().await;
        s.opening(&guest).await;
        s.owner.put(&format!("/api/v1/guests/{guest}/rsvp"), &json!({ "attending": true })).await;
        let timeline = s.owner.get(&format!("/api/v1/guests/{guest}/timeline")).await.json();
        let lines: Vec<(&str, &str)> = timeline["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| (line["status"].as_str().unwrap(), line["detail"].as_str().unwrap()))
            .collect();
        assert_eq!(lines, [("opened", "low"), ("answered", "organiser")]);
        assert_eq!(timeline["next_cursor"], Value::Null);
    });
}

#[test]
fn a_timeline_comes_in_pages() {
    on_stage(async |s| {
        let guest = s.efua().await;
        for _ in 0..3 {
            s.opening(&guest).await;
        }
        s.owner.put(&format!("/api/v1/guests/{guest}/rsvp"), &json!({ "attending": true })).await;
        let path = format!("/api/v1/guests/{guest}/timeline?limit=3");
        let first = s.owner.get(&path).await.json();
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = s.owner.get(&format!("{path}&cursor={cursor}")).await.json();

        let told = |page: &Value| -> Vec<String> {
            let lines = page["data"].as_array().unwrap().iter();
            lines.map(|line| line["status"].as_str().unwrap().to_string()).collect()
        };
        assert_eq!((told(&first), told(&second)), (vec!["opened".into(); 3], vec!["answered".into()]));
        assert_eq!(second["next_cursor"], Value::Null);
    });
}

#[test]
fn a_page_that_is_none_is_refused_by_every_list() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let lists = [
            "/api/v1/events".to_string(),
            s.path("/guests"),
            s.path("/rsvps"),
            s.path("/members"),
            format!("/api/v1/guests/{guest}/timeline"),
        ];
        for list in lists {
            for limit in ["0", "201", "-1", "x", "", "1.5"] {
                let refused = s.owner.get(&format!("{list}?limit={limit}")).await;
                assert_eq!(refused.pointers(), ["/limit"], "{list} {limit}");
            }
            for cursor in ["x", "", "AAAAAAAAAAAAAAAAAAAAAA"] {
                let refused = s.owner.get(&format!("{list}?cursor={cursor}")).await;
                assert_eq!(refused.pointers(), ["/cursor"], "{list} {cursor}");
            }
        }
    });
}

#[test]
fn a_guest_shows_when_his_link_was_last_opened_and_how_it_stands() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let path = format!("/api/v1/guests/{guest}");
        assert_eq!(s.owner.get(&path).await.json()["last_opened_at"], Value::Null);
        s.opening(&guest).await;
        let opened = s.owner.get(&path).await.json();
        assert_eq!(
            (&opened["last_opened_at"], &opened["band"]),
            (&json!("2026-11-24T12:00:00Z"), &json!("low"))
        );
    });
}
