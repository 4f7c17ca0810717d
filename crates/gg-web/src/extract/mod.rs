//! Placeholder until the branch with accounts is merged: what handlers take from requests.

pub mod if_match;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use bytes::Bytes;
use gg_domain::fields::FieldErrors;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = request.headers().get("content-type").and_then(|value| value.to_str().ok()).is_some_and(
            |value| {
                let kind = value.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
                kind == "application/json" || kind == "application/merge-patch+json"
            },
        );
        if !json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "JSON is asked for",
                "send application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is too large", "send less")
        })?;
        let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let inner = error.inner();
            if inner.is_syntax() || inner.is_eof() {
                return Problem::new(
                    StatusCode::BAD_REQUEST,
                    "malformed",
                    "the body is not JSON",
                    inner.to_string(),
                );
            }
            let mut pointer = String::new();
            for segment in error.path() {
                use serde_path_to_error::Segment;
                match segment {
                    Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                    Segment::Map { key } | Segment::Enum { variant: key } => {
                        pointer.push_str(&format!("/{key}"))
                    }
                    Segment::Unknown => {}
                }
            }
            Problem::invalid(FieldErrors::one(pointer, inner))
        })?;
        deserializer.end().map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, "malformed", "the body is not JSON", error.to_string())
        })?;
        Ok(Self(value))
    }
}

/// An id in the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Problem::not_found())
    }
}

/// The query.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|query| Self(query.0)).map_err(|error| Problem::invalid(FieldErrors::one("/query", error)))
    }
}
