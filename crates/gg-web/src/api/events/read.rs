//! `GET /api/v1/events/{event_id}`

use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::id::EventId;

use super::Event;
use crate::extract::Id;
use crate::extract::Signed;
use crate::extract::if_match::etag;
use crate::problem::Problem;
use crate::state::Web;

/// Read an event
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}", tag = "Events",
    params(("event_id" = Uuid, Path, description = "The event.")),
    responses((
        status = 200, description = "The event.", body = Event,
        headers(("ETag" = String, description = "Its revision, for If-Match."))
    ))
)]
pub(super) async fn read_event(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
) -> Result<impl IntoResponse, Problem> {
    let row = web.app.event(actor, event).await?;
    Ok(([etag(row.revision)], axum::Json(Event::from(row))))
}
