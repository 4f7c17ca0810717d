//! `DELETE /api/v1/guests/{guest_id}`

use axum::extract::State;
use axum::http::StatusCode;
use gg_domain::id::GuestId;

use crate::extract::Id;
use crate::extract::Signed;
use crate::extract::if_match::IfMatch;
use crate::problem::Problem;
use crate::state::Web;

/// Erase a guest
///
/// With his link, his answers and all that is known of him; his seats are free again.
#[utoipa::path(
    delete, path = "/api/v1/guests/{guest_id}", tag = "Guests",
    params(
        ("guest_id" = Uuid, Path, description = "The guest."),
        ("If-Match" = String, Header, description = "The ETag that a GET gave, or * for whatever is there.", example = "*")
    ),
    responses((status = 204, description = "He is erased."))
)]
pub(super) async fn erase_guest(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    web.app.erase_guest(actor, guest, if_match.revision()).await?;
    Ok(StatusCode::NO_CONTENT)
}
