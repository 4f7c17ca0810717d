//! Answers: a history that is never overwritten, seats that are given back, words of the organiser.

use gg_app::Error;
use gg_domain::policy::{Action, Actions, Policy};
use gg_domain::risk::Label;
use gg_domain::rsvp::Source;
use gg_testkit::each_database;
use jiff::SignedDuration;

use crate::stage::{Stage, coming, declining, opening};

each_database! {
    async fn every_answer_stays_in_the_history(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 2).await;

        for answer in [coming(&["Efua"]), declining(), coming(&[])] {
            stage.app.record_answer(stage.organiser(), guest, &answer).await.unwrap();
            db.clock.advance(SignedDuration::from_secs(1));
        }

        let (now, history, _) = stage.app.answer_of(stage.organiser(), guest).await.unwrap();
        let given: Vec<_> = history.iter().map(|row| (row.attending, row.plus_ones.0.len())).collect();
        assert_eq!(given, [(true, 1), (false, 0), (true, 0)]);
        assert!(now.unwrap().attending);
        assert_eq!(stage.seats().await, (1, 1));
    }

    async fn the_same_answer_twice_is_one(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 2).await;
        let told = stage.feed().await.len();

        for _ in 0..2 {
            stage.app.record_answer(stage.organiser(), guest, &coming(&["Efua"])).await.unwrap();
        }

        let (_, history, _) = stage.app.answer_of(stage.organiser(), guest).await.unwrap();
        assert_eq!((history.len(), stage.feed().await.len()), (1, told + 1));
    }

    async fn who_opened_answers_with_that_opening(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 1).await;
        let token = stage.token(guest).await;
        let access = stage.app.score_access(&token, &opening()).await.unwrap().access;

        let row = stage.app.answer_invite(&token, access, &coming(&["Efua"])).await.unwrap();

        let (_, history, _) = stage.app.answer_of(stage.organiser(), guest).await.unwrap();
        assert_eq!((row.source, row.pending), (Source::Guest, false));
        assert_eq!(history[0].access_id, Some(access));
    }

    async fn an_opening_of_another_guest_does_not_serve(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let (kojo, yaw) = (stage.guest("Kojo", 0).await, stage.guest("Yaw", 0).await);
        let (token, other) = (stage.token(kojo).await, stage.token(yaw).await);
        let access = stage.app.score_access(&other, &opening()).await.unwrap().access;

        let refused = stage.app.answer_invite(&token, access, &coming(&[])).await;

        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }

    async fn more_companions_than_allowed_are_refused(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 1).await;

        let refused = stage.app.record_answer(stage.organiser(), guest, &coming(&["Efua", "Yaw"])).await;

        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        assert_eq!(stage.seats().await, (0, 0));
    }

    async fn an_answer_after_the_deadline_is_refused_and_the_organisers_is_taken(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        db.clock.advance(SignedDuration::from_hours(20 * 24));

        let late = stage.app.answer_form(&token, &opening(), &coming(&[])).await;

        assert!(matches!(late, Ok(gg_app::FormAnswer { answer: Err(Error::Closed), .. })), "{late:?}");
        assert!(stage.app.record_answer(stage.organiser(), guest, &coming(&[])).await.is_ok());
    }

    async fn a_held_answer_counts_when_the_organiser_says_so(db: TestDb) {
        let (stage, token) = holding(&db).await;
        let gg_app::FormAnswer { judged, answer } = stage.app.answer_form(&token, &opening(), &coming(&["Efua"])).await.unwrap();
        let row = answer.unwrap();
        assert!(row.pending);
        assert_eq!(stage.seats().await, (2, 2));

        stage.app.label_access(stage.organiser(), judged.access, Label::Guest).await.unwrap();

        let (now, ..) = stage.app.answer_of(stage.organiser(), row.guest_id).await.unwrap();
        assert!(now.is_some_and(|now| !now.pending && now.seats_confirmed == 2));
        assert_eq!(stage.seats().await, (2, 2));
    }

    async fn a_held_answer_that_was_not_the_guests_gives_way_to_the_one_before(db: TestDb) {
        let (stage, token) = holding(&db).await;
        let guest = stage.app.follow_link(&token, None).await.unwrap().row.guest_id;
        stage.app.record_answer(stage.organiser(), guest, &coming(&[])).await.unwrap();
        db.clock.advance(SignedDuration::from_secs(1));
        let gg_app::FormAnswer { judged, answer } = stage.app.answer_form(&token, &opening(), &coming(&["Mallory"])).await.unwrap();
        let row = answer.unwrap();
        assert!(row.pending);
        let (summary, _) = stage.app.summary(stage.organiser(), stage.event).await.unwrap();
        assert_eq!((summary.attending, summary.waiting, summary.pending), (1, 0, 1), "his own answer stands meanwhile");

        stage.app.label_access(stage.organiser(), judged.access, Label::NotGuest).await.unwrap();

        let (now, history, _) = stage.app.answer_of(stage.organiser(), guest).await.unwrap();
        let now = now.unwrap();
        assert_eq!((now.attending, now.plus_ones.0.len(), now.pending), (true, 0, false));
        assert_eq!(history.len(), 2);
        assert_eq!(stage.seats().await, (1, 1));
    }

    async fn a_held_first_answer_that_was_not_the_guests_leaves_none(db: TestDb) {
        let (stage, token) = holding(&db).await;
        let gg_app::FormAnswer { judged, answer } = stage.app.answer_form(&token, &opening(), &coming(&[])).await.unwrap();
        let row = answer.unwrap();

        stage.app.label_access(stage.organiser(), judged.access, Label::NotGuest).await.unwrap();

        let (now, history, _) = stage.app.answer_of(stage.organiser(), row.guest_id).await.unwrap();
        assert_eq!((now, history.len()), (None, 1));
        assert_eq!(stage.seats().await, (0, 0));
    }
}

/// An event that holds every answer back, and a link to it.
async fn holding(db: &gg_testkit::TestDb) -> (Stage, String) {
    let stage = Stage::set(db, Some(10)).await;
    let guest = stage.guest("Kojo", 2).await;
    let token = stage.token(guest).await;
    let actions = Actions { low: Action::Hold, ..Actions::default() };
    stage
        .app
        .set_policy(stage.organiser(), stage.event, Policy { actions, ..Policy::default() })
        .await
        .unwrap();
    (stage, token)
}
