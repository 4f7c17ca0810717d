//! The JSON API: a folder a noun, a file a verb, each with its request, its response and its handler.
//!
//! What a route may be used for stands in its declaration ([`crate::route::route`]); what is common to all answers
//! (refusals, limits, security) is written into the document by [`crate::openapi`], not beside each handler.

#![expect(unused_qualifications, reason = "utoipa's macro qualifies the query structs that it is given")]

pub mod accesses;
pub mod activity;
pub mod change;
pub mod events;
pub mod guests;
pub mod imports;
pub mod invitations;
pub mod invites;
pub mod links;
pub mod live;
pub mod members;
pub mod paging;
pub mod policy;
pub mod probes;
pub mod rsvps;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::{Extension, Router};

use crate::problem::Problem;
use crate::route::Routes;
use crate::state::Web;

/// The API, ready for the router that everything is served by: what is not allowed on one of its paths is a problem,
/// and the gate of [`crate::route`] finds its state.
pub fn router(web: &Web) -> Router<Web> {
    let api: Router<Web> = routes().into();
    api.method_not_allowed_fallback(method_not_allowed).layer(Extension(Arc::new(web.clone())))
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Method not allowed",
        "use one of the methods that Allow names",
    )
}

/// What is answered to a path that is none.
pub async fn not_found() -> Problem {
    Problem::not_found()
}

/// Every operation of the organiser's API, the live feed and the probes.
pub fn routes() -> Routes {
    Routes::new()
        .merge(events::routes())
        .merge(guests::routes())
        .merge(imports::routes())
        .merge(links::routes())
        .merge(invitations::routes())
        .merge(rsvps::routes())
        .merge(activity::routes())
        .merge(accesses::routes())
        .merge(policy::routes())
        .merge(members::routes())
        .merge(invites::routes())
        .merge(live::routes())
        .merge(probes::routes())
}
