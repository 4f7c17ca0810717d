//! Placeholder until the branch with accounts is merged: what a route asks of its caller.

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use gg_domain::actor::{Actor, Permission, Scope};
use gg_domain::id::AccountId;
use utoipa::openapi::extensions::Extensions;
use utoipa_axum::router::UtoipaMethodRouter;

use crate::problem::Problem;
use crate::state::Web;

/// Who is signed in, and with what.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Who.
    pub account: AccountId,
    /// The session or the API key.
    pub credential: uuid::Uuid,
    /// What a key may be used for; all where a session.
    pub scopes: Option<Vec<Scope>>,
}

/// The actor of a route.
#[derive(Clone, Copy, Debug)]
pub struct Signed(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(unknown)
    }
}

/// Nobody is signed in.
pub fn unknown() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "nobody is signed in", "send an API key")
}

/// Routes whose callers must be allowed `permission`.
pub fn route(permission: Permission, routes: UtoipaMethodRouter<Web>) -> UtoipaMethodRouter<Web> {
    let (schemas, mut paths, router) = routes;
    for item in paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            let extensions = operation.extensions.get_or_insert(Extensions::default());
            extensions.insert("x-permission".into(), format!("{permission:?}").into());
        }
    }
    let judge = move |request: Request, next: Next| judge(permission, request, next);
    (schemas, paths, router.route_layer(from_fn(judge)))
}

async fn judge(permission: Permission, mut request: Request, next: Next) -> Response {
    if matches!(permission, Permission::Public | Permission::Link) {
        return next.run(request).await;
    }
    let Some(identity) = request.extensions().get::<Identity>().cloned() else {
        return unknown().into_response();
    };
    let lacks =
        identity.scopes.as_ref().zip(permission.scope()).is_some_and(|(has, needs)| !has.contains(&needs));
    if lacks {
        return Problem::new(StatusCode::FORBIDDEN, "scope", "the key lacks a scope", "make another")
            .into_response();
    }
    request.extensions_mut().insert(Signed(Actor::account(identity.account, permission)));
    next.run(request).await
}
