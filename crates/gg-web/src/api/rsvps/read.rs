//! `GET /api/v1/guests/{guest_id}/rsvp`

use axum::extract::State;
use gg_domain::id::GuestId;

use super::{PastRsvp, Rsvp, RsvpWithHistory};
use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// Read a guest's answer
///
/// With every answer that he ever gave.
#[utoipa::path(
    get, path = "/api/v1/guests/{guest_id}/rsvp", tag = "Answers",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses((status = 200, description = "His answer.", body = RsvpWithHistory))
)]
pub(super) async fn read_rsvp(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
) -> Result<axum::Json<RsvpWithHistory>, Problem> {
    let (row, history, role) = web.app.answer_of(actor, guest).await?;
    let rsvp = row.map_or_else(|| Rsvp::none(guest), |row| Rsvp::seen_by(role, row));
    let history = history.into_iter().map(|row| PastRsvp::seen_by(role, row)).collect();
    Ok(axum::Json(RsvpWithHistory { rsvp, history }))
}
