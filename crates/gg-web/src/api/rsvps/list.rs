//! `GET /api/v1/events/{event_id}/rsvps`

use axum::extract::State;
use gg_domain::id::EventId;

use super::Rsvp;
use crate::api::paging::{Page, PageQuery};
use crate::extract::Signed;
use crate::extract::{Id, Query};
use crate::problem::Problem;
use crate::state::Web;

/// List answers
///
/// One row a guest, answered or not, in the order of the guests.
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}/rsvps", tag = "Answers",
    params(("event_id" = Uuid, Path, description = "The event."), PageQuery),
    responses((status = 200, description = "A page of answers.", body = Page<Rsvp>))
)]
pub(super) async fn list_rsvps(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<Page<Rsvp>>, Problem> {
    let paging = query.paging().map_err(Problem::invalid)?;
    let (page, role) = web.app.rsvps(actor, event, paging).await?;
    Ok(axum::Json(Page::of(page, |row| Rsvp::listed(role, row))))
}
