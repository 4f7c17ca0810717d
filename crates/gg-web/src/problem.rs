//! Errors as others see them: RFC 9457 problems, the only place with their status codes.
//!
//! A problem says what happened and what to do. What went wrong inside goes to the log, once.

use axum::Json;
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use gg_app::Error;
use gg_domain::fields::FieldErrors;
use gg_store::StoreError;
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::ToSchema;

/// After so many seconds a caller may come back.
const RETRY_AFTER_S: u32 = 1;

/// After so many seconds an import that runs may be done.
const IMPORT_RETRY_AFTER_S: u32 = 10;

/// What went wrong, for a program and for a person (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable name, `urn:guestguard:problem:…`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, and what to do about it.
    pub detail: String,
    /// Each fault of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    #[serde(skip)]
    retry_after_s: Option<u32>,
}

/// One fault of the input.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Fault {
    /// A JSON pointer to the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The line where the record starts, counted from 1 with the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The header's text of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is wrong and what would be right.
    pub detail: String,
}

impl Problem {
    /// A problem of that name.
    pub fn new(status: StatusCode, slug: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:guestguard:problem:{slug}"),
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    /// With each fault of the input.
    #[must_use]
    pub fn with(mut self, errors: Vec<Fault>) -> Self {
        self.errors = errors;
        self
    }

    /// Come back after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// 404 of what is not there, or is not his.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", "there is no such thing here")
    }

    /// 404 of every link that opens nothing, whatever the reason.
    pub fn dead_link() -> Self {
        Self::new(StatusCode::NOT_FOUND, "link-not-found", "Link not found", "this link is not valid")
    }

    /// 401.
    pub fn unauthorized() -> Self {
        let detail = "send an API key as `Authorization: Bearer gg_…`, or sign in";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Not signed in", detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// 400: what came is not even of the form.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "Bad request", detail)
    }

    /// 413.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("send {limit} bytes at the most");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail)
    }

    /// 415.
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("send the body as {expected}, and say so in Content-Type");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "Unsupported media type",
            detail,
        )
    }

    /// 429.
    pub fn too_many_requests(seconds: u32) -> Self {
        let detail = format!("too many of these calls: come back in {seconds} s");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests", detail)
            .retry_after(seconds)
    }

    /// 422 of fields.
    pub fn invalid(errors: FieldErrors) -> Self {
        let faults = errors.0.into_iter().map(|error| Fault {
            pointer: Some(error.pointer),
            detail: error.detail,
            ..Fault::default()
        });
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Some fields are not right",
            "see errors, one for each field",
        )
        .with(faults.collect())
    }

    /// 422 of one field.
    pub fn invalid_field(pointer: &str, detail: impl std::fmt::Display) -> Self {
        Self::invalid(FieldErrors::one(pointer, detail))
    }

    /// 428.
    pub fn precondition_required() -> Self {
        let detail = "send If-Match with the ETag of what you read";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "precondition-required", "If-Match is missing", detail)
    }

    /// 412.
    pub fn precondition_failed() -> Self {
        let detail = "it was changed since you read it: read it again";
        Self::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", "Changed in the meantime", detail)
    }

    /// 500: logged already, told without a cause.
    pub fn internal() -> Self {
        let detail = "something went wrong on our side; it was noted";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail)
    }

    /// 503.
    pub fn unavailable() -> Self {
        let detail = "the server cannot do this right now; nothing was changed, so try again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available right now", detail)
            .retry_after(RETRY_AFTER_S)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry) = (self.status(), self.retry_after_s);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(axum::http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"guestguard\""));
        }
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            // What is left of the body is not read, so nothing can follow it.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(seconds) = retry {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self::invalid(errors)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Forbidden(forbidden) => Self::forbidden(forbidden.to_string()),
            Error::Invalid(errors) => Self::invalid(errors),
            Error::Stale => Self::precondition_failed(),
            Error::DeadLink(_) => Self::dead_link(),
            Error::Full => Self::new(
                StatusCode::CONFLICT,
                "event-full",
                "The event is full",
                "no seats are left for so many",
            ),
            Error::Closed => Self::new(
                StatusCode::GONE,
                "answers-closed",
                "Answers are closed",
                "the last day for answers has passed",
            ),
            Error::StepUpRequired => Self::new(
                StatusCode::FORBIDDEN,
                "step-up-required",
                "Please confirm that this is you",
                "confirm with the code that is sent to the invited contact, then answer",
            ),
            Error::Blocked => Self::new(
                StatusCode::FORBIDDEN,
                "blocked",
                "This link cannot be used from here",
                "ask for a link of your own, or ask the host",
            ),
            Error::WrongCode => Self::invalid_field("/code", error),
            Error::TooOften(wait) => Self::too_many_requests(seconds(wait)),
            Error::NoLink | Error::LinksOver => {
                Self::new(StatusCode::CONFLICT, "no-link", "There is no link", error.to_string())
            }
            Error::TooManyImports => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-imports",
                "Other imports are under way",
                "wait until one of your imports is done",
            )
            .retry_after(IMPORT_RETRY_AFTER_S),
            Error::BrokenOff { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "import-broken-off",
                "The import was broken off",
                error.to_string(),
            )
            .retry_after(IMPORT_RETRY_AFTER_S),
            Error::File(error) => file(&error),
            Error::Rows(rows) => rows_invalid(rows),
            Error::Store(error) => error.into(),
        }
    }
}

/// Whole seconds, of which the last has ended.
fn seconds(wait: SignedDuration) -> u32 {
    u32::try_from(wait.as_secs()).unwrap_or(0).saturating_add(1)
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Contended => {
                tracing::warn!(%error, "a call was sent away");
                Self::unavailable()
            }
            StoreError::Unavailable(_) => {
                tracing::error!(%error, "the database is not available");
                Self::unavailable()
            }
            StoreError::Orphan => Self::not_found(),
            StoreError::Conflict | StoreError::Corrupt(_) | StoreError::Broken(_) => {
                tracing::error!(%error, "the store failed");
                Self::internal()
            }
        }
    }
}

fn file(error: &gg_app::guest_list::FileError) -> Problem {
    use gg_app::guest_list::{FILE_BYTES_MAX, FileError};
    if matches!(error, FileError::TooLarge) {
        return Problem::too_large(FILE_BYTES_MAX);
    }
    if matches!(error, FileError::UnknownCharset) {
        return Problem::unsupported_media_type("text/csv; charset=utf-8, or without a charset,");
    }
    let fault = if error.is_of_map() {
        Fault { pointer: Some("/map".into()), detail: error.to_string(), ..Fault::default() }
    } else {
        Fault { line: error.line(), detail: error.to_string(), ..Fault::default() }
    };
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unreadable-file",
        "The file cannot be read as a guest list",
        format!("{error}; nothing was written"),
    )
    .with(vec![fault])
}

fn rows_invalid(rows: Vec<gg_app::guest_list::RowError>) -> Problem {
    let faults = rows.into_iter().map(|row| Fault {
        line: Some(row.line),
        column: Some(row.column),
        detail: row.detail,
        ..Fault::default()
    });
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid-rows",
        "Some rows are not right",
        "nothing was written; mend the rows in errors, or import the rest with skip_invalid=true",
    )
    .with(faults.collect())
}
