//! `/api/v1/invites/…`: what a guest's page does, and whatever else holds a link.

use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use gg_app::Error;
use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::token::{BadToken, Purpose};
use gg_store::KeyOwner;
use tracing::Instrument as _;
use utoipa_axum::routes;

mod access;
mod body;
mod fresh_link;
mod rsvp;
mod step_up;

pub(crate) use access::cookies;
pub(crate) use body::BODY_BYTES_MAX;

use self::body::Body;
use crate::idempotency::{self, GivenKey, Turn};
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
        .merge(route(Permission::Link, routes!(step_up::send)))
        .merge(route(Permission::Link, routes!(step_up::verify)))
        .merge(route(Permission::Link, routes!(fresh_link::send)))
}

/// What of a link is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    /// An opening is judged.
    Opening,
    /// An answer is given with an opening judged before.
    Answer,
    /// A code is asked for.
    SendCode,
    /// A code is tried.
    TryCode,
    /// A new link is asked for, or an invitation of one's own.
    FreshLink,
}

/// Why a visit ends here.
#[derive(Debug)]
pub(crate) enum TurnedAway {
    /// The use case's word.
    Refused(Error),
    /// Too often: 429; or something about its `Idempotency-Key`.
    Told(Problem),
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
            TurnedAway::Told(problem) => problem,
        }
    }
}

impl Use {
    /// The operation's name in what tells one call from another.
    const fn operation(self) -> (&'static str, &'static str) {
        match self {
            Self::Opening => ("POST", "/api/v1/invites/access"),
            Self::Answer => ("PUT", "/api/v1/invites/rsvp"),
            Self::SendCode => ("POST", "/api/v1/invites/step-up"),
            Self::TryCode => ("POST", "/api/v1/invites/step-up/verify"),
            Self::FreshLink => ("POST", "/api/v1/invites/fresh-link"),
        }
    }

    /// Makes the call; where it is not yet `admitted`, it is counted first.
    async fn made(
        self,
        web: &Web,
        visit: &Visit,
        body: &Body,
        admitted: Option<Admitted>,
    ) -> Result<Response, TurnedAway> {
        match self {
            Self::Opening => access::made(web, visit, body, admitted).await,
            Self::Answer => rsvp::made(web, visit, body, admitted).await,
            Self::SendCode => step_up::sent(web, visit, body, admitted).await,
            Self::TryCode => step_up::judged(web, visit, body, admitted).await,
            Self::FreshLink => fresh_link::sent(web, visit, body, admitted).await,
        }
    }
}

/// Makes a guest's call; where it has an `Idempotency-Key`, once.
async fn call(what: Use, web: Web, visit: Visit, key: GivenKey, body: Body) -> Result<Response, Problem> {
    let done = match key.0 {
        None => what.made(&web, &visit, &body, None).await,
        Some(key) => {
            let (web, visit) = (web.clone(), visit.clone());
            // A task of its own: a guest who hangs up, and tries again, must find this call's answer, not none.
            let call = async move { once(what, &web, &visit, &key, &body).await };
            let call = tokio::spawn(call.instrument(tracing::Span::current()));
            call.await.unwrap_or_else(|panic| {
                tracing::error!(%panic, "a guest's write with an idempotency key broke off");
                Err(TurnedAway::Told(Problem::internal()))
            })
        }
    };
    match done {
        Ok(response) => Ok(response),
        Err(why) => Err(turn_away(&web, &visit, why).await.into()),
    }
}

/// Makes a call once for each key of a guest. What was answered is told again without its cookies: they hold the token,
/// which is kept nowhere, and a device that is handed out twice would be two.
async fn once(
    what: Use,
    web: &Web,
    visit: &Visit,
    key: &HeaderValue,
    body: &Body,
) -> Result<Response, TurnedAway> {
    // Whose key it is, a living link says. A dead one has none, and the call itself says so, like to everybody.
    let Some(token) = body.get("token").as_str() else { return what.made(web, visit, body, None).await };
    let link = match web.app.follow_link(token, None).await {
        Err(Error::DeadLink(_)) => return what.made(web, visit, body, None).await,
        link => link?,
    };
    // Before the key is written down: a used-up link shall cost no write.
    let admitted = admit(web, visit, token, what).await?;
    let (method, path) = what.operation();
    let hash = idempotency::request_hash(method, path, &body.bytes());
    let key = idempotency::text(key).map_err(TurnedAway::Told)?;
    match idempotency::claim(web, KeyOwner::Guest(link.claims.guest), key, hash).await {
        Ok(Turn::First(key)) => match what.made(web, visit, body, Some(admitted)).await {
            Ok(response) => idempotency::settle(web, key, response).await.map_err(TurnedAway::Told),
            Err(why) => {
                idempotency::release(web, key).await;
                Err(why)
            }
        },
        Ok(Turn::Told(response)) => Ok(response),
        Ok(Turn::Again) => {
            tracing::error!("an answer to a guest was kept without its body");
            Err(TurnedAway::Told(Problem::internal()))
        }
        // The guest was erased in between.
        Err(problem) if problem.status() == StatusCode::NOT_FOUND => Err(Error::DeadLink(BadToken).into()),
        Err(problem) => Err(TurnedAway::Told(problem)),
    }
}

/// A use of a link that was counted, and is within the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admitted;

/// Counts a use of the link with `token`, without a look into the database while the link is within its limit.
pub(crate) async fn admit(web: &Web, visit: &Visit, token: &str, what: Use) -> Result<Admitted, TurnedAway> {
    let claims =
        web.app.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await.map_err(Error::from)?;
    let (limits, link) = (&web.limits, Link { guest: claims.guest, generation: claims.generation });
    let within = match what {
        Use::Answer => limits.answer(link),
        Use::Opening => limits.opening(link),
        Use::SendCode | Use::TryCode | Use::FreshLink => limits.asking(link),
    };
    let Err(too_many) = within else { return Ok(Admitted) };
    // A dead link is one, however often it is tried: 429 would tell that it lived once.
    let opened = web.app.follow_link(token, None).await?;
    if let (Use::Opening, Some(device)) = (what, visit.device)
        && web.app.is_known_device(&opened, device)
    {
        return limits.own_opening(link, device).map(|()| Admitted).map_err(TurnedAway::Told);
    }
    Err(TurnedAway::Told(too_many))
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
        Err(too_many) => TurnedAway::Told(too_many),
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
