//! `DELETE /api/v1/guests/{guest_id}/invite`

use axum::extract::State;
use axum::http::StatusCode;
use gg_domain::id::GuestId;

use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// Revoke a guest's link
///
/// 404 where none lives.
#[utoipa::path(
    delete, path = "/api/v1/guests/{guest_id}/invite", tag = "Links",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses((status = 204, description = "It is dead."))
)]
pub(super) async fn revoke_link(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
) -> Result<StatusCode, Problem> {
    web.app.revoke_invite(actor, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}
