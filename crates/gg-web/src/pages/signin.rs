//! `/signin`: an organiser signs in with e-mail and password.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use gg_app::{Error, NewSession};
use gg_domain::account::SESSION_LIFE;
use gg_domain::email::EmailAddress;
use gg_domain::id::AccountId;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::extract::identity::{SESSION_COOKIE, cookie};
use crate::extract::{Caller, ClientIp, Query};
use crate::forms::{FormWord, Posted, PostedByAnybody, add_cookie, go_on, own_path};
use crate::pages::kept::{Kept, KeptPage};
use crate::pages::organiser::trouble;
use crate::pages::{html, shown_at};
use crate::problem::Problem;
use crate::state::Web;
use crate::view::{Field, Notice, Theme};

/// Whom a demo signs in: the account that `serve --demo` makes.
const DEMO_EMAIL: &str = "demo@example.org";

/// The sign-in form.
#[derive(Debug, Template)]
#[template(path = "pages/signin.html")]
pub struct SigninPage {
    /// The token that the form carries.
    pub csrf: String,
    /// The page to go on to; a path of this site, checked by the handler.
    pub next: String,
    /// How it looks.
    pub theme: Theme,
    /// A form that waits to be sent; empty where none does.
    pub kept: String,
    /// The address.
    pub email: Field,
    /// A notice above the form: a wrong password, a session that ended.
    pub notice: Option<Notice>,
}

/// The query of the sign-in page.
#[derive(Debug, Deserialize)]
struct Way {
    #[serde(default)]
    next: String,
}

/// The query of a demo's way in.
#[derive(Debug, Deserialize)]
struct DemoLink {
    #[serde(default)]
    token: String,
}

/// `GET /signin`: the form; who is signed in goes on at once.
async fn show(
    State(web): State<Web>,
    viewer: Option<Caller>,
    headers: HeaderMap,
    Query(way): Query<Way>,
) -> Response {
    let next = own_path(&way.next);
    if viewer.is_some_and(|caller| caller.session.is_some()) {
        return go_on(next);
    }
    let word = FormWord::of(&headers, &web);
    let page = SigninPage {
        csrf: word.csrf(&web),
        next: next.to_string(),
        theme: Theme::of(&headers),
        kept: String::new(),
        email: Field::default(),
        notice: None,
    };
    word.with(&web, html(StatusCode::OK, &page))
}

/// `POST /signin`. Whatever is wrong, the words and about the time are the same: the use case hashes either way.
async fn enter(
    State(web): State<Web>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    posted: PostedByAnybody,
) -> Result<Response, Problem> {
    let PostedByAnybody { fields, word } = posted;
    let (email, next) = (fields.text("email"), own_path(fields.text("next")));
    web.limits.sign_in(email, ip)?;
    let session = web.app.sign_in(email, fields.text("password").to_string(), agent(&headers)).await;
    match session {
        Ok(session) => {
            let csrf = web.app.secrets.csrf(&session.secret);
            let on = match Kept::read(fields.text("kept")) {
                Some(kept) => html(StatusCode::OK, &KeptPage::of(kept, csrf, Theme::of(&headers))),
                None => go_on(next),
            };
            welcome(&web, &session, &headers, on).await
        }
        Err(Error::NotFound) => {
            let notice = "E-mail and password do not go together. Look at both, and try again.";
            let page = SigninPage {
                csrf: word.csrf(&web),
                next: next.to_string(),
                theme: Theme::of(&headers),
                kept: Kept::read(fields.text("kept")).map(|kept| kept.carried()).unwrap_or_default(),
                email: Field::of(email),
                notice: trouble(notice),
            };
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /signout`.
async fn leave(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    web.app.sign_out(&posted.organiser.session.0).await?;
    Ok(signed_out(&web))
}

/// `GET /demo?token=…`: the way into a demo, which has no password that anybody knows.
async fn demo(
    State(web): State<Web>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    Query(link): Query<DemoLink>,
) -> Result<Response, Problem> {
    let known = web.site.demo_token.as_deref().is_some_and(|token| is_same(token, &link.token));
    let email = EmailAddress::parse(DEMO_EMAIL).map_err(|_| Problem::not_found())?;
    let account = if known { web.app.account_of(email).await? } else { None };
    let Some(account) = account else {
        web.limits.bad_token(ip)?;
        return Err(Problem::not_found());
    };
    sign_in_as(&web, account.id, &headers, "/events").await
}

/// Signs an account in that has just shown who it is, and goes on to `next`.
///
/// # Errors
/// The store's.
pub(crate) async fn sign_in_as(
    web: &Web,
    account: AccountId,
    headers: &HeaderMap,
    next: &str,
) -> Result<Response, Problem> {
    let session = web.app.open_session(account, agent(headers)).await?;
    welcome(web, &session, headers, go_on(next)).await
}

/// The answer that ends a session in the browser.
pub(crate) fn signed_out(web: &Web) -> Response {
    let mut response = go_on("/signin");
    add_cookie(&mut response, web, SESSION_COOKIE, "", 0);
    // Pages that the browser kept for its back button go too.
    let headers = response.headers_mut();
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

/// A session is new at each sign-in, and the one before it in this browser ends: nobody's old cookie lives on.
async fn welcome(
    web: &Web,
    session: &NewSession,
    headers: &HeaderMap,
    mut response: Response,
) -> Result<Response, Problem> {
    if let Some(old) = cookie(headers, &web.site.cookie(SESSION_COOKIE)) {
        web.app.sign_out(old).await?;
    }
    let life = u32::try_from(SESSION_LIFE.as_secs()).unwrap_or(u32::MAX);
    add_cookie(&mut response, web, SESSION_COOKIE, &session.secret, life);
    Ok(response)
}

/// How the browser calls itself, for the list of where somebody is signed in.
fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}

/// Compared by their hashes, so that time tells nothing of how much of a guess is right.
fn is_same(token: &str, guess: &str) -> bool {
    Sha256::digest(token.as_bytes()) == Sha256::digest(guess.as_bytes())
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/signin", get(show).post(enter))
        .route("/signout", shown_at("/").post(leave))
        .route("/demo", get(demo))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pages::awkward, view::Tone};

    #[test]
    fn a_failed_attempt_keeps_the_address_and_says_what_to_do() {
        let page = SigninPage {
            csrf: "c".into(),
            next: awkward::SCRIPT.into(),
            theme: Theme::default(),
            kept: awkward::SCRIPT.into(),
            email: Field::of(awkward::SCRIPT),
            notice: Some(Notice { tone: Tone::Bad, text: "E-mail or password is wrong.".into() }),
        };
        let page = page.render().unwrap();
        awkward::assert_escaped(&page);
        assert!(page.contains("role=\"alert\""));
        assert!(page.contains("autocomplete=\"current-password\""));
    }
}
