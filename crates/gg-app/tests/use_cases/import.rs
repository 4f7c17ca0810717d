//! Guest lists: ten thousand at once, twice without a double, and whole or not at all.

use std::fmt::Write as _;

use gg_app::Error;
use gg_domain::actor::{Actor, Permission};
use gg_testkit::each_database;

use crate::stage::{Stage, coming};

/// A large wedding, twenty times.
const ROWS: usize = 10_000;

each_database! {
    async fn ten_thousand_guests_are_imported_once(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let list = list(ROWS);

        let first = import(&stage, &list, false).await.unwrap();
        let again = import(&stage, &list, false).await.unwrap();

        assert_eq!((first.created, first.updated, first.unchanged), (ROWS, 0, 0));
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, ROWS));
        let seqs = stage.feed().await;
        assert_eq!(seqs, (1..=i64::try_from(ROWS).unwrap()).collect::<Vec<_>>());
    }

    async fn a_list_with_a_wrong_row_writes_nothing(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let list = format!("{},not an address,,\n", list(3).trim_end().to_string() + "\nYaw");

        let refused = import(&stage, &list, false).await;

        assert!(matches!(&refused, Err(Error::Rows(rows)) if rows.len() == 1), "{refused:?}");
        assert!(stage.feed().await.is_empty());
        assert_eq!(import(&stage, &list, true).await.unwrap().created, 3);
    }

    async fn an_exported_list_is_imported_unchanged(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        import(&stage, &list(5), false).await.unwrap();
        let guest = stage.guest("=cmd|' /C calc'!A0", 1).await;
        stage.app.record_answer(stage.organiser(), guest, &coming(&["Efua"])).await.unwrap();

        let file = stage.app.export_guests(exporter(&stage), stage.event, gg_app::guest_list::Opening::Plain).await;
        let again = import(&stage, std::str::from_utf8(&file.unwrap()).unwrap(), false).await.unwrap();

        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 6));
    }
}

fn exporter(stage: &Stage) -> Actor {
    Actor::account(stage.owner, Permission::ExportGuests)
}

async fn import(stage: &Stage, list: &str, skip: bool) -> gg_app::Result<gg_app::Imported> {
    let file = list.as_bytes().to_vec();
    let prepared = stage.app.prepare_import(stage.organiser(), stage.event, file, Vec::new()).await?;
    stage.app.import_guests(stage.organiser(), stage.event, &prepared, skip, |_| {}).await
}

fn list(rows: usize) -> String {
    let mut list = String::from("name,email,plus_ones_allowed,household\n");
    for i in 0..rows {
        writeln!(list, "Guest Number {i},guest{i}@example.org,{},Household {}", i % 4, i / 3).unwrap();
    }
    list
}
