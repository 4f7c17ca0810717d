//! Puts the routes together, and the layers that all of them share.

use axum::Router;

use crate::api;
use crate::state::Web;

/// Everything that is served.
pub fn router(web: Web) -> Router {
    api::router(&web)
        .merge(crate::pages::invite::routes())
        .route("/assets/{version}/{*path}", axum::routing::get(crate::assets::handler))
        .fallback(api::not_found)
        .with_state(web)
}
