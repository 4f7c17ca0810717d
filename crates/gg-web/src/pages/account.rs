//! `/account`: where an organiser is signed in, and the keys for programs.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::Error;
use gg_domain::actor::Scope;
use gg_domain::fields::FieldErrors;
use gg_domain::id::{ApiKeyId, SessionId};
use gg_store::{ApiKey, Session};
use jiff::tz::TimeZone;

use crate::device_words::agent_words;
use crate::extract::{Id, Query};
use crate::forms::{Posted, go_on};
use crate::pages::organiser::{Organiser, said};
use crate::pages::signin::signed_out;
use crate::pages::{After, html, shown_at};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::ago;
use crate::view::{Chrome, Field, Tab, When};

/// The account's own page.
#[derive(Debug, Template)]
#[template(path = "pages/account.html")]
pub struct AccountPage {
    /// The frame.
    pub chrome: Chrome,
    /// Where the account is signed in, this session first.
    pub sessions: Vec<SessionRow>,
    /// The API keys that live.
    pub keys: Vec<KeyRow>,
    /// What a key may do.
    pub scopes: Vec<ScopeChoice>,
    /// The new key's name, where the form is shown again.
    pub key_name: Field,
    /// A key just made: shown once.
    pub fresh_key: Option<FreshKey>,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id, to end it.
    pub id: String,
    /// The browser, in words.
    pub browser: String,
    /// When it was last used.
    pub seen: When,
    /// Whether it is the one that reads.
    pub is_this: bool,
}

/// One API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What tells it from another of that name, such as "made 3 December, 14:02": of the key itself nothing is kept.
    pub hint: String,
    /// What it may do, in words.
    pub scopes: String,
    /// When it was last used; `None` where never.
    pub used: Option<When>,
}

/// One scope in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeChoice {
    /// The scope, such as `guests:read`.
    pub value: String,
    /// What it lets a program do.
    pub explains: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// A key just made.
#[derive(Clone, PartialEq, Eq)]
pub struct FreshKey {
    /// Its name.
    pub name: String,
    /// The key itself; shown once and kept nowhere.
    pub key: String,
}

impl std::fmt::Debug for FreshKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FreshKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// `GET /account`.
async fn show(
    State(web): State<Web>,
    organiser: Organiser,
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    let mut page = page(&web, &organiser).await?;
    page.chrome.notice = said(after.done.as_deref());
    Ok(html(StatusCode::OK, &page))
}

/// `POST /account/keys`. The key is shown on this very answer and never again, so it goes on to no other page: the
/// next one could only show it if it were kept.
async fn make_key(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let name = fields.text("name").trim().to_string();
    let scopes: Vec<Scope> = fields.all("scope").filter_map(Scope::parse).collect();
    let made = if scopes.is_empty() {
        Err(FieldErrors::one("/name", "tick at least one thing that the key may do").into())
    } else {
        web.app.create_api_key(organiser.account, &name, scopes.clone()).await
    };
    let (fresh, errors) = match made {
        Ok((_, key)) => (Some(FreshKey { name, key: key.to_string() }), None),
        Err(Error::Invalid(errors)) => (None, Some(errors)),
        Err(error) => return Err(error.into()),
    };
    let mut page = page(&web, &organiser).await?;
    page.fresh_key = fresh;
    let Some(errors) = errors else { return Ok(html(StatusCode::CREATED, &page)) };
    page.key_name = fields.again("name", &errors);
    page.scopes = choices(&scopes);
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /account/keys/{id}/revoke`.
async fn revoke_key(
    State(web): State<Web>,
    Id(key): Id<ApiKeyId>,
    posted: Posted,
) -> Result<Response, Problem> {
    web.app.revoke_api_key(Some(posted.organiser.account), key).await?;
    Ok(go_on("/account?done=key-revoked#keys"))
}

/// `POST /account/sessions/{id}/end`.
async fn end_session(
    State(web): State<Web>,
    Id(session): Id<SessionId>,
    posted: Posted,
) -> Result<Response, Problem> {
    web.app.end_session(posted.organiser.account, session).await?;
    Ok(go_on("/account?done=session-ended"))
}

/// `POST /account/sign-out-everywhere`.
async fn sign_out_everywhere(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    web.app.sign_out_everywhere(posted.organiser.account).await?;
    Ok(signed_out(&web))
}

async fn page(web: &Web, organiser: &Organiser) -> Result<AccountPage, Problem> {
    let sessions = web.app.sessions(organiser.account).await?;
    let keys = web.app.api_keys(Some(organiser.account)).await?;
    let mut sessions: Vec<SessionRow> =
        sessions.iter().map(|session| session_row(session, organiser)).collect();
    sessions.sort_by_key(|session| !session.is_this);
    Ok(AccountPage {
        chrome: organiser.chrome(Tab::Account),
        sessions,
        keys: keys.iter().filter(|key| key.revoked_at.is_none()).map(|key| key_row(key, organiser)).collect(),
        scopes: choices(&Scope::ALL),
        key_name: Field::default(),
        fresh_key: None,
    })
}

fn session_row(session: &Session, organiser: &Organiser) -> SessionRow {
    let is_this = session.id.uuid() == organiser.session_id;
    // Uses are noted every ten minutes; the one that reads is in use now.
    let used_at = if is_this { organiser.now } else { session.used_at };
    SessionRow {
        id: session.id.to_string(),
        browser: agent_words(&session.agent),
        seen: ago(used_at, organiser.now, &TimeZone::UTC),
        is_this,
    }
}

fn key_row(key: &ApiKey, organiser: &Organiser) -> KeyRow {
    let scopes = &key.scopes.0;
    let words = if scopes.len() == Scope::ALL.len() {
        "everything".into()
    } else {
        scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
    };
    let made = ago(key.created_at, organiser.now, &TimeZone::UTC);
    KeyRow {
        id: key.id.to_string(),
        name: key.name.clone(),
        hint: format!("made {}", made.said),
        scopes: words,
        used: key.used_at.map(|at| ago(at, organiser.now, &TimeZone::UTC)),
    }
}

fn choices(ticked: &[Scope]) -> Vec<ScopeChoice> {
    let explains = |scope| match scope {
        Scope::EventsRead => "Read events and their figures",
        Scope::EventsWrite => "Make, change and delete events and their rules",
        Scope::GuestsRead => "Read and export guests and their answers",
        Scope::GuestsWrite => "Add, change, import and erase guests; record answers",
        Scope::LinksWrite => "Make, replace and revoke guests’ links",
        Scope::AccessesWrite => "Say of an opening whether it was the guest",
        Scope::MembersWrite => "Invite people to the team, and take them off",
    };
    let choice = |scope: &Scope| ScopeChoice {
        value: scope.as_str().into(),
        explains: explains(*scope).into(),
        ticked: ticked.contains(scope),
    };
    Scope::ALL.iter().map(choice).collect()
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/account", get(show))
        .route("/account/keys", shown_at("/account").post(make_key))
        .route("/account/keys/{key_id}/revoke", shown_at("/account").post(revoke_key))
        .route("/account/sessions/{session_id}/end", shown_at("/account").post(end_session))
        .route("/account/sign-out-everywhere", shown_at("/account").post(sign_out_everywhere))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(fresh_key: Option<FreshKey>) -> AccountPage {
        AccountPage {
            chrome: awkward::chrome(Tab::Account),
            sessions: vec![SessionRow {
                id: "s1".into(),
                browser: awkward::SCRIPT.into(),
                seen: awkward::when(),
                is_this: true,
            }],
            keys: vec![KeyRow {
                id: "k1".into(),
                name: awkward::SCRIPT.into(),
                hint: "gg_4fK2…".into(),
                scopes: "everything".into(),
                used: None,
            }],
            scopes: vec![ScopeChoice {
                value: "guests:read".into(),
                explains: "Read guests".into(),
                ticked: true,
            }],
            key_name: Field::default(),
            fresh_key,
        }
    }

    #[test]
    fn sessions_and_keys_are_shown_and_can_be_ended() {
        let html = page(None).render().unwrap();
        awkward::assert_escaped(&html);
        assert!(html.contains("action=\"/account/sign-out-everywhere\""));
        assert!(html.contains("action=\"/account/keys/k1/revoke\""));
        assert!(html.contains("name=\"scope\" value=\"guests:read\""));
    }

    #[test]
    fn a_fresh_key_is_shown_and_never_printed() {
        let fresh = FreshKey { name: "Door".into(), key: "gg_secret".into() };
        assert!(!format!("{fresh:?}").contains("gg_secret"));
        assert!(page(Some(fresh)).render().unwrap().contains("gg_secret"));
    }
}
