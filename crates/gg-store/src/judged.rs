//! Openings that were judged: those of which somebody said who they were, as they were judged before that word, and
//! those that a tried policy judges again.

use gg_domain::id::{AccessId, EventId, GuestId, PartyId};
use gg_domain::risk::{Label, Reason};

use crate::db::Conn;
use crate::error::Result;
use crate::value::{Json, args, row};

row! {
    /// A labelled opening.
    pub struct LabelledRow {
        /// What spoke before the first word on it.
        pub reasons: Json<Vec<Reason>>,
        /// The latest word.
        pub label: Label,
    }
}

row! {
    /// A person's opening that was judged.
    pub struct JudgedRow {
        /// Its id.
        pub id: AccessId,
        /// Whose link.
        pub guest_id: GuestId,
        /// His party.
        pub party_id: PartyId,
        /// Whether there is an address or a number that the guest was invited by.
        pub reachable: bool,
    }
}

impl Conn {
    /// Persons' openings of an event, the latest first: neither labelled nor waiting to be judged.
    pub async fn judged_accesses(&mut self, event: EventId, limit: i64) -> Result<Vec<JudgedRow>> {
        const SQL: &str = "select a.id, a.guest_id, g.party_id, g.email is not null or g.phone is not null
            from accesses a join guests g on g.id = a.guest_id
            where a.event_id = $1 and a.band is not null and a.label is null
                and (not a.degraded or a.scored_again_at is not null)
            order by a.at desc, a.id desc limit $2";
        self.all(SQL, args![event, limit]).await
    }

    /// How many of a guest's openings were judged as a person's.
    pub async fn judged_count(&mut self, guest: GuestId) -> Result<i64> {
        const SQL: &str = "select cast(count(*) as bigint) from accesses
            where guest_id = $1 and band is not null and (not degraded or scored_again_at is not null)";
        Ok(self.one::<(i64,)>(SQL, args![guest]).await?.0)
    }

    /// Labelled openings of an event, the latest first. Those labelled before reasons were kept are left out: what
    /// stands beside them was judged with the word already known.
    pub async fn labelled_openings(&mut self, event: EventId, limit: i64) -> Result<Vec<LabelledRow>> {
        const SQL: &str = "select reasons_before, label from accesses
            where event_id = $1 and label is not null and reasons_before is not null
            order by at desc, id desc limit $2";
        self.all(SQL, args![event, limit]).await
    }
}
