//! Routes are declared with what they permit: one without a permission does not compile.
//!
//! The gate stands before every handler of the declaration: it finds out who calls, whether his key
//! has the scope, whether a browser's call comes from one of our pages, and hands the handler an
//! actor. Whether his role in the event suffices is judged with the event, by the use case.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use gg_domain::actor::{Actor, Permission};
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
    Extension(web): Extension<Arc<Web>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&web, permission, &parts.method, &parts.headers).await {
        Ok(caller) => {
            let actor = Actor::account(caller.identity.account, permission);
            parts.extensions.insert(Signed(actor));
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn admit(
    web: &Web,
    permission: Permission,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, Problem> {
    let caller = identify(headers, web).await?.ok_or_else(Problem::unauthorized)?;
    web.limits.credential(caller.identity.credential)?;
    if let Some(session) = &caller.session {
        check_same_site(method, headers, web)?;
        if !method.is_safe() {
            check_csrf_header(headers, session, web)?;
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
