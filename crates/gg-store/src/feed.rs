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
use crate::value::{Arg, Json, ToArg, args, row};

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

    /// Messages of an event up to number `until`, the newest first, at most `limit`.
    pub async fn feed_before(&mut self, event: EventId, until: i64, limit: i64) -> Result<Vec<FeedRow>> {
        const SQL: &str = "select f.seq, f.kind, f.guest_id, f.access_id, f.figures, f.at, g.name,
                h.attending, h.plus_ones, h.note, h.answers, h.source, h.at
            from feed f
            left join guests g on g.id = f.guest_id
            left join rsvp_history h on h.id = f.rsvp_id
            where f.event_id = $1 and f.seq <= $2 order by f.seq desc limit $3";
        self.all(SQL, args![event, until, limit]).await
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
        const WAITING: &str = "select id, event_id from feed where seq is null order by id limit $1";
        const NEXT: &str =
            "update feed_positions set highest = highest + $2 where event_id = $1 returning highest";
        if self.is_sqlite() || !self.one::<(bool,)>(LOCK, args![RELAY_LOCK]).await?.0 {
            return Ok(0);
        }
        let waiting: Vec<(Uuid, EventId)> = self.all(WAITING, args![NUMBERED_MAX]).await?;
        let mut by_event: BTreeMap<EventId, Vec<Uuid>> = BTreeMap::new();
        for (id, event) in &waiting {
            by_event.entry(*event).or_default().push(*id);
        }
        for (event, ids) in by_event {
            let count = i64::try_from(ids.len()).unwrap_or(0);
            let Some((highest,)) = self.returning::<(i64,)>(NEXT, args![event, count]).await? else {
                continue;
            };
            self.set_numbers(&ids, highest - count).await?;
        }
        Ok(waiting.len())
    }

    async fn set_numbers(&mut self, ids: &[Uuid], before: i64) -> Result<()> {
        let mut rows = Vec::with_capacity(ids.len());
        let mut args: Vec<Arg<'_>> = Vec::with_capacity(ids.len());
        for (seq, id) in (before + 1..).zip(ids) {
            args.push(id.arg());
            rows.push(format!("(${}::uuid, {seq}::bigint)", args.len()));
        }
        let sql = format!(
            "update feed set seq = v.seq from (values {}) as v (id, seq) where feed.id = v.id",
            rows.join(", ")
        );
        self.execute_dynamic(&sql, &args).await.map(|_| ())
    }
}
