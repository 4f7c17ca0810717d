//! Accounts and the setup link.

use gg_domain::id::AccountId;
use gg_store::{Account, Conn, Result, WriteTx};
use gg_testkit::{TestDb, each_database};
use jiff::Timestamp;

use crate::stage;

each_database! {
    async fn an_account_is_found_by_its_address_in_any_spelling(db: TestDb) {
        let id = stage::organiser(&db, "Ama.Mensah@example.org").await;

        assert_eq!(found(&db, "ama.mensah@EXAMPLE.org").await, Some(id));
        assert_eq!(found(&db, "ama@example.org").await, None);
    }

    async fn an_address_has_one_account(db: TestDb) {
        stage::organiser(&db, "ama@example.org").await;
        let second = stage::account(&db, "AMA@example.org");

        let made = db.write(async move |tx: &mut WriteTx| tx.insert_account(&second).await).await;

        assert_eq!(made, Ok(false));
    }

    async fn the_latest_setup_link_alone_is_valid(db: TestDb) {
        print_link(&db, [1; 32]).await;
        print_link(&db, [2; 32]).await;

        assert_eq!(consume(&db, [1; 32]).await, Ok(false));
        assert_eq!(consume(&db, [2; 32]).await, Ok(true));
        assert_eq!(consume(&db, [2; 32]).await, Ok(false));
    }

    async fn of_two_who_use_one_setup_link_one_wins(db: TestDb) {
        print_link(&db, [1; 32]).await;

        let (first, second) = tokio::join!(consume(&db, [1; 32]), consume(&db, [1; 32]));

        assert!(first.unwrap() ^ second.unwrap());
    }
}

async fn found(db: &TestDb, address: &str) -> Option<AccountId> {
    let email = stage::email(address);
    let account: Result<Option<Account>> =
        db.read(async move |conn: &mut Conn| conn.account_of(&email).await).await;
    account.unwrap().map(|account| account.id)
}

async fn print_link(db: &TestDb, hash: [u8; 32]) {
    let now = db.sources.now();
    db.write(async move |tx: &mut WriteTx| tx.replace_setup_link(&hash, now).await).await.unwrap();
}

async fn consume(db: &TestDb, hash: [u8; 32]) -> Result<bool> {
    db.write(async move |tx: &mut WriteTx| tx.consume_setup_link(&hash, Timestamp::MIN).await).await
}
