//! Keys for the API.

use gg_domain::actor::Scope;
use gg_domain::id::{AccountId, ApiKeyId};
use gg_store::{ApiKey, Conn, Result, Scopes, WriteTx};
use gg_testkit::{TestDb, each_database};

use crate::stage;

each_database! {
    async fn a_key_is_found_by_its_secret_with_its_scopes(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let made = make(&db, ama, 1).await;

        assert_eq!(found(&db, 1).await, Some(made));
        assert_eq!(found(&db, 2).await, None);
    }

    async fn a_revoked_key_opens_nothing_and_stays_listed(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let made = make(&db, ama, 1).await;
        assert_eq!(revoke(&db, Some(ama), made.id).await, Ok(true));
        assert_eq!(revoke(&db, Some(ama), made.id).await, Ok(false));

        assert_eq!(found(&db, 1).await, None);
        let keys: Result<Vec<ApiKey>> = db.read(async move |conn: &mut Conn| conn.api_keys(Some(ama)).await).await;
        assert!(keys.unwrap()[0].revoked_at.is_some());
    }

    async fn nobody_lists_or_revokes_anothers_key(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let kofi = stage::organiser(&db, "kofi@example.org").await;
        let made = make(&db, ama, 1).await;

        assert_eq!(revoke(&db, Some(kofi), made.id).await, Ok(false));
        let keys: Result<Vec<ApiKey>> = db.read(async move |conn: &mut Conn| conn.api_keys(Some(kofi)).await).await;
        assert_eq!(keys, Ok(vec![]));
    }

    async fn the_operator_lists_and_revokes_any(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let made = make(&db, ama, 1).await;

        let keys: Result<Vec<ApiKey>> = db.read(async |conn: &mut Conn| conn.api_keys(None).await).await;
        assert_eq!(keys, Ok(vec![made.clone()]));
        assert_eq!(revoke(&db, None, made.id).await, Ok(true));
    }
}

async fn make(db: &TestDb, account: AccountId, secret: u8) -> ApiKey {
    let key = ApiKey {
        id: db.sources.id(),
        account_id: account,
        email: stage::email("ama@example.org"),
        name: "import".into(),
        scopes: Scopes(vec![Scope::GuestsRead, Scope::GuestsWrite]),
        created_at: db.sources.now(),
        used_at: None,
        revoked_at: None,
    };
    let kept = key.clone();
    db.write(async move |tx: &mut WriteTx| tx.insert_api_key(&kept, &[secret; 32]).await).await.unwrap();
    key
}

async fn found(db: &TestDb, secret: u8) -> Option<ApiKey> {
    db.read(async move |conn: &mut Conn| conn.api_key_of_secret(&[secret; 32]).await).await.unwrap()
}

async fn revoke(db: &TestDb, account: Option<AccountId>, id: ApiKeyId) -> Result<bool> {
    let now = db.sources.now();
    db.write(async move |tx: &mut WriteTx| tx.revoke_api_key(account, id, now).await).await
}
