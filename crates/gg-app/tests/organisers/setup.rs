//! The first account.

use gg_app::{App, Error};
use gg_store::Account;
use gg_testkit::{PASSWORD, each_database};
use jiff::SignedDuration;

use crate::stage;

each_database! {
    async fn the_setup_link_makes_the_first_account_and_no_second(db: TestDb) {
        let app = db.app().await;
        let token = app.setup_token().await.unwrap().unwrap();

        set_up(&app, &token, "ama@example.org").await.unwrap();

        assert!(matches!(set_up(&app, &token, "kofi@example.org").await, Err(Error::NotFound)));
        assert!(app.setup_token().await.unwrap().is_none());
    }

    async fn a_newer_link_ends_the_older(db: TestDb) {
        let app = db.app().await;
        let older = app.setup_token().await.unwrap().unwrap();
        let newer = app.setup_token().await.unwrap().unwrap();

        assert!(!app.is_setup_token(&older).await.unwrap());
        assert!(app.is_setup_token(&newer).await.unwrap());
    }

    async fn of_two_who_race_with_one_link_one_gets_it(db: TestDb) {
        let app = db.app().await;
        let token = app.setup_token().await.unwrap().unwrap();

        let (one, other) =
            tokio::join!(set_up(&app, &token, "ama@example.org"), set_up(&app, &token, "kofi@example.org"));

        assert!(one.is_ok() ^ other.is_ok(), "{one:?} {other:?}");
    }

    async fn a_link_ends_after_a_day(db: TestDb) {
        let app = db.app().await;
        let token = app.setup_token().await.unwrap().unwrap();
        db.clock.advance(SignedDuration::from_hours(24));

        assert!(matches!(set_up(&app, &token, "ama@example.org").await, Err(Error::NotFound)));
    }

    async fn a_link_outlives_a_password_that_was_not_taken(db: TestDb) {
        let app = db.app().await;
        let token = app.setup_token().await.unwrap().unwrap();

        let refused = app.set_up(&token, "not an address", "short".to_string()).await;

        let Err(Error::Invalid(errors)) = refused else { panic!("{refused:?}") };
        let pointers: Vec<_> = errors.0.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/email", "/password"]);
        assert!(set_up(&app, &token, "ama@example.org").await.is_ok());
    }

    async fn an_account_closes_the_setup_whoever_made_it(db: TestDb) {
        let app = db.app().await;
        let token = app.setup_token().await.unwrap().unwrap();
        stage::organiser(&app, "ama@example.org").await;

        assert!(matches!(set_up(&app, &token, "kofi@example.org").await, Err(Error::NotFound)));
    }
}

async fn set_up(app: &App, token: &str, address: &str) -> Result<Account, Error> {
    app.set_up(token, address, PASSWORD.to_string()).await
}
