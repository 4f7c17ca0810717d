//! What organisers decide about a guest, over the API: done, kept, and read again.

use axum::http::StatusCode;
use gg_domain::actor::Role;
use serde_json::{Value, json};

use crate::stage::on_stage;

#[test]
fn every_decision_is_listed_with_who_and_when_the_latest_first() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let access = s.opening(&guest).await;
        let at = |end: &str| format!("/api/v1/guests/{guest}/{end}");
        let trusted = s.owner.post(&format!("/api/v1/accesses/{access}/trust-device"), &Value::Null).await;
        assert_eq!((trusted.status, &trusted.json()["label"]), (StatusCode::OK, &Value::Null));
        let word = json!({ "label": "not_guest" });
        s.owner.post(&format!("/api/v1/accesses/{access}/label"), &word).await;
        let refused = s.owner.post(&format!("/api/v1/accesses/{access}/trust-device"), &Value::Null).await;
        assert_eq!(
            (refused.status, refused.pointers()),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![String::new()])
        );
        for end in ["forget-devices", "reset-baseline"] {
            let done = s.owner.post(&at(end), &Value::Null).await;
            assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
        }

        let list = s.owner.get(&at("decisions?limit=3")).await.json();
        let words = |list: &Value| -> Vec<String> {
            list["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["decision"].as_str().unwrap().into())
                .collect()
        };
        assert_eq!(words(&list), ["baseline_reset", "devices_forgotten", "was_not_guest"]);
        assert_eq!(list["data"][2]["access_id"], access);
        assert_eq!(list["data"][0]["access_id"], Value::Null);
        assert_eq!(list["data"][0]["account_id"], s.account.to_string());
        let cursor = list["next_cursor"].as_str().unwrap();
        let rest = s.owner.get(&at(&format!("decisions?cursor={cursor}"))).await.json();
        assert_eq!(words(&rest), ["device_trusted", "link_issued"]);
        assert!(!list.to_string().contains("Efua"), "ids, never names");
    });
}

#[test]
fn reasons_are_counted_by_what_was_said() {
    on_stage(async |s| {
        let path = s.path("/reasons");
        assert_eq!(s.owner.get(&path).await.json(), json!({ "labelled": 0, "data": [] }));
        let access = s.opening(&s.efua().await).await;
        let word = json!({ "label": "not_guest" });
        s.owner.post(&format!("/api/v1/accesses/{access}/label"), &word).await;

        let counted = s.owner.get(&path).await.json();

        assert_eq!(counted["labelled"], 1);
        for one in counted["data"].as_array().unwrap() {
            assert_eq!((&one["spoke"], &one["right"]), (&json!(1), &json!(1)));
            assert!(one["least"].as_f64().unwrap() < 0.5 && one["most"] == 1.0, "{one}");
        }
    });
}

#[test]
fn the_policy_is_the_owners_to_read() {
    on_stage(async |s| {
        for role in [Role::Editor, Role::Viewer, Role::Door] {
            let member = s.member(role).await;
            assert_eq!(member.get(&s.path("/policy")).await.status, StatusCode::FORBIDDEN, "{role:?}");
            let tried = member.post(&s.path("/policy/dry-run"), &json!({})).await;
            assert_eq!(tried.status, StatusCode::FORBIDDEN, "{role:?}");
        }
        assert_eq!(s.owner.get(&s.path("/policy")).await.status, StatusCode::OK);
    });
}
