//! Openings: written on the row that was read, fetches up to a number, devices with whom they met.

use gg_domain::id::{DeviceId, FetchId, GuestId, InviteId};
use gg_domain::invite::InviteState;
use gg_domain::risk::{Band, GuestRisk};
use gg_domain::token::KeyId;
use gg_store::{AccessWrite, Conn, NewFetch, Noted, Rejudged, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::stage::rows;
use crate::wedding::{Wedding, reset, snapshot};

each_database! {
    async fn an_opening_comes_back_as_it_was_stored(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let (new, ama) = (wedding.opening(&db, guest), wedding.ama());
        let (stored, id) = (new.clone(), new.id);
        db.write(async move |tx: &mut WriteTx| tx.insert_access(&stored, None).await).await.unwrap();

        let row = db.read(async move |conn: &mut Conn| conn.access(&ama, id).await).await.unwrap().unwrap();

        assert_eq!((row.guest_id, row.generation, row.class.as_str(), row.test), (guest, 1, "human", false));
        assert_eq!((row.band.as_deref(), row.raw, row.decision.as_str()), (Some("low"), Some(0.125), "allow"));
        assert_eq!((row.reasons.0, row.snapshot.0, row.at), (new.reasons, new.snapshot, new.at));
    }

    async fn an_opening_that_is_judged_again_keeps_its_id(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let (new, ama) = (wedding.opening(&db, guest), wedding.ama());
        let id = new.id;
        let again = Rejudged {
            access: id,
            band: "high",
            p: 0.5,
            raw: 0.75,
            reasons: Vec::new(),
            decision: "hold",
            snapshot: snapshot(new.at),
            model: "later".into(),
            degraded: false,
        };
        db.write(async move |tx: &mut WriteTx| {
            tx.insert_access(&new, None).await?;
            tx.rejudge_access(&again).await?;
            tx.label_access(id, "not_guest").await
        }).await.unwrap();

        let row = db.read(async move |conn: &mut Conn| conn.access(&ama, id).await).await.unwrap().unwrap();

        assert_eq!((row.band.as_deref(), row.raw, row.decision.as_str()), (Some("high"), Some(0.75), "hold"));
        assert_eq!(row.label.as_deref(), Some("not_guest"));
    }

    async fn a_risk_row_is_written_only_on_the_one_that_was_read(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;

        assert!(set_risk(&db, &wedding, guest, 0, Band::Low).await);
        assert!(!set_risk(&db, &wedding, guest, 0, Band::High).await);
        assert!(set_risk(&db, &wedding, guest, 1, Band::Medium).await);
        assert!(!set_risk(&db, &wedding, guest, 1, Band::High).await);

        let ama = wedding.ama();
        let (risk, revision) =
            db.read(async move |conn: &mut Conn| conn.guest_risk(&ama, guest).await).await.unwrap();
        assert_eq!((risk.standing, revision), (Some(Band::Medium), 2));
        assert_eq!(wedding.row(&db, guest).await.unwrap().band.as_deref(), Some("medium"));
    }

    async fn of_those_who_write_on_the_same_row_one_wins(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;

        for revision in [0, 1] {
            let mut writers = JoinSet::new();
            for _ in 0..16 {
                let (store, event, at) = (db.store.clone(), wedding.event, db.sources.now());
                writers.spawn(async move {
                    store.write(async move |tx: &mut WriteTx| {
                        tx.change_guest_risk(&reset(event, guest, revision, &GuestRisk::default(), at)).await
                    }).await.unwrap()
                });
            }
            assert_eq!(writers.join_all().await.into_iter().filter(|won| *won).count(), 1);
        }
    }

    async fn an_opening_is_written_with_all_that_it_changes(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let device: DeviceId = db.sources.random_id();
        link(&db, &wedding, guest).await;
        let mut write = opening(&db, &wedding, guest, 0);
        write.access.device = Some(device);
        let (id, ama) = (write.access.id, wedding.ama());

        assert_eq!(db.write_access(write.clone()).await, Ok(true));

        let row = db.read(async move |conn: &mut Conn| conn.access(&ama, id).await).await.unwrap().unwrap();
        assert_eq!((row.reasons.0, row.snapshot.0), (write.access.reasons, write.access.snapshot));
        let (risk, revision) =
            db.read(async move |conn: &mut Conn| conn.guest_risk(&ama, guest).await).await.unwrap();
        assert_eq!((risk.standing, revision), (Some(Band::Low), 1));
        let invite = db.read(async move |conn: &mut Conn| conn.living_invite(&ama, guest).await).await.unwrap();
        assert_eq!(invite.unwrap().opened_at, Some(db.sources.now()));
        let tables = ["access_signals", "guest_devices", "feed"];
        assert_eq!([rows(&db, tables[0]).await, rows(&db, tables[1]).await, rows(&db, tables[2]).await], [1, 1, 1]);
    }

    async fn an_opening_on_a_row_that_has_changed_writes_nothing(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        assert_eq!(db.write_access(opening(&db, &wedding, guest, 0)).await, Ok(true));

        assert_eq!(db.write_access(opening(&db, &wedding, guest, 0)).await, Ok(false));

        assert_eq!((rows(&db, "accesses").await, rows(&db, "feed").await), (1, 1));
    }

    async fn a_test_is_kept_and_changes_nothing(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let (access, device) = (wedding.opening(&db, guest), db.sources.random_id());
        let access = gg_store::NewAccess { test: true, band: None, device: Some(device), ..access };

        let kept = db.write_access(AccessWrite { access, risk: None, noted: Noted::default(), begins_link: None, facts: Vec::new() }).await;

        assert_eq!(kept, Ok(true));
        assert_eq!((rows(&db, "accesses").await, rows(&db, "guest_devices").await), (1, 0));
    }

    async fn openings_at_once_are_each_kept_and_one_that_is_wrong_spoils_no_other(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let mut guests = Vec::new();
        for i in 0..100 {
            guests.push(if i % 25 == 24 { db.sources.id() } else { wedding.guest(&db, "Guest").await });
        }

        let mut openings = JoinSet::new();
        for (i, guest) in guests.into_iter().enumerate() {
            // Two of each guest's link, on the same row: one is judged again.
            for _ in 0..2 {
                let (store, write) = (db.store.clone(), opening(&db, &wedding, guest, 0));
                openings.spawn(async move { (i, store.write_access(write).await) });
            }
        }
        let outcomes = openings.join_all().await;

        let count = |outcome| outcomes.iter().filter(|(_, kept)| *kept == outcome).count();
        assert_eq!((count(Ok(true)), count(Ok(false)), count(Err(StoreError::Orphan))), (96, 96, 8));
        assert!(outcomes.iter().all(|(i, kept)| (i % 25 == 24) == kept.is_err()));
        assert_eq!((rows(&db, "accesses").await, rows(&db, "feed").await), (96, 96));
    }

    async fn fetches_of_a_link_are_kept_up_to_fifty_an_hour(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, yaw) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Yaw").await);

        let mut kept = 0;
        for _ in 0..60 {
            kept += usize::from(fetch(&db, &wedding, kojo).await);
        }
        assert_eq!(kept, 50);
        assert!(fetch(&db, &wedding, yaw).await);
        db.clock.advance(SignedDuration::from_secs(3601));

        assert!(fetch(&db, &wedding, kojo).await);
    }

    async fn a_fetch_of_a_guest_who_is_gone_is_not_kept(db: TestDb) {
        let wedding = Wedding::plan(&db).await;

        assert!(!fetch(&db, &wedding, db.sources.id()).await);
    }

    async fn a_device_remembers_whom_it_met_lately_and_its_own_party(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let kojo = wedding.guest_of(&db, "Kojo", Some("Mensah")).await;
        let efua = wedding.guest_of(&db, "Efua", Some("Mensah")).await;
        let (long_ago, lately) = (wedding.guest(&db, "Yaw").await, wedding.guest(&db, "Esi").await);
        let device: DeviceId = db.sources.random_id();
        touch(&db, &wedding, device, &[kojo, efua, long_ago]).await;
        db.clock.advance(SignedDuration::from_hours(72));
        touch(&db, &wedding, device, &[lately]).await;

        let met = touched(&db, &wedding, device, kojo).await;

        assert_eq!(met, [lately, efua]);
    }

    async fn a_device_that_was_forgotten_met_nobody(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, yaw) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Yaw").await);
        let device: DeviceId = db.sources.random_id();
        touch(&db, &wedding, device, &[kojo, yaw]).await;

        db.write(async move |tx: &mut WriteTx| tx.forget_guest_devices(yaw).await).await.unwrap();

        assert!(touched(&db, &wedding, device, kojo).await.is_empty());
    }

    async fn what_was_seen_raw_goes_and_what_was_decided_stays(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        for _ in 0..3 {
            let access = wedding.opening(&db, guest);
            db.write(async move |tx: &mut WriteTx| tx.insert_access(&access, None).await).await.unwrap();
            db.clock.advance(SignedDuration::from_secs(1));
        }
        let before = db.sources.now() - SignedDuration::from_secs(1);

        let prune = async move |tx: &mut WriteTx| tx.prune_access_signals(before, 10).await;

        assert_eq!(db.write(prune).await, Ok(2));
        assert_eq!((rows(&db, "access_signals").await, rows(&db, "accesses").await), (1, 3));
    }
}

/// An opening of a guest whose risk row was read at `revision`.
fn opening(db: &TestDb, wedding: &Wedding, guest: GuestId, revision: i64) -> AccessWrite {
    let risk = GuestRisk { standing: Some(Band::Low), ..GuestRisk::default() };
    let facts = vec![wedding.fact(db, guest)];
    AccessWrite {
        access: wedding.opening(db, guest),
        risk: Some((risk, revision)),
        noted: Noted::default(),
        begins_link: None,
        facts,
    }
}

async fn link(db: &TestDb, wedding: &Wedding, guest: GuestId) {
    let (invite, event, at) = (db.sources.id::<InviteId>(), wedding.event, db.sources.now());
    db.write(async move |tx: &mut WriteTx| {
        tx.insert_signing_key(KeyId(1), &[0], at).await?;
        tx.insert_invite(event, guest, invite, KeyId(1), InviteState::Living, at).await
    })
    .await
    .unwrap();
}

async fn set_risk(db: &TestDb, wedding: &Wedding, guest: GuestId, revision: i64, band: Band) -> bool {
    let (event, risk) = (wedding.event, GuestRisk { standing: Some(band), ..GuestRisk::default() });
    let at = db.sources.now();
    let set =
        async move |tx: &mut WriteTx| tx.change_guest_risk(&reset(event, guest, revision, &risk, at)).await;
    db.write(set).await.unwrap()
}

async fn fetch(db: &TestDb, wedding: &Wedding, guest: GuestId) -> bool {
    let id: FetchId = db.sources.id();
    let network = "41.57.16.0/24".to_string();
    let new = NewFetch { id, guest, event: wedding.event, class: "browser", network, at: db.sources.now() };
    db.write(async move |tx: &mut WriteTx| tx.insert_fetch(&new).await).await.unwrap()
}

async fn touch(db: &TestDb, wedding: &Wedding, device: DeviceId, guests: &[GuestId]) {
    let (event, at, guests) = (wedding.event, db.sources.now(), guests.to_vec());
    db.write(async move |tx: &mut WriteTx| {
        for guest in &guests {
            tx.touch_device(event, device, *guest, false, at).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
}

async fn touched(db: &TestDb, wedding: &Wedding, device: DeviceId, guest: GuestId) -> Vec<GuestId> {
    let (event, party) = (wedding.event, wedding.party(db, guest).await);
    let since: Timestamp = db.sources.now() - SignedDuration::from_hours(48);
    let query = async move |conn: &mut Conn| conn.touched(event, device, guest, party, since).await;
    db.read(query).await.unwrap().into_iter().map(|row| row.guest_id).collect()
}
