//! A request body that must arrive. One that dribbles ends in an error, and the answer to its request becomes 408,
//! whatever the handler made of the error.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::StatusCode;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::header::{self, HeaderValue};
use tokio::time::{Instant, Sleep, sleep_until};

use super::pace::{Pace, Patience};

/// RFC 9457, for a request that no handler got whole.
const TIMEOUT_PROBLEM: &str = r#"{"type":"about:blank","title":"Request Timeout","status":408,"detail":"request body did not arrive in time"}"#;

/// Whether the body of a request was cut.
#[derive(Clone, Default)]
pub(super) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// `response`, or the one that says that the body was cut.
    pub(super) fn or(&self, response: Response) -> Response {
        if !self.0.load(Ordering::Relaxed) {
            return response;
        }
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            (header::CONNECTION, HeaderValue::from_static("close")),
        ];
        (StatusCode::REQUEST_TIMEOUT, headers, TIMEOUT_PROBLEM).into_response()
    }
}

/// Puts `patience` on `body`. One that is empty needs none.
pub(super) fn watched(body: Incoming, patience: Patience) -> (Body, Cut) {
    let cut = Cut::default();
    if body.is_end_stream() {
        return (Body::empty(), cut);
    }
    let watched = Watched { body, pace: Pace::new(patience), alarm: None, cut: cut.clone() };
    (Body::new(watched), cut)
}

struct Watched {
    body: Incoming,
    pace: Pace,
    alarm: Option<Pin<Box<Sleep>>>,
    cut: Cut,
}

#[derive(Debug, thiserror::Error)]
enum BodyError {
    #[error("request body did not arrive in time")]
    Slow,
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.alarm = None;
            let count = match &frame {
                Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
                _ => 0,
            };
            this.pace.moved(Instant::now(), count);
            return Poll::Ready(frame.map(|frame| frame.map_err(|error| BodyError::from(error).into())));
        }
        let deadline = this.pace.wait(Instant::now());
        let alarm = this.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        ready!(alarm.as_mut().poll(cx));
        this.cut.0.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(BodyError::Slow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
