//! Closures of one group: what fails is undone alone, what commits stays, whoever goes away.

use gg_domain::actor::Actor;
use gg_domain::id::EventId;
use gg_store::{Conn, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database, on_sqlite};
use tokio::task::JoinSet;

use crate::stage;
use crate::wedding::{Wedding, details};

/// Closures of each kind.
const EACH: usize = 20;

each_database! {
    async fn of_mixed_closures_those_that_fail_or_panic_are_undone_alone(db: TestDb) {
        let owner = stage::organiser(&db, "ama@example.org").await;

        let mut writes = JoinSet::new();
        for i in 0..EACH * 3 {
            let (store, event, at) = (db.store.clone(), db.sources.id::<EventId>(), db.sources.now());
            writes.spawn(async move {
                let kept = store.write(async move |tx: &mut WriteTx| {
                    tx.insert_event(owner, event, &details(at), at).await?;
                    match i % 3 {
                        0 => Ok(()),
                        1 => Err(StoreError::Conflict),
                        _ => panic!("a use case that panics"),
                    }
                }).await;
                (i, event, kept)
            });
        }
        let outcomes = writes.join_all().await;

        for (i, event, kept) in outcomes {
            match i % 3 {
                0 => assert_eq!(kept, Ok(())),
                1 => assert_eq!(kept, Err(StoreError::Conflict)),
                _ => assert!(matches!(kept, Err(StoreError::Broken(_))), "{kept:?}"),
            }
            assert_eq!(is_there(&db, event).await, i % 3 == 0, "{i}");
        }
        assert_eq!(stage::rows(&db, "events").await, i64::try_from(EACH).unwrap());
    }

    async fn a_statement_that_fails_undoes_its_closure_alone(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (owner, at, taken) = (wedding.owner, db.sources.now(), wedding.event);

        let (twice, other) = (db.sources.id::<EventId>(), db.sources.id::<EventId>());
        let conflict = db.write(async move |tx: &mut WriteTx| {
            tx.insert_event(owner, twice, &details(at), at).await?;
            tx.insert_event(owner, taken, &details(at), at).await
        });
        let fine = db.write(async move |tx: &mut WriteTx| tx.insert_event(owner, other, &details(at), at).await);
        let (conflict, fine) = tokio::join!(conflict, fine);

        assert_eq!((conflict, fine), (Err(StoreError::Conflict), Ok(())));
        assert_eq!((is_there(&db, twice).await, is_there(&db, other).await), (false, true));
    }

    async fn who_goes_away_does_no_harm(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (owner, at) = (wedding.owner, db.sources.now());

        for _ in 0..EACH {
            let (store, event) = (db.store.clone(), db.sources.id::<EventId>());
            let call = tokio::spawn(async move {
                store.write(async move |tx: &mut WriteTx| tx.insert_event(owner, event, &details(at), at).await).await
            });
            tokio::task::yield_now().await;
            call.abort();
        }
        let last = db.sources.id::<EventId>();
        let kept = db.write(async move |tx: &mut WriteTx| tx.insert_event(owner, last, &details(at), at).await).await;

        assert_eq!(kept, Ok(()));
        // Each of them is there whole or not at all: an event is never without its owner.
        let bare = "select e.name from events e where not exists (select 1 from members m where m.event_id = e.id)";
        assert_eq!(gg_store::testing::words(&db.store, bare).await.unwrap(), Vec::<String>::new());
    }

    async fn a_row_of_what_is_gone_is_an_orphan(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let access = wedding.opening(&db, db.sources.id());

        let orphan = db.write(async move |tx: &mut WriteTx| tx.insert_access(&access, None).await).await;

        assert_eq!(orphan, Err(StoreError::Orphan));
    }
}

/// PostgreSQL's transactions may wait: each has a connection of its own.
#[test]
fn a_closure_that_waits_for_something_else_is_refused_on_sqlite_and_undone() {
    on_sqlite(|db: TestDb| async move {
        let owner = stage::organiser(&db, "ama@example.org").await;
        let (event, at) = (db.sources.id::<EventId>(), db.sources.now());

        let waited = db
            .write(async move |tx: &mut WriteTx| {
                tx.insert_event(owner, event, &details(at), at).await?;
                std::future::pending::<()>().await;
                Ok(())
            })
            .await;

        assert!(matches!(waited, Err(StoreError::Broken(_))), "{waited:?}");
        assert!(!is_there(&db, event).await);
    });
}

async fn is_there(db: &TestDb, event: EventId) -> bool {
    db.read(async move |conn: &mut Conn| conn.event(&Actor::System("test"), event).await)
        .await
        .unwrap()
        .is_some()
}
