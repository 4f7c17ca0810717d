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
pub mod links;
pub mod live;
pub mod paging;
pub mod policy;
pub mod probes;
pub mod rsvps;

use utoipa_axum::router::OpenApiRouter;

use crate::state::Web;

/// Every operation of the organiser's API, the live feed and the probes.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::default()
        .merge(events::routes())
        .merge(guests::routes())
        .merge(imports::routes())
        .merge(links::routes())
        .merge(invitations::routes())
        .merge(rsvps::routes())
        .merge(activity::routes())
        .merge(accesses::routes())
        .merge(policy::routes())
        .merge(live::routes())
        .merge(probes::routes())
}
