//! `PUT /api/v1/invites/rsvp`.

use axum::http::StatusCode;
use gg_domain::actor::Permission;
use gg_domain::policy::Action;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stage::{Ask, Reply, guest_path};

fn kind(reply: &Reply) -> (StatusCode, String) {
    let problem = reply.json();
    let name = problem["type"].as_str().and_then(|kind| kind.rsplit(':').next()).unwrap_or_default();
    (reply.status, name.to_owned())
}

guest_path! {
    async fn an_answer_is_given_back_as_it_counts_now(stage: Stage) {
        let access = stage.access().await;
        let members = json!({"plus_ones": [{"name": " Kweku  Boateng "}], "note": "Can’t wait", "answers": {"meal": "fish"}});
        let answered = stage.answer(&access, members).await;

        assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
        assert_eq!(answered.json(), json!({
            "guest_id": stage.guest.to_string(), "attending": true, "plus_ones": [{"name": "Kweku Boateng"}],
            "note": "Can’t wait", "answers": {"meal": "fish"}, "source": "guest", "pending": false,
            "updated_at": "2026-11-24T12:00:00Z",
        }));
    }

    async fn the_same_answer_again_makes_no_history_and_no_message(stage: Stage) {
        let access = stage.access().await;
        let first = stage.answer(&access, json!({"note": "Yes!"})).await;
        let before = stage.rows().await;
        stage.db.clock.advance(SignedDuration::from_mins(5));
        let second = stage.answer(&access, json!({"note": "Yes!"})).await;

        assert_eq!(second.json(), first.json());
        assert_eq!(stage.rows().await, before);
    }

    async fn a_change_of_mind_keeps_what_was_said_before(stage: Stage) {
        let access = stage.access().await;
        stage.answer(&access, json!({})).await;
        let second = stage.answer(&access, json!({"attending": false})).await;

        assert_eq!(second.json()["attending"], false);
        assert_eq!(stage.words("select count(*) || '' from rsvp_history").await, ["2"]);
        assert_eq!(stage.words("select seats_taken || '' from events").await, ["0"]);
    }

    async fn more_than_the_allowance_is_refused(stage: Stage) {
        let access = stage.access().await;
        let two = json!({"plus_ones": [{"name": "Kweku"}, {"name": "Yaw"}]});
        assert_eq!(stage.answer(&access, two).await.pointers(), ["/plus_ones"]);

        let crowd: Vec<_> = (0..600).map(|i| json!({"name": format!("Guest {i}")})).collect();
        assert_eq!(stage.answer(&access, json!({"plus_ones": crowd, "plus_ones_allowed": 600})).await.pointers(), ["/plus_ones"]);
        assert_eq!(stage.words("select count(*) || '' from rsvps").await, ["0"]);
    }

    async fn wrong_members_are_named_each(stage: Stage) {
        let access = stage.access().await;
        let answered = stage.answer(&access, json!({"attending": null, "answers": {"meal": {"deep": true}}, "note": 7})).await;

        assert_eq!(answered.pointers(), ["/attending", "/note", "/answers/meal"]);
    }

    async fn an_answer_needs_an_opening_of_this_link(stage: Stage) {
        let (_, other) = stage.invite("Yaw", 0).await;
        let foreign = stage.open(&other).await.json()["access_id"].clone();
        let unknown = json!(uuid::Uuid::from_u128(7).to_string());
        for access in [Value::Null, json!("x"), json!(7), unknown, foreign] {
            let answered = stage.answer("", json!({"access_id": access})).await;
            assert_eq!(answered.pointers(), ["/access_id"], "{access}");
        }
    }

    async fn an_opening_serves_for_a_day(stage: Stage) {
        let access = stage.access().await;
        stage.db.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(stage.answer(&access, json!({})).await.status, StatusCode::OK);

        stage.db.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(stage.answer(&access, json!({})).await.pointers(), ["/access_id"]);
    }

    async fn an_opening_of_the_link_before_does_not_serve_the_new_one(stage: Stage) {
        let access = stage.access().await;
        let new = stage.app.rotate_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        let answered = stage.answer(&access, json!({"token": new.token.expose()})).await;

        assert_eq!(answered.pointers(), ["/access_id"]);
    }

    async fn with_a_dead_link_nothing_else_is_told(stage: Stage) {
        let access = stage.access().await;
        let first = stage.answer(&access, json!({"token": "x"})).await;

        assert_eq!(first.status, StatusCode::NOT_FOUND);
        for wrong in [json!({"access_id": 7}), json!({"attending": "yes"}), json!({"plus_ones": [{"name": "a"}, {"name": "b"}]})] {
            let mut members = wrong.clone();
            members["token"] = json!("y");
            assert_eq!(stage.answer(&access, members).await.all(), first.all(), "{wrong}");
        }
    }

    async fn the_last_seats_are_not_given_twice(stage: Stage) {
        let (_, other) = stage.invite("Yaw", 1).await;
        let access = stage.access().await;
        stage.answer(&access, json!({"plus_ones": [{"name": "Kweku"}]})).await;
        let others = stage.open(&other).await.json()["access_id"].clone();
        let two = json!({"token": other, "access_id": others, "plus_ones": [{"name": "Abena"}]});

        assert_eq!(kind(&stage.answer("", two).await), (StatusCode::CONFLICT, "event-full".into()));
        assert_eq!(stage.answer("", json!({"token": other, "access_id": others})).await.status, StatusCode::OK);
        assert_eq!(stage.words("select seats_taken || '' from events").await, ["3"]);
    }

    async fn a_late_answer_is_refused(stage: Stage) {
        stage.db.clock.advance(SignedDuration::from_hours(24 * 12));
        let access = stage.access().await;

        assert_eq!(kind(&stage.answer(&access, json!({})).await), (StatusCode::GONE, "answers-closed".into()));
    }

    async fn who_is_blocked_does_not_answer(stage: Stage) {
        stage.treat_all(Action::Block).await;
        let access = stage.access().await;

        assert_eq!(kind(&stage.answer(&access, json!({})).await), (StatusCode::FORBIDDEN, "blocked".into()));
    }

    async fn while_no_code_can_be_delivered_a_step_up_lets_in(stage: Stage) {
        stage.treat_all(Action::StepUp).await;
        let opened = stage.open(&stage.token).await.json();

        assert_eq!(opened["decision"], "allow");
        let access = opened["access_id"].as_str().unwrap();
        assert_eq!(stage.answer(access, json!({})).await.status, StatusCode::OK);
    }

    async fn a_held_answer_waits_for_the_organiser(stage: Stage) {
        stage.treat_all(Action::Hold).await;
        let access = stage.access().await;
        assert_eq!(stage.answer(&access, json!({})).await.json()["pending"], true);

        let page = stage.get(&stage.path()).await;
        assert!(page.body.contains("We’ve passed your answer to your hosts"), "{}", page.body);
    }

    async fn who_poses_as_a_machine_is_judged_before_he_answers(stage: Stage) {
        stage.treat_all(Action::Block).await;
        let opened = stage.tell(&stage.token, json!({"visible_ms": 10, "interacted": false})).await.json();
        assert_eq!(opened["decision"], "allow");

        let access = opened["access_id"].as_str().unwrap();
        assert_eq!(kind(&stage.answer(access, json!({})).await), (StatusCode::FORBIDDEN, "blocked".into()));
        assert_eq!(stage.words("select coalesce(band, 'none') from accesses").await, ["low"]);
    }

    async fn a_person_who_was_taken_for_a_machine_is_not_lost(stage: Stage) {
        let opened = stage.tell(&stage.token, json!({"visible_ms": 10, "interacted": false})).await.json();
        let access = opened["access_id"].as_str().unwrap();

        assert_eq!(stage.answer(access, json!({})).await.status, StatusCode::OK);
        let told = stage.words("select kind from feed where kind <> 'guest.created' order by seq").await;
        assert_eq!(told, ["guest.opened", "access.checked", "rsvp.created"]);
    }

    async fn other_verbs_are_not_taken(stage: Stage) {
        let reply = stage.ask(Ask::new("POST", "/api/v1/invites/rsvp").json(&json!({}))).await;

        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}
