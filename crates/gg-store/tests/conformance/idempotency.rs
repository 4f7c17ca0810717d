//! Writes that are asked for twice.

use gg_store::{Answered, Claim, IDEMPOTENCY_LIFE, IDEMPOTENCY_RUNS_MAX, KeyOwner, WriteTx, testing};
use gg_testkit::{TestDb, each_database};
use jiff::Timestamp;

use crate::stage;
use crate::wedding::Wedding;

each_database! {
    async fn a_key_gets_the_answer_that_was_given(db: TestDb) {
        for owner in owners(&db).await {
            let at = db.sources.now();
            assert_eq!(claim(&db, owner, 1).await, Claim::New, "{owner:?}");
            assert_eq!(claim(&db, owner, 1).await, Claim::Running);
            complete(&db, owner, at).await;

            assert_eq!(claim(&db, owner, 1).await, Claim::Done(answer()));
            assert_eq!(claim(&db, owner, 2).await, Claim::Mismatch);
        }
    }

    async fn a_key_is_its_owners_own(db: TestDb) {
        let kofi = KeyOwner::Account(stage::organiser(&db, "kofi@example.org").await);
        for owner in owners(&db).await.into_iter().chain([kofi]) {
            assert_eq!(claim(&db, owner, 1).await, Claim::New, "{owner:?}");
        }
    }

    async fn of_two_with_one_key_one_does_it(db: TestDb) {
        for owner in owners(&db).await {
            let (one, other) = tokio::join!(claim(&db, owner, 1), claim(&db, owner, 1));

            assert!((one == Claim::New) ^ (other == Claim::New), "{one:?} {other:?}");
        }
    }

    async fn a_released_key_is_new_again(db: TestDb) {
        for owner in owners(&db).await {
            let at = db.sources.now();
            claim(&db, owner, 1).await;
            db.write(async move |tx: &mut WriteTx| tx.release_idempotency_key(owner, "key", at).await)
                .await
                .unwrap();

            assert_eq!(claim(&db, owner, 1).await, Claim::New);
        }
    }

    async fn a_write_that_was_lost_can_be_tried_again_and_no_longer_answers(db: TestDb) {
        for owner in owners(&db).await {
            let lost = db.sources.now();
            claim(&db, owner, 1).await;
            db.clock.advance(IDEMPOTENCY_RUNS_MAX);

            assert_eq!(claim(&db, owner, 1).await, Claim::New);
            complete(&db, owner, lost).await;
            assert_eq!(claim(&db, owner, 1).await, Claim::Running);
        }
    }

    async fn an_old_answer_is_forgotten(db: TestDb) {
        let owners = owners(&db).await;
        for owner in owners {
            let at = db.sources.now();
            claim(&db, owner, 1).await;
            complete(&db, owner, at).await;
        }
        db.clock.advance(IDEMPOTENCY_LIFE);
        let now = db.sources.now();

        assert_eq!(db.write(async move |tx: &mut WriteTx| tx.prune_idempotency_keys(now, 100).await).await, Ok(2));
        for owner in owners {
            assert_eq!(claim(&db, owner, 2).await, Claim::New);
        }
    }

    async fn a_guests_keys_go_with_him(db: TestDb) {
        let [_, guest] = owners(&db).await;
        claim(&db, guest, 1).await;
        assert_eq!(stage::rows(&db, "guest_idempotency_keys").await, 1);

        testing::run(&db, "delete from guests".to_string()).await.unwrap();

        assert_eq!(stage::rows(&db, "guest_idempotency_keys").await, 0);
    }
}

/// An organiser, and a guest of hers.
async fn owners(db: &TestDb) -> [KeyOwner; 2] {
    let wedding = Wedding::plan(db).await;
    let guest = wedding.guest(db, "Kojo").await;
    [KeyOwner::Account(wedding.owner), KeyOwner::Guest(guest)]
}

fn answer() -> Answered {
    Answered { status: 201, location: Some("/api/v1/events/1".into()), body: Some("sealed".into()) }
}

async fn claim(db: &TestDb, owner: KeyOwner, request: u8) -> Claim {
    let now = db.sources.now();
    db.write(async move |tx: &mut WriteTx| tx.claim_idempotency_key(owner, "key", &[request; 32], now).await)
        .await
        .unwrap()
}

async fn complete(db: &TestDb, owner: KeyOwner, claimed_at: Timestamp) {
    db.write(async move |tx: &mut WriteTx| {
        tx.complete_idempotency_key(owner, "key", claimed_at, &answer()).await
    })
    .await
    .unwrap();
}
