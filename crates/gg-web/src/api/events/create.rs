//! `POST /api/v1/events`

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use gg_domain::event::{EventDetails, EventInput};
use gg_domain::fields::FieldErrors;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Event;
use crate::extract::Signed;
use crate::extract::if_match::etag;
use crate::extract::{Input, Json};
use crate::problem::Problem;
use crate::state::Web;

/// An event to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewEvent {
    /// Its name, on one line.
    #[schema(min_length = 1, max_length = 200, example = "Ama & Kojo’s wedding")]
    name: String,
    /// When it starts, between the years 2000 and 2200.
    #[schema(format = DateTime, example = "2026-12-12T15:00:00Z")]
    starts_at: String,
    /// When it ends, at most 31 days after the start; six hours after it where left out.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    /// An IANA zone.
    #[schema(example = "Africa/Accra")]
    time_zone: String,
    /// Where.
    #[schema(max_length = 300)]
    venue: Option<String>,
    /// How many heads fit; without limit where left out.
    #[schema(minimum = 1, maximum = 1_000_000)]
    capacity: Option<i64>,
    /// The last moment for answers; the end of the event where left out.
    #[schema(format = DateTime)]
    rsvp_deadline: Option<String>,
}

impl Input for NewEvent {
    fn faults(self) -> FieldErrors {
        EventDetails::parse(&self.into()).err().unwrap_or_default()
    }
}

impl From<NewEvent> for EventInput {
    fn from(new: NewEvent) -> Self {
        let NewEvent { name, starts_at, ends_at, time_zone, venue, capacity, rsvp_deadline } = new;
        Self { name, starts_at, ends_at, time_zone, venue, capacity, rsvp_deadline }
    }
}

/// Make an event
///
/// The caller becomes its owner.
#[utoipa::path(
    post, path = "/api/v1/events", tag = "Events", request_body = NewEvent,
    responses((
        status = 201, description = "The event as it was made.", body = Event,
        headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its revision."))
    ))
)]
pub(super) async fn create_event(
    State(web): State<Web>,
    Signed(actor): Signed,
    Json(new): Json<NewEvent>,
) -> Result<impl IntoResponse, Problem> {
    let owner = actor.account_id().ok_or_else(Problem::not_found)?;
    let row = web.app.plan_event(owner, &new.into()).await?;
    let location = [(header::LOCATION, format!("/api/v1/events/{}", row.id))];
    Ok((StatusCode::CREATED, location, [etag(row.revision)], axum::Json(Event::from(row))))
}
