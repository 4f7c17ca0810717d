//! The live feed of one event, `GET /ws/events/{id}`: every message of the event, in order, to everybody who
//! watches. It may be late, never short: whoever cannot be written to catches up from storage on the same socket.
//!
//! `hub` finds the subscribers, `channel` writes one batch to all of them, `lane` decides what one of them gets next,
//! `socket` is the task of one connection, `handshake` makes a request into one. The words on the wire are in
//! `protocol`, its frames in `frame`.

mod channel;
mod frame;
mod handshake;
mod hub;
mod lane;
pub mod protocol;
mod relay;
mod socket;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

pub use handshake::{Refused, Watch, upgrade};
pub use hub::{CATCH_UPS_MAX, FEEDS_PER_EVENT_MAX, Feeds, Hub, HubLimits, PING_EVERY, WRITE_LIMIT, Watched};
pub use protocol::Close;
pub use relay::{AppFeed, relay};

/// The event a feed belongs to.
pub type EventId = Uuid;
/// The session or API key with which a feed was opened: when it ends, or its account's membership does, so does
/// the feed.
pub type AccountId = Uuid;
/// Tells the time for the `resync` envelope, the only one that the feed makes itself.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a subscriber may see. Frames are encoded once for each view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// All of it: organisers.
    Full,
    /// What the door needs.
    Door,
}

/// Where the stored messages of an event begin and end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The life of this numbering; new after a restore.
    pub epoch: String,
    /// Lowest `seq` stored, 0 where none is.
    pub lowest: i64,
    /// Highest `seq` stored, 0 where none is.
    pub highest: i64,
}

/// One message of the feed: its number and its whole envelope, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedMessage {
    /// Its number in the event, from 1.
    pub seq: i64,
    /// The envelope as JSON text.
    pub json: Bytes,
}

/// Why storage gave no messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It may answer later.
    #[error("feed storage is unavailable")]
    Unavailable,
    /// There is no such event, or no longer.
    #[error("event is gone")]
    EventGone,
}

/// Where the hub reads what was stored. A message is stored before it is published.
pub trait FeedSource: Send + Sync + 'static {
    /// Where the messages of `event` begin and end.
    fn position(&self, event: EventId) -> BoxFuture<'_, Result<Position, FeedError>>;

    /// The messages of `event` numbered above `after` that `view` may see, rising, at most `limit`. Fewer than `limit`
    /// means that there are no more now.
    fn after(
        &self,
        event: EventId,
        view: View,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<FeedMessage>, FeedError>>;
}
