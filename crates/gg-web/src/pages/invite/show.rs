//! `GET,HEAD /i/{token}` and `GET /invite`: shows the page, and changes nothing by it.
//!
//! Previewers and scanners get the neutral card. Its one button is a POST with a nonce and not a link: what follows
//! links (previewers, mail filters, prefetchers) does not come past it, and what presses buttons presses them at
//! once and gets the card again (see [`super::answer`]). All that it leads to is the page, which still binds, scores
//! and answers nothing by itself.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use gg_app::{Error, InvitePage as Opened};
use gg_domain::access::{FetchClass, Method as AccessMethod};
use gg_domain::token::BadToken;

use super::{DeadLinkPage, InviteState, NeutralPage, SentPage, words};
use crate::api::invites::{TurnedAway, turn_away};
use crate::problem::Problem;
use crate::state::Web;
use crate::visit::Visit;
use crate::{invite_cookie, nonce, pages};

/// `GET,HEAD /i/{token}`.
pub(super) async fn show(State(web): State<Web>, visit: Visit, method: Method, uri: Uri) -> Response {
    let token = token_of(&uri);
    let opened = match web.app.invite_page(token, visit.viewer).await {
        Ok(opened) => opened,
        Err(error) => return refused(&web, &visit, error.into()).await,
    };
    let fetch = visit.fetch(if method == Method::HEAD { AccessMethod::Head } else { AccessMethod::Get });
    let class = web.app.note_fetch(&opened, &fetch);
    if opened.test || class == FetchClass::Browser {
        whole(&web, StatusCode::OK, token, &opened, words::state(&opened))
    } else {
        card(token, fresh_nonce(&web, &opened))
    }
}

/// `GET /invite`: the page that this browser opened, whose address no longer holds the token.
pub(super) async fn show_again(
    State(web): State<Web>,
    visit: Visit,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(token) = invite_cookie::read(&headers) else {
        if uri == *invite_cookie::SENT {
            return private(pages::html(StatusCode::OK, &SentPage));
        }
        return refused(&web, &visit, Error::DeadLink(BadToken).into()).await;
    };
    match web.app.invite_page(token, visit.viewer).await {
        Ok(opened) => whole(&web, StatusCode::OK, token, &opened, words::state(&opened)),
        Err(error) => refused(&web, &visit, error.into()).await,
    }
}

/// The token as it stands in the address: a decoded one would have a second spelling.
pub(super) fn token_of(uri: &Uri) -> &str {
    uri.path().strip_prefix("/i/").unwrap_or_default()
}

pub(super) fn fresh_nonce(web: &Web, opened: &Opened) -> String {
    nonce::issue(&web.app.secrets, &opened.claims, web.app.sources.now())
}

/// The whole page, with a fresh nonce.
pub(super) fn whole(
    web: &Web,
    status: StatusCode,
    token: &str,
    opened: &Opened,
    state: InviteState,
) -> Response {
    let page = words::page(token, fresh_nonce(web, opened), opened, state);
    private(pages::html(status, &page))
}

/// The neutral card.
pub(super) fn card(token: &str, nonce: String) -> Response {
    private(pages::html(StatusCode::OK, &NeutralPage { token: token.to_owned(), nonce }))
}

/// The page of who is turned away: for a dead link always the same, at the same time after it was asked for.
pub(super) async fn refused(web: &Web, visit: &Visit, why: TurnedAway) -> Response {
    match turn_away(web, visit, why).await {
        TurnedAway::Refused(Error::DeadLink(_)) => private(pages::html(StatusCode::NOT_FOUND, &DeadLinkPage)),
        why => Problem::from(why).into_response(),
    }
}

/// Nothing of a guest's page is kept, told on, or found.
pub(super) fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let robots = HeaderValue::from_static("noindex, nofollow, noarchive, nosnippet");
    headers.insert(HeaderName::from_static("x-robots-tag"), robots);
    response
}
