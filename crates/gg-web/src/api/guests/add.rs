//! `POST /api/v1/events/{event_id}/guests`

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use gg_domain::fields::FieldErrors;
use gg_domain::guest::{GuestDetails, GuestInput};
use gg_domain::id::EventId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Guest;
use crate::extract::Signed;
use crate::extract::if_match::etag;
use crate::extract::{Id, Input, Json};
use crate::problem::Problem;
use crate::state::Web;

/// A guest to be added.
#[derive(Deserialize, ToSchema)]
pub struct NewGuest {
    /// His name, as he is spoken to.
    #[schema(min_length = 1, max_length = 200, example = "Efua Mensah")]
    name: String,
    /// Where mail reaches him.
    #[schema(max_length = 254, example = "efua@example.org")]
    email: Option<String>,
    /// Where messages reach him, in international form.
    #[schema(max_length = 40, example = "+233201234567")]
    phone: Option<String>,
    /// How many he may bring; nobody where left out.
    #[schema(minimum = 0, maximum = 50)]
    plus_ones_allowed: Option<i64>,
    /// His household's name: guests of one event with the same one are a party.
    #[schema(max_length = 200)]
    household: Option<String>,
    /// The language he is written to, BCP 47.
    #[schema(max_length = 35, example = "en-GH")]
    locale: Option<String>,
    /// Your notes; no guest sees them.
    #[schema(max_length = 4000)]
    notes: Option<String>,
}

impl Input for NewGuest {
    fn faults(self) -> FieldErrors {
        GuestDetails::parse(&self.into()).err().unwrap_or_default()
    }
}

impl From<NewGuest> for GuestInput {
    fn from(new: NewGuest) -> Self {
        let NewGuest { name, email, phone, plus_ones_allowed, household, locale, notes } = new;
        Self { name, email, phone, plus_ones_allowed, household, locale, notes }
    }
}

/// Add a guest
#[utoipa::path(
    post, path = "/api/v1/events/{event_id}/guests", tag = "Guests",
    params(("event_id" = Uuid, Path, description = "The event.")), request_body = NewGuest,
    responses((
        status = 201, description = "The guest as he was added.", body = Guest,
        headers(("Location" = String, description = "His address."), ("ETag" = String, description = "His revision."))
    ))
)]
pub(super) async fn add_guest(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Json(new): Json<NewGuest>,
) -> Result<impl IntoResponse, Problem> {
    let row = web.app.add_guest(actor, event, &new.into()).await?;
    let location = [(header::LOCATION, format!("/api/v1/guests/{}", row.id))];
    Ok((StatusCode::CREATED, location, [etag(row.revision)], axum::Json(Guest::seen_by_writer(row))))
}
