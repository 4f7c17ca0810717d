//! `PATCH /api/v1/guests/{guest_id}`

use axum::extract::State;
use axum::response::IntoResponse;
use gg_domain::guest::GuestInput;
use gg_domain::id::GuestId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Guest;
use crate::api::change::Change;
use crate::extract::Signed;
use crate::extract::if_match::{IfMatch, etag};
use crate::extract::{Id, Input, Json};
use crate::problem::Problem;
use crate::state::Web;

/// A change of a guest: what is left out stays, what is null is cleared.
#[derive(Clone, Deserialize, ToSchema)]
pub(super) struct GuestChange {
    /// His name, as he is spoken to.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    name: Change<String>,
    /// Where mail reaches him.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 254)]
    email: Change<String>,
    /// Where messages reach him, in international form.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    phone: Change<String>,
    /// How many he may bring; null is nobody. Companions whom he has named already stay.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 50)]
    plus_ones_allowed: Change<i64>,
    /// His household's name.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    household: Change<String>,
    /// The language he is written to, BCP 47.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 35)]
    locale: Change<String>,
    /// Your notes.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4000)]
    notes: Change<String>,
}

impl Input for GuestChange {}

impl GuestChange {
    fn over(self, input: &mut GuestInput) {
        self.name.over_text(&mut input.name);
        self.email.over(&mut input.email);
        self.phone.over(&mut input.phone);
        self.plus_ones_allowed.over(&mut input.plus_ones_allowed);
        self.household.over(&mut input.household);
        self.locale.over(&mut input.locale);
        self.notes.over(&mut input.notes);
    }
}

/// Change a guest
///
/// A merge patch (RFC 7396) of the guest that `If-Match` names.
#[utoipa::path(
    patch, path = "/api/v1/guests/{guest_id}", tag = "Guests",
    params(
        ("guest_id" = Uuid, Path, description = "The guest."),
        ("If-Match" = String, Header, description = "The ETag that a GET gave, or * for whatever is there.", example = "*")
    ),
    request_body(content((GuestChange = "application/json"), (GuestChange = "application/merge-patch+json"))),
    responses((
        status = 200, description = "The guest as he is now.", body = Guest,
        headers(("ETag" = String, description = "The new revision of his details."))
    ))
)]
pub(super) async fn change_guest(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(guest): Id<GuestId>,
    if_match: IfMatch,
    Json(change): Json<GuestChange>,
) -> Result<impl IntoResponse, Problem> {
    let change = move |input: &mut GuestInput| change.over(input);
    let row = web.app.change_guest(actor, guest, if_match.revision(), change).await?;
    Ok(([etag(row.revision)], axum::Json(Guest::seen_by_writer(row))))
}
