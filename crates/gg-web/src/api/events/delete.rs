//! `DELETE /api/v1/events/{event_id}`

use axum::extract::State;
use axum::http::StatusCode;
use gg_domain::id::EventId;

use crate::extract::Id;
use crate::extract::Signed;
use crate::extract::if_match::IfMatch;
use crate::problem::Problem;
use crate::state::Web;

/// Delete an event
///
/// With its guests, links, answers and all that is known of them. Nothing is kept.
#[utoipa::path(
    delete, path = "/api/v1/events/{event_id}", tag = "Events",
    params(
        ("event_id" = Uuid, Path, description = "The event."),
        ("If-Match" = String, Header, description = "The ETag that a GET gave, or * for whatever is there.", example = "*")
    ),
    responses((status = 204, description = "It is gone."))
)]
pub(super) async fn delete_event(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    web.app.delete_event(actor, event, if_match.revision()).await?;
    Ok(StatusCode::NO_CONTENT)
}
