//! What the organiser decides: it moves what is known of the guest, and is kept with who and when.

use gg_app::{Error, Opening};
use gg_domain::access::{Headers, Network};
use gg_domain::actor::{Actor, Permission};
use gg_domain::decision::Decision;
use gg_domain::id::{AccessId, GuestId};
use gg_domain::policy::{Action, Actions, Policy};
use gg_domain::risk::{Band, GuestRisk, Label, ReasonCode};
use gg_domain::signals::{Screen, Signals};
use gg_store::Paging;
use gg_testkit::{TestDb, each_database};

use crate::stage::{Stage, coming, opening};

/// Somebody else's laptop, elsewhere.
pub(crate) fn stranger() -> Opening {
    const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/124.0.0.0 Safari/537.36";
    let seen = opening();
    Opening {
        network: Network::at("203.0.113.9".parse().unwrap()),
        headers: Headers { ua: Some(AGENT.into()), ..seen.headers },
        signals: Some(Signals {
            platform: Some("Win32".into()),
            screen: Some(Screen { width: 1920, height: 1080 }),
            pixel_ratio: Some(1.0),
            touch_points: Some(0),
            timezone: Some("America/New_York".into()),
            languages: Some(vec!["en-US".into()]),
            canvas: Some("beef".into()),
            ..seen.signals.unwrap()
        }),
        ..opening()
    }
}

/// A guest who answered on his phone, and then a stranger's opening: the stage, whose guest, which opening.
async fn after_a_stranger(db: &TestDb) -> (Stage, GuestId, String, AccessId) {
    let stage = Stage::set(db, None).await;
    let guest = stage.guest("Kojo", 0).await;
    let token = stage.token(guest).await;
    let own = stage.app.score_access(&token, &opening()).await.unwrap();
    stage.app.answer_invite(&token, own.access, &coming(&[])).await.unwrap();
    let judged = stage.app.score_access(&token, &stranger()).await.unwrap();
    (stage, guest, token, judged.access)
}

async fn risk(stage: &Stage, guest: GuestId) -> GuestRisk {
    stage.app.guest_risk(stage.organiser(), guest).await.unwrap()
}

async fn decided(stage: &Stage, guest: GuestId) -> Vec<Decision> {
    let all = Paging { after: None, limit: 50 };
    let (page, _) = stage.app.decisions(stage.organiser(), guest, all).await.unwrap();
    assert!(page.rows.iter().all(|row| row.account_id == Some(stage.owner)));
    page.rows.into_iter().map(|row| row.decision).collect()
}

each_database! {
    async fn a_trusted_device_is_the_guests_and_what_it_told_of_the_link_is_taken_back(db: TestDb) {
        let (stage, guest, _, access) = after_a_stranger(&db).await;
        let before = risk(&stage, guest).await;
        assert!(before.leak > 2.0 * GuestRisk::LEAK_PRIOR, "{}", before.leak);

        let row = stage.app.trust_device(stage.organiser(), access).await.unwrap();

        let after = risk(&stage, guest).await;
        assert!(after.leak < before.leak && after.leak >= GuestRisk::LEAK_PRIOR);
        assert!(after.devices.iter().any(|device| device.trusted));
        assert_eq!((row.band.as_deref(), row.label), (Some("low"), None));
        assert_eq!(after.standing, before.standing, "others may hold the link all the same");
    }

    async fn trusting_one_device_clears_nobody_else(db: TestDb) {
        let (stage, guest, token, access) = after_a_stranger(&db).await;
        let other = Opening { network: Network::at("198.51.100.9".parse().unwrap()), ..stranger() };
        let mut signals = other.signals.clone().unwrap();
        signals.canvas = Some("feed".into());
        signals.platform = Some("Linux x86_64".into());
        signals.screen = Some(Screen { width: 1366, height: 768 });
        let other = Opening { signals: Some(signals), ..other };
        for _ in 0..2 {
            stage.app.score_access(&token, &other).await.unwrap();
        }
        let before = risk(&stage, guest).await.leak;

        stage.app.trust_device(stage.organiser(), access).await.unwrap();
        let trusted = risk(&stage, guest).await.leak;
        stage.app.label_access(stage.organiser(), access, Label::Guest).await.unwrap();
        let cleared = risk(&stage, guest).await.leak;

        assert!(cleared < trusted && trusted < before, "{before} {trusted} {cleared}");
        assert!((cleared - GuestRisk::LEAK_PRIOR).abs() < 1e-9);
    }

    async fn a_trusted_device_releases_no_answer_that_waits(db: TestDb) {
        let (stage, guest, token, _) = after_a_stranger(&db).await;
        let hold = Actions { low: Action::Hold, medium: Action::Hold, high: Action::Hold, block: Action::Hold };
        let policy = Policy { actions: hold, ..Policy::default() };
        stage.app.set_policy(stage.organiser(), stage.event, policy).await.unwrap();
        let access = stage.app.score_access(&token, &stranger()).await.unwrap().access;
        let declined = gg_domain::rsvp::AnswerInput::default();
        assert!(stage.app.answer_invite(&token, access, &declined).await.unwrap().pending);

        stage.app.trust_device(stage.organiser(), access).await.unwrap();
        let (waiting, ..) = stage.app.answer_of(stage.organiser(), guest).await.unwrap();
        assert!(waiting.unwrap().pending);

        stage.app.label_access(stage.organiser(), access, Label::Guest).await.unwrap();
        let (counts, ..) = stage.app.answer_of(stage.organiser(), guest).await.unwrap();
        assert!(!counts.unwrap().pending);
    }

    async fn the_device_of_a_stranger_is_not_trusted_by_mistake(db: TestDb) {
        let (stage, _, _, access) = after_a_stranger(&db).await;
        stage.app.label_access(stage.organiser(), access, Label::NotGuest).await.unwrap();

        let refused = stage.app.trust_device(stage.organiser(), access).await;

        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }

    async fn a_reset_forgets_devices_networks_and_suspicion(db: TestDb) {
        let (stage, guest, token, access) = after_a_stranger(&db).await;
        stage.app.label_access(stage.organiser(), access, Label::NotGuest).await.unwrap();
        assert!(risk(&stage, guest).await.leak >= 0.9);

        stage.app.reset_baseline(stage.organiser(), guest).await.unwrap();

        let after = risk(&stage, guest).await;
        assert!(after.devices.is_empty() && after.standing.is_none());
        assert!((after.leak - GuestRisk::LEAK_PRIOR).abs() < 1e-9);
        let next = stage.app.score_access(&token, &opening()).await.unwrap();
        assert_eq!(next.band, Some(Band::Low));
    }

    async fn every_decision_is_kept_with_who_and_when_the_latest_first(db: TestDb) {
        let (stage, guest, _, access) = after_a_stranger(&db).await;
        let (app, ama) = (&stage.app, stage.organiser());
        app.trust_device(ama, access).await.unwrap();
        app.label_access(ama, access, Label::NotGuest).await.unwrap();
        app.label_access(ama, access, Label::Guest).await.unwrap();
        app.forget_devices(ama, guest).await.unwrap();
        app.reset_baseline(ama, guest).await.unwrap();
        app.rotate_invite(ama, guest).await.unwrap();
        app.invite_guest(ama, guest).await.unwrap();
        app.revoke_invite(ama, guest).await.unwrap();

        use Decision as D;
        assert_eq!(decided(&stage, guest).await, [
            D::LinkRevoked, D::LinkReissued, D::BaselineReset, D::DevicesForgotten, D::WasGuest, D::WasNotGuest,
            D::DeviceTrusted, D::LinkIssued,
        ]);
    }

    async fn what_is_refused_is_not_kept_as_decided(db: TestDb) {
        let (stage, guest, _, access) = after_a_stranger(&db).await;
        let viewer = Actor::account(crate::stage::organiser(&stage.app, "eve@example.org").await, Permission::LabelAccesses);
        assert!(stage.app.trust_device(viewer, access).await.is_err());
        assert!(stage.app.reset_baseline(viewer, guest).await.is_err());
        assert_eq!(decided(&stage, guest).await, [Decision::LinkIssued]);
    }

    async fn a_reason_is_counted_as_it_spoke_before_the_word(db: TestDb) {
        let (stage, _, token, access) = after_a_stranger(&db).await;
        stage.app.trust_device(stage.organiser(), access).await.unwrap();
        stage.app.label_access(stage.organiser(), access, Label::Guest).await.unwrap();
        let again = stage.app.score_access(&token, &stranger()).await.unwrap().access;
        stage.app.label_access(stage.organiser(), again, Label::NotGuest).await.unwrap();

        let weighed = stage.app.weigh_reasons(stage.organiser(), stage.event).await.unwrap();

        assert_eq!(weighed.labelled, 2);
        let new = weighed.reasons.iter().find(|one| one.code == ReasonCode::DevNew).unwrap();
        assert_eq!((new.spoke, new.right), (1, 0), "{:?}", weighed.reasons);
    }
}
