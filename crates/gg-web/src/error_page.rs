//! Refusals in the form that the caller reads: pages for people, problems for programs.
//!
//! Handlers answer a [`Problem`] and do not think of it again: this layer makes a page of it where a page was asked
//! for, sends who is not signed in to sign in, and gives a bare status a body.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};

use crate::forms::{own_path, query_value};
use crate::pages::errors::{ErrorKind, ErrorPage};
use crate::pages::html;
use crate::problem::Problem;
use crate::router::RequestId;
use crate::view::Theme;

/// Paths that programs call. All others are pages.
const PROGRAMS: [&str; 7] = ["/api/", "/ws/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/assets/"];
/// What an error page keeps of the answer that it stands for.
const KEPT: [HeaderName; 3] = [header::ALLOW, header::RETRY_AFTER, header::SET_COOKIE];

/// What of a request its refusal needs.
pub struct Asked {
    is_page: bool,
    /// Where to come back to after signing in: the page itself, or the one whose form was sent.
    back: Option<Uri>,
    id: RequestId,
    theme: Theme,
}

impl Asked {
    /// Of a request with the number `id`.
    pub fn of(request: &Request, id: RequestId) -> Self {
        let path = request.uri().path();
        let is_page = !PROGRAMS.iter().any(|program| path.starts_with(program));
        let back = match *request.method() {
            _ if !is_page => None,
            Method::GET => Some(request.uri().clone()),
            _ => came_from(request.headers()).and_then(|path| path.parse().ok()),
        };
        let theme = if is_page { Theme::of(request.headers()) } else { Theme::default() };
        Self { is_page, back, id, theme }
    }
}

/// Gives a refusal its form; every other answer stays as it is.
pub fn dress(asked: &Asked, response: Response) -> Response {
    let Some(problem) = problem_of(&response) else { return response };
    let kept = kept(response.headers());
    let mut dressed = if asked.is_page { page(&problem, asked) } else { problem.into_response() };
    for (name, value) in kept {
        if let Some(name) = name {
            dressed.headers_mut().entry(name).or_insert(value);
        }
    }
    dressed
}

/// The page that a form was sent from, as the browser tells this site alone. Whatever it says, it is a path of ours.
pub(crate) fn came_from(headers: &HeaderMap) -> Option<String> {
    let page = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, rest) = page.split_once("://")?;
    let path = rest.find('/').map(|at| &rest[at..])?;
    (own_path(path) == path).then(|| path.to_string())
}

/// What a refused answer says; none where it is no refusal, or has a body of its own.
fn problem_of(response: &Response) -> Option<Problem> {
    let status = response.status();
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let refused = status.is_client_error() || status.is_server_error();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_bare = kind.is_none_or(|kind| kind.starts_with("text/plain"));
    // The feed's own refusal says what it speaks, in headers.
    let is_feed = status == StatusCode::UPGRADE_REQUIRED;
    if refused && is_bare && !is_feed { Some(of_status(status)) } else { None }
}

fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            status,
            "method-not-allowed",
            "Method not allowed",
            "this address takes the methods in Allow",
        ),
        StatusCode::SERVICE_UNAVAILABLE => Problem::unavailable(),
        StatusCode::INTERNAL_SERVER_ERROR => Problem::internal(),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(status, "too-large", "Too large", "the body is larger than this address takes")
        }
        status => Problem::new(
            status,
            "refused",
            status.canonical_reason().unwrap_or("Refused"),
            "the request was refused",
        ),
    }
}

fn kept(headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in KEPT {
        for value in headers.get_all(&name) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

fn page(problem: &Problem, asked: &Asked) -> Response {
    let kind = match problem.status {
        401 => {
            let next =
                asked.back.as_ref().and_then(Uri::path_and_query).map_or("/events", |path| path.as_str());
            return Redirect::to(&format!("/signin?next={}", query_value(next))).into_response();
        }
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        412 => ErrorKind::Stale,
        429 => ErrorKind::TooMany,
        500 => ErrorKind::Internal,
        503 => ErrorKind::Unavailable,
        status => ErrorKind::Refused(status),
    };
    let page = ErrorPage { theme: asked.theme, kind, request_id: asked.id.0.to_string() };
    let status = StatusCode::from_u16(page.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    html(status, &page).map(Body::new)
}
