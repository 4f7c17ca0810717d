//! Reads the bodies of guests' calls member by member, and names every wrong one by its pointer.

use axum::extract::{FromRequest, Request};
use gg_domain::fields::FieldErrors;
use gg_domain::id::AccessId;
use serde_json::{Map, Value};

use crate::extract::body::{expect_type, parse, read};
use crate::problem::Problem;

/// Bytes of a guest's call or form: 20 signals of 256 characters and an answer of 50 names fit thrice.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON object as it came.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        expect_type(&request, "application/json", |kind| kind == "application/json")?;
        parse(&read(request, BODY_BYTES_MAX).await?).map(Self)
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

    /// The body in one spelling, to tell it from others.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).expect("JSON that was read can be written")
    }

    /// The member, `null` where it is absent.
    pub(super) fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// The opening that the call comes with.
    pub(super) fn access_id(&self, errors: &mut FieldErrors) -> Option<AccessId> {
        const REMEDY: &str = "give the access_id that the opening of the link was answered with";
        let id = self.get("access_id").as_str().and_then(|id| id.parse().ok());
        if id.is_none() {
            errors.push("/access_id", REMEDY);
        }
        id
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
