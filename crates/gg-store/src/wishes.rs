//! What somebody who was stopped at a guest's link asks the organiser for.
//!
//! Once it is settled nothing personal is left of it; the row itself stays for a day, since it is what limits count.

use gg_domain::actor::Actor;
use gg_domain::email::EmailAddress;
use gg_domain::id::{EventId, GuestId, WishId};
use gg_domain::name::PersonName;
use gg_domain::phone::PhoneNumber;
use gg_domain::step_up::Asked;
use gg_domain::wish::{Asker, WishKind};
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{args, row};

row! {
    /// A wish that nobody has settled.
    pub struct WishRow {
        /// Its id.
        pub id: WishId,
        /// What is asked for.
        pub kind: WishKind,
        /// Through whose link.
        pub guest_id: GuestId,
        /// His name.
        pub guest_name: PersonName,
        /// Who asks; none where it is the guest himself.
        pub name: Option<PersonName>,
        /// Where mail reaches him.
        pub email: Option<EmailAddress>,
        /// Where messages reach him.
        pub phone: Option<PhoneNumber>,
        /// His word to the organiser.
        pub note: Option<String>,
        /// When.
        pub created_at: Timestamp,
    }
}

impl Conn {
    /// An event's wishes that wait for the organiser, the oldest first. Whose event it is not gets none.
    pub async fn wishes(&mut self, actor: &Actor, event: EventId, limit: i64) -> Result<Vec<WishRow>> {
        const SQL: &str =
            "select w.id, w.kind, w.guest_id, g.name, w.name, w.email, w.phone, w.note, w.created_at
            from wishes w
            join guests g on g.id = w.guest_id
            join members m on m.event_id = w.event_id and m.account_id = $1
            where w.event_id = $2 and w.settled_at is null order by w.id limit $3";
        self.all(SQL, args![actor.account_id(), event, limit]).await
    }

    /// Which wishes of a kind came through a guest's link since `since`, the latest `most`, and how many of his event.
    pub async fn wishes_asked(
        &mut self,
        event: EventId,
        guest: GuestId,
        since: Timestamp,
        most: usize,
    ) -> Result<Asked> {
        const GUEST: &str = "select created_at from wishes
            where guest_id = $1 and kind = 'own_invitation' and created_at > $2 order by id desc limit $3";
        const EVENT: &str = "select cast(count(*) as bigint) from wishes
            where event_id = $1 and kind = 'own_invitation' and created_at > $2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let of_guest: Vec<(Timestamp,)> = self.all(GUEST, args![guest, since, most]).await?;
        let (of_event,) = self.one::<(i64,)>(EVENT, args![event, since]).await?;
        Ok(Asked {
            of_guest: of_guest.into_iter().map(|(at,)| at).collect(),
            of_event: usize::try_from(of_event).unwrap_or(0),
        })
    }
}

impl WriteTx {
    /// Keeps that a guest wants a new link and has no contact: once, however often it is asked.
    pub async fn wish_fresh_link(
        &mut self,
        wish: WishId,
        event: EventId,
        guest: GuestId,
        at: Timestamp,
    ) -> Result<bool> {
        const SQL: &str = "insert into wishes (id, event_id, guest_id, kind, created_at)
            select $1, $2, $3, 'fresh_link', $4 from guests
            where id = $3 and not exists (select 1 from wishes
                where guest_id = $3 and kind = 'fresh_link' and settled_at is null)";
        Ok(self.execute(SQL, args![wish, event, guest, at]).await? == 1)
    }

    /// Keeps that somebody wants an invitation of his own.
    pub async fn wish_own_invitation(
        &mut self,
        wish: WishId,
        event: EventId,
        guest: GuestId,
        asker: &Asker,
        at: Timestamp,
    ) -> Result<()> {
        const SQL: &str =
            "insert into wishes (id, event_id, guest_id, kind, name, email, phone, note, created_at)
            values ($1, $2, $3, 'own_invitation', $4, $5, $6, $7, $8)";
        let a = asker;
        self.execute(SQL, args![wish, event, guest, a.name, a.email, a.phone, a.note, at]).await.map(|_| ())
    }

    /// Settles a wish of an event, and forgets who asked. `false` where there is none that waits.
    pub async fn settle_wish(&mut self, event: EventId, wish: WishId, at: Timestamp) -> Result<bool> {
        const SQL: &str =
            "update wishes set settled_at = $3, name = null, email = null, phone = null, note = null
            where id = $1 and event_id = $2 and settled_at is null";
        Ok(self.execute(SQL, args![wish, event, at]).await? == 1)
    }

    /// Settles that a guest wants a new link: he has one now.
    pub async fn settle_fresh_link_wish(&mut self, guest: GuestId, at: Timestamp) -> Result<()> {
        const SQL: &str = "update wishes set settled_at = $2
            where guest_id = $1 and kind = 'fresh_link' and settled_at is null";
        self.execute(SQL, args![guest, at]).await.map(|_| ())
    }

    /// Deletes wishes from before `settled` that were settled, and all from before `forgotten`, at most `limit`, and says
    /// how many.
    pub async fn prune_wishes(
        &mut self,
        settled: Timestamp,
        forgotten: Timestamp,
        limit: i64,
    ) -> Result<u64> {
        const SQL: &str = "delete from wishes where id in (select id from wishes
            where (settled_at is not null and created_at < $1) or created_at < $2 limit $3)";
        self.execute(SQL, args![settled, forgotten, limit]).await
    }
}
