//! `POST /api/v1/guests/{guest_id}/reset-baseline`

use axum::extract::State;
use axum::http::StatusCode;
use gg_domain::id::GuestId;

use crate::extract::{Id, Signed};
use crate::problem::Problem;
use crate::state::Web;

/// Start a guest anew
///
/// Devices, networks and suspicion are forgotten; the link and the answer stay. Where somebody else has the link, rotate
/// it instead.
#[utoipa::path(
    post, path = "/api/v1/guests/{guest_id}/reset-baseline", tag = "Guests",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses(
        (status = 204, description = "All is forgotten."),
        (status = 412, description = "The guest opened the link at that very moment: ask again.")
    )
)]
pub(super) async fn reset_baseline(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
) -> Result<StatusCode, Problem> {
    web.app.reset_baseline(actor, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}
