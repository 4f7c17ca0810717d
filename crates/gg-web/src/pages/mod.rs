//! The pages: one struct, one template and one render test each.
//!
//! A page holds what its template places, already in words and figures. Forms post to the address that
//! showed them or to one beneath it, and each organiser's form carries the session's `csrf` token.

use askama::Template;
use axum::Router;
use axum::extract::RawPathParams;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use serde::Deserialize;

use crate::security_headers;
use crate::state::Web;

pub mod account;
pub mod errors;
pub mod event;
pub mod event_form;
pub mod events;
pub mod guest;
pub mod guest_form;
pub mod guests;
pub mod import;
pub mod invite;
pub mod join;
pub mod kept;
pub mod landing;
pub mod live;
pub mod organiser;
pub mod outbox;
pub mod policy;
pub mod setup;
pub mod signin;
pub mod theme;

#[cfg(test)]
mod awkward;

/// The routes of the organiser's pages, and of those that need nobody to be signed in.
pub fn routes() -> Router<Web> {
    Router::new()
        .merge(landing::routes())
        .merge(setup::routes())
        .merge(signin::routes())
        .merge(join::routes())
        .merge(account::routes())
        .merge(events::routes())
        .merge(event_form::routes())
        .merge(event::routes())
        .merge(policy::routes())
        .merge(guests::routes())
        .merge(guest_form::routes())
        .merge(guest::routes())
        .merge(import::routes())
        .merge(live::routes())
        .merge(outbox::routes())
        .merge(theme::routes())
        .layer(from_fn(security_headers::tell_ourselves))
}

/// The query of a page that a form went on to.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    /// What was done, by its word.
    pub done: Option<String>,
}

/// Pages show names and answers: no cache keeps them, shared or not.
const CACHE_NEVER: &str = "no-store";

/// A form's address that somebody comes back to, by the browser's arrows or after signing in: leads to `page`, which
/// has the form. A `{name}` in it is the one of the address.
pub(crate) fn shown_at(page: &'static str) -> MethodRouter<Web> {
    get(async move |params: RawPathParams| {
        let mut path = page.to_string();
        for (name, value) in &params {
            // Ids alone: what else stands there has no page.
            if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return StatusCode::NOT_FOUND.into_response();
            }
            path = path.replace(&format!("{{{name}}}"), value);
        }
        Redirect::to(&path).into_response()
    })
}

/// `page` as an answer with `status`; a template that fails to render is a bare 500.
pub fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(body) => {
            let headers =
                [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, CACHE_NEVER)];
            (status, headers, body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page did not render");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
