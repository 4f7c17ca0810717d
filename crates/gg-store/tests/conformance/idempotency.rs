//! Writes that are asked for twice.

use gg_domain::id::AccountId;
use gg_store::{Answered, Claim, IDEMPOTENCY_LIFE, IDEMPOTENCY_RUNS_MAX, WriteTx};
use gg_testkit::{TestDb, each_database};
use jiff::Timestamp;

use crate::stage;

each_database! {
    async fn a_key_gets_the_answer_that_was_given(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let at = db.sources.now();
        assert_eq!(claim(&db, ama, 1).await, Claim::New);
        assert_eq!(claim(&db, ama, 1).await, Claim::Running);
        complete(&db, ama, at).await;

        assert_eq!(claim(&db, ama, 1).await, Claim::Done(answer()));
        assert_eq!(claim(&db, ama, 2).await, Claim::Mismatch);
    }

    async fn a_key_is_its_accounts_own(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let kofi = stage::organiser(&db, "kofi@example.org").await;

        assert_eq!(claim(&db, ama, 1).await, Claim::New);
        assert_eq!(claim(&db, kofi, 2).await, Claim::New);
    }

    async fn of_two_with_one_key_one_does_it(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;

        let (one, other) = tokio::join!(claim(&db, ama, 1), claim(&db, ama, 1));

        assert!((one == Claim::New) ^ (other == Claim::New), "{one:?} {other:?}");
    }

    async fn a_released_key_is_new_again(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let at = db.sources.now();
        claim(&db, ama, 1).await;
        db.write(async move |tx: &mut WriteTx| tx.release_idempotency_key(ama, "key", at).await).await.unwrap();

        assert_eq!(claim(&db, ama, 1).await, Claim::New);
    }

    async fn a_write_that_was_lost_can_be_tried_again_and_no_longer_answers(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let lost = db.sources.now();
        claim(&db, ama, 1).await;
        db.clock.advance(IDEMPOTENCY_RUNS_MAX);

        assert_eq!(claim(&db, ama, 1).await, Claim::New);
        complete(&db, ama, lost).await;
        assert_eq!(claim(&db, ama, 1).await, Claim::Running);
    }

    async fn an_old_answer_is_forgotten(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let at = db.sources.now();
        claim(&db, ama, 1).await;
        complete(&db, ama, at).await;
        db.clock.advance(IDEMPOTENCY_LIFE);
        let now = db.sources.now();

        assert_eq!(db.write(async move |tx: &mut WriteTx| tx.prune_idempotency_keys(now).await).await, Ok(1));
        assert_eq!(claim(&db, ama, 2).await, Claim::New);
    }
}

fn answer() -> Answered {
    Answered { status: 201, location: Some("/api/v1/events/1".into()), body: Some("sealed".into()) }
}

async fn claim(db: &TestDb, account: AccountId, request: u8) -> Claim {
    let now = db.sources.now();
    db.write(async move |tx: &mut WriteTx| {
        tx.claim_idempotency_key(account, "key", &[request; 32], now).await
    })
    .await
    .unwrap()
}

async fn complete(db: &TestDb, account: AccountId, claimed_at: Timestamp) {
    db.write(async move |tx: &mut WriteTx| {
        tx.complete_idempotency_key(account, "key", claimed_at, &answer()).await
    })
    .await
    .unwrap();
}
