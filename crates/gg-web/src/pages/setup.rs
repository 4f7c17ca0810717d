//! `/setup?token=…`: the first account, made through the link that the first start prints.

use std::net::IpAddr;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use gg_app::Error;
use serde::Deserialize;

use crate::extract::{ClientIp, Query};
use crate::forms::{FormWord, PostedByAnybody, fault};
use crate::pages::html;
use crate::pages::signin::sign_in_as;
use crate::problem::Problem;
use crate::state::Web;
use crate::view::{Field, Notice};

/// The form for the first account.
#[derive(Debug, Template)]
#[template(path = "pages/setup.html")]
pub struct SetupPage {
    /// The token that the form carries.
    pub csrf: String,
    /// The set-up token, from the link.
    pub token: String,
    /// The address to sign in with.
    pub email: Field,
    /// What is wrong with the password; its value is never shown again.
    pub password_error: Option<String>,
    /// A notice above the form.
    pub notice: Option<Notice>,
}

/// What an old, used or wrong set-up link shows: where the current one stands.
#[derive(Debug, Template)]
#[template(path = "pages/setup_gone.html")]
pub struct SetupGonePage;

/// The query of the set-up link.
#[derive(Debug, Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

/// `GET /setup?token=…`: the form, for the living link alone.
async fn show(
    State(web): State<Web>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Result<Response, Problem> {
    if !web.app.is_setup_token(&link.token).await? {
        return gone(&web, ip);
    }
    let word = FormWord::of(&headers, &web);
    let page = SetupPage {
        csrf: word.csrf(&web),
        token: link.token,
        email: Field::default(),
        password_error: None,
        notice: None,
    };
    Ok(word.with(&web, html(StatusCode::OK, &page)))
}

/// `POST /setup`: the first account, signed in at once.
async fn make(
    State(web): State<Web>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    posted: PostedByAnybody,
) -> Result<Response, Problem> {
    let PostedByAnybody { fields, word } = posted;
    let (token, email) = (fields.text("token"), fields.text("email"));
    // Asked before the password is hashed: a stranger's guesses cost us little.
    if !web.app.is_setup_token(token).await? {
        return gone(&web, ip);
    }
    let errors = match web.app.set_up(token, email, fields.text("password").to_string()).await {
        Ok(account) => return sign_in_as(&web, account.id, &headers, "/events").await,
        Err(Error::NotFound) => return gone(&web, ip),
        Err(Error::Invalid(errors)) => errors,
        Err(error) => return Err(error.into()),
    };
    let page = SetupPage {
        csrf: word.csrf(&web),
        token: token.to_string(),
        email: fields.again("email", &errors),
        password_error: fault(&errors, "/password"),
        notice: None,
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

fn gone(web: &Web, ip: Option<IpAddr>) -> Result<Response, Problem> {
    web.limits.bad_token(ip)?;
    Ok(html(StatusCode::NOT_FOUND, &SetupGonePage))
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/setup", get(show).post(make))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    #[test]
    fn the_form_carries_the_link_s_token_and_shows_what_is_wrong() {
        let page = SetupPage {
            csrf: "c".into(),
            token: awkward::SCRIPT.into(),
            email: Field::wrong(awkward::SCRIPT, "This is not an e-mail address."),
            password_error: Some("At least 15 characters.".into()),
            notice: None,
        };
        let page = page.render().unwrap();
        awkward::assert_escaped(&page);
        assert!(page.contains("This is not an e-mail address."));
        assert!(page.contains("aria-invalid=\"true\""));
        assert!(page.contains("autocomplete=\"new-password\""));
    }

    #[test]
    fn a_used_link_says_where_the_next_one_is() {
        assert!(SetupGonePage.render().unwrap().contains("guestguard serve"));
    }
}
