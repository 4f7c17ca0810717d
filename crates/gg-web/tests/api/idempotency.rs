//! `Idempotency-Key`: one effect, one answer.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use gg_store::testing;
use gg_testkit::each_database;
use serde_json::json;

use crate::stage::{Answer, Call, Server};

each_database! {
    async fn a_repeated_write_is_done_once_and_answered_alike(db: TestDb) {
        let (server, key, token) = invited(&db).await;

        let first = server.send(join(&key, &token, "a")).await;
        let again = server.send(join(&key, &token, "a")).await;

        assert_eq!((first.status, first.header("idempotency-replayed")), (StatusCode::CREATED, ""));
        assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
        assert_eq!((again.header("location"), &again.json), (first.header("location"), &first.json));
        assert_eq!(server.send(join(&key, &token, "b")).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_key_is_for_one_body(db: TestDb) {
        let (server, key, token) = invited(&db).await;
        server.send(join(&key, &token, "a")).await;

        let reused = server.send(join(&key, "another token", "a")).await;

        assert_eq!((reused.status, reused.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused"));
    }

    async fn of_many_at_once_one_has_the_effect(db: TestDb) {
        let (server, key, token) = invited(&db).await;

        let answers = tokio::join!(
            server.send(join(&key, &token, "a")),
            server.send(join(&key, &token, "a")),
            server.send(join(&key, &token, "a")),
        );

        for answer in [answers.0, answers.1, answers.2] {
            let running = answer.status == StatusCode::CONFLICT && answer.problem() == "idempotency-key-running";
            assert!(running || answer.status == StatusCode::CREATED, "{answer:?}");
        }
        assert_eq!(settled(&server, &key, &token).await.status, StatusCode::CREATED);
    }

    async fn who_hangs_up_and_tries_again_hears_what_came_of_it(db: TestDb) {
        let (server, key, token) = invited(&db).await;
        tokio::select! {
            biased;
            () = claimed(&db) => {}
            _ = server.send(join(&key, &token, "a")) => {}
        }

        let again = settled(&server, &key, &token).await;

        assert_eq!(again.status, StatusCode::CREATED, "{again:?}");
    }

    async fn a_write_that_failed_may_be_tried_again(db: TestDb) {
        let (server, key, token) = invited(&db).await;
        assert_eq!(server.send(join(&key, "no such token", "a")).await.status, StatusCode::NOT_FOUND);

        assert_eq!(server.send(join(&key, &token, "a")).await.status, StatusCode::CREATED);
    }

    async fn another_accounts_key_is_another_key(db: TestDb) {
        let (server, key, token) = invited(&db).await;
        let (_, others) = server.organiser("esi@example.org").await;
        server.send(join(&key, &token, "a")).await;

        assert_eq!(server.send(join(&others, &token, "a")).await.status, StatusCode::NOT_FOUND);
    }

    async fn an_answer_with_a_link_is_given_again_and_cannot_be_read_out_of_the_database(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let body = json!({ "email": "kofi@example.org", "role": "editor" });
        let call = |body: &serde_json::Value| Call::new("POST", &path).key(&key).with("idempotency-key", "a").json(body);

        let first = server.send(call(&body)).await;
        let again = server.send(call(&body)).await;
        let other = server.send(call(&json!({ "email": "kofi@example.org", "role": "owner" }))).await;

        assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(first.json["url"], again.json["url"]);
        assert_eq!(other.problem(), "idempotency-key-reused");
        let kept = testing::words(&db, "select body from idempotency_keys").await.unwrap();
        assert!(kept.len() == 1 && !kept[0].contains("join"), "{kept:?}");
    }

    async fn neither_key_nor_answer_is_kept_as_it_is(db: TestDb) {
        let (server, key, token) = invited(&db).await;
        server.send(join(&key, &token, "a-key-of-the-callers")).await;

        let kept = testing::words(&db, "select key || ' ' || body from idempotency_keys").await.unwrap();

        assert_eq!(kept.len(), 1);
        assert!(!kept[0].contains("a-key-of-the-callers") && !kept[0].contains("editor"), "{kept:?}");
    }

    async fn a_key_that_is_none_is_refused(db: TestDb) {
        let (server, key, token) = invited(&db).await;
        for (bad, length) in [("", 0), ("x", 256), ("x", 1 << 20)] {
            let answer = server.send(join(&key, &token, &bad.repeat(length))).await;

            assert_eq!((answer.status, answer.problem()), (StatusCode::BAD_REQUEST, "bad-request"), "{length}");
        }
    }
}

/// A server, the key of an account that was invited, and the invitation's token.
async fn invited(db: &gg_testkit::TestDb) -> (Server, String, String) {
    let server = Server::new(db).await;
    let (ama, owners) = server.organiser("ama@example.org").await;
    let (_, key) = server.organiser("kofi@example.org").await;
    let path = server.members_path(ama).await;
    let token = server.invite(&path, &owners, "kofi@example.org", "editor").await;
    (server, key, token)
}

fn join(key: &str, token: &str, idempotency_key: &str) -> Request<Body> {
    let call = Call::new("POST", "/api/v1/memberships").key(key).with("idempotency-key", idempotency_key);
    call.json(&json!({ "token": token }))
}

/// The answer once the first call is through.
async fn settled(server: &Server, key: &str, token: &str) -> Answer {
    for _ in 0..1000 {
        let answer = server.send(join(key, token, "a")).await;
        if answer.status != StatusCode::CONFLICT {
            return answer;
        }
    }
    panic!("the first call never ended");
}

/// Waits until a key is claimed.
async fn claimed(db: &gg_testkit::TestDb) {
    while testing::words(db, "select key from idempotency_keys").await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}
