//! `ETag` and `If-Match`: a change says which state it was made of, so that nobody overwrites what he has not seen.
//!
//! An ETag is the revision in quotes, always strong (RFC 9110, 8.8.3).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};

use crate::problem::Problem;

/// The revision that a request with `If-Match` may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IfMatch {
    /// `*`: whatever is there.
    Any,
    /// This one alone.
    Revision(i64),
    /// None that we ever gave out: it is stale.
    Unknown,
}

impl IfMatch {
    /// The revision that must still be there; `None` where any may be. An ETag that is none of ours is a revision
    /// that nothing has.
    pub const fn revision(self) -> Option<i64> {
        match self {
            Self::Any => None,
            Self::Revision(revision) => Some(revision),
            Self::Unknown => Some(-1),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let given = parts.headers.get(header::IF_MATCH).ok_or_else(Problem::precondition_required)?;
        // Of several, any may match (RFC 9110, 13.1.1); the last that we gave out is taken.
        let several = given.to_str().unwrap_or_default().split(',').map(parse);
        Ok(several.rev().find(|one| *one != Self::Unknown).unwrap_or(Self::Unknown))
    }
}

/// The `ETag` header of `revision`.
pub fn etag(revision: i64) -> (HeaderName, HeaderValue) {
    let value =
        HeaderValue::try_from(format!("\"{revision}\"")).expect("digits and quotes are a header's value");
    (header::ETAG, value)
}

fn parse(value: &str) -> IfMatch {
    let value = value.trim();
    if value == "*" {
        return IfMatch::Any;
    }
    let digits = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or("");
    match digits.parse::<u32>() {
        // One spelling only: "+3" and "03" are not what we gave.
        Ok(revision) if revision.to_string() == digits => IfMatch::Revision(revision.into()),
        _ => IfMatch::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_read_as_it_was_given() {
        let (_, value) = etag(7);
        assert_eq!(parse(value.to_str().unwrap()), IfMatch::Revision(7));
        assert_eq!(parse("*"), IfMatch::Any);
    }

    #[test]
    fn what_we_never_gave_is_stale() {
        for value in ["7", "W/\"7\"", "\"07\"", "\"+7\"", "\"-7\"", "\"\"", "\"x\"", "\"1\", \"2\""] {
            assert_eq!(parse(value), IfMatch::Unknown, "{value}");
        }
    }
}
