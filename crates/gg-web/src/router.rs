//! Puts the routes together, and the layers that all of them share.
//!
//! From the outside in: a number for each request and one line about it, the headers of every answer, the form of
//! refusals, panics caught, a deadline, a cap on bodies. What is logged is the route's template, never the path: a
//! guest's address holds his token.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument as _;

use crate::problem::Problem;
use crate::state::Web;
use crate::{api, assets, error_page, pages, security_headers};

/// The longest that a call may take: an import of 10 MiB on a slow disk goes on in the background before that.
const DEADLINE: Duration = Duration::from_secs(30);
/// Most bytes of a body where nothing else is said: guest lists are the largest, and the parts around one.
const BODY_BYTES_MAX: usize = gg_app::guest_list::FILE_BYTES_MAX + 64 * 1024;
/// The header that tells the number of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The number of a request, in its answer and its log lines, so that one is found by the other.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// Everything that is served.
pub fn router(web: Web) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(pages::invite::routes())
        .merge(api::router(&web))
        .route("/assets/{version}/{*path}", get(assets::handler))
        .fallback(api::not_found)
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        // One stack, since a router boxes and clones each layer that it is given by itself, for each request.
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(web.clone(), watch))
                .layer(CatchPanicLayer::custom(panicked))
                .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
                .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
                // Feeds are no bodies: an upgraded connection has none, and compression leaves it alone.
                .layer(CompressionLayer::new().gzip(true)),
        )
        .with_state(web)
}

/// Numbers a request, and says in one line what came of it.
async fn watch(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    // Ours, whatever the caller sent: somebody else's number would let him write into our log.
    let id: Arc<str> = web.app.sources.random_id::<uuid::Uuid>().simple().to_string().into();
    request.extensions_mut().insert(RequestId(id.clone()));
    let route =
        request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_string();
    let method = request.method().clone();
    let span = tracing::info_span!("request", request.id = %id, http.route = %route);

    let began = Instant::now();
    let asked = error_page::Asked::of(&request, RequestId(id.clone()));
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = error_page::dress(&asked, response);
    security_headers::set(&web, response.headers_mut());
    let took = began.elapsed();

    let status = response.status().as_u16();
    span.in_scope(|| {
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(http.method = %method, http.status = status, duration_ms, "answered");
    });
    let labels =
        [("route", route), ("method", method_label(&method).to_string()), ("status", status.to_string())];
    metrics::histogram!("guestguard_http_request_duration_seconds", &labels).record(took.as_secs_f64());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A method as a metric names it: whoever invents methods makes no series of them.
fn method_label(method: &Method) -> &str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if KNOWN.contains(method) { method.as_str() } else { "other" }
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<&str>().map(ToString::to_string);
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(panic = %said, "a handler panicked");
    Problem::internal().into_response()
}
