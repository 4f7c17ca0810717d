//! What is kept of a guest makes his row again, and judges his openings again: after whatever happened, on both
//! databases.

use std::sync::Arc;

use gg_app::{Error, Model, Opening, Otherwise, Rebuilt};
use gg_domain::access::Network;
use gg_domain::id::{AccessId, DeviceId, GuestId};
use gg_domain::policy::{Action, Actions, Delegate, Policy, Thresholds};
use gg_domain::risk::{Band, GuestRisk, Label};
use gg_store::{Paging, testing};
use gg_testkit::{TestDb, each_database};
use jiff::SignedDuration;

use crate::decisions::stranger;
use crate::rescoring::{Engine, Mood};
use crate::stage::{Stage, coming, declining, opening};

/// Guests who live through something, each on his own.
const STORIES: u64 = 6;
/// What happens to each.
const TURNS: usize = 30;
/// A page of guests.
const ALL: Paging<GuestId> = Paging { after: None, limit: 100 };

/// Xorshift: the same story for the same seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick(&mut self, count: usize) -> usize {
        usize::try_from(self.throw(count.try_into().unwrap())).unwrap()
    }
}

/// A guest to whom anything happens.
struct Story<'a> {
    stage: &'a Stage,
    db: &'a TestDb,
    engine: &'a Engine,
    guest: GuestId,
    devices: [Option<DeviceId>; 3],
    accesses: Vec<AccessId>,
    dice: Dice,
}

impl<'a> Story<'a> {
    async fn begin(stage: &'a Stage, db: &'a TestDb, engine: &'a Engine, seed: u64) -> Self {
        let guest = stage.mailed_guest(&format!("Guest{seed}")).await;
        let dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        Self { stage, db, engine, guest, devices: [None; 3], accesses: Vec::new(), dice }
    }

    async fn open(&mut self) {
        let token = self.stage.token(self.guest).await;
        self.open_by(&token).await;
    }

    async fn open_by(&mut self, token: &str) {
        let who = self.dice.pick(3);
        let seen = if who == 0 { opening() } else { stranger() };
        let ip = ["41.57.16.9", "41.57.20.9", "203.0.113.9", "198.51.100.9"][self.dice.pick(4)];
        let device = self.devices[who].filter(|_| self.dice.throw(4) > 0);
        let mut signals = seen.signals.clone().filter(|_| self.dice.throw(8) > 0);
        if let Some(signals) = signals.as_mut().filter(|_| who == 2) {
            signals.canvas = Some("feed".into());
        }
        let seen = Opening { network: Network::at(ip.parse().unwrap()), device, signals, ..seen };
        let judged = self.stage.app.score_access(token, &seen).await.unwrap();
        self.devices[who] = judged.set_device.or(self.devices[who]);
        self.accesses.push(judged.access);
    }

    fn some_access(&mut self) -> Option<AccessId> {
        let count = self.accesses.len();
        (count > 0).then(|| self.accesses[self.dice.pick(count)])
    }

    async fn turn(&mut self) {
        let (app, ama) = (&self.stage.app, self.stage.organiser());
        self.db.clock.advance(SignedDuration::from_mins(1 + i64::try_from(self.dice.throw(600)).unwrap()));
        match self.dice.throw(18) {
            0..8 => self.open().await,
            8 => {
                let Some(access) = self.some_access() else { return };
                let token = self.stage.token(self.guest).await;
                let answer = if self.dice.throw(2) == 0 { coming(&[]) } else { declining() };
                drop(app.answer_invite(&token, access, &answer).await);
            }
            word @ 9..=11 => {
                let Some(access) = self.some_access() else { return };
                let done = match word {
                    9 => app.label_access(ama, access, Label::Guest).await,
                    10 => app.label_access(ama, access, Label::NotGuest).await,
                    _ => app.trust_device(ama, access).await,
                };
                assert!(!matches!(done, Err(Error::Store(_))), "{done:?}");
            }
            12 => app.forget_devices(ama, self.guest).await.unwrap(),
            13 => app.reset_baseline(ama, self.guest).await.unwrap(),
            14 => drop(app.rotate_invite(ama, self.guest).await.unwrap()),
            15 => {
                let token = self.stage.token(self.guest).await;
                if app.send_fresh_link(&token, None).await.is_ok() {
                    let fresh = self.stage.latest_link().await;
                    self.open_by(&fresh).await;
                }
            }
            16 => {
                let Some(access) = self.some_access() else { return };
                let token = self.stage.token(self.guest).await;
                if app.send_code(&token, access).await.is_ok() {
                    let code = self.stage.latest_code().await;
                    let done = app.verify_code(&token, access, &code).await;
                    assert!(matches!(done, Ok(()) | Err(Error::WrongCode)), "{done:?}");
                }
            }
            _ => {
                self.engine.is(Mood::Away);
                self.open().await;
                self.engine.is(Mood::Well);
                if self.dice.throw(3) > 0 {
                    self.db.clock.advance(SignedDuration::from_secs(2));
                    while app.rescore_accesses().await.unwrap() > 0 {}
                }
            }
        }
    }
}

async fn stories(db: &TestDb) -> (Stage, Vec<GuestId>) {
    let mut stage = Stage::set(db, None).await;
    let engine = Arc::new(Engine::default());
    stage.app.scorer = engine.clone();
    stage.app.outlet = gg_app::Outlet::Viewer;
    let mut guests = Vec::new();
    for seed in 1..=STORIES {
        let mut story = Story::begin(&stage, db, &engine, seed).await;
        for _ in 0..TURNS {
            story.turn().await;
        }
        guests.push(story.guest);
    }
    while stage.app.rescore_accesses().await.unwrap() > 0 {}
    (stage, guests)
}

async fn rebuild(stage: &Stage, check: bool) -> Vec<Rebuilt> {
    let page = stage.app.rebuild_baselines(Some(stage.event), check, ALL).await.unwrap();
    page.rows.into_iter().map(|row| row.rebuilt).collect()
}

async fn risk(stage: &Stage, guest: GuestId) -> GuestRisk {
    stage.app.guest_risk(stage.organiser(), guest).await.unwrap()
}

async fn replayed(stage: &Stage, policy: Option<Policy>, model: Model) -> (usize, usize, Vec<Otherwise>) {
    let page = stage.app.replay_accesses(stage.event, policy, model, ALL).await.unwrap();
    let (accesses, unrecorded) =
        page.rows.iter().fold((0, 0), |sum, row| (sum.0 + row.accesses, sum.1 + row.unrecorded));
    (accesses, unrecorded, page.rows.into_iter().flat_map(|row| row.otherwise).collect())
}

each_database! {
    async fn whatever_happened_the_record_makes_the_identical_row(db: TestDb) {
        let (stage, guests) = stories(&db).await;
        assert_eq!(rebuild(&stage, true).await, vec![Rebuilt::Same; guests.len()]);

        let mut before = Vec::new();
        for guest in &guests {
            before.push(risk(&stage, *guest).await);
        }
        testing::run(&stage.app.store, "update guest_risk set state = '{\"v\":2,\"pi\":0.5,\"n\":7}', band = null")
            .await
            .unwrap();
        assert_eq!(rebuild(&stage, true).await, vec![Rebuilt::Differs; guests.len()], "looking writes nothing");
        assert_eq!(rebuild(&stage, false).await, vec![Rebuilt::Differs; guests.len()]);

        for (guest, before) in guests.iter().zip(&before) {
            assert_eq!(&risk(&stage, *guest).await, before);
        }
        assert_eq!(rebuild(&stage, true).await, vec![Rebuilt::Same; guests.len()]);
        assert_eq!(stage.app.rebuild_baselines(None, true, ALL).await.unwrap().rows.len(), guests.len());
    }

    async fn what_is_no_row_and_what_is_gone_is_made_again(db: TestDb) {
        let (stage, guests) = stories(&db).await;
        let before = risk(&stage, guests[0]).await;
        testing::run(&stage.app.store, "update guest_risk set state = 'none'").await.unwrap();
        assert_eq!(rebuild(&stage, false).await, vec![Rebuilt::Differs; guests.len()]);
        assert_eq!(risk(&stage, guests[0]).await, before);

        testing::run(&stage.app.store, "delete from guest_risk").await.unwrap();
        assert_eq!(rebuild(&stage, false).await, vec![Rebuilt::Differs; guests.len()]);
        assert_eq!(risk(&stage, guests[0]).await, before);
        stage.app.reset_baseline(stage.organiser(), guests[0]).await.unwrap();
        assert_eq!(rebuild(&stage, true).await, vec![Rebuilt::Same; guests.len()]);
    }

    async fn a_row_of_which_not_every_change_is_known_is_left_as_it_is(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        for _ in 0..3 {
            stage.app.score_access(&token, &opening()).await.unwrap();
        }
        let before = risk(&stage, guest).await;
        testing::run(&stage.app.store, "update accesses set revision = null where revision = 2").await.unwrap();
        assert_eq!(rebuild(&stage, false).await, [Rebuilt::Unknown(2)]);
        testing::run(&stage.app.store, "update accesses set revision = null").await.unwrap();
        assert_eq!(rebuild(&stage, false).await, [Rebuilt::Unknown(3)]);
        assert_eq!(risk(&stage, guest).await, before);
    }

    async fn a_row_that_was_imported_is_where_its_record_begins(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        for _ in 0..3 {
            stage.app.score_access(&token, &opening()).await.unwrap();
        }
        // As the migration does it with what came before.
        for statement in [
            "update accesses set revision = null",
            "insert into baseline_changes (guest_id, event_id, revision, cause, payload, at)
                select guest_id, event_id, revision, 'imported', state, coalesce(seen_at, 0) from guest_risk",
        ] {
            testing::run(&stage.app.store, statement).await.unwrap();
        }
        stage.app.score_access(&token, &stranger()).await.unwrap();
        let before = risk(&stage, guest).await;

        assert_eq!(rebuild(&stage, true).await, [Rebuilt::Same]);
        assert_eq!(risk(&stage, guest).await, before);
        let (accesses, unrecorded, otherwise) = replayed(&stage, None, Model::IN_FORCE).await;
        assert_eq!((accesses, unrecorded, otherwise), (1, 3, vec![]));
    }

    async fn judged_again_by_the_same_rules_everybody_is_treated_alike(db: TestDb) {
        let (stage, _) = stories(&db).await;

        let (accesses, unrecorded, otherwise) = replayed(&stage, None, Model::IN_FORCE).await;

        assert!(accesses > 60, "{accesses}");
        assert_eq!(otherwise, []);
        assert!(unrecorded * 10 < accesses, "{unrecorded} of {accesses}");
        let tried = stage.app.try_policy(stage.organiser(), stage.event, Policy::default()).await.unwrap();
        assert_eq!(tried.otherwise, []);
    }

    async fn a_try_of_the_rules_in_force_asks_nobody_whom_they_did_not(db: TestDb) {
        let stage = Stage::asking(&db).await;
        let (efua, kojo) = (stage.mailed_guest("Efua").await, stage.guest("Kojo", 0).await);
        let token = stage.token(efua).await;
        let first = stage.open(&token).await;
        stage.app.send_code(&token, first.access).await.unwrap();
        stage.app.verify_code(&token, first.access, &stage.latest_code().await).await.unwrap();
        let own = Opening { device: first.set_device, ..opening() };
        let confirmed = stage.app.score_access(&token, &own).await.unwrap();
        let asked = stage.open(&token).await;
        let without_contact = stage.open(&stage.token(kojo).await).await;
        let done = [confirmed.decision, asked.decision, without_contact.decision];
        assert_eq!(done, [Action::Allow, Action::StepUp, Action::Allow]);

        let policy = |action| {
            let actions = Actions { low: action, medium: action, high: action, block: action };
            Policy { actions, ..Policy::default() }
        };
        let tried = async |action| {
            stage.app.try_policy(stage.organiser(), stage.event, policy(action)).await.unwrap().otherwise
        };
        assert_eq!(tried(Action::StepUp).await, []);
        assert_eq!(replayed(&stage, None, Model::IN_FORCE).await, (4, 0, vec![]));
        let let_in: Vec<AccessId> = tried(Action::Allow).await.iter().map(|one| one.access).collect();
        assert_eq!(let_in, [asked.access]);
    }

    async fn a_try_goes_through_so_many_changes_in_all_and_counts_the_openings_it_left_out(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let small = stage.guest("Esi", 0).await;
        stage.open(&stage.token(small).await).await;
        db.clock.advance(SignedDuration::from_mins(1));
        let tried = async || {
            let tried = stage.app.try_policy(stage.organiser(), stage.event, Policy::default()).await.unwrap();
            (tried.accesses, tried.unrecorded)
        };
        assert_eq!(tried().await, (1, 0));

        // Guests who opened later, each with as long a record as is gone through for one: four are the whole of it.
        for name in ["Kojo", "Efua", "Yaw"] {
            let guest = stage.guest(name, 0).await;
            stage.open(&stage.token(guest).await).await;
        }
        let long = "update accesses set revision = 5000 where at > (select min(at) from accesses)";
        testing::run(&stage.app.store, long).await.unwrap();
        assert_eq!(tried().await, (1, 3), "three leave room for another");

        let guest = stage.guest("Abena", 0).await;
        stage.open(&stage.token(guest).await).await;
        testing::run(&stage.app.store, long).await.unwrap();
        assert_eq!(tried().await, (0, 5), "four leave none");
    }

    async fn another_model_is_told_apart_by_what_its_reasons_say(db: TestDb) {
        let (stage, _) = stories(&db).await;
        let strict = Thresholds { medium: 0.02, high: 0.04, block: 0.9 };
        let policy = Policy { thresholds: strict, ..Policy::default() };

        let (_, _, by_policy) = replayed(&stage, Some(policy.clone()), Model::IN_FORCE).await;
        let (_, _, by_model) = replayed(&stage, Some(policy), Model::ARGUED).await;

        assert!(!by_policy.is_empty() && by_policy != by_model);
        assert!(by_model.iter().any(|one| !one.shifts.is_empty()));
    }

    async fn a_trusted_network_a_delegate_and_the_switch_count_in_a_try(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let base = Policy::default();
        let (kojo, esi) = (stage.guest("Kojo", 0).await, stage.guest("Esi", 0).await);
        for guest in [kojo, esi] {
            let token = stage.token(guest).await;
            let own = stage.app.score_access(&token, &opening()).await.unwrap();
            stage.app.answer_invite(&token, own.access, &coming(&[])).await.unwrap();
        }
        db.clock.advance(SignedDuration::from_hours(3));
        let token = stage.token(kojo).await;
        let assistant = stage.app.score_access(&token, &stranger()).await.unwrap().set_device;
        let token = stage.token(esi).await;
        let seen = Opening { device: assistant, ..stranger() };
        let flagged = stage.app.score_access(&token, &seen).await.unwrap();
        assert!(flagged.band >= Some(Band::Medium), "{flagged:?}");

        let tried = async |policy: Policy| {
            let tried = stage.app.try_policy(stage.organiser(), stage.event, policy).await.unwrap();
            assert_eq!((tried.accesses, tried.unrecorded), (4, 0));
            tried.otherwise
        };
        assert_eq!(tried(base.clone()).await, []);
        let venue = Policy { trusted_networks: vec!["203.0.113.0/24".parse().unwrap()], ..base.clone() };
        let assistants = vec![Delegate { name: "Mia".into(), guests: vec![kojo, esi] }];
        let delegates = Policy { delegates: assistants, ..base.clone() };
        let without = Policy { fingerprint: false, ..base.clone() };
        for policy in [delegates, venue, without] {
            let otherwise = tried(policy.clone()).await;
            assert!(!otherwise.is_empty(), "{policy:?}");
            assert!(otherwise.iter().all(|one| !one.shifts.is_empty() && one.why.contains("it was")), "{otherwise:?}");
        }
        let actions = Actions { low: Action::Hold, ..Actions::default() };
        let held = tried(Policy { actions, ..base }).await;
        assert!(held.iter().all(|one| one.shifts.is_empty() && one.to.action == Action::Hold));
    }

    async fn an_erased_guest_takes_his_record_along(db: TestDb) {
        let (stage, guests) = stories(&db).await;
        for guest in guests {
            stage.app.erase_guest(stage.organiser(), guest, None).await.unwrap();
        }
        for count in [
            "select cast(count(*) as text) from baseline_changes",
            "select cast(count(*) as text) from decisions",
            "select cast(count(*) as text) from accesses",
            "select cast(count(*) as text) from guest_risk",
        ] {
            assert_eq!(testing::words(&stage.app.store, count).await.unwrap(), ["0"], "{count}");
        }
    }
}
