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

use axum::http::StatusCode;
use axum::{Extension, Router};

use crate::problem::Problem;
use crate::route::Routes;
use crate::state::Web;

/// The API, ready for the router that everything is served by: what is not allowed on one of its paths is a problem,
/// and the gate of [`crate::route`] finds its state.
pub fn router(web: &Web) -> Router<Web> {
    let api: Router<Web> = routes().into();
    api.method_not_allowed_fallback(method_not_allowed).layer(Extension(web.clone()))
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

/// Every operation of the API, the live feed and the probes.
pub fn routes() -> Routes {
    nouns().into_iter().fold(Routes::new(), Routes::merge)
}

/// The operations, noun by noun.
fn nouns() -> Vec<Routes> {
    vec![
        events::routes(),
        guests::routes(),
        imports::routes(),
        links::routes(),
        invitations::routes(),
        rsvps::routes(),
        activity::routes(),
        accesses::routes(),
        policy::routes(),
        members::routes(),
        invites::routes(),
        live::routes(),
        probes::routes(),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_two_nouns_call_different_things_by_one_name() {
        let mut known = BTreeMap::new();
        for noun in nouns() {
            for (name, schema) in noun.into_openapi().components.unwrap_or_default().schemas {
                let schema = serde_json::to_value(schema).unwrap();
                let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*first, schema, "{name}");
            }
        }
    }
}
