//! Guest lists: ten thousand at once, twice without a double, and whole or not at all.

use std::fmt::Write as _;
use std::time::Duration;

use gg_app::{App, Error, ImportState, Imports, Started};
use gg_domain::actor::{Actor, Permission};
use gg_domain::id::ImportId;
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

each_database! {
    async fn one_file_imported_twice_at_once_adds_nobody_twice(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let file = list(600);

        let (one, two) = tokio::join!(import(&stage, &file, false), import(&stage, &file, false));

        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.created + two.created, 600);
        assert_eq!((one.created + one.unchanged, two.created + two.unchanged), (600, 600));
        assert_eq!(stage.feed().await.len(), 600);
    }

    async fn a_stop_lets_an_import_finish_that_can(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let id = start(&stage, 1_000).await;

        stage.app.imports.none_runs().await;

        let progress = stage.app.import_progress(stage.organiser(), id).unwrap();
        assert!(matches!(&progress.state, ImportState::Done(imported) if imported.created == 1_000), "{progress:?}");
    }

    async fn an_import_that_a_stop_breaks_off_says_how_far_it_came_and_goes_on_where_it_was(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        let id = start(&stage, ROWS).await;

        stage.app.imports.break_off_after(Duration::ZERO).await;
        stage.app.imports.none_runs().await;

        let progress = stage.app.import_progress(stage.organiser(), id).unwrap();
        let ImportState::Failed(why) = &progress.state else { panic!("{progress:?}") };
        let written = stage.feed().await.len();
        assert!(written < ROWS && written % 250 == 0, "{written}");
        assert_eq!(*why, format!("{written} of {ROWS} guests were written before the server stopped: \
            import the file again, nobody is added twice"));

        // The next process.
        let next = App { imports: Imports::default(), ..stage.app.clone() };
        let stage = Stage { app: next, ..stage };
        let again = import(&stage, &list(ROWS), false).await.unwrap();
        assert_eq!((again.created, again.unchanged), (ROWS - written, written));
        assert_eq!(stage.feed().await.len(), ROWS);
    }

    async fn an_import_that_begins_while_the_server_stops_writes_nothing(db: TestDb) {
        let stage = Stage::set(&db, None).await;
        stage.app.imports.break_off_after(Duration::ZERO).await;
        let prepared = stage.app.prepare_import(stage.organiser(), stage.event, list(3).into_bytes(), Vec::new());

        let refused = stage.app.start_import(stage.organiser(), stage.event, prepared.await.unwrap(), false, Duration::MAX).await;

        assert!(matches!(refused, Err(Error::BrokenOff { done: 0, total: 3 })), "{refused:?}");
        assert!(stage.feed().await.is_empty());
    }
}

/// Starts to import that many guests.
async fn start(stage: &Stage, rows: usize) -> ImportId {
    let file = list(rows).into_bytes();
    let prepared = stage.app.prepare_import(stage.organiser(), stage.event, file, Vec::new()).await.unwrap();
    let started =
        stage.app.start_import(stage.organiser(), stage.event, prepared, false, Duration::ZERO).await;
    match started.unwrap() {
        Started::Running(id) => id,
        Started::Done(_) => panic!("nobody waited for it"),
    }
}

fn exporter(stage: &Stage) -> Actor {
    Actor::account(stage.owner, Permission::ExportGuests)
}

async fn import(stage: &Stage, list: &str, skip: bool) -> gg_app::Result<gg_app::Imported> {
    let file = list.as_bytes().to_vec();
    let prepared = stage.app.prepare_import(stage.organiser(), stage.event, file, Vec::new()).await?;
    stage.app.import_guests(stage.organiser(), stage.event, &prepared, skip, |_| true).await
}

fn list(rows: usize) -> String {
    let mut list = String::from("name,email,plus_ones_allowed,household\n");
    for i in 0..rows {
        writeln!(list, "Guest Number {i},guest{i}@example.org,{},Household {}", i % 4, i / 3).unwrap();
    }
    list
}
