//! `GET /api/v1/events/{event_id}/summary`

use axum::extract::State;
use gg_domain::id::EventId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::state::Web;

/// An event in numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Summary {
    /// Guests who come.
    attending: i64,
    /// Guests who do not.
    declined: i64,
    /// Guests without an answer that counts.
    waiting: i64,
    /// Companions who come.
    plus_ones: i64,
    /// Heads that hold seats.
    seats: i64,
    /// Of those who wait: guests whose answer waits for your word.
    pending: i64,
    /// Openings by people, each once, by its latest band.
    accesses: AccessCounts,
}

/// How many openings are in each band.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct AccessCounts {
    /// Verified.
    low: i64,
    /// Review.
    medium: i64,
    /// Suspicious.
    high: i64,
    /// Blocked.
    block: i64,
}

/// Sum an event up
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}/summary", tag = "Events",
    params(("event_id" = Uuid, Path, description = "The event.")),
    responses((status = 200, description = "Guests, seats and openings, counted.", body = Summary))
)]
pub(super) async fn read_summary(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
) -> Result<axum::Json<Summary>, Problem> {
    let (row, counts) = web.app.summary(actor, event).await?;
    let mut accesses = AccessCounts::default();
    for (band, count) in counts {
        match band.as_str() {
            "low" => accesses.low = count,
            "medium" => accesses.medium = count,
            "high" => accesses.high = count,
            _ => accesses.block = count,
        }
    }
    Ok(axum::Json(Summary {
        attending: row.attending,
        declined: row.declined,
        waiting: row.waiting,
        plus_ones: row.plus_ones,
        seats: row.seats,
        pending: row.pending,
        accesses,
    }))
}
