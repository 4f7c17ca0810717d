//! `POST /api/v1/invites/access`: the guest's page tells that a person has it open.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use gg_app::Judged;
use gg_domain::fields::FieldErrors;
use gg_domain::id::AccessId;
use gg_domain::policy::Action;
use gg_domain::risk::Band;
use gg_domain::signals::Signals;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Body;
use super::{Admitted, TurnedAway, Use, admit, call, invalid};
use crate::idempotency::GivenKey;
use crate::problem::Problem;
use crate::state::Web;
use crate::visit::Visit;
use crate::{device_cookie, invite_cookie};

/// An opening.
#[derive(ToSchema)]
#[schema(as = AccessRequest)]
#[expect(dead_code, reason = "describes the body; it is read member by member, to name every wrong one")]
pub(super) struct Request {
    /// The last part of the link.
    token: String,
    /// What the browser says of itself; `null` where no script ran. Unknown members are ignored.
    signals: Option<SignalsSchema>,
}

/// Signals of a browser, each of which may be absent or `null`.
#[derive(ToSchema)]
#[schema(as = Signals)]
#[expect(dead_code, reason = "describes what `gg_domain::signals` reads")]
struct SignalsSchema {
    platform: Option<String>,
    /// `"390x844"`.
    screen: Option<String>,
    pixel_ratio: Option<f64>,
    color_depth: Option<f64>,
    touch_points: Option<f64>,
    cores: Option<f64>,
    /// GiB.
    memory: Option<f64>,
    /// IANA.
    timezone: Option<String>,
    /// Minutes east of UTC.
    tz_offset: Option<f64>,
    languages: Option<Vec<String>>,
    canvas: Option<String>,
    audio: Option<String>,
    fonts: Option<String>,
    webgl_vendor: Option<String>,
    webgl_renderer: Option<String>,
    webdriver: Option<bool>,
    plugins: Option<f64>,
    /// How long the page has been visible.
    visible_ms: Option<f64>,
    /// Whether it was touched.
    interacted: Option<bool>,
}

/// What came of an opening.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Access)]
pub(super) struct Body200 {
    /// To answer with, for 24 hours.
    #[schema(value_type = uuid::Uuid)]
    access_id: AccessId,
    /// What is done: the guest comes in, is asked for a code, answers with the organiser's word, or stays out.
    #[schema(value_type = Decision)]
    decision: Action,
    /// How sure we are; `null` for a machine's opening and a test.
    #[schema(value_type = Option<crate::api::guests::Band>)]
    band: Option<Band>,
    /// The band in a word.
    #[schema(value_type = Option<LabelSchema>)]
    label: Option<&'static str>,
    /// Let in unjudged, to be judged later.
    degraded: bool,
    /// Present, and true, for an organiser's look at the link.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    test: bool,
}

/// What is done with who opens a link.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `gg_domain::policy::Action`")]
pub(super) enum Decision {
    Allow,
    StepUp,
    Hold,
    Block,
}

/// The band in a word.
#[derive(Serialize, ToSchema)]
#[schema(as = BandLabel)]
#[expect(dead_code, reason = "describes `gg_domain::risk::Band::label`")]
pub(super) enum LabelSchema {
    Verified,
    Review,
    Suspicious,
    Blocked,
}

/// Tells that a link was opened
///
/// The guest's page calls this once somebody has it before him. The opening is judged, kept, and shown to the
/// organiser; what it says to the guest is what he may do.
#[utoipa::path(
    post,
    path = "/api/v1/invites/access",
    operation_id = "openInvite",
    tag = "invites",
    request_body = Request,
    responses(
        (status = 200, description = "Judged", body = Body200),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No living link: one answer for all", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Beyond 64 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Wrong fields, each named", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "This link was opened too often", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn open(
    State(web): State<Web>,
    visit: Visit,
    key: GivenKey,
    body: Body,
) -> Result<Response, Problem> {
    call(Use::Opening, web, visit, key, body).await
}

/// The opening, made.
pub(super) async fn made(
    web: &Web,
    visit: &Visit,
    body: &Body,
    admitted: Option<Admitted>,
) -> Result<Response, TurnedAway> {
    let (token, judged) = judge(web, visit, body, admitted).await?;
    Ok(judged_response(web, token, &judged))
}

async fn judge<'a>(
    web: &Web,
    visit: &Visit,
    body: &'a Body,
    admitted: Option<Admitted>,
) -> Result<(&'a str, Judged), TurnedAway> {
    let mut errors = FieldErrors::default();
    let token = body.text("token", &mut errors);
    let signals = Signals::parse(body.get("signals")).unwrap_or_else(|wrong| {
        errors.0.extend(wrong.0);
        None
    });
    let (Some(token), true) = (token, errors.0.is_empty()) else {
        return Err(invalid(web, token, errors).await.into());
    };
    if admitted.is_none() {
        admit(web, visit, token, Use::Opening).await?;
    }
    Ok((token, web.app.score_access(token, &visit.opening(signals)).await?))
}

fn judged_response(web: &Web, token: &str, judged: &Judged) -> Response {
    let body = Body200 {
        access_id: judged.access,
        decision: judged.decision,
        band: judged.band,
        label: judged.band.map(Band::label),
        degraded: judged.degraded,
        test: judged.test,
    };
    (AppendHeaders(cookies(web, token, judged)), [(header::CACHE_CONTROL, "no-store")], Json(body))
        .into_response()
}

/// The cookies that an opening leaves: the browser's own, and the one that `/invite` is served from. A machine gets
/// neither: a cookie that is born in a gated call proves nothing.
pub(crate) fn cookies(web: &Web, token: &str, judged: &Judged) -> Vec<(header::HeaderName, HeaderValue)> {
    let device = judged.set_device.map(|device| device_cookie::hand_out(device, &web.app.secrets, &web.site));
    let person = judged.band.is_some() || judged.test;
    let invite = person.then(|| invite_cookie::hand_out(token, web.site.secure));
    device.into_iter().chain(invite).map(|cookie| (header::SET_COOKIE, cookie)).collect()
}
