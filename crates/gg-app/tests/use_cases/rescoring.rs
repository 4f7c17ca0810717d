//! Openings that were let in unjudged: judged later, once, in order, and never to anybody's gain.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use gg_app::{App, Opening, Turns};
use gg_domain::id::{AccessId, GuestId};
use gg_domain::risk::{Band, GuestRisk, Label, ReasonCode, Score};
use gg_domain::snapshot::Snapshot;
use gg_risk::{Known, ScoreFuture, Scorer, ScorerError};
use gg_store::{AccessRow, Store, testing};
use gg_testkit::{TestDb, each_database};
use jiff::SignedDuration;

use crate::stage::{Stage, coming, opening};

/// How the engine behaves at the moment.
#[derive(Clone, Copy)]
pub(crate) enum Mood {
    /// Answers at once.
    Well = 0,
    /// Never answers.
    Hangs = 1,
    /// Says that it is not there.
    Away = 2,
    /// Answers what is no chance.
    Raves = 3,
    /// Is away for its next call, and well from then on.
    Stumbles = 4,
}

#[derive(Default)]
pub(crate) struct Engine {
    mood: AtomicU8,
    asked: AtomicUsize,
}

impl Engine {
    pub(crate) fn is(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }
}

impl Scorer for Engine {
    fn score<'a>(&'a self, seen: &'a Snapshot, known: Known<'a>) -> ScoreFuture<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let stumbled = self.mood.compare_exchange(
            Mood::Stumbles as u8,
            Mood::Well as u8,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
        let mood = self.mood.load(Ordering::SeqCst);
        Box::pin(async move {
            let score = gg_risk::score(seen, &known);
            match mood {
                _ if stumbled.is_ok() || mood == Mood::Away as u8 => Err(ScorerError::Unavailable),
                _ if mood == Mood::Hangs as u8 => std::future::pending().await,
                _ if mood == Mood::Raves as u8 => Ok(Score { p: f64::NAN, ..score }),
                _ => Ok(score),
            }
        })
    }
}

each_database! {
    async fn what_an_engine_did_not_judge_in_time_is_judged_when_it_answers(db: TestDb) {
        let (mut stage, engine) = stage(&db, Mood::Hangs).await;
        let (prompt, late) = (stage.guest("Esi", 0).await, stage.guest("Kojo", 0).await);
        let access = open(&stage, late).await;
        let waiting = row(&stage, access).await;
        assert_eq!((waiting.band.as_deref(), waiting.is_unscored()), (Some("low"), true));
        assert_eq!(codes(&waiting), [ReasonCode::Degraded]);
        assert_eq!(risk(&stage, late).await.accesses, 0);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 0, "it still hangs");
        assert!(row(&stage, access).await.is_unscored());

        engine.is(Mood::Well);
        db.clock.advance(SignedDuration::from_secs(3));
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);

        stage.app.scorer = Arc::new(gg_risk::InProcess);
        db.clock.advance(SignedDuration::from_secs(-3));
        let at_once = row(&stage, open(&stage, prompt).await).await;
        let judged = row(&stage, access).await;
        assert_eq!((&judged.band, judged.raw, &judged.reasons), (&at_once.band, at_once.raw, &at_once.reasons));
        assert!(judged.degraded && !judged.is_unscored(), "that it was let in unjudged stays to be seen");
        let (late, prompt) = (risk(&stage, late).await, risk(&stage, prompt).await);
        assert_eq!((late.accesses, late.leak, late.standing, late.devices.len()), (1, prompt.leak, prompt.standing, 1));
        assert_eq!(late.devices[0].weight, prompt.devices[0].weight);
    }

    async fn it_is_told_again_under_its_id_and_counted_once(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guest = stage.guest("Kojo", 0).await;
        let access = open(&stage, guest).await;
        engine.is(Mood::Well);
        stage.app.rescore_accesses().await.unwrap();

        while stage.app.number_feed().await.unwrap() > 0 {}
        let told = stage.app.activity(stage.organiser(), stage.event, 0, 10).await.unwrap();
        let kinds: Vec<_> = told.iter().map(|message| message.kind).collect();
        assert_eq!(kinds, ["guest.created", "guest.opened", "access.checked", "access.checked"]);
        for message in &told[2..] {
            let said = serde_json::to_value(&message.payload).unwrap();
            assert_eq!((&said["access_id"], &said["degraded"]), (&serde_json::json!(access), &true.into()), "{said}");
        }
        let reasons = serde_json::to_value(&told[3].payload).unwrap()["reasons"].clone();
        assert!(!reasons.to_string().contains("DEGRADED"), "{reasons}");
        let (_, counts) = stage.app.summary(stage.organiser(), stage.event).await.unwrap();
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<i64>(), 1);
    }

    async fn whoever_tries_and_however_often_it_has_one_effect(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guests = stage.guests(6, 0).await;
        for guest in &guests {
            open(&stage, *guest).await;
            open(&stage, *guest).await;
        }
        engine.is(Mood::Well);
        let other = || App { store: Store::open(&db.url).unwrap(), turns: Turns::default(), ..stage.app.clone() };
        let (one, two, three) = (other(), other(), other());

        let rounds = tokio::join!(one.rescore_accesses(), two.rescore_accesses(), three.rescore_accesses());

        let judged: usize = [rounds.0, rounds.1, rounds.2].into_iter().map(|round| round.unwrap()).sum();
        // A race that was lost is left for the next round.
        let rest = drained(&stage.app).await;
        assert_eq!(judged + rest, 12);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 0);
        for guest in guests {
            assert_eq!(risk(&stage, guest).await.accesses, 2);
        }
        assert_eq!(words(&db, "select count(*) || '' from feed where kind = 'access.checked'").await, ["24"]);
    }

    async fn who_is_killed_in_the_middle_leaves_it_to_the_next(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guest = stage.guest("Kojo", 0).await;
        let access = open(&stage, guest).await;
        let before = engine.asked.load(Ordering::SeqCst);

        engine.is(Mood::Hangs);
        tokio::select! {
            biased;
            _ = stage.app.rescore_accesses() => panic!("a hanging engine judges nothing"),
            () = until_asked(&engine, before) => {}
        }
        assert!(row(&stage, access).await.is_unscored());

        engine.is(Mood::Well);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);
        assert_eq!(risk(&stage, guest).await.accesses, 1);
    }

    async fn a_guests_openings_are_judged_in_their_order_and_others_do_not_wait(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let (kojo, esi) = (stage.guest("Kojo", 0).await, stage.guest("Esi", 0).await);
        let (first, second) = (open(&stage, kojo).await, open(&stage, kojo).await);
        let others = open(&stage, esi).await;

        engine.is(Mood::Stumbles);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);
        let mut wait = Vec::new();
        for access in [first, second, others] {
            wait.push(row(&stage, access).await.is_unscored());
        }
        assert_eq!(wait, [true, true, false], "the second is not judged before the first");

        for access in [first, second] {
            assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);
            assert!(!row(&stage, access).await.is_unscored());
        }
        assert_eq!(risk(&stage, kojo).await.accesses, 2);
    }

    async fn an_answer_meanwhile_counts_when_the_opening_is_judged(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        let access = stage.app.score_access(&token, &opening()).await.unwrap().access;
        stage.app.answer_invite(&token, access, &coming(&[])).await.unwrap();
        engine.is(Mood::Well);
        stage.app.rescore_accesses().await.unwrap();

        let devices = risk(&stage, guest).await.devices;
        assert!(devices.len() == 1 && devices[0].proven_at.is_some(), "{devices:?}");
    }

    async fn an_answer_afterwards_counts_at_once(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        let access = stage.app.score_access(&token, &opening()).await.unwrap().access;
        engine.is(Mood::Well);
        stage.app.rescore_accesses().await.unwrap();
        assert_eq!(risk(&stage, guest).await.devices[0].proven_at, None);

        stage.app.answer_invite(&token, access, &coming(&[])).await.unwrap();

        assert!(risk(&stage, guest).await.devices[0].proven_at.is_some());
    }

    async fn the_organisers_word_stands(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guest = stage.guest("Kojo", 0).await;
        let access = open(&stage, guest).await;
        stage.app.label_access(stage.organiser(), access, Label::NotGuest).await.unwrap();
        engine.is(Mood::Well);

        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 0);
        assert_eq!(row(&stage, access).await.band.as_deref(), Some("high"));
    }

    async fn nobody_gains_by_making_the_engine_slow(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Well).await;
        let guest = stage.guest("Kojo", 0).await;
        let own = open(&stage, guest).await;
        stage.app.label_access(stage.organiser(), own, Label::NotGuest).await.unwrap();
        let robot = |mut opening: Opening| {
            opening.network = gg_domain::access::Network::at("185.220.101.4".parse().unwrap());
            opening.signals.as_mut().unwrap().webdriver = Some(true);
            opening.signals.as_mut().unwrap().canvas = Some("d00d".into());
            opening
        };
        let token = stage.token(guest).await;
        let stranger = stage.app.score_access(&token, &robot(opening())).await.unwrap();
        assert!(stranger.band >= Some(Band::High), "{stranger:?}");

        engine.is(Mood::Away);
        let degraded = stage.app.score_access(&token, &robot(opening())).await.unwrap();
        assert_eq!((degraded.band >= Some(Band::High), degraded.degraded), (true, true));
        let standing = risk(&stage, guest).await.standing;
        engine.is(Mood::Well);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);

        let judged = row(&stage, degraded.access).await;
        assert!(["high", "block"].contains(&judged.band.as_deref().unwrap()), "{judged:?}");
        assert!(risk(&stage, guest).await.standing >= standing);
    }

    async fn an_opening_of_an_older_link_says_nothing_of_the_newer_one(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guest = stage.guest("Kojo", 0).await;
        let access = open(&stage, guest).await;
        stage.app.rotate_invite(stage.organiser(), guest).await.unwrap();
        let before = risk(&stage, guest).await;
        engine.is(Mood::Well);

        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);

        assert!(!row(&stage, access).await.is_unscored());
        assert_eq!(risk(&stage, guest).await, before);
    }

    async fn a_guest_who_is_erased_meanwhile_is_in_nobodys_way(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let (kojo, esi) = (stage.guest("Kojo", 0).await, stage.guest("Esi", 0).await);
        open(&stage, kojo).await;
        open(&stage, esi).await;
        stage.app.erase_guest(stage.organiser(), kojo, None).await.unwrap();
        engine.is(Mood::Well);

        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);
    }

    async fn what_is_no_chance_is_no_score(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Raves).await;
        let guest = stage.guest("Kojo", 0).await;
        let access = open(&stage, guest).await;
        assert!(row(&stage, access).await.is_unscored());
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 0);

        engine.is(Mood::Well);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);
    }

    async fn a_round_takes_the_oldest_of_each_guest(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guests = stage.guests(2, 0).await;
        for guest in [guests[0], guests[0], guests[0], guests[1]] {
            open(&stage, guest).await;
        }
        engine.is(Mood::Well);

        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 2);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 1);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 0);
    }

    async fn a_long_queue_is_worked_off_in_rounds(db: TestDb) {
        let (stage, engine) = stage(&db, Mood::Away).await;
        let guests = stage.guests(70, 0).await;
        for guest in &guests {
            open(&stage, *guest).await;
        }
        engine.is(Mood::Well);

        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 64);
        assert_eq!(stage.app.rescore_accesses().await.unwrap(), 6);
    }
}

async fn stage(db: &TestDb, mood: Mood) -> (Stage, Arc<Engine>) {
    let mut stage = Stage::set(db, None).await;
    let engine = Arc::new(Engine::default());
    engine.is(mood);
    stage.app.scorer = engine.clone();
    (stage, engine)
}

async fn open(stage: &Stage, guest: GuestId) -> AccessId {
    let token = stage.token(guest).await;
    stage.app.score_access(&token, &opening()).await.unwrap().access
}

async fn row(stage: &Stage, access: AccessId) -> AccessRow {
    stage.app.access(stage.organiser(), access).await.unwrap().0
}

async fn risk(stage: &Stage, guest: GuestId) -> GuestRisk {
    stage.app.guest_risk(stage.organiser(), guest).await.unwrap()
}

fn codes(access: &AccessRow) -> Vec<ReasonCode> {
    access.reasons.0.iter().map(|reason| reason.code).collect()
}

async fn words(db: &TestDb, sql: &'static str) -> Vec<String> {
    testing::words(&db.store, sql).await.unwrap()
}

/// Rounds until one has nothing to do; how many openings they judged.
async fn drained(app: &App) -> usize {
    let mut judged = 0;
    loop {
        let round = app.rescore_accesses().await.unwrap();
        if round == 0 {
            return judged;
        }
        judged += round;
    }
}

/// Waits until the engine was asked once more.
async fn until_asked(engine: &Engine, before: usize) {
    while engine.asked.load(Ordering::SeqCst) == before {
        tokio::task::yield_now().await;
    }
}
