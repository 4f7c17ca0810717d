//! Events, the seats that are taken in them, and their policies.

use gg_domain::actor::{Actor, Role};
use gg_domain::event::EventDetails;
use gg_domain::id::{AccountId, EventId};
use gg_domain::policy::Policy;
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::{Result, StoreError};
use crate::page::{Page, Paging};
use crate::value::{Json, args, json, row};

row! {
    /// An event as it is stored, and what the actor is to it.
    pub struct EventRow {
        /// Its id.
        pub id: EventId,
        /// Its name.
        pub name: String,
        /// When it starts.
        pub starts_at: Timestamp,
        /// When it ends.
        pub ends_at: Timestamp,
        /// The IANA zone of its times.
        pub time_zone: String,
        /// Where.
        pub venue: Option<String>,
        /// How many heads fit.
        pub capacity: Option<i64>,
        /// The last moment for answers.
        pub rsvp_deadline: Option<Timestamp>,
        /// Heads that hold seats.
        pub seats_taken: i64,
        /// Counts its changes; the ETag.
        pub revision: i64,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
        /// What the actor is to it; none for who is no member.
        pub role: Option<Role>,
    }
}

impl EventRow {
    /// What can be changed of it.
    pub fn details(&self) -> EventDetails {
        EventDetails {
            name: self.name.clone(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            time_zone: self.time_zone.clone(),
            venue: self.venue.clone(),
            capacity: self.capacity,
            rsvp_deadline: self.rsvp_deadline,
        }
    }
}

row! {
    /// Numbers of an event for its page and for `summary`.
    pub struct SummaryRow {
        /// Guests who come.
        pub attending: i64,
        /// Guests who do not.
        pub declined: i64,
        /// Guests without an answer that counts.
        pub waiting: i64,
        /// Companions who come.
        pub plus_ones: i64,
        /// Heads that hold seats.
        pub seats: i64,
        /// Guests whose answer waits for the organiser's word.
        pub pending: i64,
    }
}

impl Conn {
    /// The actor's role in an event: `None` where the event is none of his.
    pub async fn role(&mut self, actor: &Actor, event: EventId) -> Result<Option<Role>> {
        const SQL: &str = "select role from members where event_id = $1 and account_id = $2";
        let role: Option<(Role,)> = match actor {
            Actor::Account { id, .. } => self.optional(SQL, args![event, *id]).await?,
            Actor::Invite { .. } | Actor::System(_) => None,
        };
        Ok(role.map(|(role,)| role))
    }

    /// An event. Whose it is not gets nothing.
    pub async fn event(&mut self, actor: &Actor, event: EventId) -> Result<Option<EventRow>> {
        const SQL: &str = "select e.id, e.name, e.starts_at, e.ends_at, e.time_zone, e.venue, e.capacity,
                e.rsvp_deadline, e.seats_taken, e.revision, e.created_at, e.updated_at, m.role
            from events e left join members m on m.event_id = e.id and m.account_id = $2
            where e.id = $1 and (m.role is not null or $3)";
        if !actor.reaches_event(event) {
            return Ok(None);
        }
        self.optional(SQL, args![event, actor.account_id(), actor.account_id().is_none()]).await
    }

    /// The actor's events, the newest first.
    pub async fn events(
        &mut self,
        account: AccountId,
        paging: Paging<EventId>,
    ) -> Result<Page<EventRow, EventId>> {
        const SQL: &str = "select e.id, e.name, e.starts_at, e.ends_at, e.time_zone, e.venue, e.capacity,
                e.rsvp_deadline, e.seats_taken, e.revision, e.created_at, e.updated_at, m.role
            from members m join events e on e.id = m.event_id
            where m.account_id = $1 and e.id < $2
            order by e.id desc limit $3";
        let rows = self.all(SQL, args![account, paging.below(), paging.rows()]).await?;
        Ok(paging.page(rows, |event: &EventRow| event.id))
    }

    /// Of each event of an account: guests who have not answered, and answers that wait for the organiser's word.
    pub async fn waiting_of(&mut self, account: AccountId) -> Result<Vec<(EventId, i64, i64)>> {
        const SQL: &str = "select g.event_id,
                cast(sum(case when r.guest_id is null then 1 else 0 end) as bigint),
                cast(sum(case when r.pending then 1 else 0 end) as bigint)
            from members m join guests g on g.event_id = m.event_id left join rsvps r on r.guest_id = g.id
            where m.account_id = $1 group by g.event_id";
        self.all(SQL, args![account]).await
    }

    /// An event's policy, the default where none was set.
    pub async fn policy(&mut self, event: EventId) -> Result<Policy> {
        const SQL: &str = "select policy from events where id = $1";
        let policy: Option<(Option<Json<Policy>>,)> = self.optional(SQL, args![event]).await?;
        Ok(policy.and_then(|(policy,)| policy).map(|Json(policy)| policy).unwrap_or_default())
    }

    /// An event's numbers.
    pub async fn summary(&mut self, event: EventId) -> Result<SummaryRow> {
        // An answer that waits for the organiser's word leaves the one before it standing.
        const SQL: &str = "select
                cast(coalesce(sum(case when r.seats_confirmed > 0 then 1 else 0 end), 0) as bigint),
                cast(coalesce(sum(case when r.confirmed_id is not null and r.seats_confirmed = 0 then 1 else 0 end), 0)
                    as bigint),
                cast(coalesce(sum(case when r.confirmed_id is null then 1 else 0 end), 0) as bigint),
                cast(coalesce(sum(case when r.seats_confirmed > 0 then r.seats_confirmed - 1 else 0 end), 0) as bigint),
                cast(coalesce(sum(g.seats_held), 0) as bigint),
                cast(coalesce(sum(case when r.pending then 1 else 0 end), 0) as bigint)
            from guests g left join rsvps r on r.guest_id = g.id where g.event_id = $1";
        self.one(SQL, args![event]).await
    }
}

impl WriteTx {
    /// Makes an event and its owner.
    pub async fn insert_event(
        &mut self,
        owner: AccountId,
        event: EventId,
        details: &EventDetails,
        at: Timestamp,
    ) -> Result<()> {
        const EVENT: &str = "insert into events
                (id, name, starts_at, ends_at, time_zone, venue, capacity, rsvp_deadline, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
        const OWNER: &str =
            "insert into members (event_id, account_id, role, created_at) values ($1, $2, 'owner', $3)";
        const POSITION: &str = "insert into feed_positions (event_id, highest) values ($1, 0)";
        let d = details;
        self.execute(
            EVENT,
            args![
                event,
                d.name,
                d.starts_at,
                d.ends_at,
                d.time_zone,
                d.venue,
                d.capacity,
                d.rsvp_deadline,
                at
            ],
        )
        .await?;
        self.execute(OWNER, args![event, owner, at]).await?;
        self.execute(POSITION, args![event]).await.map(|_| ())
    }

    /// Changes an event that is still at `revision`, and gives its new one.
    pub async fn update_event(
        &mut self,
        event: EventId,
        revision: i64,
        details: &EventDetails,
        at: Timestamp,
    ) -> Result<Option<i64>> {
        const SQL: &str =
            "update events set name = $3, starts_at = $4, ends_at = $5, time_zone = $6, venue = $7,
                capacity = $8, rsvp_deadline = $9, updated_at = $10, revision = revision + 1
            where id = $1 and revision = $2 returning revision";
        let d = details;
        let args = args![
            event,
            revision,
            d.name,
            d.starts_at,
            d.ends_at,
            d.time_zone,
            d.venue,
            d.capacity,
            d.rsvp_deadline,
            at
        ];
        Ok(self.returning::<(i64,)>(SQL, args).await?.map(|(revision,)| revision))
    }

    /// Deletes an event that is still at `revision`, and all that is in it.
    pub async fn delete_event(&mut self, event: EventId, revision: i64) -> Result<bool> {
        const SIGNALS: &str = "delete from access_signals where event_id = $1";
        const GUESTS: &str = "delete from guests where event_id = $1";
        const EVENT: &str = "delete from events where id = $1 and revision = $2";
        self.execute(SIGNALS, args![event]).await?;
        self.execute(GUESTS, args![event]).await?;
        Ok(self.execute(EVENT, args![event, revision]).await? == 1)
    }

    /// Sets an event's policy.
    pub async fn set_policy(&mut self, event: EventId, policy: &Policy, at: Timestamp) -> Result<()> {
        const SQL: &str =
            "update events set policy = $2, updated_at = $3, revision = revision + 1 where id = $1";
        self.execute(SQL, args![event, json(policy)?, at]).await.map(|_| ())
    }

    /// Takes `seats` places, gives them back where negative, or returns `None` when the event is full.
    ///
    /// The condition is the lock: of many who race for the last seats, exactly as many get one.
    pub async fn take_seats(&mut self, event: EventId, seats: i64) -> Result<Option<i64>> {
        const SQL: &str = "update events set seats_taken = seats_taken + $2
            where id = $1 and ($2 <= 0 or capacity is null or seats_taken + $2 <= capacity) returning seats_taken";
        Ok(self.returning::<(i64,)>(SQL, args![event, seats]).await?.map(|(taken,)| taken))
    }
}

/// What the domain did not foresee of a row that must be there.
pub(crate) fn missing(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is missing"))
}
