//! `GET /api/v1/events/{event_id}/activity`

use axum::extract::State;
use gg_app::{ACTIVITY_LIMIT_MAX, Envelope};
use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::id::EventId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::extract::Signed;
use crate::extract::{Id, Query};
use crate::problem::Problem;
use crate::route::{Routes, route};
use crate::state::Web;

/// Messages where nobody said how many.
const LIMIT_DEFAULT: i64 = 100;

/// The operations on activity.
pub fn routes() -> Routes {
    Routes::new().merge(route(Permission::ReadGuests, routes!(list_activity)))
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActivityQuery {
    /// The last number that you have; the first message is 1.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many messages; 100 where it is left out.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

impl ActivityQuery {
    fn read(&self) -> Result<(i64, i64), FieldErrors> {
        let mut errors = FieldErrors::default();
        let (after, limit) = (self.after.unwrap_or(0), self.limit.unwrap_or(LIMIT_DEFAULT));
        if after < 0 {
            errors.push("/after", "give the last number that you have, or 0");
        }
        if !(1..=ACTIVITY_LIMIT_MAX).contains(&limit) {
            errors.push("/limit", format!("give a whole number from 1 to {ACTIVITY_LIMIT_MAX}"));
        }
        errors.check()?;
        Ok((after, limit))
    }
}

/// Messages of an event's feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activity {
    /// The messages, the oldest first, each as the live feed sent it.
    #[schema(value_type = Vec<FeedEnvelope>)]
    data: Vec<Envelope>,
    /// What to ask for as `after` for the messages after these; null where these are the last for now.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A message of the live feed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of `gg_app::Envelope`, for the document")]
pub struct FeedEnvelope {
    /// `rsvp.created`, `rsvp.updated`, `access.checked`, `guest.opened`, `guest.created` or `notification.updated`.
    #[schema(example = "access.checked")]
    r#type: String,
    /// To which event.
    event_id: Uuid,
    /// What there is to tell: of an opening `{access_id, guest_id, guest_name, band, label, reasons, degraded}`, of an
    /// answer its row with `guest_name`, of a message `{guest_id, guest_name, channel, status}`, of a guest
    /// `{guest_id, guest_name}`.
    #[schema(value_type = Object)]
    payload: (),
    /// When.
    timestamp: Timestamp,
    /// Its number in the event's feed, from 1.
    #[schema(minimum = 1)]
    seq: i64,
    /// The epoch of the numbers: new after a restore.
    epoch: String,
}

/// Read what happened in an event
///
/// Answers and openings, blocked ones too: the very messages of the live feed.
#[utoipa::path(
    get, path = "/api/v1/events/{event_id}/activity", tag = "Activity",
    params(("event_id" = Uuid, Path, description = "The event."), ActivityQuery),
    responses((status = 200, description = "Messages.", body = Activity))
)]
async fn list_activity(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Query(query): Query<ActivityQuery>,
) -> Result<axum::Json<Activity>, Problem> {
    let (after, limit) = query.read().map_err(Problem::invalid)?;
    let data = web.app.activity(actor, event, after, limit).await?;
    let full = i64::try_from(data.len()).is_ok_and(|count| count == limit);
    let next_cursor = data.last().filter(|_| full).map(|last| last.seq.to_string());
    Ok(axum::Json(Activity { data, next_cursor }))
}
