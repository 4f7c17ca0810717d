//! `PUT /api/v1/events/{event_id}/policy`

use axum::extract::State;
use gg_domain::id::EventId;

use super::Policy;
use crate::extract::Signed;
use crate::extract::{Id, Json};
use crate::problem::Problem;
use crate::state::Web;

/// Set an event's policy
///
/// It holds for openings from now on.
#[utoipa::path(
    put, path = "/api/v1/events/{event_id}/policy", tag = "Policy",
    params(("event_id" = Uuid, Path, description = "The event.")), request_body = Policy,
    responses((status = 200, description = "The policy in force.", body = Policy))
)]
pub(super) async fn set_policy(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Json(policy): Json<Policy>,
) -> Result<axum::Json<Policy>, Problem> {
    let policy = policy.read().map_err(Problem::invalid)?;
    Ok(axum::Json(web.app.set_policy(actor, event, policy).await?.into()))
}
