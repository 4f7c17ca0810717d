//! Reads the bodies of guests' calls member by member, and names every wrong one by its pointer.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use gg_domain::fields::FieldErrors;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// Bytes of a guest's call or form: 20 signals of 256 characters and an answer of 50 names fit thrice.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON object as it came.
#[derive(Debug)]
pub struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Unsupported media type",
                "send application/json",
            ));
        }
        let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX).await.map_err(|error| {
            if std::error::Error::source(&error)
                .is_some_and(|inner| inner.is::<http_body_util::LengthLimitError>())
            {
                let detail = format!("send {BODY_BYTES_MAX} bytes at the most");
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail)
            } else {
                malformed("the body did not arrive whole")
            }
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Problem::invalid(FieldErrors::one("", "must be an object"))),
            Err(_) => Err(malformed("the body is not JSON")),
        }
    }
}

impl Body {
    /// A body of these members.
    #[cfg(test)]
    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Object(members) => Self(members),
            _ => panic!("a body is an object"),
        }
    }

    /// The member, `null` where it is absent.
    pub(super) fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// The text that must be there.
    pub(super) fn text(&self, name: &str, errors: &mut FieldErrors) -> Option<&str> {
        let text = self.get(name).as_str();
        if text.is_none() {
            errors.push(format!("/{name}"), "must be a text");
        }
        text
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn malformed(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed", "Malformed request", detail)
}
