//! The keys that sign links, also beside another process.

use std::sync::Arc;

use gg_app::{Keyring, KeyringError, Secrets};
use gg_domain::actor::{Actor, Permission};
use gg_domain::id::GuestId;
use gg_domain::token::{KeyId, Purpose};
use gg_testkit::each_database;
use jiff::SignedDuration;
use uuid::Uuid;

use crate::stage;

each_database! {
    async fn a_link_of_an_older_key_lives_on_after_a_rotation(db: TestDb) {
        let keyring = db.app().await.keyring;
        let old = keyring.token(keyring.current(), guest(), 1, Purpose::Invite).unwrap();

        assert_eq!(keyring.rotate().await.unwrap(), KeyId(2));

        assert_eq!(keyring.current(), KeyId(2));
        assert!(keyring.verify(old.expose(), &[Purpose::Invite]).await.is_ok());
    }

    async fn a_link_of_a_key_made_by_another_process_opens_here(db: TestDb) {
        let (here, there) = (db.app().await.keyring, db.app().await.keyring);
        there.rotate().await.unwrap();
        let new = there.token(there.current(), guest(), 1, Purpose::Invite).unwrap();
        db.clock.advance(SignedDuration::from_secs(1));

        assert!(here.verify(new.expose(), &[Purpose::Invite]).await.is_ok());
    }

    async fn a_rotation_by_another_process_is_seen_by_who_issues(db: TestDb) {
        let (here, there) = (db.app().await, db.app().await);
        let ama = stage::organiser(&here, "ama@example.org").await;
        let event = stage::event(&here, ama).await;
        let guest = stage::guest(&here, ama, event).await;
        there.keyring.rotate().await.unwrap();
        there.keyring.retire(KeyId(1), false).await.unwrap();
        db.clock.advance(SignedDuration::from_secs(3));

        let link = here.invite_guest(Actor::account(ama, Permission::Links), guest).await.unwrap();

        assert!(there.follow_link(link.token.expose(), None).await.is_ok());
    }

    async fn a_made_up_key_does_not_have_the_database_asked_each_time(db: TestDb) {
        let (here, there) = (db.app().await.keyring, db.app().await.keyring);
        there.rotate().await.unwrap();
        let new = there.token(there.current(), guest(), 1, Purpose::Invite).unwrap();

        // The keys were read in this very second.
        assert!(here.verify(new.expose(), &[Purpose::Invite]).await.is_err());
    }

    async fn a_key_by_which_links_live_is_retired_by_force_alone(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let event = stage::event(&app, ama).await;
        let guest = stage::guest(&app, ama, event).await;
        let link = app.invite_guest(Actor::account(ama, Permission::Links), guest).await.unwrap();
        app.keyring.rotate().await.unwrap();

        let kept = app.keyring.retire(KeyId(1), false).await;
        assert!(matches!(kept, Err(KeyringError::InUse { living: 1, .. })), "{kept:?}");
        assert!(app.follow_link(link.token.expose(), None).await.is_ok());

        assert_eq!(app.keyring.retire(KeyId(1), true).await.unwrap(), 1);
        assert!(app.follow_link(link.token.expose(), None).await.is_err());
    }

    async fn the_key_that_signs_new_links_and_an_unknown_one_are_not_retired(db: TestDb) {
        let keyring = db.app().await.keyring;

        assert!(matches!(keyring.retire(KeyId(1), true).await, Err(KeyringError::Current(KeyId(1)))));
        assert!(matches!(keyring.retire(KeyId(7), true).await, Err(KeyringError::Unknown(KeyId(7)))));
    }

    async fn another_secret_is_told_and_changes_nothing(db: TestDb) {
        let app = db.app().await;
        let other = Arc::new(Secrets::derive(b"another secret than the deployment's"));

        let opened = Keyring::open(db.store.clone(), db.sources.clone(), other).await;

        assert!(matches!(opened, Err(KeyringError::WrongSecret)));
        assert_eq!(app.keyring.list().await.unwrap().len(), 1);
    }
}

fn guest() -> GuestId {
    GuestId::from_uuid(Uuid::from_u128(7))
}
