//! The pages: one struct, one template and one render test each.
//!
//! A page holds what its template places, already in words and figures. Forms post to the address that
//! showed them or to one beneath it, and each organiser's form carries the session's `csrf` token.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

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
pub mod landing;
pub mod live;
pub mod setup;
pub mod signin;

#[cfg(test)]
mod awkward;

/// Pages show names and answers: no cache keeps them, shared or not.
const CACHE_NEVER: &str = "no-store";

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
