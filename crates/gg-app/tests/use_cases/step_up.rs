//! Six digits: sent once, judged in one statement, good for one opening.

use gg_app::{Error, Judged, Outlet};
use gg_domain::id::GuestId;
use gg_domain::policy::Action;
use gg_domain::risk::{Band, GuestRisk, Label};
use gg_domain::step_up::{CODE_LIFE, CODES_SENT, Code, TRIES_MAX, TRIES_REST};
use gg_store::testing::words;
use gg_testkit::{TestDb, each_database};
use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::stage::{Stage, coming, opening};

/// Who guess at once.
const GUESSERS: u32 = 100;

/// Efua, whom mail reaches, her link, and an opening of it that is asked for a code.
struct Asked {
    stage: Stage,
    guest: GuestId,
    token: String,
    opened: Judged,
}

impl Asked {
    async fn new(db: &TestDb) -> Self {
        let stage = Stage::asking(db).await;
        let guest = stage.mailed_guest("Efua").await;
        let token = stage.token(guest).await;
        let opened = stage.open(&token).await;
        Self { stage, guest, token, opened }
    }

    async fn send(&self) -> gg_app::Result<()> {
        self.stage.app.send_code(&self.token, self.opened.access).await
    }

    async fn verify(&self, code: &Code) -> gg_app::Result<()> {
        self.stage.app.verify_code(&self.token, self.opened.access, code).await
    }

    async fn risk(&self) -> GuestRisk {
        self.stage.app.guest_risk(self.stage.organiser(), self.guest).await.unwrap()
    }

    async fn decision(&self) -> String {
        self.stage.app.access(self.stage.organiser(), self.opened.access).await.unwrap().0.decision
    }
}

/// Another code than that one.
fn wrong(code: &Code, by: u32) -> Code {
    let number: u32 = code.expose().parse().unwrap();
    Code::parse(&format!("{:06}", (number + 1 + by) % 1_000_000)).unwrap()
}

each_database! {
    async fn a_code_confirms_the_opening_and_trusts_its_device(db: TestDb) {
        let asked = Asked::new(&db).await;
        assert_eq!(asked.opened.decision, Action::StepUp);
        let answer = asked.stage.app.answer_invite(&asked.token, asked.opened.access, &coming(&[])).await;
        assert!(matches!(answer, Err(Error::StepUpRequired)));

        asked.send().await.unwrap();
        let told = asked.stage.feed().await.len();
        asked.verify(&asked.stage.latest_code().await).await.unwrap();

        assert_eq!(asked.decision().await, "allow");
        assert!(asked.risk().await.devices.iter().any(|device| device.trusted));
        assert_eq!(asked.stage.feed().await.len(), told + 1, "the opening is told again");
        asked.stage.app.answer_invite(&asked.token, asked.opened.access, &coming(&[])).await.unwrap();
    }

    async fn a_confirmed_device_is_not_asked_again(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        asked.verify(&asked.stage.latest_code().await).await.unwrap();

        let mut again = opening();
        again.device = asked.opened.set_device;
        let again = asked.stage.app.score_access(&asked.token, &again).await.unwrap();
        assert_eq!((again.decision, again.band), (Action::Allow, Some(Band::Low)));
        assert_eq!(asked.stage.open(&asked.token).await.decision, Action::StepUp, "another browser is");
    }

    async fn a_code_clears_the_link_and_releases_what_waited(db: TestDb) {
        let asked = Asked::new(&db).await;
        let strange = asked.stage.open(&asked.token).await.access;
        asked.stage.app.label_access(asked.stage.organiser(), strange, Label::NotGuest).await.unwrap();
        assert!(asked.risk().await.leak >= 0.9);
        asked.stage.treat_all(Action::Hold).await;
        let held = Asked { opened: asked.stage.open(&asked.token).await, ..asked };
        let row = held.stage.app.answer_invite(&held.token, held.opened.access, &coming(&[])).await.unwrap();
        assert!(row.pending);

        held.send().await.unwrap();
        held.verify(&held.stage.latest_code().await).await.unwrap();

        let risk = held.risk().await;
        assert_eq!((risk.leak, risk.standing), (GuestRisk::LEAK_PRIOR, None));
        let (row, ..) = held.stage.app.answer_of(held.stage.organiser(), held.guest).await.unwrap();
        assert!(!row.unwrap().pending);
    }

    async fn of_a_hundred_guesses_at_once_ten_are_judged(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        let right = asked.stage.latest_code().await;

        let mut guesses = JoinSet::new();
        for by in 0..GUESSERS {
            let (app, token, access, guess) =
                (asked.stage.app.clone(), asked.token.clone(), asked.opened.access, wrong(&right, by));
            guesses.spawn(async move { app.verify_code(&token, access, &guess).await });
        }
        let outcomes = guesses.join_all().await;

        let judged = outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::WrongCode))).count();
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::TooOften(_)))).count();
        assert_eq!((judged, refused), (TRIES_MAX as usize, (GUESSERS - TRIES_MAX) as usize), "{outcomes:?}");
        assert!(matches!(asked.verify(&right).await, Err(Error::TooOften(_))), "the right one is not judged either");
    }

    async fn tries_are_counted_across_resends_openings_and_links(db: TestDb) {
        let asked = Asked::new(&db).await;
        for by in 0..TRIES_MAX {
            if by % 3 == 0 {
                asked.send().await.unwrap();
            }
            let code = asked.stage.latest_code().await;
            assert!(matches!(asked.verify(&wrong(&code, by)).await, Err(Error::WrongCode)));
        }
        let other = asked.stage.open(&asked.token).await.access;
        let fresh = asked.stage.app.rotate_invite(asked.stage.organiser(), asked.guest).await.unwrap();
        let reopened = asked.stage.open(fresh.token.expose()).await.access;

        let code = Code::parse("123456").unwrap();
        for (token, access) in [(fresh.token.expose(), reopened), (fresh.token.expose(), reopened)] {
            let tried = asked.stage.app.verify_code(token, access, &code).await;
            assert!(matches!(tried, Err(Error::TooOften(_))), "{tried:?}");
        }
        assert!(matches!(asked.stage.app.verify_code(&asked.token, other, &code).await, Err(Error::DeadLink(_))));
        let another = asked.stage.mailed_guest("Yaw").await;
        let token = asked.stage.token(another).await;
        let access = asked.stage.open(&token).await.access;
        let tried = asked.stage.app.verify_code(&token, access, &code).await;
        assert!(matches!(tried, Err(Error::WrongCode)), "another guest's tries are his own");
    }

    async fn who_has_rested_may_try_again(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        let code = asked.stage.latest_code().await;
        for by in 0..TRIES_MAX {
            asked.verify(&wrong(&code, by)).await.unwrap_err();
        }
        db.clock.advance(TRIES_REST - SignedDuration::from_secs(60));
        let Err(Error::TooOften(wait)) = asked.verify(&code).await else { panic!("it was judged") };
        assert_eq!(wait, SignedDuration::from_secs(60));
        db.clock.advance(wait);

        asked.send().await.unwrap();
        asked.verify(&asked.stage.latest_code().await).await.unwrap();
    }

    async fn a_code_is_good_once(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        let code = asked.stage.latest_code().await;

        let mut both = JoinSet::new();
        for _ in 0..2 {
            let (app, token, access, code) =
                (asked.stage.app.clone(), asked.token.clone(), asked.opened.access, code.clone());
            both.spawn(async move { app.verify_code(&token, access, &code).await });
        }
        let outcomes = both.join_all().await;

        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert!(matches!(asked.verify(&code).await, Err(Error::WrongCode)));
    }

    async fn a_code_is_good_for_ten_minutes_and_the_latest_alone(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        let first = asked.stage.latest_code().await;
        db.clock.advance(SignedDuration::from_secs(1));
        asked.send().await.unwrap();
        let second = asked.stage.latest_code().await;
        assert!(matches!(asked.verify(&first).await, Err(Error::WrongCode)), "another was sent since");

        db.clock.advance(CODE_LIFE);
        assert!(matches!(asked.verify(&second).await, Err(Error::WrongCode)), "it is over");
    }

    async fn a_code_is_for_its_opening_and_no_other(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        let code = asked.stage.latest_code().await;
        let other = asked.stage.open(&asked.token).await.access;

        let tried = asked.stage.app.verify_code(&asked.token, other, &code).await;
        assert!(matches!(tried, Err(Error::WrongCode)));
        asked.verify(&code).await.unwrap();
    }

    async fn codes_are_sent_five_times_an_hour(db: TestDb) {
        let asked = Asked::new(&db).await;
        for _ in 0..CODES_SENT.guest_hour {
            asked.send().await.unwrap();
        }
        let Err(Error::TooOften(wait)) = asked.send().await else { panic!("a sixth was sent") };
        assert_eq!(asked.stage.messages().await.len(), CODES_SENT.guest_hour);

        db.clock.advance(wait);
        asked.send().await.unwrap();
    }

    async fn who_asks_at_once_gets_no_more(db: TestDb) {
        let asked = Asked::new(&db).await;
        let mut asking = JoinSet::new();
        for _ in 0..20 {
            let (app, token, access) = (asked.stage.app.clone(), asked.token.clone(), asked.opened.access);
            asking.spawn(async move { app.send_code(&token, access).await });
        }
        let sent = asking.join_all().await.iter().filter(|outcome| outcome.is_ok()).count();

        assert_eq!(sent, CODES_SENT.guest_hour);
    }

    async fn without_a_contact_the_guest_is_let_in_and_the_answer_to_asking_is_the_same(db: TestDb) {
        let stage = Stage::asking(&db).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        let opened = stage.open(&token).await;
        assert_eq!(opened.decision, Action::Allow);

        stage.app.send_code(&token, opened.access).await.unwrap();
        let told = words(&db.store, "select state || ': ' || detail from outbox").await.unwrap();
        assert_eq!(told, ["skipped: no contact"]);
        assert_eq!(words(&db.store, "select count(*) || '' from step_up_codes").await.unwrap(), ["1"]);
    }

    async fn where_nothing_is_sent_a_step_up_lets_in(db: TestDb) {
        let mut stage = Stage::asking(&db).await;
        stage.app.outlet = Outlet::Nowhere;
        let guest = stage.mailed_guest("Efua").await;
        let token = stage.token(guest).await;

        assert_eq!(stage.open(&token).await.decision, Action::Allow);
        assert!(matches!(stage.app.messages(stage.organiser(), stage.event).await, Err(Error::NotFound)));
    }

    async fn the_organisers_no_stands_against_a_code(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        let code = asked.stage.latest_code().await;
        asked.stage.app.label_access(asked.stage.organiser(), asked.opened.access, Label::NotGuest).await.unwrap();

        assert!(matches!(asked.verify(&code).await, Err(Error::WrongCode)));
        db.clock.advance(SignedDuration::from_secs(1));
        asked.send().await.unwrap();
        assert_eq!(words(&db.store, "select detail from outbox where state = 'skipped'").await.unwrap(), ["not the guest"]);
    }

    async fn a_person_who_was_taken_for_a_machine_can_have_a_code(db: TestDb) {
        let asked = Asked::new(&db).await;
        let mut quick = opening();
        quick.signals.as_mut().unwrap().visible_ms = Some(10);
        quick.signals.as_mut().unwrap().interacted = Some(false);
        let opened = asked.stage.app.score_access(&asked.token, &quick).await.unwrap();
        assert_eq!(opened.band, None);
        let asked = Asked { opened, ..asked };

        asked.send().await.unwrap();
        asked.verify(&asked.stage.latest_code().await).await.unwrap();
        assert_eq!(asked.decision().await, "allow");
    }

    async fn nothing_that_is_stored_holds_the_code(db: TestDb) {
        let asked = Asked::new(&db).await;
        asked.send().await.unwrap();
        let code = asked.stage.latest_code().await;
        let texts = "select o.kind || o.state || coalesce(o.detail, '') || f.figures from outbox o, feed f";

        assert!(words(&db.store, texts).await.unwrap().iter().all(|text| !text.contains(code.expose())));
        asked.stage.app.tidy().await.unwrap();
        assert_eq!(asked.stage.messages().await[0].code.as_ref().map(Code::expose), Some(code.expose()));
        db.clock.advance(SignedDuration::from_hours(25));
        asked.stage.app.tidy().await.unwrap();
        assert!(asked.stage.messages().await[0].code.is_none(), "what it was made of is gone");
    }
}
