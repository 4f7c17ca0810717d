//! An event's policy.

use axum::http::StatusCode;
use serde_json::json;

use crate::stage::on_stage;

#[test]
fn a_policy_is_the_default_until_it_is_set() {
    on_stage(async |s| {
        let path = s.path("/policy");
        let default = s.owner.get(&path).await.json();
        assert_eq!(default["thresholds"], json!({ "medium": 0.2, "high": 0.6, "block": 0.97 }));
        assert_eq!(default["actions"]["high"], "step_up");

        let set = json!({ "actions": { "high": "hold" }, "trusted_networks": ["203.0.113.7"], "fingerprint": false });
        let put = s.owner.put(&path, &set).await;
        assert_eq!(put.status, StatusCode::OK);
        assert_eq!(put.json()["trusted_networks"], json!(["203.0.113.7/32"]));
        assert_eq!(s.owner.get(&path).await.json(), put.json());
    });
}

#[test]
fn every_fault_of_a_policy_is_named() {
    on_stage(async |s| {
        for (policy, pointer) in [
            (json!({ "thresholds": { "medium": 0.7 } }), "/thresholds/high"),
            (json!({ "thresholds": [] }), "/thresholds"),
            (json!({ "thresholds": { "block": 1.5 } }), "/thresholds/block"),
            (json!({ "trusted_networks": ["10.0.0.0/8", "0.0.0.0/0"] }), "/trusted_networks/1"),
            (json!({ "trusted_networks": ["venue"] }), "/trusted_networks/0"),
            (json!({ "actions": { "low": "shout" } }), "/actions/low"),
            (json!({ "delegates": [{ "name": " ", "guests": [] }] }), "/delegates/0/name"),
        ] {
            for path in ["/policy", "/policy/dry-run"] {
                let refused = if path == "/policy" {
                    s.owner.put(&s.path(path), &policy).await
                } else {
                    s.owner.post(&s.path(path), &policy).await
                };
                assert_eq!(refused.pointers()[0], pointer, "{policy}");
            }
        }
    });
}

#[test]
fn a_dry_run_names_who_would_be_treated_otherwise_and_changes_nothing() {
    on_stage(async |s| {
        let access = s.opening(&s.efua().await).await;
        let same = s.owner.post(&s.path("/policy/dry-run"), &json!({})).await.json();
        assert_eq!(same, json!({ "accesses": 1, "unrecorded": 0, "data": [] }));

        let strict = json!({ "actions": { "low": "hold" } });
        let tried = s.owner.post(&s.path("/policy/dry-run"), &strict).await.json();
        let one = &tried["data"][0];
        assert_eq!(one["access_id"], access);
        assert_eq!(
            (&one["from"], &one["to"]),
            (&json!({ "band": "low", "action": "allow" }), &json!({ "band": "low", "action": "hold" }))
        );
        assert_eq!(s.owner.get(&s.path("/policy")).await.json()["actions"]["low"], "allow");
    });
}
