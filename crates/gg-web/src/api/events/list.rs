//! `GET /api/v1/events`

use axum::extract::State;

use super::Event;
use crate::api::paging::{Page, PageQuery};
use crate::extract::Query;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// List your events
///
/// All events of which the caller is a member, the newest first.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "Events", params(PageQuery),
    responses((status = 200, description = "A page of events.", body = Page<Event>))
)]
pub(super) async fn list_events(
    State(web): State<Web>,
    Signed(actor): Signed,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<Page<Event>>, Problem> {
    let account = actor.account_id().ok_or_else(Problem::not_found)?;
    let paging = query.paging().map_err(Problem::invalid)?;
    Ok(axum::Json(Page::of(web.app.events(account, paging).await?, Event::from)))
}
