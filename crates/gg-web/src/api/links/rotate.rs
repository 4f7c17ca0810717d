//! `POST /api/v1/guests/{guest_id}/invite/rotate`

use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::id::GuestId;

use super::{Link, told};
use crate::extract::Id;
use crate::extract::Signed;
use crate::idempotency::Again;
use crate::problem::Problem;
use crate::state::Web;

/// Rotate a guest's link
///
/// A new link; the old one, and it alone, is dead from now on.
#[utoipa::path(
    post, path = "/api/v1/guests/{guest_id}/invite/rotate", tag = "Links",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses(
        (status = 200, description = "The new link.", body = Link),
        (status = 409, description = "The event ended more than 30 days ago.")
    )
)]
pub(super) async fn rotate_link(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
    again: Option<Extension<Again>>,
) -> Result<impl IntoResponse, Problem> {
    // Asked twice with one Idempotency-Key: the link that the first call made is told again, and lives.
    if again.is_some() {
        return Ok(told(&web.app.invite_guest(actor, guest).await?));
    }
    Ok(told(&web.app.rotate_invite(actor, guest).await?))
}
