//! Members of events, and those who were invited.

use gg_domain::actor::{Actor, Forbidden, Permission, Role};
use gg_domain::id::{AccountId, EventId};
use gg_store::{Conn, Denied, Member, MemberInvite, Removal, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database};
use jiff::SignedDuration;

use crate::stage;

each_database! {
    async fn to_who_is_no_member_an_event_does_not_exist(db: TestDb) {
        let event = stage::event(&db).await;
        let stranger = stage::organiser(&db, "stranger@example.org").await;

        assert_eq!(list(&db, stranger, event).await, Err(Denied::NotFound));
        assert_eq!(invite(&db, stranger, event, "kofi@example.org", 1).await, Err(Denied::NotFound));
        assert_eq!(remove(&db, stranger, event, stranger).await, Err(Denied::NotFound));
    }

    async fn a_member_whose_role_does_not_suffice_is_told(db: TestDb) {
        let event = stage::event(&db).await;
        for role in [Role::Editor, Role::Door, Role::Viewer] {
            let member = join(&db, event, &format!("{}@example.org", role.as_str()), role).await;

            assert_eq!(list(&db, member, event).await, Err(Denied::Forbidden(Forbidden)), "{role:?}");
        }
    }

    async fn members_are_listed_before_who_was_invited(db: TestDb) {
        let event = stage::event(&db).await;
        let owner = join(&db, event, "ama@example.org", Role::Owner).await;
        invite(&db, owner, event, "kofi@example.org", 1).await.unwrap();

        let members = list(&db, owner, event).await.unwrap();

        let who: Vec<_> = members.iter().map(|member| (member.account_id, member.email.as_str(), member.role)).collect();
        assert_eq!(who, [(Some(owner), "ama@example.org", Role::Owner), (None, "kofi@example.org", Role::Editor)]);
    }

    async fn a_second_invitation_ends_the_first(db: TestDb) {
        let event = stage::event(&db).await;
        let owner = join(&db, event, "ama@example.org", Role::Owner).await;
        invite(&db, owner, event, "kofi@example.org", 1).await.unwrap();
        invite(&db, owner, event, "KOFI@example.org", 2).await.unwrap();

        assert_eq!(accept(&db, 1, "kofi@example.org").await, None);
        assert_eq!(accept(&db, 2, "kofi@example.org").await, Some(event));
        assert_eq!(list(&db, owner, event).await.unwrap().len(), 1);
    }

    async fn an_invitation_is_for_its_address_once_and_ends(db: TestDb) {
        let event = stage::event(&db).await;
        let owner = join(&db, event, "ama@example.org", Role::Owner).await;
        invite(&db, owner, event, "kofi@example.org", 1).await.unwrap();
        invite(&db, owner, event, "late@example.org", 2).await.unwrap();

        assert_eq!(accept(&db, 1, "other@example.org").await, None);
        assert_eq!(accept(&db, 1, "kofi@example.org").await, Some(event));
        assert_eq!(accept(&db, 1, "kofi@example.org").await, None);
        db.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(accept(&db, 2, "late@example.org").await, None);
    }

    async fn the_last_owner_stays(db: TestDb) {
        let event = stage::event(&db).await;
        let ama = join(&db, event, "ama@example.org", Role::Owner).await;
        let kofi = join(&db, event, "kofi@example.org", Role::Owner).await;

        assert_eq!(remove(&db, ama, event, kofi).await, Ok(Removal::Removed));
        assert_eq!(remove(&db, ama, event, kofi).await, Ok(Removal::NoMember));
        assert_eq!(remove(&db, ama, event, ama).await, Ok(Removal::LastOwner));
    }

    async fn two_owners_who_remove_each_other_leave_one(db: TestDb) {
        for round in 0..10 {
            let event = stage::event(&db).await;
            let ama = join(&db, event, &format!("ama{round}@example.org"), Role::Owner).await;
            let kofi = join(&db, event, &format!("kofi{round}@example.org"), Role::Owner).await;

            let (one, other) = tokio::join!(remove(&db, ama, event, kofi), remove(&db, kofi, event, ama));

            let removed = [&one, &other].into_iter().filter(|done| **done == Ok(Removal::Removed)).count();
            assert_eq!(removed, 1, "{one:?} {other:?}");
        }
    }
}

async fn join(db: &TestDb, event: EventId, address: &str, role: Role) -> AccountId {
    let account = stage::organiser(db, address).await;
    let now = db.sources.now();
    let joined =
        db.write(async move |tx: &mut WriteTx| tx.upsert_member(event, account, role, now).await).await;
    assert_eq!(joined, Ok::<(), StoreError>(()));
    account
}

async fn list(db: &TestDb, account: AccountId, event: EventId) -> Result<Vec<Member>, Denied> {
    let now = db.sources.now();
    db.read(async move |conn: &mut Conn| conn.members(&doing(account), event, now).await).await
}

async fn invite(
    db: &TestDb,
    account: AccountId,
    event: EventId,
    address: &str,
    secret: u8,
) -> Result<(), Denied> {
    let now = db.sources.now();
    let invite = MemberInvite {
        id: db.sources.id(),
        event_id: event,
        email: stage::email(address),
        role: Role::Editor,
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24),
    };
    db.write(async move |tx: &mut WriteTx| {
        tx.upsert_member_invite(&doing(account), &invite, &[secret; 32]).await
    })
    .await
}

async fn accept(db: &TestDb, secret: u8, address: &str) -> Option<EventId> {
    let (email, now) = (stage::email(address), db.sources.now());
    let invite: Result<Option<MemberInvite>, StoreError> = db
        .write(async move |tx: &mut WriteTx| tx.consume_member_invite(&[secret; 32], &email, now).await)
        .await;
    invite.unwrap().map(|invite| invite.event_id)
}

async fn remove(db: &TestDb, account: AccountId, event: EventId, whom: AccountId) -> Result<Removal, Denied> {
    db.write(async move |tx: &mut WriteTx| tx.delete_member(&doing(account), event, whom).await).await
}

fn doing(account: AccountId) -> Actor {
    Actor::account(account, Permission::Members)
}
