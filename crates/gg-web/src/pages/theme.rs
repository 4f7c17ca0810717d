//! `POST /theme`: how the organiser's pages look in this browser.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::error_page::came_from;
use crate::forms::{Posted, add_cookie, go_on};
use crate::pages::shown_at;
use crate::problem::Problem;
use crate::state::Web;
use crate::view::{THEME_COOKIE, Theme};

/// Seconds that a choice is kept: a year.
const THEME_LIFE_S: u32 = 365 * 24 * 60 * 60;

async fn choose(State(web): State<Web>, headers: HeaderMap, posted: Posted) -> Result<Response, Problem> {
    let theme = Theme::parse(posted.fields.text("theme"));
    let theme = theme.ok_or_else(|| Problem::bad_request("there is no such theme"))?;
    let mut response = go_on(came_from(&headers).as_deref().unwrap_or("/account"));
    add_cookie(&mut response, &web, THEME_COOKIE, theme.word(), THEME_LIFE_S);
    Ok(response)
}

/// The routes of this choice.
pub fn routes() -> Router<Web> {
    Router::new().route("/theme", shown_at("/account").post(choose))
}
