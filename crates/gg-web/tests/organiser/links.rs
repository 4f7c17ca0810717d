//! A guest's link: issued, the same again, rotated, revoked, tried; and sending it while no channel works.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::{Client, ORIGIN, on_stage};

async fn issued(client: &Client, guest: &str, rest: &str) -> Value {
    let link = client.post(&format!("/api/v1/guests/{guest}/invite{rest}"), &Value::Null).await;
    assert_eq!(link.status, StatusCode::OK, "{}", link.text());
    assert_eq!(link.header("cache-control"), "no-store");
    link.json()
}

#[test]
fn a_link_is_the_same_until_it_is_rotated() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let first = issued(&s.owner, &guest, "").await;
        assert_eq!(first["url"], format!("{ORIGIN}/i/{}", first["token"].as_str().unwrap()));
        assert_eq!(issued(&s.owner, &guest, "").await, first);
        let rotated = issued(&s.owner, &guest, "/rotate").await;
        assert_ne!(rotated, first);
        assert_eq!(issued(&s.owner, &guest, "").await, rotated);
    });
}

#[test]
fn a_link_is_revoked_once() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let path = format!("/api/v1/guests/{guest}/invite");
        issued(&s.owner, &guest, "").await;
        assert_eq!(
            s.owner.send(Method::DELETE, &path, None, Vec::new()).await.status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(s.owner.send(Method::DELETE, &path, None, Vec::new()).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_link_to_try_is_not_the_guests() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let link = issued(&s.owner, &guest, "").await;
        let tried = issued(&s.owner, &guest, "/try").await;
        assert!(tried["url"].as_str().unwrap().starts_with(&format!("{ORIGIN}/i/")));
        assert_ne!(tried["url"], link["url"]);
    });
}

#[test]
fn an_idempotency_key_keeps_no_link_and_yet_rotates_once() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let old = issued(&s.owner, &guest, "").await;
        let client = s.owner.with("idempotency-key", "once");

        let first = issued(&client, &guest, "/rotate").await;
        let again = issued(&client, &guest, "/rotate").await;

        assert_ne!(first, old);
        assert_eq!(again, first, "made again, not remembered, and not rotated again");
        let kept = gg_store::testing::words(&s.db.store, "select coalesce(body, '') from idempotency_keys");
        assert_eq!(kept.await.unwrap(), [""]);
    });
}

#[test]
fn long_after_the_event_there_is_no_link() {
    on_stage(async |s| {
        let guest = s.efua().await;
        s.db.clock.advance(jiff::SignedDuration::from_hours(24 * 60));
        let refused = s.owner.post(&format!("/api/v1/guests/{guest}/invite"), &Value::Null).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert_eq!(refused.problem(), "no-link");
    });
}

#[test]
fn while_no_channel_works_every_guest_is_skipped_with_the_reason() {
    on_stage(async |s| {
        let (efua, _) = (s.efua().await, s.guest(&json!({ "name": "Kojo" })).await);
        let path = s.path("/invitations");
        let all = json!({ "all": true, "channel": "sms", "kind": "invitation" });
        let sent = s.owner.post(&path, &all).await;
        assert_eq!(sent.status, StatusCode::ACCEPTED);
        assert_eq!(
            (&sent.json()["queued"], sent.json()["skipped"].as_array().unwrap().len()),
            (&json!(0), 2)
        );

        let one = json!({ "guest_ids": [efua, efua], "channel": "email", "kind": "reminder" });
        let skipped = json!([{ "guest_id": efua, "reason": "no e-mail channel is set up" }]);
        assert_eq!(s.owner.post(&path, &one).await.json()["skipped"], skipped);
    });
}

#[test]
fn invitations_go_to_named_guests_or_to_all() {
    on_stage(async |s| {
        let path = s.path("/invitations");
        let stranger = "0193e0c0-1111-7222-8333-444455556666";
        for (body, pointer) in [
            (json!({ "channel": "email", "kind": "invitation" }), "/guest_ids"),
            (json!({ "guest_ids": [], "channel": "email", "kind": "invitation" }), "/guest_ids"),
            (
                json!({ "guest_ids": [stranger], "all": true, "channel": "email", "kind": "invitation" }),
                "/all",
            ),
            (json!({ "guest_ids": [stranger], "channel": "email", "kind": "invitation" }), "/guest_ids/0"),
            (json!({ "all": true, "channel": "pigeon", "kind": "invitation" }), "/channel"),
            (json!({ "all": true, "channel": "email", "kind": "threat" }), "/kind"),
        ] {
            assert_eq!(s.owner.post(&path, &body).await.pointers(), [pointer], "{body}");
        }
    });
}
