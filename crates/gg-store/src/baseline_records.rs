//! What is kept of the changes of guests' risk rows, read to make a row again or to judge openings anew.

use gg_domain::actor::Actor;
use gg_domain::baseline::{BaselineChange, JudgedOpening};
use gg_domain::id::{AccessId, EventId, GuestId, PartyId};
use gg_domain::policy::Action;
use gg_domain::reason::evidence;
use gg_domain::risk::{Band, ModelVersion, Reason, Score};
use gg_domain::snapshot::Snapshot;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::{Result, StoreError};
use crate::page::Paging;
use crate::value::{Json, args, row};

row! {
    /// A guest with his risk row as it is stored.
    pub struct StoredBaseline {
        /// Whose.
        pub guest_id: GuestId,
        /// His event.
        pub event_id: EventId,
        /// His party.
        pub party_id: PartyId,
        /// The number of its changes; none where there is no row.
        pub revision: Option<i64>,
        /// The row, as JSON.
        pub state: Option<String>,
        /// Whether there is an address or a number that the guest was invited by.
        pub reachable: bool,
    }
}

row! {
    /// A change that is kept apart from openings.
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
        let payload =
            self.payload.as_deref().map(serde_json::from_str::<Value>).transpose().map_err(wrong)?;
        let whole = match payload {
            None => json!({ "cause": self.cause }),
            Some(payload) => json!({ "cause": self.cause, "payload": payload }),
        };
        serde_json::from_value(whole).map_err(wrong)
    }
}

row! {
    /// An opening as it stands.
    pub struct OpeningRow {
        /// Its id.
        pub id: AccessId,
        /// The revision of the guest's risk row that it made; none where it made none, or was judged again since.
        pub revision: Option<i64>,
        /// The chance that it was not the guest, calibrated.
        pub p: Option<f64>,
        /// The same before calibration.
        pub raw: Option<f64>,
        /// The chance that the link has leaked, afterwards.
        pub leak: Option<f64>,
        /// Its band.
        pub band: Option<Band>,
        /// Why.
        pub reasons: Json<Vec<Reason>>,
        /// What is kept of it.
        pub snapshot: Json<Snapshot>,
        /// What was looked up to judge it, as JSON.
        pub facts: Option<String>,
        /// The model that judged.
        pub model: String,
        /// Let in unjudged; it stays so when it is judged later.
        pub degraded: bool,
        /// What was done.
        pub decision: Action,
    }
}

impl OpeningRow {
    /// How it was judged; none for a machine's, a test, and one from before all of it was kept.
    pub fn judgement(&self) -> Option<JudgedOpening> {
        let (p, raw, leak, band) = (self.p?, self.raw?, self.leak?, self.band?);
        let score = Score {
            p,
            raw,
            z: evidence(&self.reasons.0),
            leak,
            band,
            reasons: self.reasons.0.clone(),
            model: ModelVersion(self.model.clone().into()),
            degraded: self.degraded,
        };
        Some(JudgedOpening { act: self.snapshot.0.act, score, decision: self.decision })
    }
}

/// The columns of an [`OpeningRow`].
macro_rules! opening_columns {
    ($rest:literal) => {
        concat!(
            "select id, revision, p, raw, leak, band, reasons, snapshot, facts, model, degraded, decision
            from accesses ",
            $rest
        )
    };
}

impl Conn {
    /// The changes that made revisions above `above` up to `to` of a guest's risk row and are kept apart from his
    /// openings, in order.
    pub async fn baseline_changes(
        &mut self,
        guest: GuestId,
        above: i64,
        to: i64,
    ) -> Result<Vec<BaselineChangeRow>> {
        const SQL: &str = "select revision, cause, payload, access_id, at from baseline_changes
            where guest_id = $1 and revision > $2 and revision <= $3 order by revision";
        self.all(SQL, args![guest, above, to]).await
    }

    /// The openings that made revisions above `above` up to `to` of a guest's risk row and stand as they were judged,
    /// in order.
    pub async fn opening_changes(&mut self, guest: GuestId, above: i64, to: i64) -> Result<Vec<OpeningRow>> {
        const SQL: &str =
            opening_columns!("where guest_id = $1 and revision > $2 and revision <= $3 order by revision");
        self.all(SQL, args![guest, above, to]).await
    }

    /// An opening of a guest as it stands.
    pub async fn opening(&mut self, guest: GuestId, access: AccessId) -> Result<Option<OpeningRow>> {
        const SQL: &str = opening_columns!("where guest_id = $1 and id = $2");
        self.optional(SQL, args![guest, access]).await
    }

    /// The revision at which a guest's changes begin to be kept (0: all are), and the highest that is kept.
    pub async fn baseline_span(&mut self, guest: GuestId) -> Result<(i64, i64)> {
        const SQL: &str = "select
            (select cast(coalesce(max(revision), 0) as bigint) from baseline_changes
                where guest_id = $1 and cause = 'imported'),
            (select cast(coalesce(max(revision), 0) as bigint) from baseline_changes where guest_id = $1),
            (select cast(coalesce(max(revision), 0) as bigint) from accesses where guest_id = $1)";
        let (imported, changes, openings): (i64, i64, i64) = self.one(SQL, args![guest]).await?;
        Ok((imported, changes.max(openings)))
    }

    /// Guests with their risk rows as they are stored, in the order of their ids: of one event, or of all. For a job of
    /// ours alone.
    pub async fn stored_baselines(
        &mut self,
        actor: &Actor,
        event: Option<EventId>,
        paging: Paging<GuestId>,
    ) -> Result<Vec<StoredBaseline>> {
        const SQL: &str = "select g.id, g.event_id, g.party_id, k.revision, k.state,
                g.email is not null or g.phone is not null from guests g
            left join guest_risk k on k.guest_id = g.id
            where g.id > $1 and ($2 or g.event_id = $3) order by g.id limit $4";
        let (every, event) = (event.is_none(), event.map_or(Uuid::nil(), EventId::uuid));
        match actor {
            Actor::System(_) => self.all(SQL, args![paging.above(), every, event, paging.limit]).await,
            Actor::Account { .. } | Actor::Invite { .. } => Ok(Vec::new()),
        }
    }
}
