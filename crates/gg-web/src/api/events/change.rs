//! `PATCH /api/v1/events/{event_id}`

use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::event::EventInput;
use gg_domain::id::EventId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Event;
use crate::api::change::Change;
use crate::extract::Signed;
use crate::extract::if_match::{IfMatch, etag};
use crate::extract::{Id, Input, Json};
use crate::problem::Problem;
use crate::state::Web;

/// A change of an event: what is left out stays, what is null is cleared.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct EventChange {
    /// Its name, on one line.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    name: Change<String>,
    /// When it starts, between the years 2000 and 2200.
    #[serde(default)]
    #[schema(value_type = String, format = DateTime)]
    starts_at: Change<String>,
    /// When it ends; null is six hours after the start.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Change<String>,
    /// An IANA zone.
    #[serde(default)]
    #[schema(value_type = String, example = "Africa/Accra")]
    time_zone: Change<String>,
    /// Where.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 300)]
    venue: Change<String>,
    /// How many heads fit; null is without limit. Seats that are taken stay taken.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000)]
    capacity: Change<i64>,
    /// The last moment for answers; null is until the event ends.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    rsvp_deadline: Change<String>,
}

impl Input for EventChange {}

impl EventChange {
    fn over(self, input: &mut EventInput) {
        self.name.over_text(&mut input.name);
        self.starts_at.over_text(&mut input.starts_at);
        self.ends_at.over(&mut input.ends_at);
        self.time_zone.over_text(&mut input.time_zone);
        self.venue.over(&mut input.venue);
        self.capacity.over(&mut input.capacity);
        self.rsvp_deadline.over(&mut input.rsvp_deadline);
    }
}

/// Change an event
///
/// A merge patch (RFC 7396) of the event that `If-Match` names.
#[utoipa::path(
    patch, path = "/api/v1/events/{event_id}", tag = "Events",
    params(
        ("event_id" = Uuid, Path, description = "The event."),
        ("If-Match" = String, Header, description = "The ETag that a GET gave, or * for whatever is there.", example = "*")
    ),
    request_body(content((EventChange = "application/json"), (EventChange = "application/merge-patch+json"))),
    responses((
        status = 200, description = "The event as it is now.", body = Event,
        headers(("ETag" = String, description = "Its new revision."))
    ))
)]
pub(super) async fn change_event(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    if_match: IfMatch,
    Json(change): Json<EventChange>,
) -> Result<impl IntoResponse, Problem> {
    let change = move |input: &mut EventInput| change.over(input);
    let row = web.app.change_event(actor, event, if_match.revision(), change).await?;
    Ok(([etag(row.revision)], axum::Json(Event::from(row))))
}
