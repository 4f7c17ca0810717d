//! `GET /api/v1/events/{event_id}/guests`

use axum::extract::State;
use gg_domain::fields::FieldErrors;
use gg_domain::id::EventId;
use gg_store::GuestFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Guest;
use crate::api::paging::{Page, PageQuery};
use crate::extract::Signed;
use crate::extract::{Id, Query};
use crate::problem::Problem;
use crate::state::Web;

/// Characters of a search: longer than any name that is kept.
const SEARCH_CHARS_MAX: usize = 200;

/// Which guests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Words of the name, in any case.
    #[param(max_length = 200)]
    search: Option<String>,
}

impl Search {
    fn filter(self) -> Result<GuestFilter, FieldErrors> {
        if self.search.as_deref().is_some_and(|words| words.chars().nth(SEARCH_CHARS_MAX).is_some()) {
            return Err(FieldErrors::one(
                "/search",
                format!("give {SEARCH_CHARS_MAX} characters at the most"),
            ));
        }
        // PostgreSQL keeps no NUL in its text: no name has one.
        Ok(GuestFilter {
            search: self.search.map(|words| words.replace('\0', " ")),
            ..GuestFilter::default()
        })
    }
}

/// List guests
///
/// The guests of an event, the oldest first.
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}/guests", tag = "Guests",
    params(("event_id" = Uuid, Path, description = "The event."), Search, PageQuery),
    responses((status = 200, description = "A page of guests.", body = Page<Guest>))
)]
pub(super) async fn list_guests(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Query(search): Query<Search>,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Guest>>, Problem> {
    let filter = search.filter().map_err(Problem::invalid)?;
    let paging = page.paging().map_err(Problem::invalid)?;
    let (page, role) = web.app.guests(actor, event, filter, paging).await?;
    Ok(axum::Json(Page::of(page, |row| Guest::seen_by(role, row))))
}
