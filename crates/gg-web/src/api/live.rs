//! `GET /ws/events/{event_id}`: judges who may watch, then hands the connection to [`crate::live`].
//!
//! Every refusal comes before the upgrade. A browser sends its cookies along wherever a page comes from, so a session
//! must also come from our own origin; an API key is sent on purpose.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::id::EventId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::extract::{Caller, Id, Query, Signed};
use crate::live::{Refused, View, Watch, upgrade};
use crate::problem::Problem;
use crate::route::{Routes, route};
use crate::state::Web;

/// Characters of an epoch: ours are shorter.
const EPOCH_CHARS_MAX: usize = 64;

/// The live feed.
pub fn routes() -> Routes {
    Routes::new().merge(route(Permission::ReadGuests, routes!(watch_event)))
}

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WatchQuery {
    /// The last number that you have: everything since is sent first. Where it is left out, the feed begins now.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// The epoch in which you have it.
    #[param(max_length = 64)]
    epoch: Option<String>,
}

impl WatchQuery {
    fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.after.is_some_and(|after| after < 0) {
            errors.push("/after", "give the last number that you have, or 0");
        }
        if self.epoch.as_deref().is_some_and(|epoch| epoch.chars().nth(EPOCH_CHARS_MAX).is_some()) {
            errors.push("/epoch", "give the epoch of an envelope");
        }
        errors.check()
    }
}

/// Watch an event live
///
/// A WebSocket. Text frames, each an envelope as `activity` gives it; `resync` says that what follows was stored while
/// you could not be written to. Pings come every 20 s.
#[utoipa::path(
    get, path = "/ws/events/{event_id}", tag = "Activity",
    params(("event_id" = Uuid, Path, description = "The event."), WatchQuery),
    responses(
        (status = 101, description = "The feed begins."),
        (status = 400, description = "The handshake is broken."),
        (status = 426, description = "This address speaks WebSocket only.")
    )
)]
async fn watch_event(
    State(web): State<Web>,
    Signed(actor): Signed,
    caller: Caller,
    Id(event): Id<EventId>,
    Query(query): Query<WatchQuery>,
    request: Request,
) -> Result<Response, Problem> {
    if caller.session.is_some() && !origin(request.headers()).is_some_and(|origin| web.site.is_ours(origin)) {
        return Err(foreign_origin());
    }
    query.check().map_err(Problem::invalid)?;
    let row = web.app.event(actor, event).await?;
    let sees_contacts = row.role.is_some_and(gg_domain::actor::Role::sees_contacts);
    let watch = Watch {
        event: event.uuid(),
        view: if sees_contacts { View::Full } else { View::Door },
        account: caller.identity.credential,
        after: query.after,
        epoch: query.epoch,
    };
    Ok(upgrade(&web.hub, watch, request).await.unwrap_or_else(refused))
}

/// The refusal as a problem, with the headers that belong to it.
fn refused(refused: Refused) -> Response {
    let (mut parts, _) = refused.into_response().into_parts();
    let slug = match parts.status {
        StatusCode::UPGRADE_REQUIRED => "upgrade-required",
        StatusCode::BAD_REQUEST => "broken-handshake",
        StatusCode::NOT_FOUND => return Problem::not_found().into_response(),
        _ => "unavailable",
    };
    let problem = Problem::new(parts.status, slug, "The feed does not begin", refused.to_string());
    let (own, body) = problem.into_response().into_parts();
    parts.headers.extend(own.headers);
    Response::from_parts(parts, body)
}

fn foreign_origin() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "foreign-origin",
        "Another site asked for it",
        "open the feed from a page of this site, or with an API key",
    )
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok())
}
