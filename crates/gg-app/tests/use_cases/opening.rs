//! Openings: scored, stored, told, and the organiser's word on them.

use gg_domain::access::Act;
use gg_domain::policy::Action;
use gg_domain::risk::{Band, Label};
use gg_testkit::each_database;

use crate::stage::{Stage, coming, opening};

each_database! {
    async fn a_first_opening_is_low_and_told(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;

        let judged = stage.app.score_access(&token, &opening()).await.unwrap();

        assert_eq!((judged.band, judged.test, judged.degraded), (Some(Band::Low), false, false));
        assert!(judged.set_device.is_some());
        while stage.app.number_feed().await.unwrap() > 0 {}
        let told = stage.app.activity(stage.organiser(), stage.event, 0, 10).await.unwrap();
        let kinds: Vec<_> = told.iter().map(|message| message.kind).collect();
        assert_eq!(kinds, ["guest.created", "guest.opened", "access.checked"]);
        let (latest, position) = stage.app.latest_activity(stage.organiser(), stage.event, 10).await.unwrap();
        let latest: Vec<_> = latest.iter().map(|message| (message.kind, message.seq)).collect();
        assert_eq!((latest, position.highest), (vec![("access.checked", 3)], 3));
    }

    async fn a_device_that_comes_back_is_known(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        let device = stage.app.score_access(&token, &opening()).await.unwrap().set_device;

        let again = gg_app::Opening { device, ..opening() };
        let judged = stage.app.score_access(&token, &again).await.unwrap();

        assert_eq!((judged.band, judged.set_device), (Some(Band::Low), None));
        let risk = stage.app.guest_risk(stage.organiser(), guest).await.unwrap();
        assert_eq!((risk.devices.len(), risk.accesses), (1, 2));
    }

    async fn a_members_own_look_is_a_test(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;

        let look = gg_app::Opening { viewer: Some(stage.owner), ..opening() };
        let judged = stage.app.score_access(&token, &look).await.unwrap();

        assert!(judged.test);
        assert_eq!(stage.app.guest_risk(stage.organiser(), guest).await.unwrap().accesses, 0);
    }

    async fn an_answer_without_script_is_one_opening_and_one_answer(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 1).await;
        let token = stage.token(guest).await;

        let form = gg_app::Opening { signals: None, act: Some(Act::Answered), ..opening() };
        let gg_app::FormAnswer { judged, answer } = stage.app.answer_form(&token, &form, &coming(&["Efua"])).await.unwrap();
        let row = answer.unwrap();

        assert!(row.attending && !row.pending);
        let timeline = stage.app.timeline(stage.organiser(), guest).await.unwrap();
        let lines: Vec<_> = timeline.iter().map(|line| line.status.as_str()).collect();
        assert_eq!(lines, ["opened", "answered"]);
        let (_, history, _) = stage.app.answer_of(stage.organiser(), guest).await.unwrap();
        assert_eq!(history[0].access_id, Some(judged.access));
    }

    async fn the_organisers_no_blocks_what_follows_with_that_opening(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 1).await;
        let token = stage.token(guest).await;
        let access = stage.app.score_access(&token, &opening()).await.unwrap().access;

        let row = stage.app.label_access(stage.organiser(), access, Label::NotGuest).await.unwrap();

        assert_eq!(row.label.as_deref(), Some("not_guest"));
        let refused = stage.app.answer_invite(&token, access, &coming(&[])).await;
        assert!(matches!(refused, Err(gg_app::Error::Blocked)), "{refused:?}");
    }

    async fn forgotten_devices_are_bound_anew(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        stage.app.score_access(&token, &opening()).await.unwrap();

        stage.app.forget_devices(stage.organiser(), guest).await.unwrap();

        assert!(stage.app.guest_risk(stage.organiser(), guest).await.unwrap().devices.is_empty());
        let judged = stage.app.score_access(&token, &opening()).await.unwrap();
        assert_eq!(judged.band, Some(Band::Low));
    }

    async fn whoever_was_disowned_stays_out_on_the_next_opening_too(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        let own = stage.app.score_access(&token, &opening()).await.unwrap();
        let strange = stage.app.score_access(&token, &foreign()).await.unwrap();
        stage.app.label_access(stage.organiser(), strange.access, Label::NotGuest).await.unwrap();

        let again = gg_app::Opening { device: strange.set_device, ..foreign() };
        for _ in 0..3 {
            let judged = stage.app.score_access(&token, &again).await.unwrap();
            assert_eq!((judged.band, judged.decision), (Some(Band::Block), Action::Block));
        }
        let home = gg_app::Opening { device: own.set_device, ..opening() };
        assert!(stage.app.score_access(&token, &home).await.unwrap().band < Some(Band::High));

        stage.app.label_access(stage.organiser(), strange.access, Label::Guest).await.unwrap();
        assert_eq!(stage.app.score_access(&token, &again).await.unwrap().band, Some(Band::Low));
    }

    async fn a_first_opening_that_was_disowned_is_blocked_too(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        let strange = stage.app.score_access(&token, &foreign()).await.unwrap();
        stage.app.label_access(stage.organiser(), strange.access, Label::NotGuest).await.unwrap();

        let again = gg_app::Opening { device: strange.set_device, ..foreign() };
        assert_eq!(stage.app.score_access(&token, &again).await.unwrap().band, Some(Band::Block));
    }

    async fn a_reload_leads_nobody_out_of_a_block(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        stage.app.answer_form(&token, &opening(), &coming(&[])).await.unwrap();

        let mut blocked = 0;
        for n in 0..12 {
            let mut strange = foreign();
            let signals = strange.signals.as_mut().unwrap();
            (signals.canvas, signals.webdriver) = (Some(format!("{n:08x}")), Some(n > 5));
            strange.network = gg_domain::access::Network::at(format!("198.51.{n}.9").parse().unwrap());
            let first = stage.app.score_access(&token, &strange).await.unwrap();
            if first.band == Some(Band::Block) {
                blocked += 1;
                strange.device = first.set_device;
                for _ in 0..3 {
                    assert_eq!(stage.app.score_access(&token, &strange).await.unwrap().band, Some(Band::Block), "{n}");
                }
            }
        }
        assert!(blocked > 0);
    }
}

/// Somebody else's, on another system and network.
fn foreign() -> gg_app::Opening {
    const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    let mut foreign = opening();
    foreign.headers.ua = Some(AGENT.into());
    foreign.network = gg_domain::access::Network::at("198.51.100.9".parse().unwrap());
    let signals = foreign.signals.as_mut().unwrap();
    (signals.platform, signals.canvas) = (Some("Linux x86_64".into()), Some("beef".into()));
    (signals.timezone, signals.languages) = (Some("Asia/Tokyo".into()), Some(vec!["ja".into()]));
    foreign
}
