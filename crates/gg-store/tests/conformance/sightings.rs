//! Who was seen under a key: kept once a guest, read together, gone with the guest and after a week.

use gg_domain::id::GuestId;
use gg_store::{Conn, PRUNE_SLICES, SightingRow, SightingWrite, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database};
use jiff::{SignedDuration, Timestamp};

use crate::stage::rows;
use crate::wedding::Wedding;

const HERE: i64 = -42;
const THERE: i64 = i64::MAX;

each_database! {
    async fn a_guest_stands_once_under_a_key(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, efua) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Efua").await);
        let at = db.sources.now();
        note(&db, kojo, &[HERE, THERE], &[], at).await;
        note(&db, efua, &[HERE], &[], at).await;
        note(&db, kojo, &[HERE], &[], later(at, 1)).await;

        let here = seen(&db, HERE).await;

        let mut guests: Vec<_> = here.iter().map(|row| (row.guest_id, row.at)).collect();
        guests.sort();
        assert_eq!(guests, [(kojo, later(at, 1)), (efua, at)]);
    }

    async fn who_leaves_a_key_leaves_that_one_alone(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, efua) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Efua").await);
        note(&db, kojo, &[HERE, THERE], &[], db.sources.now()).await;

        note(&db, efua, &[HERE], &[(HERE, kojo)], db.sources.now()).await;

        assert_eq!(seen(&db, HERE).await.iter().map(|row| row.guest_id).collect::<Vec<_>>(), [efua]);
        assert_eq!(seen(&db, THERE).await.len(), 1);
    }

    async fn sightings_and_housemates_go_with_their_guest(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, efua) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Efua").await);
        note(&db, kojo, &[HERE], &[], db.sources.now()).await;
        let at = db.sources.now();
        let gone: GuestId = db.sources.id();
        db.write(async move |tx: &mut WriteTx| tx.note_sightings(efua, at, &[], &[], &[kojo, gone]).await).await.unwrap();
        assert_eq!(mates(&db, kojo).await, [efua]);
        assert_eq!(mates(&db, efua).await, [kojo]);

        let row = wedding.row(&db, kojo).await.unwrap();
        db.write(async move |tx: &mut WriteTx| tx.delete_guest(&row, 1).await).await.unwrap();

        assert_eq!((rows(&db, "sightings").await, rows(&db, "housemates").await), (0, 0));
    }

    async fn what_is_old_is_pruned_wherever_its_key_lies(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, efua) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Efua").await);
        let at = db.sources.now();
        let keys = [i64::MIN, -1, 0, 1, i64::MAX, 1 << 40, -(1 << 61)];
        note(&db, kojo, &keys, &[], at).await;
        note(&db, efua, &keys, &[], later(at, 10)).await;

        for slice in 0..PRUNE_SLICES {
            db.write(async move |tx: &mut WriteTx| tx.prune_sightings(slice, later(at, 5)).await).await.unwrap();
        }

        assert_eq!(rows(&db, "sightings").await, i64::try_from(keys.len()).unwrap());
        assert_eq!(seen(&db, i64::MIN).await[0].guest_id, efua);
    }

    async fn an_opening_that_somebody_acted_with_keeps_its_block(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let kojo = wedding.guest(&db, "Kojo").await;
        let (at, access) = (db.sources.now(), db.sources.id());
        db.write(async move |tx: &mut WriteTx| -> Result<(), StoreError> {
            let seen = SightingWrite { key: HERE, machine: None, kept: false, access: Some(access) };
            tx.note_sightings(kojo, at, &[seen], &[], &[]).await?;
            tx.keep_sightings(kojo, access).await
        }).await.unwrap();

        let row = seen(&db, HERE).await.remove(0);

        assert_eq!((row.kept, row.access_id), (true, None));
    }
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at + SignedDuration::from_secs(seconds)
}

async fn note(db: &TestDb, guest: GuestId, keys: &[i64], evicted: &[(i64, GuestId)], at: Timestamp) {
    let sighting = |key: &i64| SightingWrite { key: *key, machine: Some(7), kept: false, access: None };
    let seen: Vec<_> = keys.iter().map(sighting).collect();
    let evicted = evicted.to_vec();
    db.write(async move |tx: &mut WriteTx| tx.note_sightings(guest, at, &seen, &evicted, &[]).await)
        .await
        .unwrap();
}

async fn seen(db: &TestDb, key: i64) -> Vec<SightingRow> {
    db.read(async move |conn: &mut Conn| conn.sightings([Some(key), None, None, None, None]).await)
        .await
        .unwrap()
}

async fn mates(db: &TestDb, guest: GuestId) -> Vec<GuestId> {
    db.read(async move |conn: &mut Conn| conn.housemates(guest).await).await.unwrap()
}
