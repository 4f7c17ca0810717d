//! `POST /api/v1/guests/{guest_id}/invite`

use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::id::GuestId;

use super::{Link, told};
use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// Issue a guest's link
///
/// The one that lives, or a new one where none does. It lives until 30 days after the event.
#[utoipa::path(
    post, path = "/api/v1/guests/{guest_id}/invite", tag = "Links",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses(
        (status = 200, description = "The link.", body = Link),
        (status = 409, description = "The event ended more than 30 days ago.")
    )
)]
pub(super) async fn issue_link(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
) -> Result<impl IntoResponse, Problem> {
    Ok(told(&web.app.invite_guest(actor, guest).await?))
}
