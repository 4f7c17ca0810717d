//! Puts the routes together, and the layers that all of them share.

use axum::Router;

use crate::state::Web;
use crate::{api, pages};

/// Everything that is served.
pub fn router(web: Web) -> Router {
    let (api, _document) = api::routes(&web).split_for_parts();
    api.merge(pages::invite::routes()).with_state(web)
}
