//! `POST /api/v1/invites/fresh-link`: a new link to the invited contact, for whoever is stopped.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gg_domain::fields::FieldErrors;
use utoipa::ToSchema;

use super::body::Body;
use super::step_up::bare;
use super::{Admitted, TurnedAway, Use, admit, call, invalid};
use crate::idempotency::GivenKey;
use crate::problem::Problem;
use crate::state::Web;
use crate::visit::Visit;

/// A link that is to be replaced.
#[derive(ToSchema)]
#[schema(as = FreshLinkRequest)]
#[expect(dead_code, reason = "describes the body; it is read member by member, to name every wrong one")]
pub(super) struct Asked {
    /// The last part of the link.
    token: String,
}

/// Has a new link sent
///
/// It goes to the address or number that was invited; where there is none, the host is asked. Its first use ends this link
/// and clears what was held against it; until then this one lives. The answer is the same whether or not there is a
/// contact.
#[utoipa::path(
    post,
    path = "/api/v1/invites/fresh-link",
    operation_id = "sendFreshLink",
    tag = "invites",
    request_body = Asked,
    responses(
        (status = 202, description = "On its way, or the host is asked"),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No living link: one answer for all", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Beyond 64 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Wrong fields, each named", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many links were sent to this guest", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn send(
    State(web): State<Web>,
    visit: Visit,
    key: GivenKey,
    body: Body,
) -> Result<Response, Problem> {
    call(Use::FreshLink, web, visit, key, body).await
}

/// The link, sent.
pub(super) async fn sent(
    web: &Web,
    visit: &Visit,
    body: &Body,
    admitted: Option<Admitted>,
) -> Result<Response, TurnedAway> {
    let mut errors = FieldErrors::default();
    let Some(token) = body.text("token", &mut errors) else {
        return Err(invalid(web, None, errors).await.into());
    };
    if admitted.is_none() {
        admit(web, visit, token, Use::FreshLink).await?;
    }
    web.app.send_fresh_link(token, visit.viewer).await?;
    Ok(bare(StatusCode::ACCEPTED))
}
