//! Signed-in browsers.

use gg_domain::account::{SESSION_IDLE, SESSION_LIFE};
use gg_domain::id::{AccountId, SessionId};
use gg_store::{Conn, Result, SESSIONS_MAX, Session, SessionOwner, WriteTx};
use gg_testkit::{TestDb, each_database};
use jiff::SignedDuration;

use crate::stage;

each_database! {
    async fn a_session_opens_its_account(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        sign_in(&db, ama, 1).await;

        assert_eq!(owner(&db, 1).await.map(|owner| owner.account_id), Some(ama));
        assert_eq!(owner(&db, 2).await, None);
    }

    async fn an_unused_session_ends(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        sign_in(&db, ama, 1).await;

        db.clock.advance(SESSION_IDLE);

        assert_eq!(owner(&db, 1).await, None);
    }

    async fn a_used_session_ends_too(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let session = sign_in(&db, ama, 1).await;
        let day = SignedDuration::from_hours(24);
        let mut lived = SignedDuration::ZERO;
        while lived + day < SESSION_LIFE {
            db.clock.advance(day);
            lived += day;
            let now = db.sources.now();
            db.write(async move |tx: &mut WriteTx| tx.touch_session(session, now).await).await.unwrap();
            assert!(owner(&db, 1).await.is_some(), "after {lived}");
        }

        db.clock.advance(day);

        assert_eq!(owner(&db, 1).await, None);
    }

    async fn one_session_ends_or_all_of_an_account(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        let kofi = stage::organiser(&db, "kofi@example.org").await;
        let first = sign_in(&db, ama, 1).await;
        sign_in(&db, ama, 2).await;
        sign_in(&db, ama, 3).await;
        sign_in(&db, kofi, 4).await;

        assert_eq!(db.write(async move |tx: &mut WriteTx| tx.delete_session(kofi, first).await).await, Ok(false));
        assert_eq!(db.write(async move |tx: &mut WriteTx| tx.delete_session(ama, first).await).await, Ok(true));
        assert_eq!(db.write(async move |tx: &mut WriteTx| tx.delete_sessions(ama).await).await, Ok(2));

        assert_eq!(owner(&db, 3).await, None);
        assert!(owner(&db, 4).await.is_some());
    }

    async fn the_longest_unused_makes_room(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        for n in 0..=SESSIONS_MAX {
            db.clock.advance(SignedDuration::from_secs(1));
            sign_in(&db, ama, u8::try_from(n).unwrap()).await;
        }
        let now = db.sources.now();

        let sessions: Result<Vec<Session>> = db.read(async move |conn: &mut Conn| conn.sessions(ama, now).await).await;

        assert_eq!(sessions.unwrap().len(), SESSIONS_MAX as usize);
        assert_eq!(owner(&db, 0).await, None);
        assert!(owner(&db, 1).await.is_some());
    }

    async fn ended_sessions_are_pruned(db: TestDb) {
        let ama = stage::organiser(&db, "ama@example.org").await;
        sign_in(&db, ama, 1).await;
        db.clock.advance(SESSION_IDLE);
        sign_in(&db, ama, 2).await;
        let now = db.sources.now();

        assert_eq!(db.write(async move |tx: &mut WriteTx| tx.prune_sessions(now).await).await, Ok(1));
    }
}

async fn sign_in(db: &TestDb, account: AccountId, secret: u8) -> SessionId {
    let now = db.sources.now();
    let session = Session { id: db.sources.id(), agent: "Firefox".into(), created_at: now, used_at: now };
    let id = session.id;
    db.write(async move |tx: &mut WriteTx| tx.insert_session(account, &session, &[secret; 32]).await)
        .await
        .unwrap();
    id
}

async fn owner(db: &TestDb, secret: u8) -> Option<SessionOwner> {
    let now = db.sources.now();
    db.read(async move |conn: &mut Conn| conn.session_owner(&[secret; 32], now).await).await.unwrap()
}
