//! Placeholder until the branch with accounts is merged: RFC 9457.
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gg_domain::fields::FieldErrors;
use serde::Serialize;
use utoipa::ToSchema;

/// A problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind.
    pub r#type: String,
    /// In words.
    pub title: String,
    /// Status.
    pub status: u16,
    /// What to do.
    pub detail: String,
    /// Wrong fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// A wrong field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Which.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

impl Problem {
    /// A problem.
    pub fn new(status: StatusCode, slug: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            r#type: format!("urn:guestguard:problem:{slug}"),
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// 422.
    pub fn invalid(errors: FieldErrors) -> Self {
        let errors = errors.0.into_iter();
        Self {
            errors: errors.map(|e| FieldProblem { pointer: e.pointer, detail: e.detail }).collect(),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "Some fields are not right",
                "each error names its field",
            )
        }
    }

    /// With a time to wait.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut answer = (status, Json(self)).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

impl From<gg_app::Error> for Problem {
    fn from(error: gg_app::Error) -> Self {
        use gg_app::Error as E;
        let detail = error.to_string();
        match error {
            E::NotFound => Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail),
            E::DeadLink(_) => Self::new(StatusCode::NOT_FOUND, "dead-link", "Not found", detail),
            E::Invalid(errors) => Self::invalid(errors),
            E::Full => Self::new(StatusCode::CONFLICT, "event-full", "The event is full", detail),
            E::Closed => Self::new(StatusCode::GONE, "answers-closed", "Answers are closed", detail),
            E::StepUpRequired => {
                Self::new(StatusCode::FORBIDDEN, "step-up-required", "A code must come first", detail)
            }
            E::Blocked => Self::new(StatusCode::FORBIDDEN, "blocked", "This opening may not answer", detail),
            _ => Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again in a moment", "")
                .retry_after(1),
        }
    }
}
