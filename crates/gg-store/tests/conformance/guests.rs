//! Guests and the parties they belong to: made, shared and removed.

use gg_store::{Conn, GuestFilter, Paging, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database};
use tokio::task::JoinSet;

use crate::stage::rows;
use crate::wedding::{Wedding, guest_details};

each_database! {
    async fn a_guest_comes_back_as_he_was_added(db: TestDb) {
        let wedding = Wedding::plan(&db).await;

        let guest = wedding.guest_of(&db, "Kojo Mensah", Some("Mensah")).await;

        let row = wedding.row(&db, guest).await.unwrap();
        assert_eq!(row.details(), guest_details("Kojo Mensah", Some("Mensah")));
        assert_eq!((row.event_id, row.revision, row.seats_held), (wedding.event, 1, 0));
        assert_eq!((row.attending, row.band, row.seen_at), (None, None, None));
    }

    async fn guests_of_a_household_share_a_party(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let kojo = wedding.guest_of(&db, "Kojo", Some("The Mensahs")).await;
        let efua = wedding.guest_of(&db, "Efua", Some("the  MENSAHS")).await;
        let (yaw, esi) = (wedding.guest(&db, "Yaw").await, wedding.guest(&db, "Esi").await);

        assert_eq!(wedding.party(&db, kojo).await, wedding.party(&db, efua).await);
        assert_ne!(wedding.party(&db, yaw).await, wedding.party(&db, esi).await);
        assert_eq!(rows(&db, "parties").await, 3);
    }

    async fn a_household_that_all_have_left_is_gone(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let kojo = wedding.guest_of(&db, "Kojo", Some("Mensah")).await;
        let efua = wedding.guest_of(&db, "Efua", Some("Mensah")).await;

        assert_eq!(change(&db, &wedding, kojo, 1, Some("Owusu")).await, Some(2));
        assert_eq!(rows(&db, "parties").await, 2);
        assert_eq!(erase(&db, &wedding, efua, 1).await, Ok(true));

        assert_eq!(rows(&db, "parties").await, 1);
        assert_eq!(wedding.row(&db, kojo).await.unwrap().household.as_deref(), Some("Owusu"));
    }

    async fn an_old_revision_changes_and_erases_nothing(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let kojo = wedding.guest_of(&db, "Kojo", Some("Mensah")).await;
        change(&db, &wedding, kojo, 1, Some("Mensah")).await;

        assert_eq!(change(&db, &wedding, kojo, 1, Some("Owusu")).await, None);
        assert_eq!(erase(&db, &wedding, kojo, 1).await, Ok(false));

        assert_eq!(wedding.row(&db, kojo).await.unwrap().household.as_deref(), Some("Mensah"));
    }

    async fn an_erased_guest_gives_his_seats_back(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (kojo, event) = (wedding.guest(&db, "Kojo").await, wedding.event);
        db.write(async move |tx: &mut WriteTx| {
            tx.take_seats(event, 3).await?;
            tx.hold_seats(kojo, 3).await
        }).await.unwrap();

        assert_eq!(erase(&db, &wedding, kojo, 1).await, Ok(true));

        let ama = wedding.ama();
        let row = db.read(async move |conn: &mut Conn| conn.event(&ama, event).await).await.unwrap();
        assert_eq!(row.unwrap().seats_taken, 0);
    }

    async fn a_search_finds_words_in_any_case_and_takes_nothing_for_wild(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        for name in ["Kojo Mensah", "Efua MENSAH", "Yaw Owusu", "Ana-Sofía Ñúñez"] {
            wedding.guest(&db, name).await;
        }

        assert_eq!(search(&db, &wedding, "mensah").await, ["Kojo Mensah", "Efua MENSAH"]);
        assert_eq!(search(&db, &wedding, "OJO").await, ["Kojo Mensah"]);
        assert_eq!(search(&db, &wedding, "SOFÍA").await, ["Ana-Sofía Ñúñez"]);
        assert!(search(&db, &wedding, "K_jo").await.is_empty());
        assert!(search(&db, &wedding, "Yaw%u").await.is_empty());
    }

    async fn guests_who_come_to_a_household_at_once_share_one_party(db: TestDb) {
        let wedding = Wedding::plan(&db).await;

        let mut comings = JoinSet::new();
        for i in 0..20 {
            let (store, event, at) = (db.store.clone(), wedding.event, db.sources.now());
            let (guest, party) = (db.sources.id(), db.sources.id());
            comings.spawn(async move {
                let details = guest_details(&format!("Guest {i}"), Some("Mensah"));
                store.write(async move |tx: &mut WriteTx| tx.insert_guest(event, guest, party, &details, at).await).await
            });
        }

        assert!(comings.join_all().await.into_iter().all(|made| made == Ok(())));
        assert_eq!((rows(&db, "guests").await, rows(&db, "parties").await), (20, 1));
    }

    async fn who_joins_a_household_while_its_last_guest_goes_is_in(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        for round in 0..20 {
            let household = format!("Household {round}");
            let last = wedding.guest_of(&db, "Last", Some(&household)).await;

            let (gone, new) = tokio::join!(
                erase(&db, &wedding, last, 1),
                wedding.guest_of(&db, "New", Some(&household)),
            );

            assert_eq!(gone, Ok(true));
            assert_eq!(wedding.row(&db, new).await.unwrap().household, Some(household));
        }
        assert_eq!((rows(&db, "guests").await, rows(&db, "parties").await), (20, 20));
    }
}

async fn change(
    db: &TestDb,
    wedding: &Wedding,
    guest: gg_domain::id::GuestId,
    revision: i64,
    household: Option<&str>,
) -> Option<i64> {
    let row = wedding.row(db, guest).await.unwrap();
    let (party, at, details) = (db.sources.id(), db.sources.now(), guest_details("Kojo", household));
    let update = async move |tx: &mut WriteTx| tx.update_guest(&row, revision, party, &details, at).await;
    db.write(update).await.unwrap()
}

async fn erase(
    db: &TestDb,
    wedding: &Wedding,
    guest: gg_domain::id::GuestId,
    revision: i64,
) -> Result<bool, StoreError> {
    let row = wedding.row(db, guest).await.unwrap();
    db.write(async move |tx: &mut WriteTx| tx.delete_guest(&row, revision).await).await
}

async fn search(db: &TestDb, wedding: &Wedding, words: &str) -> Vec<String> {
    let (ama, event) = (wedding.ama(), wedding.event);
    let filter = GuestFilter { search: Some(words.to_string()), ..GuestFilter::default() };
    let page = Paging { after: None, limit: 10 };
    let query = async move |conn: &mut Conn| conn.guests(&ama, event, &filter, page).await;
    let found = db.read(query).await.unwrap();
    found.rows.iter().map(|guest| guest.name.as_str().to_string()).collect()
}
