//! Every operation of the document, called by everybody: nobody, a stranger, each role, a revoked key.
//!
//! The list of operations and what each permits come from the document itself, so that an operation that is added is
//! in this test at once.

use axum::http::{Method, StatusCode};
use gg_domain::actor::{Permission, Role};
use gg_web::openapi;
use serde_json::{Value, json};

use crate::stage::{Answer, Client, Stage, on_stage};

/// An operation and how it is called.
struct Call {
    method: Method,
    template: String,
    path: String,
    permission: Permission,
}

/// Ids that stand for the parameters of paths.
struct Ids {
    event: String,
    guest: String,
    access: String,
    account: String,
}

/// Every operation that asks who calls.
fn signed_calls(ids: &Ids) -> Vec<Call> {
    let paths = openapi::document()["paths"].as_object().unwrap();
    let mut calls = Vec::new();
    for (template, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            let permission = openapi::permission(operation.as_object().unwrap()).unwrap();
            if matches!(permission, Permission::Public | Permission::Link) {
                continue;
            }
            let path = template
                .replace("{event_id}", &ids.event)
                .replace("{guest_id}", &ids.guest)
                .replace("{access_id}", &ids.access)
                .replace("{account_id}", &ids.account)
                .replace("{import_id}", &ids.account);
            assert!(!path.contains('{'), "{template} has a parameter that this test does not know");
            let method = method.to_ascii_uppercase().parse().unwrap();
            calls.push(Call { method, template: template.clone(), path, permission });
        }
    }
    assert!(calls.len() > 30, "the document lists {} operations", calls.len());
    calls
}

/// A body that the operation takes.
fn body(call: &Call) -> (Option<&'static str>, Vec<u8>) {
    if call.template.ends_with("/guests/import") {
        return (Some("text/csv"), b"name\nKofi\n".to_vec());
    }
    if call.method == Method::GET || call.method == Method::DELETE {
        return (None, Vec::new());
    }
    let json: Value = match call.template.rsplit('/').next().unwrap() {
        "events" => crate::stage::wedding(),
        "guests" => json!({ "name": "Kofi" }),
        "invitations" => json!({ "all": true, "channel": "email", "kind": "invitation" }),
        "label" => json!({ "label": "guest" }),
        "members" => json!({ "email": "kofi@example.org", "role": "viewer" }),
        "memberships" => json!({ "token": "none" }),
        "rsvp" => json!({ "attending": true }),
        _ => json!({}),
    };
    (Some("application/json"), json.to_string().into_bytes())
}

async fn call(client: &Client, call: &Call) -> Answer {
    let (media_type, body) = body(call);
    client.with("if-match", "*").send(call.method.clone(), &call.path, media_type, body).await
}

async fn ids(s: &Stage) -> Ids {
    let guest = s.efua().await;
    let access = s.opening(&guest).await;
    s.owner.post(&format!("/api/v1/guests/{guest}/invite"), &Value::Null).await;
    Ids { event: s.event.clone(), guest, access, account: s.account.to_string() }
}

/// Whether the operation is about an event, and not about the caller's own things.
fn is_of_an_event(call: &Call) -> bool {
    ["{event_id}", "{guest_id}", "{access_id}"].iter().any(|id| call.template.contains(id))
}

#[test]
fn nobody_is_told_to_sign_in_whatever_he_calls() {
    on_stage(async |s| {
        for op in signed_calls(&ids(&s).await) {
            for client in [
                s.nobody(),
                s.nobody().with("authorization", "Bearer gg_none"),
                s.nobody().with("cookie", "__Host-gg_session=x"),
            ] {
                let refused = call(&client, &op).await;
                assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{} {}", op.method, op.template);
                assert_eq!(refused.problem(), "unauthorized");
                assert!(refused.headers.contains_key("www-authenticate"));
            }
        }
    });
}

#[test]
fn a_stranger_finds_nothing_of_an_event() {
    on_stage(async |s| {
        let stranger = s.stranger().await;
        for op in signed_calls(&ids(&s).await).into_iter().filter(is_of_an_event) {
            let refused = call(&stranger, &op).await;
            assert_eq!(
                refused.status,
                StatusCode::NOT_FOUND,
                "{} {}: {}",
                op.method,
                op.template,
                refused.text()
            );
            assert_eq!(refused.problem(), "not-found", "{} {}", op.method, op.template);
        }
        assert_eq!(stranger.get("/api/v1/events").await.json()["data"], json!([]));
    });
}

/// What is wrong with a call must not tell that there is something to call: a missing `If-Match`, a wrong query, a body
/// of another form, a key that is none.
#[test]
fn a_stranger_finds_nothing_however_wrong_his_call_is() {
    on_stage(async |s| {
        let (stranger, door) = (s.stranger().await, s.member(Role::Door).await);
        for op in signed_calls(&ids(&s).await).into_iter().filter(is_of_an_event) {
            let (media_type, right) = body(&op);
            let at = |query: &str| format!("{}{query}", op.path);
            let keyed = stranger.with("idempotency-key", "two words");
            let wrong = [
                stranger.send(op.method.clone(), &at(""), media_type, right.clone()).await,
                stranger
                    .send(
                        op.method.clone(),
                        &at("?limit=x&after=x&cursor=x&dry_run=x"),
                        media_type,
                        right.clone(),
                    )
                    .await,
                stranger.send(op.method.clone(), &at(""), Some("application/json"), b"{".to_vec()).await,
                stranger
                    .send(op.method.clone(), &at(""), Some("application/json"), b"{\"kind\":7}".to_vec())
                    .await,
                stranger.send(op.method.clone(), &at(""), Some("text/plain"), right.clone()).await,
                keyed.send(op.method.clone(), &at(""), media_type, right.clone()).await,
            ];
            for (n, refused) in wrong.iter().enumerate() {
                assert_eq!(refused.status, StatusCode::NOT_FOUND, "{} {}: {n}", op.method, op.template);
                assert_eq!((refused.problem(), &refused.bytes), ("not-found".into(), &wrong[0].bytes));
            }
            if !op.permission.allows(Role::Door) {
                let refused =
                    door.send(op.method.clone(), &at("?limit=x"), Some("text/plain"), Vec::new()).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{} {}", op.method, op.template);
            }
        }
    });
}

#[test]
fn a_member_is_told_what_is_wrong_with_his_call() {
    on_stage(async |s| {
        let guest = s.efua().await;
        let path = format!("/api/v1/guests/{guest}");
        let unmatched = s.owner.send_json(Method::PATCH, &path, &json!({ "name": "Efua" })).await;
        assert_eq!(unmatched.status, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!(s.owner.patch(&path, &json!({ "name": 7 })).await.pointers(), ["/name"]);
        assert_eq!(s.owner.get(&s.path("/guests?limit=x")).await.pointers(), ["/limit"]);
    });
}

#[test]
fn what_is_not_there_looks_like_what_is_anothers() {
    on_stage(async |s| {
        let stranger = s.stranger().await;
        let theirs = signed_calls(&ids(&s).await);
        let none = "0193e0c0-1111-7222-8333-444455556666".to_string();
        let nothing = Ids { event: none.clone(), guest: none.clone(), access: none.clone(), account: none };
        for (there, absent) in
            theirs.iter().zip(&signed_calls(&nothing)).filter(|(there, _)| is_of_an_event(there))
        {
            let (there, absent) = (call(&stranger, there).await, call(&stranger, absent).await);
            assert_eq!((there.status, there.bytes), (absent.status, absent.bytes));
        }
    });
}

/// One role after another, each on a stage of its own, since what is allowed also changes things.
fn a_role_may_what_the_table_says(role: Role) {
    on_stage(async |s| {
        let ids = ids(&s).await;
        let member = s.member(role).await;
        // What deletes comes last, so that the others find something.
        let mut calls: Vec<Call> = signed_calls(&ids).into_iter().filter(is_of_an_event).collect();
        calls.sort_by_key(|op| (op.method == Method::DELETE, std::cmp::Reverse(op.template.len())));
        for op in calls {
            let answer = call(&member, &op).await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(
                refused,
                !op.permission.allows(role),
                "{role:?} {} {}: {}",
                op.method,
                op.template,
                answer.text()
            );
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED);
            if !refused && op.method != Method::DELETE {
                let through = answer.status.is_success() || answer.status == StatusCode::UPGRADE_REQUIRED;
                assert!(through, "{role:?} {} {}: {}", op.method, op.template, answer.text());
            }
        }
    });
}

#[test]
fn an_owner_may_all() {
    a_role_may_what_the_table_says(Role::Owner);
}

#[test]
fn an_editor_may_what_the_table_says() {
    a_role_may_what_the_table_says(Role::Editor);
}

#[test]
fn a_viewer_may_what_the_table_says() {
    a_role_may_what_the_table_says(Role::Viewer);
}

#[test]
fn the_door_may_what_the_table_says() {
    a_role_may_what_the_table_says(Role::Door);
}

#[test]
fn a_revoked_key_opens_nothing() {
    on_stage(async |s| {
        let ids = ids(&s).await;
        let keys = s.app.api_keys(Some(s.account)).await.unwrap();
        s.app.revoke_api_key(Some(s.account), keys[0].id).await.unwrap();
        for op in signed_calls(&ids) {
            assert_eq!(
                call(&s.owner, &op).await.status,
                StatusCode::UNAUTHORIZED,
                "{} {}",
                op.method,
                op.template
            );
        }
    });
}
