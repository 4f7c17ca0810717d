//! `/api/v1/invites/…`: what a guest's page does, and whatever else holds a link.

use gg_app::Error;
use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::token::Purpose;
use utoipa_axum::routes;

mod access;
mod body;
mod rsvp;

pub(crate) use access::cookies;
pub(crate) use body::BODY_BYTES_MAX;

use crate::limits::Link;
use crate::problem::Problem;
use crate::route::{Routes, route};
use crate::state::Web;
use crate::visit::Visit;

/// The routes of invitations.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::Link, routes!(access::open)))
        .merge(route(Permission::Link, routes!(rsvp::answer)))
}

/// What of a link is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    /// An opening is judged.
    Opening,
    /// An answer is given with an opening judged before.
    Answer,
}

/// Why a visit ends here.
#[derive(Debug)]
pub(crate) enum TurnedAway {
    /// The use case's word.
    Refused(Error),
    /// Too often: 429.
    TooMany(Problem),
}

impl From<Error> for TurnedAway {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<TurnedAway> for Problem {
    fn from(why: TurnedAway) -> Self {
        match why {
            TurnedAway::Refused(error) => error.into(),
            TurnedAway::TooMany(problem) => problem,
        }
    }
}

/// Counts a use of the link with `token`, without a look into the database while the link is within its limit.
pub(crate) async fn admit(web: &Web, visit: &Visit, token: &str, what: Use) -> Result<(), TurnedAway> {
    let claims =
        web.app.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await.map_err(Error::from)?;
    let (limits, link) = (&web.limits, Link { guest: claims.guest, generation: claims.generation });
    let within = match what {
        Use::Answer => limits.answer(link),
        Use::Opening => limits.opening(link),
    };
    let Err(too_many) = within else { return Ok(()) };
    // A dead link is one, however often it is tried: 429 would tell that it lived once.
    web.app.follow_link(token, None).await?;
    if let (Use::Opening, Some(device)) = (what, visit.device)
        && web.app.is_known_device(token, device).await?
    {
        return limits.own_opening(link, device).map_err(TurnedAway::TooMany);
    }
    Err(TurnedAway::TooMany(too_many))
}

/// Lets whoever comes with a dead link wait as long as everybody with one, and counts it.
pub(crate) async fn turn_away(web: &Web, visit: &Visit, why: TurnedAway) -> TurnedAway {
    if !matches!(why, TurnedAway::Refused(Error::DeadLink(_))) {
        return why;
    }
    let limited = web.limits.bad_token(visit.ip);
    visit.arrival.wait().await;
    match limited {
        Ok(()) => why,
        Err(too_many) => TurnedAway::TooMany(too_many),
    }
}

/// A dead link is a dead link, whatever else is wrong with the call; only who holds a living one is told of fields.
async fn invalid(web: &Web, token: Option<&str>, errors: FieldErrors) -> Error {
    match token {
        Some(token) => match web.app.follow_link(token, None).await {
            Err(dead) => dead,
            Ok(_) => errors.into(),
        },
        None => errors.into(),
    }
}
