//! `POST /api/v1/guests/{guest_id}/forget-devices`

use axum::extract::State;
use axum::http::StatusCode;
use gg_domain::id::GuestId;

use crate::extract::{Id, Signed};
use crate::problem::Problem;
use crate::state::Web;

/// Forget a guest's devices
///
/// The next device that opens the link becomes the known one. The link stays as suspicious as it was.
#[utoipa::path(
    post, path = "/api/v1/guests/{guest_id}/forget-devices", tag = "Guests",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses(
        (status = 204, description = "They are forgotten."),
        (status = 412, description = "The guest opened the link at that very moment: ask again.")
    )
)]
pub(super) async fn forget_devices(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
) -> Result<StatusCode, Problem> {
    web.app.forget_devices(actor, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}
