//! What changes a guest's risk row, written beside the row in its transaction.
//!
//! An opening that stands as it was judged is its own record, by the revision that it made; everything else is a row
//! of `baseline_changes`. Together they have every revision of a guest once (`baseline_records.rs` reads them).

use gg_domain::baseline::BaselineChange;
use gg_domain::id::{AccessId, EventId, GuestId};
use gg_domain::risk::{Band, GuestRisk};
use jiff::Timestamp;
use serde_json::Value;

use crate::db::WriteTx;
use crate::error::{Result, StoreError};
use crate::value::{args, json};

/// A guest's risk row as a change leaves it, to be written where it still is the one that was read.
#[derive(Clone, Copy, Debug)]
pub struct RiskChange<'a> {
    /// His event.
    pub event: EventId,
    /// Whose.
    pub guest: GuestId,
    /// The number of its changes when it was read (0: there was none yet).
    pub revision: i64,
    /// The row afterwards.
    pub risk: &'a GuestRisk,
    /// What changed it.
    pub change: &'a BaselineChange,
    /// The opening that the change is about.
    pub access: Option<AccessId>,
    /// When.
    pub at: Timestamp,
}

impl WriteTx {
    /// A guest's risk row as it is stored, its revision first: nobody changes it before this transaction ends.
    pub async fn lock_baseline(&mut self, guest: GuestId) -> Result<Option<(i64, String)>> {
        const SQL: &str =
            "update guest_risk set revision = revision where guest_id = $1 returning revision, state";
        self.returning(SQL, args![guest]).await
    }

    /// Writes a guest's risk row and what changed it, if the row still is the one that was read.
    pub async fn change_guest_risk(&mut self, new: &RiskChange<'_>) -> Result<bool> {
        if !self.set_guest_risk(new.event, new.guest, new.revision, new.risk).await? {
            return Ok(false);
        }
        self.keep_change(new.event, new.guest, new.revision + 1, new.change, new.access, new.at).await?;
        Ok(true)
    }

    /// Writes a guest's risk row as its record of `last` changes makes it, whatever stands there: for whoever has locked
    /// it. The number of its changes goes up, so that nobody writes on what he read before.
    pub async fn restore_guest_risk(
        &mut self,
        event: EventId,
        guest: GuestId,
        last: i64,
        risk: &GuestRisk,
        at: Timestamp,
    ) -> Result<()> {
        const SQL: &str =
            "insert into guest_risk (guest_id, event_id, state, band, opened_at, seen_at, revision)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (guest_id) do update set state = $3, band = $4, opened_at = $5, seen_at = $6, revision = $7";
        let (state, band, revision) = (json(risk)?, risk.standing.map(Band::as_str), last + 1);
        let args = args![guest, event, state, band, risk.first_human_at, risk.last_at, revision];
        self.execute(SQL, args).await?;
        self.keep_change(event, guest, revision, &BaselineChange::Rebuilt, None, at).await
    }

    /// Keeps how an opening was judged, where the guest's risk row stands on it: it is judged otherwise from now on.
    pub(crate) async fn keep_judgement(&mut self, access: AccessId) -> Result<()> {
        const OF: &str = "select guest_id, event_id, at from accesses where id = $1 and revision is not null";
        let found: Option<(GuestId, EventId, Timestamp)> = self.optional(OF, args![access]).await?;
        let Some((guest, event, at)) = found else { return Ok(()) };
        let Some(row) = self.opening(guest, access).await? else { return Ok(()) };
        let (Some(revision), Some(judged)) = (row.revision, row.judgement()) else { return Ok(()) };
        let change = BaselineChange::Opened(Box::new(judged));
        self.keep_change(event, guest, revision, &change, Some(access), at).await
    }

    async fn keep_change(
        &mut self,
        event: EventId,
        guest: GuestId,
        revision: i64,
        change: &BaselineChange,
        access: Option<AccessId>,
        at: Timestamp,
    ) -> Result<()> {
        const SQL: &str =
            "insert into baseline_changes (guest_id, event_id, revision, cause, payload, access_id, at)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let written = serde_json::to_value(change).map_err(|error| StoreError::Broken(error.to_string()))?;
        let payload = written.get("payload").map(Value::to_string);
        self.execute(SQL, args![guest, event, revision, change.cause(), payload, access, at])
            .await
            .map(|_| ())
    }
}
