//! Puts the routes together, and the layers that all of them share.

use axum::Router;

use crate::api;
use crate::state::Web;

/// Everything that is served.
pub fn router(web: Web) -> Router {
    api::router(&web).fallback(api::not_found).with_state(web)
}
