//! GETs and HEADs of links, for the guest's timeline: kept up to a number an hour.

use gg_domain::id::{EventId, FetchId, GuestId};
use jiff::{SignedDuration, Timestamp};

use crate::db::WriteTx;
use crate::error::Result;
use crate::value::args;

/// Fetches of one link that are kept within an hour; more are counted, not kept (CONTRACT.md).
const FETCHES_KEPT_AN_HOUR: i64 = 50;

/// A GET or HEAD of a link.
#[derive(Clone, Debug)]
pub struct NewFetch {
    /// Its id.
    pub id: FetchId,
    /// Whose link.
    pub guest: GuestId,
    /// His event.
    pub event: EventId,
    /// `preview`, `scanner` or `browser`.
    pub class: &'static str,
    /// The network's prefix.
    pub network: String,
    /// When.
    pub at: Timestamp,
}

impl WriteTx {
    /// Keeps a fetch, unless the link had its fill within the hour. Says whether it was kept.
    pub async fn insert_fetch(&mut self, new: &NewFetch) -> Result<bool> {
        const SQL: &str = "insert into fetches (id, guest_id, event_id, class, network, at)
            select $1, $2, $3, $4, $5, $6
            where (select count(*) from fetches where guest_id = $2 and at >= $7) < $8
                and exists (select 1 from guests where id = $2)";
        let hour = new.at.checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
        let n = new;
        let args = args![n.id, n.guest, n.event, n.class, n.network, n.at, hour, FETCHES_KEPT_AN_HOUR];
        Ok(self.execute(SQL, args).await? == 1)
    }
}
