//! What every answer tells the browser: load nothing but our own files, guess no types, tell nobody the address.
//!
//! A handler that has set one of them keeps it: pages for guests are stricter about addresses, the document of the
//! API about nothing.

use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::Web;

/// No inline script or style anywhere, so that a name that came through as markup is still only text.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; manifest-src 'self'";
/// Nothing that a page of ours would ever ask for.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), payment=(), usb=()";
/// Two years, as the preload lists want it; without `includeSubDomains`, since other hosts are none of our business.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000";

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Sets them on an answer. What says nothing of how long it may be kept is kept by nobody.
pub fn set(web: &Web, headers: &mut HeaderMap) {
    headers.reserve(ALWAYS.len() + 3);
    set_always(headers);
    if web.site.secure {
        default(headers, header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
}

/// Those that need to know nothing of this deployment.
pub fn set_always(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        default(headers, name, value);
    }
    default(headers, header::CACHE_CONTROL, "no-store");
}

/// For pages with forms: the browser says of a form where it comes from, to this site alone. Under `no-referrer` it
/// would send `Origin: null`, which is what a page of somebody else's can send too (Fetch, 3.2).
pub async fn tell_ourselves(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    default(response.headers_mut(), header::REFERRER_POLICY, "same-origin");
    response
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
