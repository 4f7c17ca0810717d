//! What somebody to whom a link was passed on asks for: the guest is left as he is.

use gg_app::Error;
use gg_domain::step_up::WISHES_TAKEN;
use gg_domain::wish::AskerInput;
use gg_store::testing::words;
use gg_testkit::each_database;

use crate::stage::{Stage, organiser};

fn yaw() -> AskerInput {
    AskerInput {
        name: "Yaw Addo".into(),
        contact: "yaw@example.org".into(),
        note: "Efua said to ask.".into(),
    }
}

each_database! {
    async fn a_wish_leaves_the_guest_untouched_and_can_be_granted(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Efua", 0).await;
        let token = stage.token(guest).await;
        let before = (stage.app.guest(stage.organiser(), guest).await.unwrap().0, stage.feed().await);

        stage.app.ask_own_invitation(&token, None, &yaw()).await.unwrap();
        assert_eq!((stage.app.guest(stage.organiser(), guest).await.unwrap().0, stage.feed().await), before);
        let wishes = stage.app.wishes(stage.organiser(), stage.event).await.unwrap();
        assert_eq!(wishes[0].name.as_ref().map(|name| name.as_str()), Some("Yaw Addo"));

        let made = stage.app.grant_wish(stage.organiser(), stage.event, wishes[0].id).await.unwrap();
        let (made, _) = stage.app.guest(stage.organiser(), made).await.unwrap();
        assert_eq!((made.name.as_str(), made.notes.as_deref()), ("Yaw Addo", Some("Efua said to ask.")));
        assert_eq!(made.email.as_ref().map(|email| email.as_str()), Some("yaw@example.org"));
        let again = stage.app.grant_wish(stage.organiser(), stage.event, wishes[0].id).await;
        assert!(matches!(again, Err(Error::NotFound)));
    }

    async fn what_is_put_away_forgets_who_asked(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Efua", 0).await;
        let token = stage.token(guest).await;
        stage.app.ask_own_invitation(&token, None, &yaw()).await.unwrap();
        let wish = stage.app.wishes(stage.organiser(), stage.event).await.unwrap()[0].id;

        stage.app.dismiss_wish(stage.organiser(), stage.event, wish).await.unwrap();
        let left = "select coalesce(name, '') || coalesce(email, '') || coalesce(note, '') from wishes";
        assert_eq!(words(&db.store, left).await.unwrap(), [""]);
        db.clock.advance(jiff::SignedDuration::from_hours(25));
        stage.app.tidy().await.unwrap();
        assert!(words(&db.store, left).await.unwrap().is_empty());
    }

    async fn there_is_an_end_to_asking(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Efua", 0).await;
        let token = stage.token(guest).await;
        for _ in 0..WISHES_TAKEN.guest_hour {
            stage.app.ask_own_invitation(&token, None, &yaw()).await.unwrap();
        }
        assert!(matches!(stage.app.ask_own_invitation(&token, None, &yaw()).await, Err(Error::TooOften(_))));
    }

    async fn a_wish_of_another_event_is_not_there(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Efua", 0).await;
        let token = stage.token(guest).await;
        stage.app.ask_own_invitation(&token, None, &yaw()).await.unwrap();
        let wish = stage.app.wishes(stage.organiser(), stage.event).await.unwrap()[0].id;
        let eve = organiser(&stage.app, "eve@example.org").await;
        let hers = crate::stage::event(&stage.app, eve, None).await;
        let actor = gg_domain::actor::Actor::account(eve, gg_domain::actor::Permission::WriteGuests);

        for event in [hers, stage.event] {
            assert!(matches!(stage.app.grant_wish(actor, event, wish).await, Err(Error::NotFound)));
            assert!(matches!(stage.app.dismiss_wish(actor, event, wish).await, Err(Error::NotFound)));
        }
        assert!(matches!(stage.app.wishes(actor, stage.event).await, Err(Error::NotFound)));
    }
}
