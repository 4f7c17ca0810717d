//! `GET /api/v1/events/{event_id}/guests/export`

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use gg_app::guest_list::Opening;
use gg_domain::id::EventId;

use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// Export the guest list
///
/// Guests with their answers, as a file that an import reads back unchanged. A cell that a spreadsheet would take for
/// a formula has `'` before it.
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}/guests/export", tag = "Guests",
    params(("event_id" = Uuid, Path, description = "The event.")),
    responses((
        status = 200, description = "The guest list.", body = String, content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "Says that it is a file, and its name."))
    ))
)]
pub(super) async fn export_guests(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
) -> Result<impl IntoResponse, Problem> {
    let file = web.app.export_guests(actor, event, Opening::Plain).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"guests.csv\""),
    ];
    Ok((headers, file))
}
