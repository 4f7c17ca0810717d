//! What the overview's forms do: the team, and the rules.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gg_app::{Error, FreshInvite};
use gg_domain::actor::{Permission, Role};
use gg_domain::id::{AccountId, EventId, MemberInviteId, WishId};

use super::FreshInvitation;
use super::show::page;
use crate::extract::Id;
use crate::forms::{Posted, fault, go_on};
use crate::pages::html;
use crate::pages::organiser::trouble;
use crate::problem::Problem;
use crate::state::Web;

/// `POST /events/{id}/members`. The invitation's link is told on this very answer and never again, since no page could
/// show it again without keeping it.
pub(super) async fn invite_member(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let role =
        Role::parse(fields.text("role")).ok_or_else(|| Problem::bad_request("there is no such role"))?;
    let email = fields.text("email").trim();
    let invited = web.app.invite_member(organiser.to(Permission::Members), event, email, role).await;
    let (fresh, wrong) = match invited {
        Ok(FreshInvite { url, replaces }) => {
            (Some(FreshInvitation { email: email.to_string(), url, replaces }), None)
        }
        Err(Error::Invalid(errors)) => (None, fault(&errors, "/email")),
        Err(error) => return Err(error.into()),
    };
    let status = if fresh.is_some() { StatusCode::CREATED } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut page = page(&web, &organiser, event).await?;
    page.fresh_invitation = fresh;
    page.chrome.notice = wrong.and_then(|wrong| trouble(format!("“{email}” is not invited. {wrong}")));
    Ok(html(status, &page))
}

/// `POST /events/{id}/members/{id}/remove`: takes a member off the team, or an invitation back.
pub(super) async fn remove_member(
    State(web): State<Web>,
    Path((event, id)): Path<(uuid::Uuid, uuid::Uuid)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (event, account) = (EventId::from_uuid(event), AccountId::from_uuid(id));
    let organiser = &posted.organiser;
    match web.app.remove_member(organiser.to(Permission::Members), event, account).await {
        // Who took himself off sees the event no longer.
        Ok(()) if account == organiser.account => Ok(go_on("/events?done=removed")),
        Ok(()) => Ok(go_on(&format!("/events/{event}?done=removed#team"))),
        Err(Error::Invalid(errors)) => {
            let mut page = page(&web, organiser, event).await?;
            page.chrome.notice = fault(&errors, "/account_id").and_then(trouble);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(Error::NotFound) => {
            let invite = MemberInviteId::from_uuid(id);
            web.app.uninvite_member(organiser.to(Permission::Members), event, invite).await?;
            Ok(go_on(&format!("/events/{event}?done=uninvited#team")))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /events/{id}/wishes/{id}/grant`: makes a guest of who asked for an invitation of his own.
pub(super) async fn grant_wish(
    State(web): State<Web>,
    Path((event, wish)): Path<(uuid::Uuid, uuid::Uuid)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let actor = posted.organiser.to(Permission::WriteGuests);
    let guest = web.app.grant_wish(actor, EventId::from_uuid(event), WishId::from_uuid(wish)).await?;
    Ok(go_on(&format!("/guests/{guest}?done=added")))
}

/// `POST /events/{id}/wishes/{id}/dismiss`: puts a wish away.
pub(super) async fn dismiss_wish(
    State(web): State<Web>,
    Path((event, wish)): Path<(uuid::Uuid, uuid::Uuid)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let actor = posted.organiser.to(Permission::WriteGuests);
    web.app.dismiss_wish(actor, EventId::from_uuid(event), WishId::from_uuid(wish)).await?;
    Ok(go_on(&format!("/events/{event}?done=put-away#asked")))
}
