//! Writes that are asked for twice and done once (`Idempotency-Key`).
//!
//! The key is claimed before the call, and its answer kept for 24 hours, sealed with the key itself.
//! Of an answer with a guest's link in it nothing is kept but that it was given: the link is made again. The call
//! runs to its end though its caller hangs up: who tries again is told what came of it.

use std::convert::Infallible;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gg_app::guest_list::FILE_BYTES_MAX;
use gg_domain::id::AccountId;
use gg_store::{Answered, Claim, KeyOwner, StoreError, WriteTx};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::Web;

/// The header.
const HEADER: &str = "idempotency-key";
/// Most characters of a key.
const KEY_CHARS_MAX: usize = 255;
/// Most bytes of a body that takes part: the largest that any call takes, a guest list.
const BODY_BYTES_MAX: usize = FILE_BYTES_MAX;
/// Most bytes of an answer that is kept.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Says of an answer that a guest's link is in it: that is kept nowhere, not even sealed. Of such a call it is kept
/// that it was made, and it is made [`Again`].
#[derive(Clone, Copy, Debug)]
pub struct HoldsLink;

/// Says of a call that it was made before and did what it does: what it answered is to be told again.
#[derive(Clone, Copy, Debug)]
pub struct Again;

/// Runs a write once for each key of an account ([`crate::api::invites`] does it for guests). Stands behind the gate,
/// which says who calls.
pub async fn once(Extension(web): Extension<Web>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().map(|caller| caller.identity.account);
    let key = request.headers().get(HEADER).cloned();
    match (caller, key) {
        (Some(account), Some(key)) if !request.method().is_safe() => {
            // A task of its own: a caller who hangs up, and tries again, must find this call's answer, not none.
            let call = async move { run(&web, account, &key, request, next).await };
            let call = tokio::spawn(call.instrument(tracing::Span::current()));
            let answer = call.await.unwrap_or_else(|panic| {
                tracing::error!(%panic, "a write with an idempotency key broke off");
                Err(Problem::internal())
            });
            answer.unwrap_or_else(IntoResponse::into_response)
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
    let key = text(key)?;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| Problem::too_large(BODY_BYTES_MAX))?;
    let hash = request_hash(parts.method.as_str(), &parts.uri.to_string(), &body);
    let mut request = Request::from_parts(parts, Body::from(body));
    match claim(web, KeyOwner::Account(account), key, hash).await? {
        Turn::First(key) => settle(web, key, next.run(request).await).await,
        Turn::Told(response) => Ok(response),
        Turn::Again => {
            request.extensions_mut().insert(Again);
            Ok(next.run(request).await)
        }
    }
}

/// The `Idempotency-Key` of a guest's call. His link is in the body, so the handler, which reads that, sees to it.
#[derive(Clone, Debug)]
pub struct GivenKey(pub Option<HeaderValue>);

impl<S: Send + Sync> FromRequestParts<S> for GivenKey {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get(HEADER).cloned()))
    }
}

/// What is to be done with a call that came with a key.
#[derive(Debug)]
pub(crate) enum Turn {
    /// It is the first: make it, then [`settle`] the key, or [`release`] it.
    First(Key),
    /// It was made, and nothing is kept of its answer: it is to be told anew.
    Again,
    /// It was made, and this was its answer; or it cannot be made with this key.
    Told(Response),
}

/// A key as text.
///
/// # Errors
/// 400 where it is none.
pub(crate) fn text(key: &HeaderValue) -> Result<String, Problem> {
    let visible = |key: &&str| key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = key.to_str().ok().filter(visible).filter(|key| !key.is_empty() && key.len() <= KEY_CHARS_MAX);
    let key = key.ok_or_else(|| Problem::bad_request("Idempotency-Key takes 1 to 255 visible characters"))?;
    Ok(key.to_string())
}

/// Claims a key for the call with that hash, and says whose turn it is.
pub(crate) async fn claim(web: &Web, owner: KeyOwner, text: String, hash: [u8; 32]) -> Result<Turn, Problem> {
    let name = web.app.secrets.answer_name(owner.uuid(), &text);
    let key = Key { owner, name, text, claimed_at: web.app.sources.now() };
    let (name, claimed_at) = (key.name.clone(), key.claimed_at);
    let claimed = web.app.store.write(async move |tx: &mut WriteTx| -> Result<Claim, StoreError> {
        tx.claim_idempotency_key(owner, &name, &hash, claimed_at).await
    });
    Ok(match claimed.await? {
        Claim::New => Turn::First(key),
        Claim::Done(Answered { body: None, .. }) => Turn::Again,
        Claim::Done(answered) => Turn::Told(replay(web, &key, answered)?),
        Claim::Running => {
            let detail = "the first call with this Idempotency-Key still runs";
            let problem =
                Problem::new(StatusCode::CONFLICT, "idempotency-key-running", "Still running", detail);
            Turn::Told(problem.retry_after(1).into_response())
        }
        Claim::Mismatch => {
            let detail = "this Idempotency-Key was used for another call: use a new one";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let problem = Problem::new(status, "idempotency-key-reused", "Idempotency-Key reused", detail);
            Turn::Told(problem.into_response())
        }
    })
}

/// A key that was claimed.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    owner: KeyOwner,
    /// What it is kept as.
    name: String,
    /// The key itself.
    text: String,
    claimed_at: Timestamp,
}

/// Keeps the answer of a call that did something; lets go of the key where it may be run again.
pub(crate) async fn settle(web: &Web, key: Key, response: Response) -> Result<Response, Problem> {
    let status = response.status();
    let holds_link = response.extensions().get::<HoldsLink>().is_some();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Problem::internal())?;
    if !status.is_success() || bytes.len() > ANSWER_BYTES_MAX {
        release(web, key).await;
        return Ok(Response::from_parts(parts, Body::from(bytes)));
    }
    let location = parts.headers.get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_string);
    let tag = parts.headers.get(ETAG).map(|tag| tag.as_bytes().to_vec()).unwrap_or_default();
    let kept = [tag.as_slice(), b"\n", &bytes].concat();
    let body = web.app.secrets.seal_answer(&web.app.sources, key.owner.uuid(), &key.text, &kept);
    let answered = Answered { status: status.as_u16().into(), location, body: (!holds_link).then_some(body) };
    let done = web.app.store.write(async move |tx: &mut WriteTx| -> Result<(), StoreError> {
        tx.complete_idempotency_key(key.owner, &key.name, key.claimed_at, &answered).await
    });
    say_unsettled(done.await);
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Lets go of the key of a call that did nothing: the next try makes it.
pub(crate) async fn release(web: &Web, key: Key) {
    let done = web.app.store.write(async move |tx: &mut WriteTx| -> Result<(), StoreError> {
        tx.release_idempotency_key(key.owner, &key.name, key.claimed_at).await
    });
    say_unsettled(done.await);
}

/// What was asked for is done: the caller must hear that, whatever becomes of the key.
fn say_unsettled(done: Result<(), StoreError>) {
    if let Err(error) = done {
        tracing::error!(%error, "an idempotency key could not be settled");
    }
}

fn replay(web: &Web, key: &Key, answered: Answered) -> Result<Response, Problem> {
    let sealed = answered.body.unwrap_or_default();
    let body = web.app.secrets.unseal_answer(key.owner.uuid(), &key.text, &sealed).ok_or_else(|| {
        tracing::error!("a kept answer does not open: the secret of this deployment was changed");
        Problem::internal()
    })?;
    let status = u16::try_from(answered.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    // The ETag stands on a line of its own before the body.
    let end = body.iter().position(|byte| *byte == b'\n').ok_or_else(Problem::internal)?;
    let (tag, body) = (&body[..end], &body[end + 1..]);
    let has_body = !body.is_empty();
    let mut response = Response::new(Body::from(body.to_vec()));
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(location) = answered.location.and_then(|location| HeaderValue::try_from(location).ok()) {
        headers.insert(LOCATION, location);
    }
    if let Some(tag) =
        Some(tag).filter(|tag| !tag.is_empty()).and_then(|tag| HeaderValue::from_bytes(tag).ok())
    {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

/// What tells one call from another.
pub(crate) fn request_hash(method: &str, uri: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), uri.as_bytes(), body] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
