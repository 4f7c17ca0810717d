//! `GET /api/v1/guests/{guest_id}/timeline`

use axum::extract::State;
use gg_domain::id::GuestId;
use gg_store::TimelineRow;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::paging::{Page, PageQuery};
use crate::extract::{Id, Query, Signed};
use crate::problem::Problem;
use crate::state::Web;

/// A line of a guest's timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimelineLine {
    /// What happened: `fetched` (a GET or HEAD), `tested` (your own look), `opened`, `answered`, and of messages
    /// `queued`, `sent`, `skipped`.
    #[schema(example = "opened")]
    status: String,
    /// The way on which a message went; null where it is about none.
    #[schema(required)]
    channel: Option<String>,
    /// When.
    at: Timestamp,
    /// Of a fetch its class (`preview`, `scanner`, `browser`), of an opening its band, of an answer whose word it was, of a
    /// message what it says (`invitation`, `reminder`, `code`, `fresh_link`) or why it was not sent.
    #[schema(required)]
    detail: Option<String>,
}

impl From<TimelineRow> for TimelineLine {
    fn from(row: TimelineRow) -> Self {
        let channel = row.channel.map(|channel| channel.as_str().to_string());
        Self { status: row.status, channel, at: row.at, detail: row.detail }
    }
}

/// Read what happened to a guest's link
///
/// The oldest first.
#[utoipa::path(
    get, path = "/api/v1/guests/{guest_id}/timeline", tag = "Guests",
    params(("guest_id" = Uuid, Path, description = "The guest."), PageQuery),
    responses((status = 200, description = "A page of the timeline.", body = Page<TimelineLine>))
)]
pub(super) async fn read_timeline(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<TimelineLine>>, Problem> {
    let paging = page.paging().map_err(Problem::invalid)?;
    Ok(axum::Json(Page::of(web.app.timeline_page(actor, guest, paging).await?, TimelineLine::from)))
}
