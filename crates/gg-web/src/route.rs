//! Routes are declared with what they permit: one without a permission does not compile.
//!
//! The gate stands before every handler of the declaration: it finds out who calls, whether his key
//! has the scope, whether a browser's call comes from one of our pages, and hands the handler an
//! actor. Whether his role in the event suffices is judged with the event, by the use case.

use axum::Extension;
use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use gg_domain::actor::{Actor, Permission};
use gg_domain::id::{AccessId, EventId, GuestId};
use utoipa::openapi::PathItem;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::extract::identity::{check_csrf_header, check_same_site, identify};
use crate::extract::{Caller, Signed};
use crate::problem::Problem;
use crate::state::Web;

/// Where the document says what an operation permits.
pub const PERMISSION: &str = "x-permission";

/// The routes of the JSON API, with their document.
pub type Routes = OpenApiRouter<Web>;

/// Declares one operation (or several of one path and one permission).
///
/// The permission is written into the document too, for [`crate::openapi`] and for its readers. The layers take the
/// state from the request's extensions, where [`crate::router`] puts it, so that the document can be made without one.
pub fn route(permission: Permission, operations: UtoipaMethodRouter<Web>) -> Routes {
    let (schemas, mut paths, mut handlers) = operations;
    paths.paths.values_mut().for_each(|item| note(permission, item));
    if !matches!(permission, Permission::Public | Permission::Link) {
        // The layer that is added last is the outermost: the gate, then the repeated write.
        handlers = handlers
            .route_layer(from_fn(crate::idempotency::once))
            .route_layer(from_fn_with_state(permission, gate));
    }
    Routes::new().routes((schemas, paths, handlers))
}

fn note(permission: Permission, item: &mut PathItem) {
    let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
    for operation in operations.into_iter().flatten() {
        let extensions = operation.extensions.get_or_insert_default();
        extensions.insert(PERMISSION.to_string(), format!("{permission:?}").into());
    }
}

async fn gate(
    State(permission): State<Permission>,
    Extension(web): Extension<Web>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match admit(&web, permission, &mut parts).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let actor = Actor::account(caller.identity.account, permission);
    let named = Named::of(&mut parts).await;
    parts.extensions.insert(Signed(actor));
    parts.extensions.insert(caller);
    let response = next.run(Request::from_parts(parts, body)).await;
    // What is wrong with a call is told to members alone: to whoever is none, what it is about does not exist.
    match named {
        Some(named) if is_about_the_call(response.status()) => {
            named.admit(&web, actor).await.map_or_else(IntoResponse::into_response, |()| response)
        }
        _ => response,
    }
}

/// Refusals that a handler gives before it asks whose event it is: of a header, a query, a body.
fn is_about_the_call(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::PRECONDITION_REQUIRED
    )
}

/// What in an event a path names.
#[derive(Clone, Copy)]
enum Named {
    Event(EventId),
    Guest(GuestId),
    Access(AccessId),
}

impl Named {
    async fn of(parts: &mut Parts) -> Option<Self> {
        let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
        params.iter().find_map(|(name, id)| match name {
            "event_id" => id.parse().ok().map(Self::Event),
            "guest_id" => id.parse().ok().map(Self::Guest),
            "access_id" => id.parse().ok().map(Self::Access),
            _ => None,
        })
    }

    async fn admit(self, web: &Web, actor: Actor) -> Result<(), Problem> {
        match self {
            Self::Event(event) => web.app.event(actor, event).await.map(|_| ())?,
            Self::Guest(guest) => web.app.guest(actor, guest).await.map(|_| ())?,
            Self::Access(access) => web.app.access(actor, access).await.map(|_| ())?,
        }
        Ok(())
    }
}

async fn admit(web: &Web, permission: Permission, parts: &mut Parts) -> Result<Caller, Problem> {
    let caller = identify(parts, web).await?;
    web.limits.credential(caller.identity.credential)?;
    if let Some(session) = &caller.session {
        check_same_site(&parts.method, &parts.headers, web)?;
        if !parts.method.is_safe() {
            check_csrf_header(&parts.headers, session, web)?;
        }
    }
    let scope = permission.scope().zip(caller.identity.scopes.as_ref());
    if let Some((scope, scopes)) = scope
        && !scopes.contains(&scope)
    {
        return Err(Problem::forbidden(format!("this API key has no scope {}", scope.as_str())));
    }
    Ok(caller)
}
