//! The deployment and its keys.

use gg_domain::token::KeyId;
use gg_store::{Conn, Deployment, Result, SealedKey, WriteTx};
use gg_testkit::{TestDb, each_database};

each_database! {
    async fn a_deployment_is_founded_once_however_many_start(db: TestDb) {
        let (first, second) = tokio::join!(found(&db, "one"), found(&db, "two"));

        assert_eq!(first, second);
        assert!(first.is_ok());
    }

    async fn a_renewed_epoch_keeps_the_audience(db: TestDb) {
        let before = found(&db, "before").await.unwrap();
        db.write(async |tx: &mut WriteTx| tx.renew_epoch("after").await).await.unwrap();

        let after = db.read(async |conn: &mut Conn| conn.deployment().await).await.unwrap();

        assert_eq!(after, Some(Deployment { id: before.id, epoch: "after".into() }));
    }

    async fn a_keys_number_is_given_once(db: TestDb) {
        assert_eq!(keep_key(&db, KeyId(1)).await, Ok(true));
        assert_eq!(keep_key(&db, KeyId(1)).await, Ok(false));

        let next = db.write(async |tx: &mut WriteTx| tx.next_key_id().await).await;

        assert_eq!(next, Ok(KeyId(2)));
    }

    async fn a_retired_key_is_listed_and_signs_nothing(db: TestDb) {
        let now = db.sources.now();
        keep_key(&db, KeyId(1)).await.unwrap();
        keep_key(&db, KeyId(2)).await.unwrap();
        let retire = async move |tx: &mut WriteTx| tx.retire_signing_key(KeyId(1), now).await;
        assert_eq!(db.write(retire).await, Ok(true));
        assert_eq!(db.write(retire).await, Ok(false));

        let living: Result<Vec<SealedKey>> = db.read(async |conn: &mut Conn| conn.signing_keys().await).await;
        let all = db.read(async move |conn: &mut Conn| conn.key_uses(now).await).await.unwrap();

        assert_eq!(living.unwrap().iter().map(|key| key.id).collect::<Vec<_>>(), [KeyId(2)]);
        let retired: Vec<_> = all.iter().map(|key| (key.id, key.retired_at)).collect();
        assert_eq!(retired, [(KeyId(1), Some(now)), (KeyId(2), None)]);
    }
}

async fn found(db: &TestDb, epoch: &'static str) -> Result<Deployment> {
    let (id, now) = (db.sources.id(), db.sources.now());
    db.write(async move |tx: &mut WriteTx| tx.found_deployment(id, epoch, now).await).await
}

async fn keep_key(db: &TestDb, id: KeyId) -> Result<bool> {
    let now = db.sources.now();
    db.write(async move |tx: &mut WriteTx| tx.insert_signing_key(id, b"sealed", now).await).await
}
