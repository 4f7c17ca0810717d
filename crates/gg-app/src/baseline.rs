//! A guest's risk row in the hands of a use case: read with its revision, changed by one named change at a time.
//!
//! The change makes the new row and is kept beside it in the same transaction, so that the row can be made again from
//! what is kept (`rebuild_baselines.rs`).

use gg_domain::actor::Actor;
use gg_domain::baseline::BaselineChange;
use gg_domain::id::{AccessId, EventId, GuestId};
use gg_domain::risk::GuestRisk;
use gg_domain::snapshot::Snapshot;
use gg_store::{AccessRow, Conn, LinkRow, RiskChange, WriteTx};
use jiff::Timestamp;

use crate::error::{Error, Result};

/// A guest's risk row as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Baseline {
    pub(crate) event: EventId,
    pub(crate) guest: GuestId,
    pub(crate) risk: GuestRisk,
    /// The number of its changes; 0 where there is no row yet.
    pub(crate) revision: i64,
}

/// The opening that a change is about, and what is kept of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    access: AccessId,
    seen: &'a Snapshot,
}

impl<'a> From<&'a AccessRow> for About<'a> {
    fn from(row: &'a AccessRow) -> Self {
        Self { access: row.id, seen: &row.snapshot.0 }
    }
}

impl Baseline {
    /// The row of `guest`, or the one of a guest of whom nothing is known.
    pub(crate) async fn read(conn: &mut Conn, actor: &Actor, event: EventId, guest: GuestId) -> Result<Self> {
        let (risk, revision) = conn.guest_risk(actor, guest).await?;
        Ok(Self { event, guest, risk, revision })
    }

    /// The row after `change`.
    pub(crate) fn after(&self, change: &BaselineChange, about: Option<About<'_>>) -> GuestRisk {
        let seen = about.map(|about| about.seen);
        gg_risk::apply(&self.risk, change, seen).expect("a change of an opening is made with that opening")
    }

    /// Changes the row, and keeps the change.
    ///
    /// # Errors
    /// [`Error::Stale`] where it is not the row that was read any more.
    pub(crate) async fn change(
        &self,
        tx: &mut WriteTx,
        change: &BaselineChange,
        about: Option<About<'_>>,
        at: Timestamp,
    ) -> Result<GuestRisk> {
        let risk = self.after(change, about);
        let new = RiskChange {
            event: self.event,
            guest: self.guest,
            revision: self.revision,
            risk: &risk,
            change,
            access: about.map(|about| about.access),
            at,
        };
        if tx.change_guest_risk(&new).await? { Ok(risk) } else { Err(Error::Stale) }
    }
}

/// The row of a link's guest, as it was read with the link.
pub(crate) fn baseline_of(link: &LinkRow) -> Baseline {
    Baseline {
        event: link.event_id,
        guest: link.guest_id,
        risk: link.risk.as_ref().map(|risk| risk.0.clone()).unwrap_or_default(),
        revision: link.revision.unwrap_or(0),
    }
}
