//! A vendor's machines that no list knows: known by their third link, and what they did until then is taken back.

use gg_app::Opening;
use gg_domain::access::NetClass;
use gg_domain::id::{AccessId, GuestId};
use gg_domain::risk::Band;
use gg_store::{AccessRow, Conn};
use gg_testkit::{TestDb, each_database};

use crate::stage::{Stage, coming, opening};

each_database! {
    async fn what_a_scanner_did_before_it_was_known_is_taken_back(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guests = stage.guests(3, 0).await;
        let first = scan(&stage, guests[0]).await;
        let second = scan(&stage, guests[1]).await;
        assert_eq!((row(&db, &stage, first).await.class, row(&db, &stage, second).await.class), ("human".into(), "human".into()));

        let third = scan(&stage, guests[2]).await;

        for access in [first, second, third] {
            let row = row(&db, &stage, access).await;
            assert_eq!((row.class.as_str(), row.band), ("scanner", None));
        }
        assert_eq!(stage.app.summary(stage.organiser(), stage.event).await.unwrap().1.iter().map(|(_, count)| count).sum::<i64>(), 0);
        let risk = stage.app.guest_risk(stage.organiser(), guests[0]).await.unwrap();
        assert_eq!((risk.devices.len(), risk.first_human_at), (0, None));
        assert_eq!(told(&stage, first).await, [Some("low"), None]);
        assert_eq!(told(&stage, third).await, Vec::<Option<&str>>::new());
    }

    async fn an_opening_that_somebody_answered_with_stays_and_clears_its_neighbours(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guests = stage.guests(3, 0).await;
        let first = scan(&stage, guests[0]).await;
        let second = scan(&stage, guests[1]).await;
        let token = stage.token(guests[0]).await;
        stage.app.answer_invite(&token, first, &coming(&[])).await.unwrap();

        let third = scan(&stage, guests[2]).await;

        for access in [first, second, third] {
            assert_eq!(row(&db, &stage, access).await.class, "human");
        }
    }

    async fn the_organisers_word_is_not_taken_back(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guests = stage.guests(3, 0).await;
        let first = scan(&stage, guests[0]).await;
        let second = scan(&stage, guests[1]).await;
        stage.app.label_access(stage.organiser(), second, gg_domain::risk::Label::NotGuest).await.unwrap();

        scan(&stage, guests[2]).await;

        assert_eq!(row(&db, &stage, first).await.class, "scanner");
        assert_eq!(row(&db, &stage, second).await.band, Some(Band::High.as_str().to_owned()));
    }

    async fn a_device_that_the_organiser_trusts_is_not_taken_back(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guests = stage.guests(3, 0).await;
        let first = scan(&stage, guests[0]).await;
        scan(&stage, guests[1]).await;
        stage.app.trust_device(stage.organiser(), first).await.unwrap();

        scan(&stage, guests[2]).await;

        assert_eq!(row(&db, &stage, first).await.class, "human");
        let risk = stage.app.guest_risk(stage.organiser(), guests[0]).await.unwrap();
        assert!(risk.devices.iter().any(|device| device.trusted));
    }

    async fn openings_that_show_a_scanner_at_once_take_back_once(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guests = stage.guests(10, 0).await;
        let first = scan(&stage, guests[0]).await;
        scan(&stage, guests[1]).await;

        let mut rest = tokio::task::JoinSet::new();
        for guest in &guests[2..] {
            let (app, token) = (stage.app.clone(), stage.token(*guest).await);
            rest.spawn(async move { app.score_access(&token, &rented()).await.unwrap() });
        }
        rest.join_all().await;

        assert_eq!(told(&stage, first).await, [Some("low"), None]);
        let risk = stage.app.guest_risk(stage.organiser(), guests[0]).await.unwrap();
        assert_eq!((risk.accesses, risk.standing), (0, None));
        assert!((risk.leak - gg_domain::risk::GuestRisk::LEAK_PRIOR).abs() < 1e-9, "{}", risk.leak);
    }

    async fn people_in_one_data_centre_who_act_are_people(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        for guest in stage.guests(4, 0).await {
            let token = stage.token(guest).await;
            let mut desktop = rented();
            desktop.signals.as_mut().unwrap().interacted = Some(true);
            let judged = stage.app.score_access(&token, &desktop).await.unwrap();
            assert!(judged.band.is_some());
        }
    }
}

/// From a data centre, with a whole browser's face, and nobody touched it.
fn rented() -> Opening {
    let mut opening = opening();
    opening.network.class = Some(NetClass::Hosting);
    let signals = opening.signals.as_mut().unwrap();
    (signals.interacted, signals.visible_ms) = (Some(false), Some(4_000));
    opening
}

async fn scan(stage: &Stage, guest: GuestId) -> AccessId {
    let token = stage.token(guest).await;
    stage.app.score_access(&token, &rented()).await.unwrap().access
}

async fn row(db: &TestDb, stage: &Stage, access: AccessId) -> AccessRow {
    let actor = stage.organiser();
    db.read(async move |conn: &mut Conn| conn.access(&actor, access).await).await.unwrap().unwrap()
}

/// The bands that the feed told of an opening, in order.
async fn told(stage: &Stage, access: AccessId) -> Vec<Option<&'static str>> {
    while stage.app.number_feed().await.unwrap() > 0 {}
    let activity = stage.app.activity(stage.organiser(), stage.event, 0, 100).await.unwrap();
    let bands = activity.iter().filter_map(|message| match &message.payload {
        gg_app::Payload::Access { access_id, band, .. } if *access_id == Some(access.uuid()) => {
            Some(band.map(Band::as_str))
        }
        _ => None,
    });
    bands.collect()
}
