//! The feed: numbers from 1 without a gap, whoever commits when, and no name of who was erased.

use gg_domain::feed::FeedKind;
use gg_domain::id::DeploymentId;
use gg_store::{Conn, FeedRow, NewFeed, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database};
use tokio::task::JoinSet;

use crate::wedding::Wedding;

/// Who tell the feed at once.
const TELLERS: i64 = 40;
/// What each tells.
const FACTS: i64 = 10;

each_database! {
    async fn numbers_count_from_one_in_the_order_of_the_facts(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let told: Vec<NewFeed> = (0..600).map(|_| wedding.fact(&db, guest)).collect();
        for facts in told.chunks(100) {
            let facts = facts.to_vec();
            db.write(async move |tx: &mut WriteTx| tell(tx, &facts).await).await.unwrap();
        }

        let rows = feed(&db, &wedding, 0).await;

        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), (1..=600).collect::<Vec<_>>());
        assert!(rows.iter().all(|row| row.guest_name.as_ref().is_some_and(|name| name.as_str() == "Kojo")));
    }

    async fn numbers_have_no_gap_while_many_commit(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;

        let mut tellers = JoinSet::new();
        for teller in 0..TELLERS {
            let facts: Vec<NewFeed> = (0..FACTS).map(|_| wedding.fact(&db, guest)).collect();
            let store = db.store.clone();
            tellers.spawn(async move {
                for fact in facts {
                    store.write(async move |tx: &mut WriteTx| {
                        tx.append_feed(&fact).await?;
                        // Every seventh thinks better of it.
                        if teller % 7 == 6 { Err(StoreError::Busy) } else { Ok(()) }
                    }).await.ok();
                }
            });
        }
        // Relays that race, as of two processes.
        let mut relays = JoinSet::new();
        for _ in 0..3 {
            let store = db.store.clone();
            relays.spawn(async move {
                for _ in 0..40 {
                    number(&store).await;
                }
            });
        }
        tellers.join_all().await;
        relays.join_all().await;

        let kept = (0..TELLERS).filter(|teller| teller % 7 != 6).count();
        let kept = i64::try_from(kept).unwrap() * FACTS;
        let seqs: Vec<i64> = feed(&db, &wedding, 0).await.iter().map(|row| row.seq).collect();
        assert_eq!(seqs, (1..=kept).collect::<Vec<_>>());
    }

    async fn what_was_read_once_is_never_told_before_it(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let (early, late) = (wedding.fact(&db, guest), wedding.fact(&db, guest));
        // The later fact commits first.
        let (early_id, late_id) = (early.id, late.id);
        db.write(async move |tx: &mut WriteTx| tx.append_feed(&late).await).await.unwrap();
        assert_eq!(feed(&db, &wedding, 0).await.len(), 1);
        db.write(async move |tx: &mut WriteTx| tx.append_feed(&early).await).await.unwrap();

        assert!(early_id < late_id);
        assert_eq!(feed(&db, &wedding, 1).await.iter().map(|row| row.seq).collect::<Vec<_>>(), [2]);
    }

    async fn an_erased_guest_leaves_no_name_and_no_gap(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, yaw) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Yaw").await);
        let (rsvp, created) = (wedding.coming(&db, kojo, &["Efua"]), wedding.fact(&db, kojo));
        let answered = NewFeed { kind: FeedKind::RsvpCreated, rsvp: Some(rsvp.id), ..wedding.fact(&db, kojo) };
        let facts = [created, answered, wedding.fact(&db, yaw)];
        db.write(async move |tx: &mut WriteTx| {
            tx.insert_rsvp(&rsvp, None).await?;
            tell(tx, &facts).await
        }).await.unwrap();
        let before = feed(&db, &wedding, 0).await;
        assert_eq!(before[1].plus_ones.as_ref().map(|names| names.0.len()), Some(1));

        let row = wedding.row(&db, kojo).await.unwrap();
        db.write(async move |tx: &mut WriteTx| tx.delete_guest(&row, 1).await).await.unwrap();

        let rows = feed(&db, &wedding, 0).await;
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((&rows[0].guest_name, &rows[1].guest_name), (&None, &None));
        assert_eq!((&rows[1].note, &rows[1].plus_ones, rows[1].attending), (&None, &None, None));
        assert_eq!(rows[2].guest_name.as_ref().unwrap().as_str(), "Yaw");
    }

    async fn a_feed_is_read_from_either_end(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (guest, event) = (wedding.guest(&db, "Kojo").await, wedding.event);
        // From the end, guests who were added are passed over.
        let kinds = [FeedKind::AccessChecked, FeedKind::GuestCreated, FeedKind::RsvpCreated];
        let fact = |i: usize| NewFeed { kind: kinds[i % 3], ..wedding.fact(&db, guest) };
        let facts: Vec<NewFeed> = (0..10).map(fact).collect();
        let (id, at) = (db.sources.random_id::<DeploymentId>(), db.sources.now());
        db.write(async move |tx: &mut WriteTx| {
            tx.found_deployment(id, "epoch", at).await?;
            tell(tx, &facts).await
        }).await.unwrap();
        feed(&db, &wedding, 0).await;

        let (position, after, before) = db.read(async move |conn: &mut Conn| {
            let position = conn.feed_position(event).await?;
            Ok::<_, StoreError>((position, conn.feed_after(event, 4, 3).await?, conn.feed_before(event, 4, 3).await?))
        }).await.unwrap();

        let position = position.unwrap();
        assert_eq!((position.epoch.as_str(), position.lowest, position.highest), ("epoch", 1, 10));
        assert_eq!(after.iter().map(|row| row.seq).collect::<Vec<_>>(), [5, 6, 7]);
        assert_eq!(before.iter().map(|row| row.seq).collect::<Vec<_>>(), [4, 3, 1]);
    }

    async fn a_commit_that_told_the_feed_rings(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let fact = wedding.fact(&db, guest);

        db.write(async move |tx: &mut WriteTx| tx.append_feed(&fact).await).await.unwrap();

        db.fed().await;
    }
}

async fn tell(tx: &mut WriteTx, facts: &[NewFeed]) -> Result<(), StoreError> {
    for fact in facts {
        tx.append_feed(fact).await?;
    }
    Ok(())
}

async fn number(store: &gg_store::Store) -> usize {
    store.write(async move |tx: &mut WriteTx| tx.number_feed().await).await.unwrap()
}

/// The event's feed after number `after`, all of it numbered.
async fn feed(db: &TestDb, wedding: &Wedding, after: i64) -> Vec<FeedRow> {
    while number(db).await > 0 {}
    let event = wedding.event;
    db.read(async move |conn: &mut Conn| conn.feed_after(event, after, 10_000).await).await.unwrap()
}
