//! What the guest's page shows, in one statement: his page is what is asked for most.

use gg_domain::id::{EventId, GuestId};
use gg_domain::policy::Policy;
use jiff::Timestamp;

use crate::db::Conn;
use crate::error::Result;
use crate::value::{Json, args, row};

row! {
    /// A link, its guest and his event, as far as the guest may read them.
    pub struct InvitePageRow {
        /// Whose link.
        pub guest_id: GuestId,
        /// His event.
        pub event_id: EventId,
        /// The link's state; none where there is no link of that generation.
        pub state: Option<String>,
        /// The key that signs it.
        pub key_id: Option<u32>,
        /// The guest's name.
        pub guest_name: String,
        /// How many the guest may bring.
        pub plus_ones_allowed: i64,
        /// The event's name.
        pub event_name: String,
        /// When it starts.
        pub starts_at: Timestamp,
        /// When it ends.
        pub ends_at: Timestamp,
        /// The IANA zone of its times.
        pub time_zone: String,
        /// Where.
        pub venue: Option<String>,
        /// The last moment for answers.
        pub rsvp_deadline: Option<Timestamp>,
        /// The event's policy, where one was set.
        pub policy: Option<Json<Policy>>,
    }
}

impl Conn {
    /// What is shown of the link of a guest in one generation.
    pub async fn invite_page(&mut self, guest: GuestId, generation: u32) -> Result<Option<InvitePageRow>> {
        const SQL: &str = "select g.id, g.event_id, i.state, i.key_id, g.name, g.plus_ones_allowed, e.name,
                e.starts_at, e.ends_at, e.time_zone, e.venue, e.rsvp_deadline, e.policy
            from guests g
            join events e on e.id = g.event_id
            left join invites i on i.guest_id = g.id and i.generation = $2
            where g.id = $1";
        self.optional(SQL, args![guest, generation]).await
    }
}
