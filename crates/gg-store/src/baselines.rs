//! What changed each guest's risk row, in order: written beside the row, read to make it again.
//!
//! An opening that stands as it was judged is its own record, by the revision that it made; everything else is a row
//! of `baseline_changes`. Together they have every revision of a guest once.

use gg_domain::actor::Actor;
use gg_domain::baseline::BaselineChange;
use gg_domain::id::{AccessId, EventId, GuestId};
use gg_domain::risk::GuestRisk;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::db::{Conn, WriteTx};
use crate::error::{Result, StoreError};
use crate::value::{args, row};

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

row! {
    /// A change as it is kept.
    pub struct BaselineChangeRow {
        /// The revision that it made.
        pub revision: i64,
        /// Its cause.
        pub cause: String,
        /// What cannot be read off its opening, as JSON.
        pub payload: Option<String>,
        /// The opening that it is about.
        pub access_id: Option<AccessId>,
        /// When.
        pub at: Timestamp,
    }
}

impl BaselineChangeRow {
    /// The change.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it is none that this version knows.
    pub fn change(&self) -> Result<BaselineChange> {
        let wrong = |error: serde_json::Error| {
            StoreError::Corrupt(format!("a change of a baseline, '{}', cannot be read: {error}", self.cause))
        };
        let payload: Value =
            self.payload.as_deref().map_or(Ok(Value::Null), serde_json::from_str).map_err(wrong)?;
        let whole = match payload {
            Value::Null => json!({ "cause": self.cause }),
            payload => json!({ "cause": self.cause, "payload": payload }),
        };
        serde_json::from_value(whole).map_err(wrong)
    }
}

impl Conn {
    /// The changes of a guest's risk row that are kept apart from his openings, in order. Whose event it is not gets
    /// none.
    pub async fn baseline_changes(
        &mut self,
        actor: &Actor,
        guest: GuestId,
    ) -> Result<Vec<BaselineChangeRow>> {
        const SQL: &str = "select revision, cause, payload, access_id, at from baseline_changes
            where guest_id = $1 and ($3 or exists
                (select 1 from members m where m.event_id = baseline_changes.event_id and m.account_id = $2))
            order by revision";
        if !actor.reaches_guest(guest) {
            return Ok(Vec::new());
        }
        let account = actor.account_id();
        self.all(SQL, args![guest, account, account.is_none()]).await
    }
}

impl WriteTx {
    /// Writes a guest's risk row and what changed it, if the row still is the one that was read.
    pub async fn change_guest_risk(&mut self, new: &RiskChange<'_>) -> Result<bool> {
        if !self.set_guest_risk(new.event, new.guest, new.revision, new.risk).await? {
            return Ok(false);
        }
        self.keep_change(new.event, new.guest, new.revision + 1, new.change, new.access, new.at).await?;
        Ok(true)
    }

    /// Keeps what made `revision` of a guest's risk row.
    pub(crate) async fn keep_change(
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
