//! From a request to a feed: judges the handshake of RFC 6455, takes a seat, answers 101 and starts the connection's
//! task. Who may watch was decided before.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum_extra::headers::{Connection, HeaderMapExt, SecWebsocketAccept, SecWebsocketKey, Upgrade};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::upgrade::OnUpgrade;
use hyper::{Method, StatusCode, Version};
use tokio::time::timeout;

use super::hub::{Hub, NoSeat};
use super::protocol;
use super::socket::{self, STORAGE_LIMIT};
use super::{AccountId, EventId, FeedError, Position, View};

/// Seconds after which a client that found no seat may try again.
const RETRY_AFTER_S: u64 = 5;
/// Bytes of the nonce in `Sec-WebSocket-Key` (RFC 6455, 4.1).
const KEY_LEN: usize = 16;

/// What somebody asks to watch.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The event.
    pub event: EventId,
    /// What of it the account may see.
    pub view: View,
    /// Whose right it is.
    pub account: AccountId,
    /// Last `seq` that the client has; without it the feed starts now.
    pub after: Option<i64>,
    /// The epoch in which it has it.
    pub epoch: Option<String>,
}

/// Why there is no feed. As a response it has the right status and headers, and no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a WebSocket handshake: 426.
    #[error("this address speaks websocket only")]
    NotWebSocket,
    /// A broken one: 400.
    #[error("websocket handshake is broken")]
    Broken,
    /// The event has as many feeds as it may: 503.
    #[error("event has too many open feeds")]
    Full,
    /// The server is about to stop: 503.
    #[error("server restarts")]
    Draining,
    /// Storage does not say where the event's messages stand: 503.
    #[error("feed storage is unavailable")]
    Unavailable,
    /// Storage knows no such event: 404.
    #[error("there is no such event")]
    NoEvent,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::NotWebSocket => (
                StatusCode::UPGRADE_REQUIRED,
                [
                    (header::UPGRADE, HeaderValue::from_static("websocket")),
                    (header::CONNECTION, HeaderValue::from_static("upgrade")),
                    (header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
                ],
            )
                .into_response(),
            Self::Broken => StatusCode::BAD_REQUEST.into_response(),
            Self::NoEvent => StatusCode::NOT_FOUND.into_response(),
            Self::Full | Self::Draining | Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S))])
                    .into_response()
            }
        }
    }
}

/// Answers `request` with 101 and opens the feed on its connection, which [`crate::listener::serve`] must have
/// accepted. Where the feed starts is settled before the answer, so that whoever has it misses nothing from then on.
///
/// # Errors
/// See [`Refused`].
pub async fn upgrade(hub: &Arc<Hub>, watch: Watch, mut request: Request) -> Result<Response, Refused> {
    let key = key_of(&request)?;
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(Refused::NotWebSocket)?;
    drop(request);

    let seat = hub.take_seat(watch.event, watch.view, watch.account).map_err(|no_seat| match no_seat {
        NoSeat::Full => Refused::Full,
        NoSeat::Draining => Refused::Draining,
    })?;
    let position = position(hub, watch.event).await?;
    let start = protocol::start(watch.after, watch.epoch.as_deref(), &position);
    seat.start(&start, &position);

    tokio::spawn(socket::run(seat, upgrade, position.epoch));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().typed_insert(Connection::upgrade());
    response.headers_mut().typed_insert(Upgrade::websocket());
    response.headers_mut().typed_insert(SecWebsocketAccept::from(key));
    Ok(response)
}

async fn position(hub: &Hub, event: EventId) -> Result<Position, Refused> {
    let asked = async {
        let _turn = hub.catch_ups.acquire().await;
        hub.source.position(event).await
    };
    match timeout(STORAGE_LIMIT, asked).await {
        Ok(Ok(position)) => Ok(position),
        Ok(Err(FeedError::EventGone)) => Err(Refused::NoEvent),
        Ok(Err(FeedError::Unavailable)) | Err(_) => Err(Refused::Unavailable),
    }
}

/// The client's key, if the request is a handshake of version 13.
fn key_of(request: &Request) -> Result<SecWebsocketKey, Refused> {
    let headers = request.headers();
    let asks = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has_word(headers, &header::CONNECTION, "upgrade")
        && has_word(headers, &header::UPGRADE, "websocket");
    if !asks || headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(Refused::NotWebSocket);
    }

    let nonce = headers.get(header::SEC_WEBSOCKET_KEY).and_then(|key| STANDARD.decode(key).ok());
    if nonce.is_none_or(|nonce| nonce.len() != KEY_LEN) {
        return Err(Refused::Broken);
    }
    headers.typed_get().ok_or(Refused::Broken)
}

fn has_word(headers: &HeaderMap, name: &header::HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
}
