//! `GET /`: what GuestGuard is, and the one command that starts it.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::extract::Caller;
use crate::pages::html;
use crate::state::Web;
/// The landing page.
#[derive(Debug, Template)]
#[template(path = "pages/landing.html")]
pub struct LandingPage {
    /// Whether somebody is signed in: the buttons then lead to the events.
    pub signed_in: bool,
}

/// `GET /`.
async fn show(viewer: Option<Caller>) -> Response {
    html(StatusCode::OK, &LandingPage { signed_in: viewer.is_some() })
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/", get(show))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_led_to_the_sign_in() {
        let page = LandingPage { signed_in: false }.render().unwrap();
        assert!(page.contains("guestguard serve"));
        assert!(page.contains("href=\"/signin\""));
    }

    #[test]
    fn an_organiser_is_led_to_her_events() {
        let page = LandingPage { signed_in: true }.render().unwrap();
        assert!(!page.contains("href=\"/signin\""));
        assert!(page.contains("href=\"/events\""));
    }
}
