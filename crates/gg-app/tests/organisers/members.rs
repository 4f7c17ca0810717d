//! Sharing an event.

use gg_app::Error;
use gg_domain::actor::Role;
use gg_testkit::{PASSWORD, each_database};
use jiff::SignedDuration;

use crate::stage::{self, invite, member_of};

each_database! {
    async fn the_invited_account_joins_and_no_other(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let kofi = stage::organiser(&app, "kofi@example.org").await;
        let esi = stage::organiser(&app, "esi@example.org").await;
        let event = stage::event(&app, ama).await;
        let token = invite(&app, ama, event, "kofi@example.org", Role::Editor).await;

        assert!(matches!(app.join_event(esi, &token).await, Err(Error::NotFound)));
        assert_eq!(app.join_event(kofi, &token).await.unwrap(), (event, Role::Editor));
        assert!(matches!(app.join_event(kofi, &token).await, Err(Error::NotFound)));
    }

    async fn a_newcomer_gets_account_and_membership_or_neither(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let event = stage::event(&app, ama).await;
        let token = invite(&app, ama, event, "kofi@example.org", Role::Door).await;

        let weak = app.join_as_newcomer(&token, "short".to_string()).await;
        assert!(matches!(weak, Err(Error::Invalid(_))), "{weak:?}");
        let (account, joined, role) = app.join_as_newcomer(&token, PASSWORD.to_string()).await.unwrap();
        assert_eq!((account.email.as_str(), joined, role), ("kofi@example.org", event, Role::Door));

        let again = app.join_as_newcomer(&token, PASSWORD.to_string()).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    }

    async fn who_has_an_account_signs_in_to_join_and_keeps_his_invitation(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let kofi = stage::organiser(&app, "kofi@example.org").await;
        let event = stage::event(&app, ama).await;
        let token = invite(&app, ama, event, "kofi@example.org", Role::Door).await;

        let refused = app.join_as_newcomer(&token, PASSWORD.to_string()).await;

        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        assert!(app.join_event(kofi, &token).await.is_ok());
    }

    async fn an_owner_stays_owner_whatever_he_accepts(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let event = stage::event(&app, ama).await;
        let token = invite(&app, ama, event, "ama@example.org", Role::Viewer).await;

        assert_eq!(app.join_event(ama, &token).await.unwrap().1, Role::Owner);
    }

    async fn an_invitation_ends(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let kofi = stage::organiser(&app, "kofi@example.org").await;
        let event = stage::event(&app, ama).await;
        let token = invite(&app, ama, event, "kofi@example.org", Role::Editor).await;
        db.clock.advance(SignedDuration::from_hours(14 * 24));

        assert!(matches!(app.member_invite(&token).await, Err(Error::NotFound)));
        assert!(matches!(app.join_event(kofi, &token).await, Err(Error::NotFound)));
    }

    async fn an_invitation_that_was_taken_back_lets_nobody_in(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let kofi = stage::organiser(&app, "kofi@example.org").await;
        let event = stage::event(&app, ama).await;
        let token = invite(&app, ama, event, "kofi@example.org", Role::Editor).await;
        let waiting = app.members(member_of(ama), event).await.unwrap().into_iter().find_map(|one| one.invite_id);

        app.uninvite_member(member_of(ama), event, waiting.unwrap()).await.unwrap();

        assert!(matches!(app.join_event(kofi, &token).await, Err(Error::NotFound)));
    }

    async fn who_is_invited_again_has_one_link_and_the_organiser_is_told(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let kofi = stage::organiser(&app, "kofi@example.org").await;
        let event = stage::event(&app, ama).await;
        let again = async || {
            app.invite_member(member_of(ama), event, "Kofi@example.org", Role::Viewer).await.unwrap().replaces
        };
        let first = invite(&app, ama, event, "kofi@example.org", Role::Viewer).await;

        assert!(again().await, "the first link is dead now");
        assert!(matches!(app.join_event(kofi, &first).await, Err(Error::NotFound)));
        db.clock.advance(SignedDuration::from_hours(14 * 24));
        assert!(!again().await, "a link that had ended by itself is not replaced");
    }

    async fn a_removed_member_is_a_stranger(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let kofi = stage::organiser(&app, "kofi@example.org").await;
        let event = stage::event(&app, ama).await;
        let token = invite(&app, ama, event, "kofi@example.org", Role::Owner).await;
        app.join_event(kofi, &token).await.unwrap();
        app.remove_member(member_of(ama), event, kofi).await.unwrap();

        assert!(matches!(app.members(member_of(kofi), event).await, Err(Error::NotFound)));
    }

    async fn helpers_have_a_limit_and_one_can_be_invited_again(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let event = stage::event(&app, ama).await;
        for n in 1..gg_app::MEMBERS_MAX {
            invite(&app, ama, event, &format!("helper{n}@example.org"), Role::Door).await;
        }

        let one_more = app.invite_member(member_of(ama), event, "more@example.org", Role::Door).await;

        assert!(matches!(one_more, Err(Error::Invalid(_))), "{one_more:?}");
        invite(&app, ama, event, "helper1@example.org", Role::Viewer).await;
    }
}
