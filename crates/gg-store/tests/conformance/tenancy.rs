//! What is another's does not exist, whoever forgets to ask first.

use gg_domain::actor::{Actor, Permission};
use gg_domain::id::InviteId;
use gg_domain::invite::InviteState;
use gg_domain::risk::GuestRisk;
use gg_domain::token::KeyId;
use gg_store::{Conn, GuestFilter, Paging, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database};

use crate::stage;
use crate::wedding::{Wedding, reset};

each_database! {
    async fn another_account_reads_nothing_of_an_event(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let eve = Actor::account(stage::organiser(&db, "eve@example.org").await, Permission::ReadEvent);

        assert_eq!(read_all(&db, &wedding, wedding.ama()).await, [true; 11]);
        assert_eq!(read_all(&db, &wedding, eve).await, [false; 11]);
    }

    async fn a_guests_link_reads_nothing_of_another_guest(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let kojo = wedding.guest(&db, "Kojo").await;
        let link = Actor::Invite { event: wedding.event, guest: kojo };

        // The event is his too; a list of guests is nobody's but a member's.
        let read = read_all(&db, &wedding, link).await;

        assert_eq!(read, [false, true, false, false, false, false, false, false, false, false, false]);
    }

    async fn a_link_of_another_event_reads_nothing(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let link = Actor::Invite { event: db.sources.id(), guest: db.sources.id() };

        assert_eq!(read_all(&db, &wedding, link).await, [false; 11]);
    }
}

/// Whether the actor gets anything from each method that takes one.
async fn read_all(db: &TestDb, wedding: &Wedding, actor: Actor) -> [bool; 11] {
    let guest = wedding.guest_of(db, "Yaw", Some("Owusu")).await;
    let (access, rsvp, event) = (wedding.opening(db, guest), wedding.coming(db, guest, &[]), wedding.event);
    let (invite, at, opened) = (db.sources.id::<InviteId>(), db.sources.now(), access.id);
    db.write(async move |tx: &mut WriteTx| {
        tx.insert_signing_key(KeyId(1), &[0], at).await?;
        tx.insert_access(&access, None).await?;
        tx.insert_rsvp(&rsvp, None).await?;
        tx.insert_invite(event, guest, invite, KeyId(1), InviteState::Living, at).await?;
        tx.change_guest_risk(&reset(event, guest, 0, &GuestRisk::default(), at)).await
    })
    .await
    .unwrap();
    let page = Paging { after: None, limit: 5 };
    db.read(async move |conn: &mut Conn| {
        Ok::<_, StoreError>([
            conn.role(&actor, event).await?.is_some(),
            conn.event(&actor, event).await?.is_some(),
            conn.guest(&actor, guest).await?.is_some(),
            !conn.guests(&actor, event, &GuestFilter::default(), page).await?.rows.is_empty(),
            !conn.all_guests(&actor, event).await?.is_empty(),
            conn.rsvp(&actor, guest).await?.is_some(),
            !conn.rsvps(&actor, event, page).await?.rows.is_empty(),
            !conn.rsvp_history(&actor, guest).await?.is_empty(),
            conn.access(&actor, opened).await?.is_some()
                && !conn.timeline(&actor, guest, 5).await?.is_empty(),
            conn.guest_risk(&actor, guest).await?.1 > 0,
            conn.living_invite(&actor, guest).await?.is_some(),
        ])
    })
    .await
    .unwrap()
}
