//! `POST /api/v1/guests/{guest_id}/invite/try`

use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::id::GuestId;
use serde::Serialize;
use utoipa::ToSchema;

use super::secret;
use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// A link for a look of your own. A secret.
#[derive(Serialize, ToSchema)]
pub(super) struct TryLink {
    /// The address to open.
    url: String,
}

/// Try a guest's link
///
/// A link that shows the guest's page for an hour: openings by it are tests, neither scored nor bound, and marked so.
#[utoipa::path(
    post, path = "/api/v1/guests/{guest_id}/invite/try", tag = "Links",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses((status = 200, description = "The link.", body = TryLink))
)]
pub(super) async fn try_link(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
) -> Result<impl IntoResponse, Problem> {
    let link = web.app.try_invite(actor, guest).await?;
    Ok(secret(TryLink { url: link.url }))
}
