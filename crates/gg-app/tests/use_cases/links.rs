//! Links: issued, issued again, rotated, taken back, and tried.

use gg_app::Error;
use gg_domain::policy::Action;
use gg_testkit::each_database;
use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::stage::{Stage, opening};

each_database! {
    async fn a_link_that_is_issued_again_is_the_same(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;

        assert_eq!(stage.token(guest).await, stage.token(guest).await);
    }

    async fn those_who_issue_at_once_get_one_link(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;

        let mut issues = JoinSet::new();
        for _ in 0..10 {
            let (app, organiser) = (stage.app.clone(), stage.organiser());
            issues.spawn(async move { app.invite_guest(organiser, guest).await.unwrap().url });
        }
        let mut links = issues.join_all().await;
        links.dedup();

        assert_eq!(links.len(), 1);
    }

    async fn a_rotated_link_is_dead_and_the_new_one_lives(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let old = stage.token(guest).await;

        let new = stage.app.rotate_invite(stage.organiser(), guest).await.unwrap();

        assert!(matches!(stage.app.follow_link(&old, None).await, Err(Error::DeadLink(_))));
        assert!(matches!(stage.app.score_access(&old, &opening()).await, Err(Error::DeadLink(_))));
        assert_eq!(stage.app.follow_link(new.token.expose(), None).await.unwrap().row.guest_id, guest);
    }

    async fn of_those_who_rotate_at_once_one_link_lives(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;

        let mut rotations = JoinSet::new();
        for _ in 0..10 {
            let (app, organiser) = (stage.app.clone(), stage.organiser());
            rotations.spawn(async move {
                app.rotate_invite(organiser, guest).await.unwrap().token.expose().to_string()
            });
        }
        let mut living = 0;
        for token in rotations.join_all().await {
            living += usize::from(stage.app.follow_link(&token, None).await.is_ok());
        }

        assert_eq!(living, 1);
    }

    async fn a_link_that_was_taken_back_opens_nothing(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;

        stage.app.revoke_invite(stage.organiser(), guest).await.unwrap();

        assert!(matches!(stage.app.follow_link(&token, None).await, Err(Error::DeadLink(_))));
        assert!(matches!(stage.app.revoke_invite(stage.organiser(), guest).await, Err(Error::NotFound)));
        assert_ne!(stage.token(guest).await, token);
    }

    async fn a_link_outlives_its_event_by_thirty_days(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;

        // The event ends on 12 December at 21:00; it is noon of 24 November.
        db.clock.advance(SignedDuration::from_hours(48 * 24));
        assert!(stage.app.follow_link(&token, None).await.is_ok());
        db.clock.advance(SignedDuration::from_hours(24));

        assert!(matches!(stage.app.follow_link(&token, None).await, Err(Error::DeadLink(_))));
        assert!(matches!(stage.app.invite_guest(stage.organiser(), guest).await, Err(Error::LinksOver)));
    }

    async fn a_try_is_marked_and_changes_nothing(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let link = stage.app.try_invite(stage.organiser(), guest).await.unwrap();
        let told = stage.feed().await.len();

        let judged = stage.app.score_access(link.token.expose(), &opening()).await.unwrap();

        assert!(judged.test);
        assert_eq!((judged.band, judged.decision), (None, Action::Allow));
        assert_eq!(stage.app.guest_risk(stage.organiser(), guest).await.unwrap().accesses, 0);
        assert_eq!(stage.feed().await.len(), told);
        db.clock.advance(SignedDuration::from_mins(61));
        assert!(matches!(
            stage.app.follow_link(link.token.expose(), None).await,
            Err(Error::DeadLink(_))
        ));
    }

    async fn a_link_of_a_rotated_key_lives_on(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;

        stage.app.keyring.rotate().await.unwrap();

        assert!(stage.app.follow_link(&token, None).await.is_ok());
        assert_eq!(stage.token(guest).await, token);
    }
}
