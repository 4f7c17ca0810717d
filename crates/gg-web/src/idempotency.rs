//! Writes that are asked for twice and done once (`Idempotency-Key`).
//!
//! The key is claimed before the call, and its answer kept for 24 hours. An answer that holds a
//! secret is never kept: those calls are safe to run again, and are.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gg_domain::id::AccountId;
use gg_store::{Answered, Claim, StoreError, WriteTx};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::Web;

/// The header.
const HEADER: &str = "idempotency-key";
/// Most characters of a key.
const KEY_CHARS_MAX: usize = 255;
/// Most bytes of a body that takes part: the largest that any write takes is a guest list.
const BODY_BYTES_MAX: usize = gg_app::guest_list::FILE_BYTES_MAX;
/// Most bytes of an answer that is kept.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Says of an answer that it holds a secret and must not be kept.
#[derive(Clone, Copy, Debug)]
pub struct Secret;

/// Runs a write once for each key of an account. Stands behind the gate, which says who calls.
pub async fn once(Extension(web): Extension<Arc<Web>>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().map(|caller| caller.identity.account);
    let key = request.headers().get(HEADER).cloned();
    match (caller, key) {
        (Some(account), Some(key)) if !request.method().is_safe() => {
            run(&web, account, &key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn run(
    web: &Web,
    account: AccountId,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= KEY_CHARS_MAX);
    let key = key
        .ok_or_else(|| Problem::bad_request("Idempotency-Key takes 1 to 255 visible characters"))?
        .to_string();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| Problem::too_large(BODY_BYTES_MAX))?;
    let hash = request_hash(parts.method.as_str(), &parts.uri.to_string(), &body);
    let at = web.app.sources.now();

    match claim(web, account, key.clone(), hash, at).await? {
        Claim::New => {}
        Claim::Done(answered) => return Ok(replay(answered)),
        Claim::Running => {
            let detail = "the first call with this Idempotency-Key still runs";
            let problem =
                Problem::new(StatusCode::CONFLICT, "idempotency-key-running", "Still running", detail);
            return Ok(problem.retry_after(1).into_response());
        }
        Claim::Mismatch => {
            let detail = "this Idempotency-Key was used for another call: use a new one";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(Problem::new(status, "idempotency-key-reused", "Idempotency-Key reused", detail)
                .into_response());
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    settle(web, account, key, at, response).await
}

/// Keeps the answer of a call that did something; lets go of the key where it may be run again.
async fn settle(
    web: &Web,
    account: AccountId,
    key: String,
    at: Timestamp,
    response: Response,
) -> Result<Response, Problem> {
    let status = response.status();
    let secret = response.extensions().get::<Secret>().is_some();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Problem::internal())?;
    let keep = status.is_success() && !secret && bytes.len() <= ANSWER_BYTES_MAX;
    let location = parts.headers.get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_string);
    let text = String::from_utf8(bytes.to_vec()).ok();
    let done = web
        .app
        .store
        .write(async move |tx: &mut WriteTx| -> Result<(), StoreError> {
            if keep {
                let answered = Answered { status: status.as_u16().into(), location, body: text };
                tx.complete_idempotency_key(account, &key, at, &answered).await
            } else {
                tx.release_idempotency_key(account, &key, at).await
            }
        })
        .await;
    if let Err(error) = done {
        // What was asked for is done: the caller must hear that, whatever becomes of the key.
        tracing::error!(%error, "an idempotency key could not be settled");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

async fn claim(
    web: &Web,
    account: AccountId,
    key: String,
    hash: [u8; 32],
    at: Timestamp,
) -> Result<Claim, Problem> {
    let claim = web.app.store.write(async move |tx: &mut WriteTx| -> Result<Claim, StoreError> {
        tx.claim_idempotency_key(account, &key, &hash, at).await
    });
    Ok(claim.await?)
}

fn replay(answered: Answered) -> Response {
    let status = u16::try_from(answered.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = Response::new(Body::from(answered.body.unwrap_or_default()));
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    if response.status() != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(location) = answered.location.and_then(|location| HeaderValue::try_from(location).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

fn request_hash(method: &str, uri: &str, body: &Bytes) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), uri.as_bytes(), body] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
