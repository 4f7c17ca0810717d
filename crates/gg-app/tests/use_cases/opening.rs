//! Openings: scored, stored, told, and the organiser's word on them.

use gg_domain::access::Act;
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
}
