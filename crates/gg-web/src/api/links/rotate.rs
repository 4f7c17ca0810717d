//! `POST /api/v1/guests/{guest_id}/invite/rotate`

use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::id::GuestId;

use super::{Link, told};
use crate::extract::Id;
use crate::extract::Signed;
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
) -> Result<impl IntoResponse, Problem> {
    Ok(told(&web.app.rotate_invite(actor, guest).await?))
}
