//! The JSON API, one file or folder a noun.

pub mod invites;
pub mod members;

use crate::route::Routes;
use crate::state::Web;

/// Every route of the JSON API, with its document.
pub fn routes(web: &Web) -> Routes {
    Routes::new().merge(invites::routes(web)).merge(members::routes(web)).merge(invites::routes(web))
}
