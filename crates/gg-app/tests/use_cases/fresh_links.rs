//! A new link for whoever is stopped: nothing ends before it is used, and its first use ends the other.

use gg_app::Error;
use gg_domain::id::GuestId;
use gg_domain::policy::Action;
use gg_domain::risk::{Band, GuestRisk, Label};
use gg_domain::step_up::FRESH_LINKS_SENT;
use gg_store::testing;
use gg_testkit::{TestDb, each_database};

use crate::stage::{Stage, coming, opening};

/// Efua, whose link is in other hands.
struct Leaked {
    stage: Stage,
    guest: GuestId,
    token: String,
}

impl Leaked {
    async fn new(db: &TestDb) -> Self {
        let mut stage = Stage::set(db, None).await;
        stage.app.outlet = gg_app::Outlet::Viewer;
        let guest = stage.mailed_guest("Efua").await;
        let token = stage.token(guest).await;
        let strange = stage.open(&token).await.access;
        stage.app.label_access(stage.organiser(), strange, Label::NotGuest).await.unwrap();
        Self { stage, guest, token }
    }

    async fn risk(&self) -> GuestRisk {
        self.stage.app.guest_risk(self.stage.organiser(), self.guest).await.unwrap()
    }

    async fn fresh(&self) -> String {
        self.stage.app.send_fresh_link(&self.token, None).await.unwrap();
        self.stage.latest_link().await
    }
}

async fn states(db: &TestDb) -> Vec<String> {
    testing::words(&db.store, "select state from invites order by generation").await.unwrap()
}

each_database! {
    async fn its_first_use_ends_the_old_link_and_clears_it(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        assert!(leaked.risk().await.leak >= 0.9);
        let fresh = leaked.fresh().await;
        assert_eq!(states(&db).await, ["living", "fresh"]);
        assert!(leaked.stage.app.invite_page(&fresh, None).await.is_ok(), "a look changes nothing");
        assert_eq!(states(&db).await, ["living", "fresh"]);

        let opened = leaked.stage.open(&fresh).await;

        assert_eq!((opened.band, opened.decision), (Some(Band::Low), Action::Allow));
        assert_eq!(states(&db).await, ["rotated", "living"]);
        assert!(leaked.risk().await.leak < 0.1, "{}", leaked.risk().await.leak);
        assert!(matches!(leaked.stage.app.invite_page(&leaked.token, None).await, Err(Error::DeadLink(_))));
        leaked.stage.app.answer_invite(&fresh, opened.access, &coming(&[])).await.unwrap();
    }

    async fn the_old_link_lives_until_then(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        leaked.fresh().await;

        let opened = leaked.stage.open(&leaked.token).await;
        leaked.stage.app.answer_invite(&leaked.token, opened.access, &coming(&[])).await.unwrap();
        assert_eq!(states(&db).await, ["living", "fresh"]);
    }

    async fn a_mail_filter_that_opens_it_ends_nothing(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let fresh = leaked.fresh().await;
        let mut machine = opening();
        machine.signals.as_mut().unwrap().visible_ms = Some(40);
        machine.signals.as_mut().unwrap().interacted = Some(false);

        let opened = leaked.stage.app.score_access(&fresh, &machine).await.unwrap();
        assert_eq!(opened.band, None);
        assert_eq!(states(&db).await, ["living", "fresh"]);
        assert!(leaked.risk().await.leak >= 0.9);

        // Unless it was a person after all, who answers.
        leaked.stage.app.answer_invite(&fresh, opened.access, &coming(&[])).await.unwrap();
        assert_eq!(states(&db).await, ["rotated", "living"]);
        assert!(leaked.risk().await.leak < 0.5);
    }

    async fn an_organisers_look_ends_nothing(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let fresh = leaked.fresh().await;
        let mut own = opening();
        own.viewer = Some(leaked.stage.owner);

        assert!(leaked.stage.app.score_access(&fresh, &own).await.unwrap().test);
        assert_eq!(states(&db).await, ["living", "fresh"]);
        leaked.stage.app.send_fresh_link(&leaked.token, Some(leaked.stage.owner)).await.unwrap();
        assert_eq!(leaked.stage.messages().await.len(), 1, "and asks for nothing");
    }

    async fn an_answer_without_script_is_a_use_too(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let fresh = leaked.fresh().await;

        leaked.stage.app.answer_form(&fresh, &opening(), &coming(&[])).await.unwrap().answer.unwrap();
        assert_eq!(states(&db).await, ["rotated", "living"]);
    }

    async fn many_who_use_it_at_once_are_all_let_in(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let fresh = leaked.fresh().await;
        let mut openings = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (app, token) = (leaked.stage.app.clone(), fresh.clone());
            openings.spawn(async move { app.score_access(&token, &opening()).await });
        }

        assert!(openings.join_all().await.iter().all(Result::is_ok));
        assert_eq!(states(&db).await, ["rotated", "living"]);
    }

    async fn asked_for_again_it_is_the_same_and_there_is_an_end(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let first = leaked.fresh().await;
        for _ in 1..FRESH_LINKS_SENT.guest_hour {
            assert!(leaked.fresh().await == first);
        }
        assert_eq!(states(&db).await, ["living", "fresh"]);
        assert!(matches!(leaked.stage.app.send_fresh_link(&leaked.token, None).await, Err(Error::TooOften(_))));
    }

    async fn replacing_or_revoking_the_link_ends_the_fresh_one_too(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let fresh = leaked.fresh().await;
        leaked.stage.app.rotate_invite(leaked.stage.organiser(), leaked.guest).await.unwrap();

        assert_eq!(states(&db).await, ["rotated", "rotated", "living"]);
        assert!(matches!(leaked.stage.app.score_access(&fresh, &opening()).await, Err(Error::DeadLink(_))));
    }

    async fn without_a_contact_the_organiser_is_asked_once(db: TestDb) {
        let mut stage = Stage::set(&db, None).await;
        stage.app.outlet = gg_app::Outlet::Viewer;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        stage.app.send_fresh_link(&token, None).await.unwrap();
        stage.app.send_fresh_link(&token, None).await.unwrap();

        let wishes = stage.app.wishes(stage.organiser(), stage.event).await.unwrap();
        assert_eq!(wishes.iter().map(|wish| wish.guest_id).collect::<Vec<_>>(), [guest]);
        assert_eq!(states(&db).await, ["living"]);
        stage.app.rotate_invite(stage.organiser(), guest).await.unwrap();
        assert!(stage.app.wishes(stage.organiser(), stage.event).await.unwrap().is_empty(), "he has one now");
    }

    async fn one_that_went_to_a_contact_that_is_not_the_guests_any_more_is_dead(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let fresh = leaked.fresh().await;

        let changed = leaked.stage.app.change_guest(leaked.stage.organiser(), leaked.guest, None, |input| {
            input.email = Some("efua.new@example.org".into());
        });
        changed.await.unwrap();

        assert_eq!(states(&db).await, ["living", "revoked"]);
        assert!(matches!(leaked.stage.app.invite_page(&fresh, None).await, Err(Error::DeadLink(_))));
        let again = leaked.fresh().await;
        assert!(leaked.stage.app.invite_page(&again, None).await.is_ok());
    }

    async fn a_link_that_was_taken_back_brings_forth_no_other(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let mut asked = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (app, token) = (leaked.stage.app.clone(), leaked.token.clone());
            asked.spawn(async move { app.send_fresh_link(&token, None).await.is_ok() });
        }
        tokio::task::yield_now().await;
        leaked.stage.app.revoke_invite(leaked.stage.organiser(), leaked.guest).await.unwrap();
        asked.join_all().await;

        let open = "select state from invites where state in ('living', 'fresh')";
        assert_eq!(testing::words(&db.store, open).await.unwrap(), Vec::<String>::new());
    }

    async fn a_word_on_an_opening_of_the_old_link_says_nothing_of_the_new_one(db: TestDb) {
        let leaked = Leaked::new(&db).await;
        let (stage, organiser) = (&leaked.stage, leaked.stage.organiser());
        let strange = stage.open(&leaked.token).await.access;
        let guests = stage.open(&leaked.token).await.access;
        let fresh = leaked.fresh().await;
        stage.open(&fresh).await;
        let cleared = leaked.risk().await;

        stage.app.label_access(organiser, strange, Label::NotGuest).await.unwrap();
        let after = leaked.risk().await;
        assert_eq!((after.leak, after.standing), (cleared.leak, cleared.standing));

        stage.app.label_access(organiser, guests, Label::Guest).await.unwrap();
        let after = leaked.risk().await;
        assert_eq!(after.leak, cleared.leak);
        assert!(after.devices.iter().any(|device| device.trusted));
        assert!(stage.app.invite_page(&fresh, None).await.is_ok());
    }
}
