//! `GET /api/v1/guests/{guest_id}`

use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::id::GuestId;

use super::Guest;
use crate::extract::Id;
use crate::extract::Signed;
use crate::extract::if_match::etag;
use crate::problem::Problem;
use crate::state::Web;

/// Read a guest
#[utoipa::path(
    get, path = "/api/v1/guests/{guest_id}", tag = "Guests",
    params(("guest_id" = Uuid, Path, description = "The guest.")),
    responses((
        status = 200, description = "The guest.", body = Guest,
        headers(("ETag" = String, description = "The revision of his details, for If-Match."))
    ))
)]
pub(super) async fn read_guest(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
) -> Result<impl IntoResponse, Problem> {
    let (row, role) = web.app.guest(actor, guest).await?;
    Ok(([etag(row.revision)], axum::Json(Guest::seen_by(role, row))))
}
