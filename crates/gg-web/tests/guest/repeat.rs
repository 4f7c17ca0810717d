//! `Idempotency-Key` on a guest's calls: one effect, one answer, nothing of the token kept.

use axum::http::StatusCode;
use gg_domain::actor::Permission;
use gg_store::testing;
use gg_testkit::each_database;
use serde_json::{Value, json};

use crate::stage::{Ask, Reply, Stage};

const ACCESS: &str = "/api/v1/invites/access";
const RSVP: &str = "/api/v1/invites/rsvp";

each_database! {
    async fn an_opening_with_a_key_is_judged_counted_and_bound_once(db: TestDb) {
        let stage = Stage::new(db).await;
        let first = open(&stage, &stage.token, "a").await;
        let after = stage.rows().await;
        let again = open(&stage, &stage.token, "a").await;

        assert_eq!((first.status, first.header("idempotency-replayed")), (StatusCode::OK, ""));
        assert!(!first.cookie("__Host-gg_device").is_empty());
        assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::OK, "true"));
        assert_eq!(again.json(), first.json());
        assert_eq!(again.cookies(), [""; 0], "a device is handed out once");
        assert_eq!(stage.rows().await, after);

        let access = first.json()["access_id"].as_str().unwrap().to_owned();
        assert_eq!(stage.answer(&access, json!({})).await.status, StatusCode::OK);
    }

    async fn an_answer_with_a_key_is_taken_once_and_told_as_it_was(db: TestDb) {
        let stage = Stage::new(db).await;
        let access = stage.access().await;
        let yes = answer(&stage, &access, true);
        let first = put(&stage, &yes, "a").await;
        stage.answer(&access, json!({"attending": false})).await;
        let after = stage.rows().await;
        let again = put(&stage, &yes, "a").await;

        assert_eq!((first.status, again.status), (StatusCode::OK, StatusCode::OK), "{}", again.body);
        assert_eq!(again.json(), first.json());
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(stage.rows().await, after, "the change of mind stands");
    }

    async fn a_key_is_for_one_body(db: TestDb) {
        let stage = Stage::new(db).await;
        let access = stage.access().await;
        put(&stage, &answer(&stage, &access, true), "a").await;
        let before = stage.rows().await;

        let other = put(&stage, &answer(&stage, &access, false), "a").await;
        let elsewhere = open(&stage, &stage.token, "a").await;

        for reused in [other, elsewhere] {
            assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(reused.json()["type"], "urn:guestguard:problem:idempotency-key-reused");
        }
        assert_eq!(stage.rows().await, before);
    }

    async fn another_guests_key_is_another_key(db: TestDb) {
        let stage = Stage::new(db).await;
        let (_, kofis) = stage.invite("Kofi", 0).await;
        let efuas = open(&stage, &stage.token, "a").await.json();
        let kofis = open(&stage, &kofis, "a").await;

        assert_eq!(kofis.status, StatusCode::OK);
        assert_ne!(kofis.json()["access_id"], efuas["access_id"]);
    }

    async fn of_many_at_once_one_has_the_effect(db: TestDb) {
        let stage = Stage::new(db).await;
        let replies = tokio::join!(
            open(&stage, &stage.token, "a"),
            open(&stage, &stage.token, "a"),
            open(&stage, &stage.token, "a"),
        );

        for reply in [replies.0, replies.1, replies.2] {
            let running = reply.status == StatusCode::CONFLICT
                && reply.json()["type"] == "urn:guestguard:problem:idempotency-key-running";
            assert!(running || reply.status == StatusCode::OK, "{} {}", reply.status, reply.body);
        }
        assert_eq!(stage.words("select count(*) || '' from accesses").await, ["1"]);
    }

    async fn who_hangs_up_and_tries_again_hears_what_came_of_it(db: TestDb) {
        let stage = Stage::new(db).await;
        tokio::select! {
            biased;
            () = claimed(&stage) => {}
            _ = open(&stage, &stage.token, "a") => {}
        }
        let mut again = open(&stage, &stage.token, "a").await;
        for _ in 0..1000 {
            if again.status != StatusCode::CONFLICT {
                break;
            }
            again = open(&stage, &stage.token, "a").await;
        }

        assert_eq!(again.status, StatusCode::OK, "{}", again.body);
        assert_eq!(stage.words("select count(*) || '' from accesses").await, ["1"]);
    }

    async fn a_refused_answer_may_be_tried_again_with_its_key(db: TestDb) {
        let stage = Stage::new(db).await;
        let access = stage.access().await;
        let full = json!({"token": stage.token, "access_id": access, "attending": true,
            "plus_ones": [{"name": "Yaw"}]});
        stage.app.change_event(stage.may(Permission::WriteEvent), stage.event, None, |input| input.capacity = Some(1))
            .await
            .unwrap();
        assert_eq!(put(&stage, &full, "a").await.status, StatusCode::CONFLICT);
        stage.app.change_event(stage.may(Permission::WriteEvent), stage.event, None, |input| input.capacity = Some(2))
            .await
            .unwrap();

        assert_eq!(put(&stage, &full, "a").await.status, StatusCode::OK);
    }

    async fn a_dead_link_says_nothing_more_for_a_key_and_nothing_is_kept(db: TestDb) {
        let stage = Stage::new(db).await;
        let living = stage.token.clone();
        open(&stage, &living, "a").await;
        stage.app.rotate_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        let before = stage.words("select key from guest_idempotency_keys").await;
        let dead = stage.open("x").await.all();

        for (token, key) in [("x", "a"), (&*living, "a"), (&*living, "b"), (&*living, "no key at all")] {
            assert_eq!(open(&stage, token, key).await.all(), dead, "{key}");
        }
        assert_eq!(stage.words("select key from guest_idempotency_keys").await, before);
    }

    async fn neither_token_nor_key_nor_answer_is_kept_as_it_is(db: TestDb) {
        let stage = Stage::new(db).await;
        let access = stage.access().await;
        let body = json!({"token": stage.token, "access_id": access, "attending": true, "note": "vegetarian"});
        put(&stage, &body, "a-key-of-the-callers").await;
        open(&stage, &stage.token, "another-key-of-the-callers").await;

        let kept = testing::words(&stage.db, "select key || ' ' || body from guest_idempotency_keys").await.unwrap();
        assert_eq!(kept.len(), 2);
        for kept in kept {
            for secret in [&*stage.token, "of-the-callers", "vegetarian", &*access] {
                assert!(!kept.contains(secret), "{kept}");
            }
        }
    }

    async fn a_key_that_is_none_is_refused_and_nothing_is_done(db: TestDb) {
        let stage = Stage::new(db).await;
        let before = stage.rows().await;
        for bad in ["", "two words", &"x".repeat(256)] {
            let refused = open(&stage, &stage.token, bad).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bad}");
        }
        assert_eq!(stage.rows().await, before);
    }

    async fn a_link_that_was_used_up_tells_nothing_again(db: TestDb) {
        let stage = Stage::new(db).await;
        open(&stage, &stage.token, "a").await;
        while stage.web.limits.opening(stage.link(1)).is_ok() {}

        assert_eq!(open(&stage, &stage.token, "a").await.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn a_call_with_a_key_counts_once(db: TestDb) {
        let stage = Stage::new(db).await;
        let mut without = 0;
        while stage.web.limits.opening(stage.link(2)).is_ok() {
            without += 1;
        }
        let mut with = 0;
        while open(&stage, &stage.token, &format!("key-{with}")).await.status == StatusCode::OK {
            with += 1;
        }
        assert!(with >= without && with < without + 20, "{with} of {without}: some come back while the calls last");
    }
}

async fn open(stage: &Stage, token: &str, key: &str) -> Reply {
    let body = json!({"token": token, "signals": {"visible_ms": 2000, "interacted": true}});
    stage.ask(Ask::new("POST", ACCESS).header("idempotency-key", key).json(&body)).await
}

fn answer(stage: &Stage, access: &str, attending: bool) -> Value {
    json!({"token": stage.token, "access_id": access, "attending": attending})
}

async fn put(stage: &Stage, body: &Value, key: &str) -> Reply {
    stage.ask(Ask::new("PUT", RSVP).header("idempotency-key", key).json(body)).await
}

/// Waits until a key is claimed.
async fn claimed(stage: &Stage) {
    while stage.words("select key from guest_idempotency_keys").await.is_empty() {
        tokio::task::yield_now().await;
    }
}
