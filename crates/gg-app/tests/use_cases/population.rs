//! How common what is seen of a device is: counted from what is stored, by every process alike, each device once.

use gg_app::{App, Populations};
use gg_domain::id::GuestId;
use gg_risk::EventFacts;
use gg_store::{AccessRow, Conn};
use gg_testkit::{TestDb, each_database};
use jiff::SignedDuration;

use crate::stage::{Stage, opening};

each_database! {
    async fn a_process_that_starts_counts_what_is_stored(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guests = stage.guests(5, 0).await;
        for guest in &guests[..3] {
            open(&db, &stage, &stage.app, *guest).await;
        }

        let here = open(&db, &stage, &stage.app, guests[3]).await;
        let there = open(&db, &stage, &another(&stage), guests[4]).await;

        assert_eq!(here.population.os.event.seen, 3);
        assert_eq!((there.population.os.event.seen, there.population.os.all.seen), (4, 4));
    }

    async fn what_another_process_stored_is_counted_once_within_seconds(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let other = another(&stage);
        let guests = stage.guests(8, 0).await;
        open(&db, &stage, &stage.app, guests[0]).await;
        open(&db, &stage, &other, guests[1]).await;

        db.clock.advance(SignedDuration::from_secs(6));
        for (guest, expected) in guests[2..6].iter().zip(2..) {
            let facts = open(&db, &stage, &stage.app, *guest).await;
            assert_eq!((facts.population.os.event.seen, facts.population.os.all.seen), (expected, expected));
            db.clock.advance(SignedDuration::from_secs(6));
        }

        let facts = open(&db, &stage, &other, guests[6]).await;
        assert_eq!((facts.population.os.event.seen, facts.population.os.all.seen), (6, 6));
    }

    async fn a_reload_is_no_new_device(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let guests = stage.guests(2, 0).await;
        let token = stage.token(guests[0]).await;
        let device = stage.app.score_access(&token, &opening()).await.unwrap().set_device;
        for _ in 0..3 {
            stage.app.score_access(&token, &gg_app::Opening { device, ..opening() }).await.unwrap();
        }

        assert_eq!(open(&db, &stage, &stage.app, guests[1]).await.population.os.event.seen, 1);
    }
}

/// Another process on the same database: nothing counted yet.
fn another(stage: &Stage) -> App {
    App { populations: Populations::default(), ..stage.app.clone() }
}

/// Opens a guest's link, and says by what it was judged.
async fn open(db: &TestDb, stage: &Stage, app: &App, guest: GuestId) -> EventFacts {
    let token = stage.token(guest).await;
    let access = app.score_access(&token, &opening()).await.unwrap().access;
    let actor = stage.organiser();
    let row: AccessRow =
        db.read(async move |conn: &mut Conn| conn.access(&actor, access).await).await.unwrap().unwrap();
    serde_json::from_str(row.facts.as_deref().unwrap()).unwrap()
}
