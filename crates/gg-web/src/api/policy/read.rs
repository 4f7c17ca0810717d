//! `GET /api/v1/events/{event_id}/policy`

use axum::extract::State;
use gg_domain::id::EventId;

use super::Policy;
use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// Read an event's policy
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}/policy", tag = "Policy",
    params(("event_id" = Uuid, Path, description = "The event.")),
    responses((status = 200, description = "The policy in force.", body = Policy))
)]
pub(super) async fn read_policy(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
) -> Result<axum::Json<Policy>, Problem> {
    Ok(axum::Json(web.app.policy(actor, event).await?.into()))
}
