//! Devices as they looked when they were new to their guest: what a population is counted from.

use gg_domain::id::{AccessId, EventId};
use gg_domain::snapshot::Snapshot;
use jiff::Timestamp;

use crate::db::Conn;
use crate::error::Result;
use crate::value::{Json, args, row};

row! {
    /// An opening on a device that its guest did not have, or that looked otherwise than before.
    pub struct LookRow {
        /// Which.
        pub id: AccessId,
        /// Of which event.
        pub event_id: EventId,
        /// What it looked like.
        pub snapshot: Json<Snapshot>,
        /// When.
        pub at: Timestamp,
    }
}

impl Conn {
    /// The latest new looks of all events. For a count alone: nothing of it is shown.
    pub async fn latest_looks(&mut self, limit: i64) -> Result<Vec<LookRow>> {
        const SQL: &str = "select id, event_id, snapshot, at from accesses
            where new_look order by at desc limit $1";
        self.all(SQL, args![limit]).await
    }

    /// New looks of all events after `after`, the oldest first. For a count alone.
    pub async fn looks_after(&mut self, after: Timestamp, limit: i64) -> Result<Vec<LookRow>> {
        const SQL: &str = "select id, event_id, snapshot, at from accesses
            where new_look and at > $1 order by at limit $2";
        self.all(SQL, args![after, limit]).await
    }

    /// New looks of an event, the latest first. For a count alone.
    pub async fn event_looks(&mut self, event: EventId, limit: i64) -> Result<Vec<LookRow>> {
        const SQL: &str = "select id, event_id, snapshot, at from accesses
            where new_look and event_id = $1 order by at desc limit $2";
        self.all(SQL, args![event, limit]).await
    }
}
