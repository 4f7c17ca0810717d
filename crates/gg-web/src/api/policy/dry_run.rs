//! `POST /api/v1/events/{event_id}/policy/dry-run`

use axum::extract::State;
use gg_app::{Otherwise, Shift, Treatment, Tried};
use gg_domain::id::EventId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ActionWord, Policy};
use crate::api::guests::Band;
use crate::extract::Signed;
use crate::extract::{Id, Json};
use crate::problem::Problem;
use crate::state::Web;

/// Who would have been treated otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PolicyTrial {
    /// How many openings were judged again: of the latest 1,000 by people, without those that you labelled.
    accesses: usize,
    /// How many of them could not be: what was known then was not kept, or is too much to go through now.
    unrecorded: usize,
    /// Those that would have been treated otherwise, the latest first.
    data: Vec<TreatedOtherwise>,
}

/// An opening that would have been treated otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TreatedOtherwise {
    /// Which.
    access_id: Uuid,
    /// Whose link.
    guest_id: Uuid,
    /// How it was treated.
    from: TreatmentWords,
    /// How it would have been.
    to: TreatmentWords,
    /// The chance that it was not the guest, 0 to 1.
    p: ChanceShift,
    /// What speaks otherwise, the greatest difference first.
    reasons: Vec<ReasonShift>,
    /// Why.
    why: String,
    /// When it was.
    at: Timestamp,
}

/// A chance as it was found, and as it would have been.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChanceShift {
    /// As it was found.
    from: f64,
    /// As it would have been.
    to: f64,
}

/// A reason that speaks otherwise than it did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReasonShift {
    /// Which.
    #[schema(value_type = String, example = "NET_NEW_ASN")]
    code: &'static str,
    /// How loudly it spoke, in nats; null where it did not.
    #[schema(required)]
    from: Option<f64>,
    /// How loudly it would have; null where it would not.
    #[schema(required)]
    to: Option<f64>,
}

/// How an opening is treated.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TreatmentWords {
    /// Its band.
    band: Band,
    /// What is done.
    action: ActionWord,
}

impl From<Tried> for PolicyTrial {
    fn from(tried: Tried) -> Self {
        let data = tried.otherwise.into_iter().map(TreatedOtherwise::from).collect();
        Self { accesses: tried.accesses, unrecorded: tried.unrecorded, data }
    }
}

impl From<Otherwise> for TreatedOtherwise {
    fn from(otherwise: Otherwise) -> Self {
        let Otherwise { access, guest, at, from, to, p, shifts, why } = otherwise;
        let reason = |Shift { code, from, to }| ReasonShift { code: code.as_str(), from, to };
        Self {
            access_id: access.uuid(),
            guest_id: guest.uuid(),
            from: from.into(),
            to: to.into(),
            p: ChanceShift { from: p.0, to: p.1 },
            reasons: shifts.into_iter().map(reason).collect(),
            why,
            at,
        }
    }
}

impl From<Treatment> for TreatmentWords {
    fn from(Treatment { band, action }: Treatment) -> Self {
        Self { band: band.into(), action: action.into() }
    }
}

/// Try a policy
///
/// On what has happened: who would have been treated otherwise, and why. Nothing is changed. Each guest's openings are
/// judged again in order, on what would have been known of him, by what was known then of others.
#[utoipa::path(
    post, path = "/api/v1/events/{event_id}/policy/dry-run", tag = "Policy",
    params(("event_id" = Uuid, Path, description = "The event.")), request_body = Policy,
    responses((status = 200, description = "Who would have been treated otherwise.", body = PolicyTrial))
)]
pub(super) async fn try_policy(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Json(policy): Json<Policy>,
) -> Result<axum::Json<PolicyTrial>, Problem> {
    let policy = policy.read().map_err(Problem::invalid)?;
    Ok(axum::Json(web.app.try_policy(actor, event, policy).await?.into()))
}
