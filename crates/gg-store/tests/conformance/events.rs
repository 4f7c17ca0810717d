//! Events: kept as they were typed, changed by who read them last, counted.

use gg_domain::actor::Role;
use gg_domain::policy::{Action, Actions, Policy};
use gg_store::{Conn, WriteTx};
use gg_testkit::{TestDb, each_database};
use tokio::task::JoinSet;

use crate::wedding::{Wedding, details};

each_database! {
    async fn an_event_comes_back_as_it_was_made(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (ama, event) = (wedding.ama(), wedding.event);

        let row = db.read(async move |conn: &mut Conn| conn.event(&ama, event).await).await.unwrap().unwrap();

        assert_eq!(row.details(), details(db.sources.now()));
        assert_eq!((row.role, row.revision, row.seats_taken), (Some(Role::Owner), 1, 0));
        assert_eq!((row.created_at, row.updated_at), (db.sources.now(), db.sources.now()));
    }

    async fn a_change_at_an_old_revision_is_refused(db: TestDb) {
        let wedding = Wedding::plan(&db).await;

        assert_eq!(rename(&db, &wedding, 1, "Kojo & Ama").await, Some(2));
        assert_eq!(rename(&db, &wedding, 1, "Neither").await, None);

        let (ama, event) = (wedding.ama(), wedding.event);
        let row = db.read(async move |conn: &mut Conn| conn.event(&ama, event).await).await.unwrap().unwrap();
        assert_eq!(row.name, "Kojo & Ama");
    }

    async fn a_policy_comes_back_as_it_was_set(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (event, at) = (wedding.event, db.sources.now());
        let policy = async move |conn: &mut Conn| conn.policy(event).await;
        assert_eq!(db.read(policy).await, Ok(Policy::default()));

        let actions = Actions { low: Action::Hold, ..Actions::default() };
        let strict = Policy { actions, fingerprint: false, ..Policy::default() };
        let set = strict.clone();
        db.write(async move |tx: &mut WriteTx| tx.set_policy(event, &set, at).await).await.unwrap();

        assert_eq!(db.read(policy).await, Ok(strict));
    }

    async fn of_sixty_who_claim_the_last_ten_seats_ten_get_one(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let event = wedding.event;
        db.write(async move |tx: &mut WriteTx| tx.take_seats(event, 110).await).await.unwrap();

        let mut claims = JoinSet::new();
        for _ in 0..60 {
            let store = db.store.clone();
            claims.spawn(async move {
                store.write(async move |tx: &mut WriteTx| tx.take_seats(event, 1).await).await.unwrap()
            });
        }
        let granted = claims.join_all().await.into_iter().flatten().count();

        assert_eq!(granted, 10);
    }

    async fn seats_are_given_back_in_a_hall_that_is_too_small(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (event, at) = (wedding.event, db.sources.now());
        db.write(async move |tx: &mut WriteTx| tx.take_seats(event, 120).await).await.unwrap();
        let mut smaller = details(at);
        smaller.capacity = Some(50);
        db.write(async move |tx: &mut WriteTx| tx.update_event(event, 1, &smaller, at).await).await.unwrap();

        let taken = db.write(async move |tx: &mut WriteTx| tx.take_seats(event, -2).await).await;

        assert_eq!(taken, Ok(Some(118)));
    }

    async fn the_summary_counts_heads_and_guests(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (yes, no, held) =
            (wedding.guest(&db, "Yes").await, wedding.guest(&db, "No").await, wedding.guest(&db, "Held").await);
        wedding.guest(&db, "Silent").await;
        let mut given = [wedding.coming(&db, yes, &["Efua", "Yaw"]), wedding.coming(&db, no, &[]), wedding.coming(&db, held, &[])];
        given[1].answer.attending = false;
        given[2].pending = true;
        let event = wedding.event;
        db.write(async move |tx: &mut WriteTx| {
            for rsvp in &given {
                tx.insert_rsvp(rsvp, None).await?;
            }
            tx.hold_seats(yes, 3).await?;
            tx.hold_seats(held, 1).await
        }).await.unwrap();

        let summary = db.read(async move |conn: &mut Conn| conn.summary(event).await).await.unwrap();

        assert_eq!((summary.attending, summary.declined, summary.waiting), (1, 1, 2));
        assert_eq!((summary.plus_ones, summary.seats, summary.pending), (2, 4, 1));
    }

    async fn a_deleted_event_leaves_nothing(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest_of(&db, "Kojo", Some("Mensah")).await;
        let (event, access) = (wedding.event, wedding.opening(&db, guest));
        db.write(async move |tx: &mut WriteTx| tx.insert_access(&access, None).await).await.unwrap();

        let deleted = db.write(async move |tx: &mut WriteTx| tx.delete_event(event, 1).await).await;

        assert_eq!(deleted, Ok(true));
        for table in ["guests", "parties", "members", "accesses", "access_signals", "feed_positions"] {
            assert_eq!(crate::stage::rows(&db, table).await, 0, "{table}");
        }
    }
}

async fn rename(db: &TestDb, wedding: &Wedding, revision: i64, name: &str) -> Option<i64> {
    let (event, at, mut details) = (wedding.event, db.sources.now(), details(db.sources.now()));
    details.name = name.into();
    let update = async move |tx: &mut WriteTx| tx.update_event(event, revision, &details, at).await;
    db.write(update).await.unwrap()
}
