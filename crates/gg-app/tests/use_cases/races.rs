//! Those who do the same at once: no seat is given twice, and no counter drifts.

use gg_app::Error;
use gg_domain::id::GuestId;
use gg_testkit::each_database;
use tokio::task::JoinSet;

use crate::stage::{Stage, coming, declining, opening};

/// Callers who race.
const CLAIMS: usize = 100;
/// Seats that are left.
const LEFT: i64 = 10;
/// Who edit at once.
const EDITORS: usize = 40;
/// Edits of each.
const EDITS: usize = 5;

each_database! {
    async fn a_hundred_who_claim_the_last_ten_seats_get_ten(db: TestDb) {
        let stage = Stage::set(&db, Some(LEFT)).await;
        let guests = stage.guests(CLAIMS, 0).await;

        let mut claims = JoinSet::new();
        for guest in guests.clone() {
            let (app, organiser) = (stage.app.clone(), stage.organiser());
            claims.spawn(async move { app.record_answer(organiser, guest, &coming(&[])).await });
        }
        let outcomes = claims.join_all().await;

        let seated = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let full = outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::Full))).count();
        assert_eq!((seated, full), (10, CLAIMS - 10), "{outcomes:?}");
        assert_eq!(stage.seats().await, (LEFT, LEFT));
        assert_eq!(stage.heads(&guests).await, LEFT);
    }

    async fn a_hundred_links_that_claim_the_last_ten_seats_get_ten(db: TestDb) {
        let stage = Stage::set(&db, Some(LEFT)).await;
        let guests = stage.guests(CLAIMS, 0).await;
        let mut tokens = Vec::new();
        for guest in &guests {
            tokens.push(stage.token(*guest).await);
        }

        let mut claims = JoinSet::new();
        for token in tokens {
            let app = stage.app.clone();
            claims.spawn(async move { app.answer_form(&token, &opening(), &coming(&[])).await.and_then(|form| form.answer.map(|_| ())) });
        }
        let outcomes = claims.join_all().await;

        let seated = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let full = outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::Full))).count();
        assert_eq!((seated, full), (10, CLAIMS - 10), "{outcomes:?}");
        assert_eq!(stage.seats().await, (LEFT, LEFT));
        assert_eq!(stage.heads(&guests).await, LEFT);
    }

    async fn edits_of_one_answer_never_let_the_counter_drift(db: TestDb) {
        let stage = Stage::set(&db, Some(30)).await;
        let guest = stage.guest("Kojo", 8).await;

        let mut edits = JoinSet::new();
        for seed in 0..EDITORS {
            let (app, organiser) = (stage.app.clone(), stage.organiser());
            edits.spawn(async move {
                for edit in 0..EDITS {
                    // Any mixture will do, as long as each run has the same.
                    let answer = match (seed * 31 + edit * 17) % 10 {
                        9 => declining(),
                        companions => coming(&vec!["Efua"; companions]),
                    };
                    app.record_answer(organiser, guest, &answer).await.unwrap();
                }
            });
        }
        edits.join_all().await;

        let heads = stage.heads(&[guest]).await;
        assert_eq!(stage.seats().await, (heads, heads));
    }

    async fn edits_of_many_answers_in_a_full_hall_never_let_the_counter_drift(db: TestDb) {
        let stage = Stage::set(&db, Some(25)).await;
        let guests = stage.guests(12, 4).await;

        let mut edits = JoinSet::new();
        for seed in 0..EDITORS {
            let (app, organiser, guests) = (stage.app.clone(), stage.organiser(), guests.clone());
            edits.spawn(async move {
                for edit in 0..EDITS {
                    let guest = guests[(seed * 7 + edit * 5) % guests.len()];
                    let answer = match (seed * 31 + edit * 17) % 6 {
                        5 => declining(),
                        companions => coming(&vec!["Efua"; companions]),
                    };
                    match app.record_answer(organiser, guest, &answer).await {
                        Ok(_) | Err(Error::Full) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            });
        }
        edits.join_all().await;

        let heads = stage.heads(&guests).await;
        assert_eq!(stage.seats().await, (heads, heads));
        assert!(heads <= 25);
    }

    async fn a_guest_who_is_erased_while_he_answers_leaves_no_seat_behind(db: TestDb) {
        let stage = Stage::set(&db, Some(100)).await;
        let guests = stage.guests(20, 2).await;

        let mut both = JoinSet::new();
        for (i, guest) in guests.iter().copied().enumerate() {
            let (app, organiser) = (stage.app.clone(), stage.organiser());
            both.spawn(async move {
                match app.record_answer(organiser, guest, &coming(&["Efua", "Yaw"])).await {
                    Ok(_) | Err(Error::NotFound) => {}
                    Err(error) => panic!("{error:?}"),
                }
            });
            if i % 2 == 0 {
                let (app, organiser) = (stage.app.clone(), stage.organiser());
                both.spawn(async move { app.erase_guest(organiser, guest, 1).await.unwrap() });
            }
        }
        both.join_all().await;

        let (kept, erased): (Vec<_>, Vec<_>) = guests.iter().enumerate().partition(|(i, _)| i % 2 == 1);
        let kept: Vec<GuestId> = kept.into_iter().map(|(_, guest)| *guest).collect();
        assert_eq!(stage.heads(&kept).await, 30);
        assert_eq!(stage.seats().await, (30, 30));
        for (_, guest) in erased {
            assert!(matches!(stage.app.guest(stage.organiser(), *guest).await, Err(Error::NotFound)));
        }
    }

    async fn openings_of_one_link_at_once_are_all_kept_and_told(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guest = stage.guest("Kojo", 0).await;
        let token = stage.token(guest).await;
        let told_before = stage.feed().await.len();

        let mut openings = JoinSet::new();
        for _ in 0..8 {
            let (app, token) = (stage.app.clone(), token.clone());
            openings.spawn(async move { app.score_access(&token, &opening()).await.unwrap().access });
        }
        let accesses = openings.join_all().await;

        let risk = stage.app.guest_risk(stage.organiser(), guest).await.unwrap();
        let timeline = stage.app.timeline(stage.organiser(), guest).await.unwrap();
        assert_eq!(timeline.iter().filter(|line| line.status == "opened").count(), accesses.len());
        assert_eq!(usize::try_from(risk.accesses).unwrap(), accesses.len());
        // Each opening, and once that the guest has opened.
        assert_eq!(stage.feed().await.len(), told_before + accesses.len() + 1);
    }
}
