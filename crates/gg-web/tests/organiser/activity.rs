//! What happened, as the feed tells it, and the organiser's word on an opening.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::stage::on_stage;

#[test]
fn activity_is_the_feed_from_a_number_on() {
    on_stage(async |s| {
        let efua = s.efua().await;
        s.opening(&efua).await;
        s.owner.put(&format!("/api/v1/guests/{efua}/rsvp"), &json!({ "attending": true })).await;

        let all = s.owner.get(&s.path("/activity")).await.json();
        let kinds: Vec<&str> =
            all["data"].as_array().unwrap().iter().map(|row| row["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["guest.created", "guest.opened", "access.checked", "rsvp.created"]);
        assert_eq!(all["next_cursor"], Value::Null);
        assert_eq!(all["data"][2]["payload"]["label"], "Verified");

        let page = s.owner.get(&s.path("/activity?after=1&limit=2")).await.json();
        assert_eq!(page["data"][0]["seq"], 2);
        assert_eq!(page["next_cursor"], "3");
    });
}

#[test]
fn activity_has_a_beginning_and_a_measure() {
    on_stage(async |s| {
        for (query, pointer) in
            [("after=-1", "/after"), ("limit=0", "/limit"), ("limit=501", "/limit"), ("after=x", "/after")]
        {
            assert_eq!(
                s.owner.get(&s.path(&format!("/activity?{query}"))).await.pointers(),
                [pointer],
                "{query}"
            );
        }
        assert_eq!(s.owner.get(&s.path("/activity?limit=500")).await.status, StatusCode::OK);
    });
}

#[test]
fn a_label_is_kept_and_told_again_under_the_same_id() {
    on_stage(async |s| {
        let efua = s.efua().await;
        let access = s.opening(&efua).await;
        let labelled =
            s.owner.post(&format!("/api/v1/accesses/{access}/label"), &json!({ "label": "not_guest" })).await;
        assert_eq!(labelled.status, StatusCode::OK, "{}", labelled.text());
        let labelled = labelled.json();
        assert_eq!(
            (&labelled["label"], &labelled["band"], &labelled["band_label"]),
            (&json!("not_guest"), &json!("high"), &json!("Suspicious"))
        );

        let activity = s.owner.get(&s.path("/activity")).await.json();
        let last = activity["data"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (&last["payload"]["access_id"], &last["payload"]["band"]),
            (&json!(access), &json!("high"))
        );
        assert_eq!(
            s.owner.get(&s.path("/summary")).await.json()["accesses"],
            json!({ "low": 0, "medium": 0, "high": 1, "block": 0 })
        );
    });
}

#[test]
fn a_label_is_one_of_two_words() {
    on_stage(async |s| {
        let access = s.opening(&s.efua().await).await;
        let path = format!("/api/v1/accesses/{access}/label");
        assert_eq!(s.owner.post(&path, &json!({ "label": "maybe" })).await.pointers(), ["/label"]);
    });
}
