//! Who reads an organiser's page: somebody signed in with a browser. API keys open no pages.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use gg_domain::actor::{Actor, Permission, Role};
use gg_domain::id::AccountId;
use gg_store::EventRow;
use jiff::Timestamp;

use crate::extract::{Caller, SessionCookie};
use crate::problem::Problem;
use crate::state::Web;
use crate::view::{Chrome, EventTabs, Notice, Tab, Theme, Tone};

/// Who reads a page, and what its frame shows of him.
#[derive(Debug)]
pub struct Organiser {
    /// Who.
    pub account: AccountId,
    /// His address.
    pub email: String,
    /// The session that he reads in.
    pub session: SessionCookie,
    /// Which one that is.
    pub session_id: uuid::Uuid,
    /// The word that his forms carry.
    pub csrf: String,
    /// How his pages look.
    pub theme: Theme,
    /// When he asked.
    pub now: Timestamp,
}

impl FromRequestParts<Web> for Organiser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Caller { identity, session } = Caller::from_request_parts(parts, web).await?;
        let session = session.ok_or_else(Problem::unauthorized)?;
        web.limits.credential(identity.credential)?;
        let account = web.app.account(identity.account).await?.ok_or_else(Problem::unauthorized)?;
        Ok(Self {
            account: account.id,
            email: account.email.as_str().to_string(),
            csrf: web.app.secrets.csrf(&session.0),
            session,
            session_id: identity.credential,
            theme: Theme::of(&parts.headers),
            now: web.app.sources.now(),
        })
    }
}

impl Organiser {
    /// The organiser, for what a use case does. A page reads and does several things, so each is named where it is
    /// done, and the role is judged there.
    pub fn to(&self, permission: Permission) -> Actor {
        Actor::account(self.account, permission)
    }

    /// The frame of a page outside any event.
    pub fn chrome(&self, tab: Tab) -> Chrome {
        let (email, csrf) = (self.email.clone(), self.csrf.clone());
        Chrome { email, csrf, theme: self.theme, tab, event: None, notice: None }
    }

    /// The frame of a page of an event.
    pub fn chrome_of(&self, tab: Tab, event: &EventRow) -> Chrome {
        let event = EventTabs { id: event.id.to_string(), name: event.name.clone() };
        Chrome { event: Some(event), ..self.chrome(tab) }
    }
}

/// Whether who has `role` may do this; who has none may not.
pub fn may(role: Option<Role>, permission: Permission) -> bool {
    role.is_some_and(|role| permission.allows(role))
}

/// What the frame says after something was done: `done` is the last word of the address that a form went on to. An
/// address is anybody's to write, so it chooses a sentence and never holds one.
pub fn said(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "saved" => "Saved.",
        "made" => "The event is made. Next: the guests.",
        "deleted" => "The event is deleted.",
        "removed" => "Taken off the team.",
        "uninvited" => "The invitation is taken back: its link leads nowhere now.",
        "joined" => "You are on the team.",
        "added" => "The guest is added.",
        "erased" => "The guest is erased.",
        "recorded" => "The answer is recorded.",
        "issued" => "The link is made. Copy it and send it to the guest.",
        "rotated" => "The link is replaced: the old one leads nowhere now. Send the new one.",
        "revoked" => "The link is revoked: it leads nowhere now.",
        "forgotten" => "The devices are forgotten: the next one that opens the link becomes known.",
        "key-revoked" => "The key is revoked: programs that use it are turned away within seconds.",
        "session-ended" => "That browser is signed out.",
        "labelled" => "Noted.",
        "trusted" => "The device is the guest’s from now on.",
        "reset" => "All is forgotten: the next device that opens the link becomes known.",
        "put-away" => "Put away.",
        _ => return None,
    };
    Some(Notice { tone: Tone::Good, text: text.into() })
}

/// Something that did not work, said above the page.
pub fn trouble(text: impl Into<String>) -> Option<Notice> {
    Some(Notice { tone: Tone::Bad, text: text.into() })
}
