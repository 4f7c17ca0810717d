//! `POST /api/v1/events/{event_id}/policy/dry-run`

use axum::extract::State;
use gg_app::{Otherwise, Treatment, Tried};
use gg_domain::id::EventId;
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
    /// How many openings were looked at: the latest 1,000 by people, without those that you labelled.
    accesses: usize,
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
    /// Why.
    why: String,
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
        Self { accesses: tried.accesses, data }
    }
}

impl From<Otherwise> for TreatedOtherwise {
    fn from(otherwise: Otherwise) -> Self {
        let Otherwise { access, guest, from, to, why } = otherwise;
        Self { access_id: access.uuid(), guest_id: guest.uuid(), from: from.into(), to: to.into(), why }
    }
}

impl From<Treatment> for TreatmentWords {
    fn from(Treatment { band, action }: Treatment) -> Self {
        Self { band: band.into(), action: action.into() }
    }
}

/// Try a policy
///
/// On what has happened: who would have been treated otherwise, and why. Nothing is changed. Bands are drawn anew from
/// the chances that were found then; what a trusted network or a delegate would change is not foreseen.
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
