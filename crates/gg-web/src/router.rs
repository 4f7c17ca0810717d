//! Puts the routes together, and the layers that all of them share.

use axum::Router;

use crate::api;
use crate::state::Web;

/// Everything that is served.
pub fn router(web: Web) -> Router {
    let (api, _document) = api::routes(&web).split_for_parts();
    api.merge(crate::pages::invite::routes())
        .route("/assets/{version}/{*path}", axum::routing::get(crate::assets::handler))
        .with_state(web)
}
