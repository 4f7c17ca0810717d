//! A guest's link: issued, rotated, revoked, tried. Answers hold a secret: they are never kept, here or on the way.

mod issue;
mod revoke;
mod rotate;
mod try_link;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use gg_domain::actor::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::route::route;
use crate::state::Web;

/// The operations on links.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::default()
        .routes(route(Permission::Links, routes!(issue::issue_link)))
        .routes(route(Permission::Links, routes!(rotate::rotate_link)))
        .routes(route(Permission::Links, routes!(revoke::revoke_link)))
        .routes(route(Permission::Links, routes!(try_link::try_link)))
}

const NO_STORE: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// A guest's link. A secret.
#[derive(Serialize, ToSchema)]
pub struct Link {
    /// The address to send.
    #[schema(example = "https://invite.example.org/i/AQEAAAAB…")]
    url: String,
    /// Its last part.
    token: String,
}

fn told(link: &gg_app::Link) -> impl IntoResponse + use<> {
    (NO_STORE, axum::Json(Link { url: link.url.clone(), token: link.token.expose().to_string() }))
}
