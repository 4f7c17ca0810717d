//! Who was erased is gone to the last byte: from the tables, the indexes, the free pages and the log.

use std::path::PathBuf;

use gg_store::{StoreError, WriteTx};
use gg_testkit::{TestDb, on_sqlite};

use crate::wedding::Wedding;

/// What nothing else in the file says.
const SECRETS: [&str; 4] =
    ["Zebulon Quartermain", "zebulon@quartermain.example", "Philippa Vandersloot", "41.57.16.99"];

#[test]
fn an_erased_guest_leaves_no_byte_in_the_file_or_its_log() {
    on_sqlite(|db: TestDb| async move {
        let wedding = Wedding::plan(&db).await;
        for i in 0..50 {
            wedding.guest(&db, &format!("Guest {i}")).await;
        }
        let guest = guest_with_all(&db, &wedding).await;
        assert_eq!(found(&db), [true; 4]);

        let row = wedding.row(&db, guest).await.unwrap();
        db.write(async move |tx: &mut WriteTx| tx.delete_guest(&row, 1).await).await.unwrap();
        db.checkpoint().await.unwrap();

        assert_eq!(found(&db), [false; 4]);
        assert_eq!(std::fs::metadata(file(&db, "-wal")).unwrap().len(), 0);
    });
}

/// A guest of whom the file says all that it can.
async fn guest_with_all(db: &TestDb, wedding: &Wedding) -> gg_domain::id::GuestId {
    let (guest, party, at, event) = (db.sources.id(), db.sources.id(), db.sources.now(), wedding.event);
    let mut details = crate::wedding::guest_details(SECRETS[0], None);
    details.email = Some(crate::stage::email(SECRETS[1]));
    let mut access = wedding.opening(db, guest);
    access.address = SECRETS[3].into();
    let rsvp = wedding.coming(db, guest, &[SECRETS[2]]);
    let fact = gg_store::NewFeed { rsvp: Some(rsvp.id), ..wedding.fact(db, guest) };
    db.write(async move |tx: &mut WriteTx| {
        tx.insert_guest(event, guest, party, &details, at).await?;
        tx.insert_access(&access, None).await?;
        tx.insert_rsvp(&rsvp, None).await?;
        tx.append_feed(&fact).await?;
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
    guest
}

/// Which of the secrets a search of all bytes finds, in any case.
fn found(db: &TestDb) -> [bool; 4] {
    let mut bytes = std::fs::read(file(db, "")).unwrap();
    bytes.extend(std::fs::read(file(db, "-wal")).unwrap());
    bytes.make_ascii_lowercase();
    SECRETS.map(|secret| {
        let secret = secret.to_ascii_lowercase();
        bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
    })
}

fn file(db: &TestDb, ending: &str) -> PathBuf {
    format!("{}{ending}", db.url.strip_prefix("sqlite:").unwrap()).into()
}
