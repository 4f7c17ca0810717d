//! Placeholder until the branch with accounts is merged: RFC 9457 problems.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gg_app::Error;
use gg_domain::fields::FieldErrors;
use serde::Serialize;

/// A refusal.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Its stable name.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What to do.
    pub detail: String,
    /// What is wrong, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One fault.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fault {
    /// JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Line of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is wrong.
    pub detail: String,
}

impl Problem {
    /// A refusal.
    pub fn new(status: StatusCode, slug: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:guestguard:problem:{slug}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }
    /// 422.
    pub fn invalid(errors: FieldErrors) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "some fields are not right",
            "mend each field that errors names and send it again",
        );
        problem.errors = errors
            .0
            .into_iter()
            .map(|error| Fault { pointer: Some(error.pointer), detail: error.detail, ..Fault::default() })
            .collect();
        problem
    }
    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "there is no such thing", "check the address")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        let make = |status, slug| Self::new(status, slug, "it was refused", said.clone());
        match error {
            Error::NotFound | Error::DeadLink(_) => Self::not_found(),
            Error::Forbidden(_) => make(StatusCode::FORBIDDEN, "forbidden"),
            Error::Invalid(errors) => Self::invalid(errors),
            Error::Stale => make(StatusCode::PRECONDITION_FAILED, "stale"),
            Error::Full => make(StatusCode::CONFLICT, "event-full"),
            Error::Closed => make(StatusCode::GONE, "answers-closed"),
            Error::StepUpRequired => make(StatusCode::FORBIDDEN, "step-up-required"),
            Error::Blocked => make(StatusCode::FORBIDDEN, "blocked"),
            Error::NoLink => make(StatusCode::CONFLICT, "no-link"),
            Error::LinksOver => make(StatusCode::CONFLICT, "links-over"),
            Error::File(file) => {
                let mut problem = make(StatusCode::UNPROCESSABLE_ENTITY, "invalid-file");
                problem.errors = vec![Fault { line: file.line(), detail: said, ..Fault::default() }];
                problem
            }
            Error::Rows(rows) => {
                let mut problem = make(StatusCode::UNPROCESSABLE_ENTITY, "invalid-rows");
                problem.errors = rows
                    .into_iter()
                    .map(|row| Fault {
                        line: Some(row.line),
                        column: Some(row.column),
                        detail: row.detail,
                        ..Fault::default()
                    })
                    .collect();
                problem
            }
            Error::TooManyImports => make(StatusCode::TOO_MANY_REQUESTS, "too-many-imports"),
            Error::Store(gg_store_error) => {
                tracing::error!(error = %gg_store_error, "the store failed");
                make(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
        }
    }
}

impl Problem {
    /// 415.
    pub fn unsupported_media_type(wanted: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body is of another media type",
            format!("send {wanted}"),
        )
    }
    /// 413, or whatever kept a body from being read.
    pub fn from_body(rejection: axum::extract::rejection::BytesRejection) -> Self {
        let status = rejection.into_response().status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new(status, "too-large", "The body is too large", "send less at once")
        } else {
            Self::new(status, "broken-body", "The body broke off", "send it again")
        }
    }
}
