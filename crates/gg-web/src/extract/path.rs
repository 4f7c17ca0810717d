//! Ids in paths and parameters in queries, refused as problems.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use gg_domain::id::Id as DomainId;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::problem::Problem;

/// The id in a path with one; a 404 where it is none.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: DomainId> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        Uuid::try_parse(&text).map(|id| Self(T::from(id))).map_err(|_| Problem::not_found())
    }
}

/// The parameters of a query; a 422 where one is not of its type.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|query| Self(query.0)).map_err(|error: QueryRejection| {
            // serde names the parameter at the start of its sentence: `limit: invalid digit found`.
            let text =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            let (name, detail) = text.split_once(": ").unwrap_or(("", text.as_str()));
            let pointer = if name.contains(' ') { String::new() } else { format!("/{name}") };
            Problem::invalid_field(&pointer, detail)
        })
    }
}
