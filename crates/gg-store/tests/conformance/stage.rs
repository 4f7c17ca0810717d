//! What has to be there before a test can begin.

use gg_domain::email::EmailAddress;
use gg_domain::id::{AccountId, EventId};
use gg_store::{Account, PasswordHash, StoreError, WriteTx, testing};
use gg_testkit::TestDb;

/// An address.
pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// An account of `address`, not kept yet.
pub(crate) fn account(db: &TestDb, address: &str) -> Account {
    let password_hash = PasswordHash::new("$argon2id$none".to_string());
    Account { id: db.sources.id(), email: email(address), password_hash, created_at: db.sources.now() }
}

/// An account of `address`.
pub(crate) async fn organiser(db: &TestDb, address: &str) -> AccountId {
    let account = account(db, address);
    let id = account.id;
    let made = db.write(async move |tx: &mut WriteTx| tx.insert_account(&account).await).await;
    assert_eq!(made, Ok::<_, StoreError>(true));
    id
}

/// An event that nobody is a member of.
pub(crate) async fn event(db: &TestDb) -> EventId {
    let id: EventId = db.sources.id();
    let literal = if db.is_sqlite() { format!("x'{}'", id.uuid().simple()) } else { format!("'{id}'") };
    let at = db.sources.now().as_microsecond();
    let sql = format!(
        "insert into events (id, name, starts_at, ends_at, time_zone, created_at, updated_at)
        values ({literal}, 'A wedding', {at}, {at}, 'Europe/Berlin', {at}, {at})"
    );
    testing::run(db, sql).await.unwrap();
    id
}

/// How many rows a table has.
pub(crate) async fn rows(db: &TestDb, table: &str) -> i64 {
    // Text of a statement lives as long as the program: a handful of tables, in a test.
    let sql: &'static str = Box::leak(format!("select cast(count(*) as text) from {table}").into_boxed_str());
    testing::words(db, sql).await.unwrap()[0].parse().unwrap()
}
