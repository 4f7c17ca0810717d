//! `/join/{token}`: somebody is invited to help with an event, and signs in or makes an account.

use std::net::IpAddr;

use askama::Template;
use axum::Router;
use axum::extract::{FromRequest as _, FromRequestParts as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use gg_app::Error;
use gg_domain::actor::Role;
use gg_domain::email::EmailAddress;
use gg_store::MemberInvite;

use crate::extract::ClientIp;
use crate::forms::{FormWord, Posted, PostedByAnybody, fault, go_on};
use crate::pages::html;
use crate::pages::organiser::{Organiser, trouble};
use crate::pages::signin::sign_in_as;
use crate::problem::Problem;
use crate::state::Web;
use crate::view::{Field, Notice, Theme};

/// The page behind a member's invitation.
#[derive(Debug, Template)]
#[template(path = "pages/join.html")]
pub struct JoinPage {
    /// The token that the form carries.
    pub csrf: String,
    /// The last part of the invitation's address.
    pub token: String,
    /// The event.
    pub event_name: String,
    /// What the member may do, in words, such as "see and change everything but the team".
    pub role_words: String,
    /// Who comes: known by the session, by an account, or not at all.
    pub who: Joiner,
    /// A notice above the form.
    pub notice: Option<Notice>,
    /// How it looks.
    pub theme: Theme,
}

/// Who opens the invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joiner {
    /// The invited account, signed in: one button.
    SignedIn {
        /// Its address.
        email: String,
    },
    /// Somebody signed in as another account than the invited one.
    Other {
        /// The address that is signed in.
        email: String,
    },
    /// Not signed in: the form makes an account, and `/signin?next=` stands beside it.
    New {
        /// The invited address, which cannot be changed here.
        email: String,
        /// What was typed and is wrong.
        password: Field,
    },
}

/// `GET /join/{token}`.
async fn show(
    State(web): State<Web>,
    ClientIp(ip): ClientIp,
    organiser: Result<Organiser, Problem>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let (invite, event_name) = invitation(&web, &token, ip).await?;
    let word = FormWord::of(&headers, &web);
    let email = invite.email.as_str().to_string();
    let (csrf, who) = match signed_in(organiser)? {
        Some(organiser) if is_invited(&organiser, &invite) => {
            (organiser.csrf, Joiner::SignedIn { email: organiser.email })
        }
        Some(organiser) => (organiser.csrf, Joiner::Other { email: organiser.email }),
        None => (word.csrf(&web), Joiner::New { email, password: Field::default() }),
    };
    let theme = Theme::of(&headers);
    let role_words = role_words(invite.role).into();
    let page = JoinPage { csrf, token, event_name, role_words, who, notice: None, theme };
    Ok(word.with(&web, html(StatusCode::OK, &page)))
}

/// `POST /join/{token}`: who is signed in joins; who is not makes the invited account and joins.
async fn join(
    State(web): State<Web>,
    ClientIp(ip): ClientIp,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let organiser = signed_in(Organiser::from_request_parts(&mut parts, &web).await)?;
    let headers = parts.headers.clone();
    let request = Request::from_parts(parts, body);
    if organiser.is_some() {
        let posted = match Posted::from_request(request, &web).await {
            Ok(posted) => posted,
            Err(refused) => return Ok(refused),
        };
        let (event, _) = web.app.join_event(posted.organiser.account, &token).await?;
        return Ok(go_on(&format!("/events/{event}?done=joined")));
    }
    let posted = PostedByAnybody::from_request(request, &web).await?;
    make_account(&web, ip, token, posted, &headers).await
}

async fn make_account(
    web: &Web,
    ip: Option<IpAddr>,
    token: String,
    posted: PostedByAnybody,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (invite, event_name) = invitation(web, &token, ip).await?;
    // The invited address alone, whatever the form says.
    let email = invite.email.as_str().to_string();
    let password = posted.fields.text("password").to_string();
    let errors = match web.app.create_account(&email, password).await {
        Ok(account) => {
            let (event, _) = web.app.join_event(account.id, &token).await?;
            return sign_in_as(web, account.id, headers, &format!("/events/{event}?done=joined")).await;
        }
        Err(Error::Invalid(errors)) => errors,
        Err(error) => return Err(error.into()),
    };
    let page = JoinPage {
        csrf: posted.word.csrf(web),
        token,
        event_name,
        role_words: role_words(invite.role).into(),
        who: Joiner::New {
            email,
            password: Field { value: String::new(), error: fault(&errors, "/password") },
        },
        notice: fault(&errors, "/email").and_then(trouble),
        theme: Theme::of(headers),
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// The invitation while it waits. Guesses are limited.
async fn invitation(web: &Web, token: &str, ip: Option<IpAddr>) -> Result<(MemberInvite, String), Problem> {
    match web.app.member_invite(token).await {
        Err(Error::NotFound) => {
            web.limits.bad_token(ip)?;
            Err(Problem::not_found())
        }
        other => Ok(other?),
    }
}

/// Who is signed in, if anybody: not being so is no refusal here.
fn signed_in(organiser: Result<Organiser, Problem>) -> Result<Option<Organiser>, Problem> {
    match organiser {
        Ok(organiser) => Ok(Some(organiser)),
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED.as_u16() => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn is_invited(organiser: &Organiser, invite: &MemberInvite) -> bool {
    EmailAddress::parse(&organiser.email).is_ok_and(|email| email.key() == invite.email.key())
}

/// What a member may do, after "You will be able to".
fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "see and change everything, the team too",
        Role::Editor => "see and change everything but the team and the rules",
        Role::Door => "see who comes, without their contacts, and say who somebody is",
        Role::Viewer => "see everything, and change nothing",
    }
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/join/{token}", get(show).post(join))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(who: Joiner) -> String {
        let page = JoinPage {
            csrf: "c".into(),
            token: "t".into(),
            event_name: awkward::LONG_NAME.into(),
            role_words: "see who comes".into(),
            who,
            notice: None,
            theme: Theme::default(),
        };
        page.render().unwrap()
    }

    #[test]
    fn a_newcomer_makes_an_account_or_signs_in() {
        let new = page(Joiner::New { email: awkward::SCRIPT.into(), password: Field::default() });
        awkward::assert_escaped(&new);
        assert!(new.contains("autocomplete=\"new-password\""));
        assert!(new.contains("/signin?next=/join/t"));
    }

    #[test]
    fn the_invited_account_needs_one_button() {
        let known = page(Joiner::SignedIn { email: "ama@example.com".into() });
        assert!(!known.contains("type=\"password\""));
        assert!(known.contains("action=\"/join/t\""));
    }

    #[test]
    fn another_account_is_told_so() {
        assert!(page(Joiner::Other { email: "kofi@example.com".into() }).contains("kofi@example.com"));
    }
}
