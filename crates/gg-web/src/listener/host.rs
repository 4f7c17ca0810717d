//! Which host a request is for: exactly one says so (RFC 9112, 3.2). Where a proxy and we read two different ones, what it
//! let through is not what we serve.

use axum::http::header::{CONNECTION, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version};
use axum::response::{IntoResponse as _, Response};

use crate::problem::Problem;
use crate::security_headers;

/// Refuses a request whose `Host` is missing, doubled or no host; HTTP/1.0 knows none.
pub(super) fn refused(version: Version, headers: &HeaderMap) -> Option<Response> {
    let mut given = headers.get_all(HOST).iter();
    let detail = match (given.next(), given.next()) {
        (None, _) if version < Version::HTTP_11 => return None,
        (None, _) => "the Host header is missing: send one, with the name in the address",
        (Some(_), Some(_)) => "there are several Host headers: send one",
        (Some(host), None) if is_host(host) => return None,
        (Some(_), None) => "the Host header is no host: send the name in the address, and its port",
    };
    metrics::counter!("guestguard_hosts_refused_total").increment(1);
    let mut response = Problem::bad_request(detail).into_response();
    security_headers::set_always(response.headers_mut());
    // Where the next request begins is as doubtful as whom this one is for.
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}

fn is_host(value: &HeaderValue) -> bool {
    let authority = value.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
    authority.is_some_and(|authority| !authority.host().is_empty() && !authority.as_str().contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(version: Version, hosts: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, host.parse().unwrap());
        }
        refused(version, &headers).is_some()
    }

    #[test]
    fn one_host_is_asked_for() {
        for host in ["guests.example", "guests.example:8080", "127.0.0.1:80", "[::1]:8080"] {
            assert!(!is_refused(Version::HTTP_11, &[host]), "{host}");
        }
        for hosts in [&[][..], &["a", "a"], &["a", "b"], &[""], &["a b"], &["a/b"], &["user@a"], &["a, b"]] {
            assert!(is_refused(Version::HTTP_11, hosts), "{hosts:?}");
        }
    }

    #[test]
    fn the_older_version_needs_none_but_takes_no_two() {
        assert!(!is_refused(Version::HTTP_10, &[]));
        assert!(is_refused(Version::HTTP_10, &["a", "a"]));
    }
}
