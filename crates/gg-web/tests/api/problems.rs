//! Bad input, refused as the standards say.

use axum::http::StatusCode;
use gg_testkit::each_database;
use serde_json::json;

use crate::stage::{Call, Server};

each_database! {
    async fn each_wrong_field_is_pointed_at(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        for (body, pointer) in [
            (json!({ "email": "no address", "role": "editor" }), "/email"),
            (json!({ "email": "kofi@example.org", "role": "emperor" }), "/role"),
            (json!({ "email": 7, "role": "editor" }), "/email"),
        ] {
            let answer = server.send(Call::new("POST", &path).key(&key).json(&body)).await;

            assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{body}");
            assert_eq!(answer.json["errors"][0]["pointer"], pointer);
            let detail = answer.json["errors"][0]["detail"].as_str().unwrap();
            assert!(!detail.contains("invalid type") && !detail.contains("unknown variant"), "{detail}");
        }
    }

    async fn bodies_of_another_type_size_or_form_are_refused(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let huge = format!("{{\"email\": \"{}\"}}", "a".repeat(2 * 1024 * 1024));
        for (kind, body, expected) in [
            ("text/plain", "{}".to_string(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("application/x-www-form-urlencoded", "a=b".to_string(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("application/json", huge, StatusCode::PAYLOAD_TOO_LARGE),
            ("application/json", "{".to_string(), StatusCode::BAD_REQUEST),
        ] {
            let answer = server.send(Call::new("POST", &path).key(&key).body(kind, body)).await;

            assert_eq!(answer.status, expected);
            assert!(!answer.problem().is_empty());
        }
    }

    async fn members_that_nobody_asked_for_change_nothing(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let body = json!({ "email": "kofi@example.org", "role": "door", "account_id": ama, "status": "confirmed" });

        let answer = server.send(Call::new("POST", &path).key(&key).json(&body)).await;

        assert_eq!((&answer.json["account_id"], &answer.json["status"]), (&json!(null), &json!("pending")));
    }
}
