//! A guest's link: issued, rotated, revoked, tried. Answers hold a secret: they are never kept, here or on the way.

mod issue;
mod revoke;
mod rotate;
mod try_link;

use axum::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use gg_domain::actor::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::idempotency::HoldsLink;
use crate::route::{Routes, route};

/// The operations on links.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::Links, routes!(issue::issue_link)))
        .merge(route(Permission::Links, routes!(rotate::rotate_link)))
        .merge(route(Permission::Links, routes!(revoke::revoke_link)))
        .merge(route(Permission::Links, routes!(try_link::try_link)))
}

/// A guest's link. A secret.
#[derive(Serialize, ToSchema)]
pub struct Link {
    /// The address to send.
    #[schema(example = "https://invite.example.org/i/AQEAAAAB…")]
    url: String,
    /// Its last part.
    token: String,
}

/// An answer that holds a secret: no cache keeps it, and with an `Idempotency-Key` it is made again.
fn secret(body: impl Serialize) -> impl IntoResponse {
    (Extension(HoldsLink), [(header::CACHE_CONTROL, "no-store")], axum::Json(body))
}

fn told(link: &gg_app::Link) -> impl IntoResponse + use<> {
    secret(Link { url: link.url.clone(), token: link.token.expose().to_string() })
}
