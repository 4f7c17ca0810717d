//! Migrating: once, never a changed version, never backwards.

use gg_store::{MIGRATIONS, StoreError, testing};
use gg_testkit::{each_database, noon};

each_database! {
    async fn migrating_again_changes_nothing(db: TestDb) {
        assert_eq!(db.migrate(noon()).await, Ok(vec![]));
        assert_eq!(db.pending_migrations().await, Ok(vec![]));
    }

    async fn a_changed_version_is_refused(db: TestDb) {
        let change = format!("update schema_versions set checksum = 'other' where name = '{}'", MIGRATIONS[0].name);
        testing::run(&db, change).await.unwrap();

        assert!(matches!(db.migrate(noon()).await, Err(StoreError::Corrupt(_))));
    }

    async fn a_newer_programs_schema_is_refused(db: TestDb) {
        let newer = "insert into schema_versions (name, checksum, applied_at) values ('9999_future', '', 0)";
        testing::run(&db, newer).await.unwrap();

        assert!(matches!(db.migrate(noon()).await, Err(StoreError::Corrupt(_))));
    }

    async fn what_failed_in_the_middle_left_nothing(db: TestDb) {
        let half = "create table half (id bigint); create table half (id bigint)";
        testing::run(&db, half).await.unwrap_err();

        assert!(testing::words(&db, "select cast(id as text) from half").await.is_err());
    }
}
