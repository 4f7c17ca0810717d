//! To who is no member, an event and all in it do not exist, whatever he asks.

use gg_app::Error;
use gg_domain::actor::{Actor, Permission};
use gg_domain::guest::GuestInput;
use gg_domain::risk::Label;
use gg_store::{GuestFilter, Paging};
use gg_testkit::each_database;

use crate::stage::{Stage, coming, opening, organiser};

macro_rules! not_found {
    ($($call:expr),+ $(,)?) => {$({
        let outcome = $call.await;
        assert!(matches!(outcome, Err(Error::NotFound)), "{}: {:?}", stringify!($call), outcome.map(|_| ()));
    })+};
}

each_database! {
    async fn another_account_finds_nothing(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let (app, event) = (&stage.app, stage.event);
        let guest = stage.guest("Kojo", 1).await;
        let token = stage.token(guest).await;
        let access = app.score_access(&token, &opening()).await.unwrap().access;
        let stranger = Actor::account(organiser(app, "eve@example.org").await, Permission::ReadEvent);
        let page = Paging { after: None, limit: 10 };
        let list = || b"name\nMallory\n".to_vec();

        not_found![
            app.event(stranger, event),
            app.change_event(stranger, event, 1, |_| {}),
            app.delete_event(stranger, event, 1),
            app.summary(stranger, event),
            app.policy(stranger, event),
            app.set_policy(stranger, event, gg_domain::policy::Policy::default()),
            app.add_guest(stranger, event, &GuestInput { name: "Mallory".into(), ..GuestInput::default() }),
            app.guest(stranger, guest),
            app.guests(stranger, event, GuestFilter::default(), page),
            app.change_guest(stranger, guest, 1, |_| {}),
            app.erase_guest(stranger, guest, 1),
            app.timeline(stranger, guest),
            app.guest_risk(stranger, guest),
            app.forget_devices(stranger, guest),
            app.reset_baseline(stranger, guest),
            app.trust_device(stranger, access),
            app.decisions(stranger, guest, Paging { after: None, limit: 10 }),
            app.weigh_reasons(stranger, event),
            app.invite_guest(stranger, guest),
            app.rotate_invite(stranger, guest),
            app.revoke_invite(stranger, guest),
            app.living_invite(stranger, guest),
            app.try_invite(stranger, guest),
            app.record_answer(stranger, guest, &coming(&[])),
            app.answer_of(stranger, guest),
            app.rsvps(stranger, event, page),
            app.label_access(stranger, access, Label::Guest),
            app.activity(stranger, event, 0, 10),
            app.latest_activity(stranger, event, 10),
            app.link_counts(stranger, event),
            app.openings_by_hour(stranger, event, 24),
            app.tell_invite(stranger, guest),
            app.access(stranger, access),
            app.openings_told(stranger, event, 0),
            app.prepare_import(stranger, event, list(), Vec::new()),
            app.export_guests(stranger, event, gg_app::guest_list::Opening::Plain),
        ];
        assert_eq!(app.follow_link(&token, None).await.unwrap().row.guest_id, guest);
    }
}
