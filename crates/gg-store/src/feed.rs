//! The live feed: facts in the order in which they became true, one counted row each.
//!
//! On SQLite the one writer numbers a row in the transaction that caused it. On PostgreSQL
//! transactions commit in another order than they began, so rows come without a number and
//! [`WriteTx::number_feed`], under an advisory lock, numbers what has committed.

use std::collections::BTreeMap;

use gg_domain::feed::FeedKind;
use gg_domain::id::{AccessId, EventId, GuestId, RsvpId};
use gg_domain::name::PersonName;
use gg_domain::rsvp::Source;
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{Json, args, row};

/// Rows numbered in one transaction.
const NUMBERED_MAX: i64 = 500;
/// PostgreSQL's advisory lock of the relay that numbers: "guestfed" in ASCII.
const RELAY_LOCK: i64 = 0x6775_6573_7466_6564;

/// A fact for the feed: type, ids and figures, never names.
#[derive(Clone, Debug)]
pub struct NewFeed {
    /// Its id, UUIDv7: the order among facts that are not numbered yet.
    pub id: Uuid,
    /// The event.
    pub event: EventId,
    /// What happened.
    pub kind: FeedKind,
    /// To whom.
    pub guest: GuestId,
    /// The opening it is about.
    pub access: Option<AccessId>,
    /// The answer it is about.
    pub rsvp: Option<RsvpId>,
    /// Figures of the message, as a JSON object.
    pub figures: String,
    /// When.
    pub at: Timestamp,
}

row! {
    /// An opening that messages of the feed speak of.
    pub struct ToldOpening {
        /// Which.
        pub id: AccessId,
        /// When somebody opened the link.
        pub at: Timestamp,
        /// Whether somebody has given his word on it.
        pub labelled: bool,
    }
}

row! {
    /// A message of the feed, with the names that it is told with.
    pub struct FeedRow {
        /// Its number in the event's feed, from 1.
        pub seq: i64,
        /// What happened.
        pub kind: FeedKind,
        /// To whom.
        pub guest_id: GuestId,
        /// The opening it is about.
        pub access_id: Option<AccessId>,
        /// Figures, as a JSON object.
        pub figures: String,
        /// When.
        pub at: Timestamp,
        /// The guest's name; none after he was erased.
        pub guest_name: Option<PersonName>,
        /// The answer: coming?
        pub attending: Option<bool>,
        /// The companions' names.
        pub plus_ones: Option<Json<Vec<String>>>,
        /// The word to the host.
        pub note: Option<String>,
        /// Answers to the event's questions.
        pub answers: Option<Json<BTreeMap<String, String>>>,
        /// Whose word it was.
        pub source: Option<Source>,
        /// When the answer was given.
        pub answered_at: Option<Timestamp>,
    }
}

row! {
    /// Where an event's feed stands.
    pub struct FeedPosition {
        /// Names this run of numbers: new after a restore.
        pub epoch: String,
        /// The lowest stored number; 0 where none is.
        pub lowest: i64,
        /// The highest number given; 0 where none was.
        pub highest: i64,
    }
}

impl Conn {
    /// Where an event's feed stands.
    pub async fn feed_position(&mut self, event: EventId) -> Result<Option<FeedPosition>> {
        const SQL: &str = "select d.epoch,
                coalesce((select min(seq) from feed where event_id = $1), 0), p.highest
            from deployment d, feed_positions p where p.event_id = $1";
        self.optional(SQL, args![event]).await
    }

    /// Messages of an event after number `after`, the oldest first, at most `limit`.
    pub async fn feed_after(&mut self, event: EventId, after: i64, limit: i64) -> Result<Vec<FeedRow>> {
        const SQL: &str = "select f.seq, f.kind, f.guest_id, f.access_id, f.figures, f.at, g.name,
                h.attending, h.plus_ones, h.note, h.answers, h.source, h.at
            from feed f
            left join guests g on g.id = f.guest_id
            left join rsvp_history h on h.id = f.rsvp_id
            where f.event_id = $1 and f.seq > $2 order by f.seq limit $3";
        self.all(SQL, args![event, after, limit]).await
    }

    /// Openings and answers of an event up to number `until`, the newest first, at most `limit`: what somebody who
    /// comes to watch wants to see, whatever list was imported just before.
    pub async fn feed_before(&mut self, event: EventId, until: i64, limit: i64) -> Result<Vec<FeedRow>> {
        const SQL: &str = "select f.seq, f.kind, f.guest_id, f.access_id, f.figures, f.at, g.name,
                h.attending, h.plus_ones, h.note, h.answers, h.source, h.at
            from feed f
            left join guests g on g.id = f.guest_id
            left join rsvp_history h on h.id = f.rsvp_id
            where f.event_id = $1 and f.seq <= $2
                and f.kind in ('access.checked', 'rsvp.created', 'rsvp.updated')
            order by f.seq desc limit $3";
        self.all(SQL, args![event, until, limit]).await
    }

    /// The openings that an event's messages from number `since` on speak of. A message says when an opening was
    /// judged last: long after it, where an organiser gave his word.
    pub async fn openings_told(&mut self, event: EventId, since: i64) -> Result<Vec<ToldOpening>> {
        const SQL: &str = "select id, at, label is not null from accesses where event_id = $1 and id in
                (select access_id from feed where event_id = $1 and seq >= $2 and access_id is not null)";
        self.all(SQL, args![event, since]).await
    }
}

impl WriteTx {
    /// Tells the feed a fact of this transaction.
    pub async fn append_feed(&mut self, new: &NewFeed) -> Result<()> {
        const NEXT: &str =
            "update feed_positions set highest = highest + 1 where event_id = $1 returning highest";
        const SQL: &str =
            "insert into feed (id, event_id, seq, kind, guest_id, access_id, rsvp_id, figures, at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        self.fed = true;
        let seq: Option<i64> = if self.is_sqlite() {
            self.returning::<(i64,)>(NEXT, args![new.event]).await?.map(|(seq,)| seq)
        } else {
            None
        };
        let n = new;
        let args = args![n.id, n.event, seq, n.kind, n.guest, n.access, n.rsvp, n.figures, n.at];
        self.execute(SQL, args).await.map(|_| ())
    }

    /// Numbers rows that have committed without a number, and says how many. Only one relay at a time
    /// does, in whatever process; SQLite's rows are numbered already.
    pub async fn number_feed(&mut self) -> Result<usize> {
        const LOCK: &str = "select pg_try_advisory_xact_lock($1)";
        // Rows of an event follow each other by id, after the highest number that was given there.
        const NUMBER_POSTGRES: &str = "with waiting as (
                select id, event_id, row_number() over (partition by event_id order by id) as place
                from (select id, event_id from feed where seq is null order by id limit $1) oldest),
            given as (
                update feed_positions p set highest = highest + w.many
                from (select event_id, count(*) as many from waiting group by event_id) w
                where p.event_id = w.event_id returning p.event_id, p.highest - w.many as before)
            update feed set seq = given.before + waiting.place
            from waiting join given on given.event_id = waiting.event_id where feed.id = waiting.id";
        if self.is_sqlite() || !self.one::<(bool,)>(LOCK, args![RELAY_LOCK]).await?.0 {
            return Ok(0);
        }
        let numbered = self.execute(NUMBER_POSTGRES, args![NUMBERED_MAX]).await?;
        Ok(usize::try_from(numbered).unwrap_or(usize::MAX))
    }
}
