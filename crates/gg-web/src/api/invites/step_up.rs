//! `POST /api/v1/invites/step-up`, `POST …/step-up/verify`: six digits to the invited contact, sent and judged.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gg_domain::fields::FieldErrors;
use gg_domain::step_up::Code;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::Body;
use super::{Admitted, TurnedAway, Use, admit, call, invalid};
use crate::idempotency::GivenKey;
use crate::problem::Problem;
use crate::state::Web;
use crate::visit::Visit;

/// An opening that is to be confirmed.
#[derive(ToSchema)]
#[schema(as = StepUpRequest)]
#[expect(dead_code, reason = "describes the body; it is read member by member, to name every wrong one")]
pub(super) struct Asked {
    /// The last part of the link.
    token: String,
    /// Of the opening, at most 24 hours old.
    access_id: Uuid,
}

/// An opening, and the code that confirms it.
#[derive(ToSchema)]
#[schema(as = VerifyRequest)]
#[expect(dead_code, reason = "describes the body; it is read member by member, to name every wrong one")]
pub(super) struct Typed {
    /// The last part of the link.
    token: String,
    /// Of the opening that the code was sent for.
    access_id: Uuid,
    /// Six digits.
    #[schema(pattern = "^[0-9]{6}$", example = "012345")]
    code: String,
}

/// Has a code sent
///
/// Six digits go to the address or number that was invited, good for ten minutes; the one before them for this opening is
/// over. The answer is the same whether or not there is one, so that a link tells nothing of its guest's contacts.
#[utoipa::path(
    post,
    path = "/api/v1/invites/step-up",
    operation_id = "sendStepUpCode",
    tag = "invites",
    request_body = Asked,
    responses(
        (status = 202, description = "On its way, where there is one"),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No living link: one answer for all", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Beyond 64 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Wrong fields, each named", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many codes were sent to this guest", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn send(
    State(web): State<Web>,
    visit: Visit,
    key: GivenKey,
    body: Body,
) -> Result<Response, Problem> {
    call(Use::SendCode, web, visit, key, body).await
}

/// Confirms an opening with a code
///
/// The device is trusted from now on, the opening becomes `allow`, and an answer of it that waited for the host counts.
/// A code that is wrong, over, used or another opening's gets one and the same 422; ten are judged for a guest, then
/// none until he has rested for an hour.
#[utoipa::path(
    post,
    path = "/api/v1/invites/step-up/verify",
    operation_id = "verifyStepUpCode",
    tag = "invites",
    request_body = Typed,
    responses(
        (status = 204, description = "Confirmed: this device is trusted"),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No living link: one answer for all", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "An answer that waited does not fit into the event any more", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Beyond 64 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Wrong fields, each named; or a code that is wrong, late or used", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many codes were tried for this guest", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn verify(
    State(web): State<Web>,
    visit: Visit,
    key: GivenKey,
    body: Body,
) -> Result<Response, Problem> {
    call(Use::TryCode, web, visit, key, body).await
}

/// The code, sent.
pub(super) async fn sent(
    web: &Web,
    visit: &Visit,
    body: &Body,
    admitted: Option<Admitted>,
) -> Result<Response, TurnedAway> {
    let mut errors = FieldErrors::default();
    let (token, access) = (body.text("token", &mut errors), body.access_id(&mut errors));
    let (Some(token), Some(access)) = (token, access) else {
        return Err(invalid(web, token, errors).await.into());
    };
    if admitted.is_none() {
        admit(web, visit, token, Use::SendCode).await?;
    }
    web.app.send_code(token, access).await?;
    Ok(bare(StatusCode::ACCEPTED))
}

/// The code, judged.
pub(super) async fn judged(
    web: &Web,
    visit: &Visit,
    body: &Body,
    admitted: Option<Admitted>,
) -> Result<Response, TurnedAway> {
    let mut errors = FieldErrors::default();
    let (token, access) = (body.text("token", &mut errors), body.access_id(&mut errors));
    let code = body.text("code", &mut errors).and_then(|code| errors.take("/code", Code::parse(code)));
    let (Some(token), Some(access), Some(code)) = (token, access, code) else {
        return Err(invalid(web, token, errors).await.into());
    };
    if admitted.is_none() {
        admit(web, visit, token, Use::TryCode).await?;
    }
    web.app.verify_code(token, access, &code).await?;
    Ok(bare(StatusCode::NO_CONTENT))
}

/// An answer that says all by its status.
pub(super) fn bare(status: StatusCode) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}
