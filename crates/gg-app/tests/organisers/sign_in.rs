//! Sessions and API keys: who they turn out to be, and how they end.

use gg_app::{App, Error};
use gg_domain::account::SESSION_IDLE;
use gg_domain::actor::Scope;
use gg_store::{SESSION_TOUCH_EVERY, testing};
use gg_testkit::{PASSWORD, each_database};
use jiff::SignedDuration;

use crate::stage;

each_database! {
    async fn address_and_password_open_a_new_session_each_time(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;

        let (first, second) = (sign_in(&app).await, sign_in(&app).await);

        assert_ne!(first, second);
        assert_eq!(app.session(&first).await.unwrap().map(|who| who.account), Some(ama));
    }

    async fn a_wrong_password_and_an_unknown_address_are_refused_alike(db: TestDb) {
        let app = db.app().await;
        stage::organiser(&app, "ama@example.org").await;

        let wrong = app.sign_in("ama@example.org", "correct horse battery stable".into(), "").await;
        let unknown = app.sign_in("kofi@example.org", PASSWORD.into(), "").await;
        let no_address = app.sign_in("nobody", PASSWORD.into(), "").await;

        for refused in [wrong, unknown, no_address] {
            assert!(matches!(refused, Err(Error::NotFound)));
        }
    }

    async fn signing_out_ends_one_session_and_everywhere_ends_all(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let (first, second) = (sign_in(&app).await, sign_in(&app).await);

        app.sign_out(&first).await.unwrap();
        assert!(app.session(&first).await.unwrap().is_none());
        assert!(app.session(&second).await.unwrap().is_some());

        assert_eq!(app.sign_out_everywhere(ama).await.unwrap(), 1);
        assert!(app.session(&second).await.unwrap().is_none());
    }

    async fn a_session_that_is_used_does_not_end_for_idleness(db: TestDb) {
        let app = db.app().await;
        stage::organiser(&app, "ama@example.org").await;
        let session = sign_in(&app).await;
        db.clock.advance(SESSION_IDLE - SignedDuration::from_mins(1));
        assert!(app.session(&session).await.unwrap().is_some());

        db.clock.advance(SignedDuration::from_mins(2));

        assert!(app.session(&session).await.unwrap().is_some());
    }

    async fn a_key_has_the_scopes_that_were_named_or_all(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let (_, reads) = app.create_api_key(ama, "reads", vec![Scope::GuestsRead]).await.unwrap();
        let (_, all) = app.create_api_key(ama, "all", vec![]).await.unwrap();

        let of = async |key: &str| app.key(key).await.unwrap().unwrap().scopes.unwrap();

        assert_eq!(of(&reads).await, [Scope::GuestsRead]);
        assert_eq!(of(&all).await, Scope::ALL);
    }

    async fn a_revoked_or_changed_key_is_nobody(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let (id, key) = app.create_api_key(ama, "import", vec![]).await.unwrap();
        let bare = key.trim_start_matches("gg_").to_string();
        for not_it in [key[..key.len() - 1].to_string(), key.to_lowercase(), format!("{} ", *key), bare, String::new()] {
            assert!(app.key(&not_it).await.unwrap().is_none(), "{not_it:?}");
        }
        assert!(app.key(&key).await.unwrap().is_some());

        app.revoke_api_key(Some(ama), id).await.unwrap();

        assert!(app.key(&key).await.unwrap().is_none());
    }

    async fn a_key_is_no_session_and_a_session_is_no_key(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let (_, key) = app.create_api_key(ama, "import", vec![]).await.unwrap();
        let session = sign_in(&app).await;

        assert!(app.session(&key).await.unwrap().is_none());
        assert!(app.key(&session).await.unwrap().is_none());
    }

    async fn who_is_known_is_let_in_while_nothing_can_be_written(db: TestDb) {
        let app = db.app().await;
        stage::organiser(&app, "ama@example.org").await;
        let session = sign_in(&app).await;
        db.clock.advance(SESSION_TOUCH_EVERY + SignedDuration::from_secs(1));
        let refuse = if db.is_sqlite() {
            "create trigger no_touch before update on sessions begin select raise(abort, 'full'); end"
        } else {
            "create function full_disk() returns trigger language plpgsql as $$ begin raise 'full'; end $$;
            create trigger no_touch before update on sessions execute function full_disk()"
        };
        testing::run(&db, refuse).await.unwrap();

        assert!(app.session(&session).await.unwrap().is_some());
    }

    async fn no_secret_is_kept_as_it_is(db: TestDb) {
        let app = db.app().await;
        let ama = stage::organiser(&app, "ama@example.org").await;
        let (_, key) = app.create_api_key(ama, "import", vec![]).await.unwrap();
        let session = sign_in(&app).await;

        let kept = if db.is_sqlite() {
            "select hex(secret_hash) from api_keys union all select hex(secret_hash) from sessions
                union all select hex(password_hash) from accounts"
        } else {
            "select upper(encode(secret_hash, 'hex')) from api_keys union all
                select upper(encode(secret_hash, 'hex')) from sessions union all
                select upper(encode(convert_to(password_hash, 'UTF8'), 'hex')) from accounts"
        };
        let kept = testing::words(&db, kept).await.unwrap().join("\n");

        for secret in [key.as_str(), session.as_str(), PASSWORD] {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
            assert!(!kept.contains(&hex));
        }
        assert_eq!(kept.lines().count(), 3);
    }
}

async fn sign_in(app: &App) -> String {
    app.sign_in("AMA@example.org", PASSWORD.to_string(), "Firefox").await.unwrap().secret.to_string()
}
