//! Who calls: by session cookie or API key, and for a cookie, from one of our own pages.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use gg_app::Identity;
use gg_domain::actor::Actor;
use gg_domain::id::AccountId;

use super::ClientIp;
use crate::problem::Problem;
use crate::state::Web;

/// The session cookie's name.
pub const SESSION_COOKIE: &str = "gg_session";
/// The header in which scripts send the session's word.
const CSRF_HEADER: &str = "x-csrf-token";

/// The secret in the session cookie. Its `Debug` says nothing.
#[derive(Clone)]
pub struct SessionCookie(pub String);

impl std::fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionCookie(…)")
    }
}

/// Who calls, and with what; put into the request by [`crate::route`]'s gate or read here.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub identity: Identity,
    /// The session, where he came with one.
    pub session: Option<SessionCookie>,
}

/// The actor that the route's declaration made of the caller.
#[derive(Clone, Copy, Debug)]
pub struct Signed(pub Actor);

/// Who is signed in in this browser, if anybody: never a reason to refuse.
#[derive(Clone, Debug)]
pub struct Viewer(pub Option<Caller>);

impl Viewer {
    /// The account, where somebody is signed in.
    pub fn account(&self) -> Option<AccountId> {
        self.0.as_ref().map(|caller| caller.identity.account)
    }
}

impl Signed {
    /// The account that acts.
    ///
    /// # Errors
    /// 401 for an actor that is none.
    pub fn account(&self) -> Result<AccountId, Problem> {
        self.0.account_id().ok_or_else(Problem::unauthorized)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(Problem::unauthorized)
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let caller = identify(parts, web).await?;
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

impl OptionalFromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>, Problem> {
        look_up(&parts.headers, web).await
    }
}

impl FromRequestParts<Web> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        look_up(&parts.headers, web).await.map(Self)
    }
}

/// Who calls.
///
/// # Errors
/// 401 where nobody says, or says what is not so; 429 for too many keys that are none from one class of addresses,
/// judged after the key, so that a living one is never refused for its neighbour's; the store's.
pub async fn identify(parts: &mut Parts, web: &Web) -> Result<Caller, Problem> {
    if let Some(caller) = look_up(&parts.headers, web).await? {
        return Ok(caller);
    }
    if parts.headers.contains_key(AUTHORIZATION) {
        let Ok(ClientIp(ip)) = ClientIp::from_request_parts(parts, web).await;
        web.limits.bad_key(ip)?;
    }
    Err(Problem::unauthorized())
}

/// Who calls; none where nobody says, or says what is not so.
async fn look_up(headers: &HeaderMap, web: &Web) -> Result<Option<Caller>, Problem> {
    if let Some(header) = headers.get(AUTHORIZATION) {
        let key = header.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        let identity = web.app.key(key.trim()).await?;
        return Ok(identity.map(|identity| Caller { identity, session: None }));
    }
    let Some(secret) = cookie(headers, &web.site.cookie(SESSION_COOKIE)) else { return Ok(None) };
    let identity = web.app.session(secret).await?;
    Ok(identity.map(|identity| Caller { identity, session: Some(SessionCookie(secret.to_string())) }))
}

/// The value of a cookie. Of two of one name neither is believed: a sibling host may have set one.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

/// Whether a call that a browser made with its cookie comes from one of our pages.
///
/// # Errors
/// 403 where it does not, or does not say.
pub fn check_same_site(method: &Method, headers: &HeaderMap, web: &Web) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let origin = headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let ours = match (origin, site) {
        (Some(origin), _) => web.site.is_ours(origin),
        (None, Some(site)) => site == "same-origin",
        (None, None) => false,
    };
    if ours { Ok(()) } else { Err(Problem::forbidden("this call did not come from one of our own pages")) }
}

/// Whether a script's call carries the session's word.
///
/// # Errors
/// 403 where it does not.
pub fn check_csrf_header(headers: &HeaderMap, session: &SessionCookie, web: &Web) -> Result<(), Problem> {
    let word = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    check_csrf(word, session, web)
}

/// Whether a form carries the session's word.
///
/// # Errors
/// 403 where it does not.
pub fn check_csrf(word: &str, session: &SessionCookie, web: &Web) -> Result<(), Problem> {
    if web.app.secrets.is_csrf(&session.0, word) {
        Ok(())
    } else {
        Err(Problem::forbidden("this form is too old: load the page again"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_cookies_of_one_name_neither_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "a=1; gg_session=x; b=2".parse().unwrap());
        assert_eq!(cookie(&headers, "gg_session"), Some("x"));

        headers.insert(COOKIE, "gg_session=x; gg_session=y".parse().unwrap());
        assert_eq!(cookie(&headers, "gg_session"), None);
    }
}
