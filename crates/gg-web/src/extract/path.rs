//! Ids in paths and parameters in queries, refused as problems.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use gg_domain::id::Id as DomainId;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::body::REQUIRED;
use super::words;
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
            let said =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            let (pointer, detail) = fault(&said);
            Problem::invalid_field(&pointer, detail)
        })
    }
}

/// Which parameter, and what to do about it.
fn fault(said: &str) -> (String, String) {
    // serde names the parameter at the start of its sentence: `limit: invalid digit found`.
    let (name, said) = said.split_once(": ").filter(|(name, _)| !name.contains(' ')).unwrap_or(("", said));
    if let Some(name) = words::missing(said) {
        return (format!("/{name}"), REQUIRED.to_string());
    }
    if let Some(name) = words::doubled(said) {
        return (format!("/{name}"), "give it once".to_string());
    }
    let pointer = if name.is_empty() { String::new() } else { format!("/{name}") };
    (pointer, words::remedy(said))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Asked {
        #[expect(dead_code, reason = "read by serde alone")]
        limit: Option<i64>,
        #[expect(dead_code, reason = "read by serde alone")]
        whole: bool,
    }

    #[tokio::test]
    async fn a_wrong_parameter_is_named_with_what_would_be_right() {
        for (query, pointer, detail) in [
            ("whole=true&limit=x", "/limit", "give a whole number"),
            ("whole=true&limit=99999999999999999999", "/limit", "give a whole number"),
            ("whole=yes", "/whole", "give true or false"),
            ("limit=1", "/whole", "this is required"),
            ("whole=true&limit=1&limit=2", "/limit", "give it once"),
        ] {
            let request = Request::builder().uri(format!("/?{query}")).body(()).unwrap();
            let (mut parts, ()) = request.into_parts();
            let problem = Query::<Asked>::from_request_parts(&mut parts, &()).await.unwrap_err();
            let fault = &problem.errors[0];
            assert_eq!((fault.pointer.as_deref(), fault.detail.as_str()), (Some(pointer), detail), "{query}");
        }
    }
}
