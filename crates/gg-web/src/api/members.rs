//! `/api/v1/events/{event_id}/members` and `/api/v1/memberships`: who helps with an event.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use gg_app::{Error, FreshInvite};
use gg_domain::actor::{Permission, Role};
use gg_domain::id::{AccountId, EventId, MemberInviteId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::paging::{Page, PageQuery};
use crate::extract::{Id, Input, Json, Query, Signed};
use crate::problem::Problem;
use crate::route::{Routes, route};
use crate::state::Web;

/// The routes of members.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::Members, routes!(invite, list)))
        .merge(route(Permission::Members, routes!(remove)))
        .merge(route(Permission::Join, routes!(join)))
}

/// Whom to invite, as what.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InviteMember {
    /// His e-mail address.
    #[schema(example = "kofi@example.org")]
    email: String,
    /// What he may do.
    #[schema(value_type = RoleName)]
    role: Role,
}

impl Input for InviteMember {}

/// What a member may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoleName {
    /// All.
    Owner,
    /// All but members, policy and deletion.
    Editor,
    /// Reads without contacts; labels openings.
    Door,
    /// Reads.
    Viewer,
}

/// Somebody who was invited: alike whether the address has an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invited {
    /// Null until he accepts.
    #[schema(value_type = Option<Uuid>)]
    account_id: Option<AccountId>,
    /// `pending`.
    status: &'static str,
    /// What to send him. A secret.
    url: String,
}

/// A member, or somebody who was invited to be one.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberOut {
    /// Null until he accepts.
    account_id: Option<Uuid>,
    /// Names his invitation while it waits: deleted in place of an `account_id`, it is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_id: Option<Uuid>,
    /// His e-mail address.
    email: String,
    /// What he may do.
    role: &'static str,
    /// `confirmed` or `pending`.
    status: &'static str,
}

impl From<gg_store::Member> for MemberOut {
    fn from(member: gg_store::Member) -> Self {
        Self {
            account_id: member.account_id.map(AccountId::uuid),
            invite_id: member.invite_id.map(MemberInviteId::uuid),
            email: member.email.as_str().to_string(),
            role: member.role.as_str(),
            status: if member.account_id.is_some() { "confirmed" } else { "pending" },
        }
    }
}

/// The last part of the invitation's `url`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Join {
    token: String,
}

impl Input for Join {}

/// A membership that was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Membership {
    event_id: Uuid,
    account_id: Uuid,
    role: &'static str,
    status: &'static str,
}

/// Invite somebody to help with an event
#[utoipa::path(post, path = "/api/v1/events/{event_id}/members", tag = "members", request_body = InviteMember,
    params(("event_id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Invited), (status = 422, body = Problem)))]
async fn invite(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Json(body): Json<InviteMember>,
) -> Result<Response, Problem> {
    let FreshInvite { url, .. } = web.app.invite_member(actor, event, &body.email, body.role).await?;
    let invited = Invited { account_id: None, status: "pending", url };
    let location = format!("/api/v1/events/{event}/members");
    Ok((StatusCode::CREATED, [(LOCATION, location)], axum::Json(invited)).into_response())
}

/// List who helps with an event
///
/// Members, and who was invited and may still come.
#[utoipa::path(get, path = "/api/v1/events/{event_id}/members", tag = "members",
    params(("event_id" = Uuid, Path), PageQuery), responses((status = 200, body = Page<MemberOut>)))]
async fn list(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<MemberOut>>, Problem> {
    let paging = page.paging().map_err(Problem::invalid)?;
    Ok(axum::Json(Page::of(web.app.members_page(actor, event, paging).await?, MemberOut::from)))
}

/// Remove somebody who helps with an event, or take back an invitation
#[utoipa::path(delete, path = "/api/v1/events/{event_id}/members/{account_id}", tag = "members",
    params(("event_id" = Uuid, Path), ("account_id" = Uuid, Path)),
    responses((status = 204), (status = 422, body = Problem)))]
async fn remove(
    State(web): State<Web>,
    Signed(actor): Signed,
    Path((event, account)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let parse = |text: &str| Uuid::try_parse(text).map_err(|_| Problem::not_found());
    let (event, id) = (EventId::from(parse(&event)?), parse(&account)?);
    match web.app.remove_member(actor, event, AccountId::from(id)).await {
        Err(Error::NotFound) => web.app.uninvite_member(actor, event, MemberInviteId::from(id)).await?,
        removed => removed?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation to help
#[utoipa::path(post, path = "/api/v1/memberships", tag = "members", request_body = Join,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Membership), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn join(State(web): State<Web>, signed: Signed, Json(body): Json<Join>) -> Result<Response, Problem> {
    let account = signed.account()?;
    let (event, role) = web.app.join_event(account, &body.token).await?;
    let membership = Membership {
        event_id: event.uuid(),
        account_id: account.uuid(),
        role: role.as_str(),
        status: "confirmed",
    };
    let location = format!("/api/v1/events/{event}");
    Ok((StatusCode::CREATED, [(LOCATION, location)], axum::Json(membership)).into_response())
}
