//! Pages: no row twice, none left out, while others come.

use gg_domain::actor::{Actor, Permission};
use gg_domain::id::{EventId, GuestId};
use gg_store::{Conn, GuestFilter, NewFetch, Paging, WriteTx};
use gg_testkit::each_database;
use jiff::SignedDuration;

use crate::stage;
use crate::wedding::{Wedding, details};

each_database! {
    async fn no_guest_is_shown_twice_or_left_out_while_others_come(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let mut there = Vec::new();
        for i in 0..23 {
            there.push(wedding.guest(&db, &format!("Guest {i}")).await);
        }

        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let (ama, event, page) = (wedding.ama(), wedding.event, Paging { after, limit: 5 });
            let filter = GuestFilter::default();
            let query = async move |conn: &mut Conn| conn.guests(&ama, event, &filter, page).await;
            let page = db.read(query).await.unwrap();
            assert!(page.rows.len() <= 5);
            seen.extend(page.rows.iter().map(|guest| guest.id));
            if seen.len() < 30 {
                wedding.guest(&db, "Latecomer").await;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }

        let mut sorted: Vec<GuestId> = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted, seen);
        assert!(there.iter().all(|guest| seen.contains(guest)));
    }

    async fn a_timeline_tells_each_thing_once_and_in_order(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (guest, other) = (wedding.guest(&db, "Kojo").await, wedding.guest(&db, "Esi").await);
        for _ in 0..3 {
            for guest in [guest, other] {
                let fetch = NewFetch {
                    id: db.sources.id(), guest, event: wedding.event, class: "browser",
                    network: String::new(), at: db.sources.now(),
                };
                let (opening, coming) = (wedding.opening(&db, guest), wedding.coming(&db, guest, &[]));
                db.write(async move |tx: &mut WriteTx| {
                    tx.insert_fetch(&fetch).await?;
                    tx.insert_access(&opening, None).await?;
                    tx.insert_rsvp(&coming, None).await
                }).await.unwrap();
            }
            db.clock.advance(SignedDuration::from_millis(1));
        }

        for limit in [1, 2, 4, 9] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let (ama, page) = (wedding.ama(), Paging { after, limit });
                let query = async move |conn: &mut Conn| conn.timeline_page(&ama, guest, &page).await;
                let page = db.read(query).await.unwrap();
                seen.extend(page.rows.iter().map(|line| line.status.clone()));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, ["fetched", "opened", "answered"].repeat(3), "{limit}");
        }
    }

    async fn a_timeline_of_another_event_is_empty(db: TestDb) {
        let (wedding, foreign) = (Wedding::plan(&db).await, stage::organiser(&db, "kofi@example.org").await);
        let guest = wedding.guest(&db, "Kojo").await;
        let opening = wedding.opening(&db, guest);
        db.write(async move |tx: &mut WriteTx| tx.insert_access(&opening, None).await).await.unwrap();
        let kofi = Actor::account(foreign, Permission::ReadGuests);

        let page = Paging { after: None, limit: 5 };
        let page = db.read(async move |conn: &mut Conn| conn.timeline_page(&kofi, guest, &page).await).await.unwrap();

        assert!(page.rows.is_empty());
    }

    async fn a_full_last_page_names_no_other(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        for i in 0..5 {
            wedding.guest(&db, &format!("Guest {i}")).await;
        }
        let (ama, event, page) = (wedding.ama(), wedding.event, Paging { after: None, limit: 5 });

        let page = db.read(async move |conn: &mut Conn| conn.rsvps(&ama, event, page).await).await.unwrap();

        assert_eq!((page.rows.len(), page.next), (5, None));
        assert!(page.rows.iter().all(|row| row.attending.is_none()));
    }

    async fn events_come_the_newest_first(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let (owner, mut made) = (wedding.owner, vec![wedding.event]);
        for _ in 0..6 {
            db.clock.advance(SignedDuration::from_secs(1));
            let (event, at): (EventId, _) = (db.sources.id(), db.sources.now());
            let details = details(at);
            db.write(async move |tx: &mut WriteTx| tx.insert_event(owner, event, &details, at).await).await.unwrap();
            made.push(event);
        }
        made.reverse();

        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = Paging { after, limit: 3 };
            let page = db.read(async move |conn: &mut Conn| conn.events(owner, page).await).await.unwrap();
            seen.extend(page.rows.iter().map(|event| event.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }

        assert_eq!(seen, made);
    }
}
