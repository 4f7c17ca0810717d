//! What the tests of the feed stand on: a storage in memory, a server, and clients.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::response::Response;
use axum::routing::get;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use gg_web::listener::{self, Limits};
use gg_web::live::{
    AccountId, EventId, FeedError, FeedMessage, FeedSource, Hub, HubLimits, Position, Refused, View, Watch,
    upgrade,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Longest wait for anything that should happen: far beyond what it takes, also on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const EVENT: EventId = Uuid::from_u128(0xE1);
pub(crate) const ACCOUNT: AccountId = Uuid::from_u128(0xA1);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, future).await;
    done.unwrap_or_else(|_| panic!("{what} did not happen"))
}

pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    soon(what, async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Messages in memory. The door's view leaves out every third.
#[derive(Default)]
pub(crate) struct Memory {
    stored: Mutex<BTreeMap<i64, FeedMessage>>,
    pub(crate) failures: AtomicU32,
    pub(crate) is_gone: std::sync::atomic::AtomicBool,
}

impl Memory {
    pub(crate) fn store(&self, seq: i64) -> FeedMessage {
        let json = format!(
            r#"{{"type":"access.checked","event_id":"{EVENT}","payload":{{"pad":"{}"}},"timestamp":"2026-05-01T12:00:00Z","seq":{seq},"epoch":"e1"}}"#,
            "x".repeat(160)
        );
        let message = FeedMessage { seq, json: json.into() };
        self.stored.lock().expect("no test panics while it holds this").insert(seq, message.clone());
        message
    }

    pub(crate) fn forget_below(&self, lowest: i64) {
        self.stored.lock().expect("no test panics while it holds this").retain(|seq, _| *seq >= lowest);
    }

    fn answer<T>(&self, answer: impl FnOnce(&BTreeMap<i64, FeedMessage>) -> T) -> Result<T, FeedError> {
        if self.is_gone.load(Ordering::SeqCst) {
            return Err(FeedError::EventGone);
        }
        let fails =
            self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if fails.is_ok() {
            return Err(FeedError::Unavailable);
        }
        Ok(answer(&self.stored.lock().expect("no test panics while it holds this")))
    }
}

pub(crate) fn door_sees(seq: i64) -> bool {
    seq % 3 != 0
}

impl FeedSource for Memory {
    fn position(&self, _: EventId) -> BoxFuture<'_, Result<Position, FeedError>> {
        async {
            // Storage answers later than it is asked.
            tokio::task::yield_now().await;
            self.answer(|stored| Position {
                epoch: "e1".into(),
                lowest: stored.keys().next().copied().unwrap_or(0),
                highest: stored.keys().next_back().copied().unwrap_or(0),
            })
        }
        .boxed()
    }

    fn after(
        &self,
        _: EventId,
        view: View,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<FeedMessage>, FeedError>> {
        async move {
            tokio::task::yield_now().await;
            let page = self.answer(|stored| {
                let seen =
                    stored.range(after + 1..).filter(|(seq, _)| view == View::Full || door_sees(**seq));
                seen.take(limit).map(|(_, message)| message.clone()).collect()
            });
            tokio::task::yield_now().await;
            page
        }
        .boxed()
    }
}

#[derive(Deserialize)]
struct Asked {
    after: Option<i64>,
    epoch: Option<String>,
    account: Option<Uuid>,
    door: Option<bool>,
}

async fn feed(
    State(hub): State<Arc<Hub>>,
    Path(event): Path<Uuid>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Result<Response, Refused> {
    let view = if asked.door == Some(true) { View::Door } else { View::Full };
    let account = asked.account.unwrap_or(ACCOUNT);
    upgrade(&hub, Watch { event, view, account, after: asked.after, epoch: asked.epoch }, request).await
}

/// A server with one hub.
pub(crate) struct Stage {
    pub(crate) memory: Arc<Memory>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) served: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(HubLimits::default()).await
    }

    pub(crate) async fn with(limits: HubLimits) -> Self {
        let memory = Arc::new(Memory::default());
        let clock = Arc::new(|| "2026-05-01T12:00:00Z".parse().expect("a time"));
        let hub = Hub::new(Arc::clone(&memory) as Arc<dyn FeedSource>, clock, limits);
        let app = Router::new().route("/ws/events/{id}", get(feed)).with_state(Arc::clone(&hub));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(listener::serve(listener, app, Limits::default(), shutdown.clone()));
        Self { memory, hub, address, shutdown, served }
    }

    /// Stores messages without publishing them.
    pub(crate) fn store(&self, seqs: impl IntoIterator<Item = i64>) -> Vec<FeedMessage> {
        seqs.into_iter().map(|seq| self.memory.store(seq)).collect()
    }

    /// Stores messages and publishes them in both views.
    pub(crate) fn publish(&self, seqs: impl IntoIterator<Item = i64>) {
        let messages = self.store(seqs);
        self.hub.publish(EVENT, View::Full, &messages);
        let door: Vec<_> = messages.into_iter().filter(|message| door_sees(message.seq)).collect();
        self.hub.publish(EVENT, View::Door, &door);
    }

    pub(crate) async fn connect(&self, query: &str) -> Client {
        self.connect_on(TcpStream::connect(self.address).await.expect("a connection"), query).await
    }

    /// A client whose kernel takes little before it reads.
    pub(crate) async fn connect_with_small_buffer(&self, query: &str) -> Client {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4 * 1024).expect("a small buffer");
        self.connect_on(socket.connect(self.address).await.expect("a connection"), query).await
    }

    async fn connect_on(&self, stream: TcpStream, query: &str) -> Client {
        let url = format!("ws://{}/ws/events/{EVENT}{query}", self.address);
        let (socket, _) = soon("handshake", client_async(url, stream)).await.expect("a feed");
        Client { socket }
    }
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn next(&mut self) -> Message {
        let message = soon("next message", self.socket.next()).await;
        message.expect("the feed goes on").expect("a good frame")
    }

    /// Next envelope; pings on the way are answered by tungstenite.
    pub(crate) async fn envelope(&mut self) -> Value {
        loop {
            match self.next().await {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not an envelope: {other:?}"),
            }
        }
    }

    pub(crate) async fn seq(&mut self) -> i64 {
        let envelope = self.envelope().await;
        assert_ne!(envelope["type"], "resync", "{envelope}");
        envelope["seq"].as_i64().expect("a number")
    }

    pub(crate) async fn expect(&mut self, seqs: impl IntoIterator<Item = i64>) {
        for expected in seqs {
            assert_eq!(self.seq().await, expected);
        }
    }

    /// Reads everything above `after` up to `last`, each once and in order; a client that is outrun is told so with the
    /// right number. Gives how often.
    pub(crate) async fn read_whole(&mut self, after: i64, last: i64) -> u64 {
        let (mut at, mut resyncs) = (after, 0);
        while at < last {
            let envelope = self.envelope().await;
            let seq = envelope["seq"].as_i64().expect("a number");
            if envelope["type"] == "resync" {
                assert_eq!((seq, &envelope["payload"]["reason"]), (at, &"overflow".into()));
                resyncs += 1;
            } else {
                assert_eq!(seq, at + 1, "gap or repeat");
                at = seq;
            }
        }
        resyncs
    }

    pub(crate) async fn expect_resync(&mut self, seq: i64, reason: &str) {
        let envelope = self.envelope().await;
        let expected = serde_json::json!({
            "type": "resync", "event_id": EVENT, "payload": { "reason": reason },
            "timestamp": "2026-05-01T12:00:00Z", "seq": seq, "epoch": "e1",
        });
        assert_eq!(envelope, expected);
    }

    /// Reads until the feed is closed, and gives the code.
    pub(crate) async fn close_code(&mut self) -> CloseCode {
        loop {
            if let Message::Close(close) = self.next().await {
                return close.expect("a code").code;
            }
        }
    }
}
