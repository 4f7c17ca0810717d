//! Who watches which event. The hub knows sockets and numbers; what the messages say, and where they are kept, it
//! leaves to its [`FeedSource`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::channel::{Channel, Subscriber};
use super::frame;
use super::protocol::{self, Close, Start};
use super::{AccountId, Clock, EventId, FeedMessage, FeedSource, Position, View};

/// Feeds of one event at one time, both views together: five times a large team with a screen in every room.
pub const FEEDS_PER_EVENT_MAX: usize = 5_000;
/// Time between two pings of one connection, and so half the time until a dead peer is noticed.
pub const PING_EVERY: Duration = Duration::from_secs(20);
/// Time in which a full socket must take at least one byte.
pub const WRITE_LIMIT: Duration = Duration::from_secs(5);
/// Reads of storage by catching-up connections at one time, so that a reconnect storm leaves readers for others.
pub const CATCH_UPS_MAX: usize = 8;

/// The limits of a hub. The defaults are the product's; tests take smaller ones.
#[derive(Debug, Clone, Copy)]
pub struct HubLimits {
    /// See [`FEEDS_PER_EVENT_MAX`].
    pub feeds_per_event: usize,
    /// See [`PING_EVERY`].
    pub ping_every: Duration,
    /// See [`WRITE_LIMIT`].
    pub write_limit: Duration,
    /// See [`CATCH_UPS_MAX`].
    pub catch_ups: usize,
}

impl Default for HubLimits {
    fn default() -> Self {
        Self {
            feeds_per_event: FEEDS_PER_EVENT_MAX,
            ping_every: PING_EVERY,
            write_limit: WRITE_LIMIT,
            catch_ups: CATCH_UPS_MAX,
        }
    }
}

/// Which views of an event somebody watches now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Watched {
    /// Somebody watches [`View::Full`].
    pub full: bool,
    /// Somebody watches [`View::Door`].
    pub door: bool,
}

/// A choice of feeds, to end them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feeds {
    /// All of an event.
    Event(EventId),
    /// Those that an account watches of one event.
    Member(EventId, AccountId),
    /// All that an account watches.
    Credential(AccountId),
}

/// Holds the subscribers of every event on this instance.
pub struct Hub {
    pub(super) source: Arc<dyn FeedSource>,
    clock: Clock,
    pub(super) limits: HubLimits,
    pub(super) catch_ups: Semaphore,
    pub(super) overflows: AtomicU64,
    channels: Mutex<HashMap<(EventId, View), Arc<Channel>>>,
    numbers: AtomicU64,
    is_draining: AtomicBool,
}

impl Hub {
    /// A hub without subscribers.
    #[must_use]
    pub fn new(source: Arc<dyn FeedSource>, clock: Clock, limits: HubLimits) -> Arc<Self> {
        Arc::new(Self {
            source,
            clock,
            limits,
            catch_ups: Semaphore::new(limits.catch_ups),
            overflows: AtomicU64::new(0),
            channels: Mutex::default(),
            numbers: AtomicU64::new(0),
            is_draining: AtomicBool::new(false),
        })
    }

    /// Sends `messages`, which are stored already, to everybody who watches `event` in `view`. Never waits. What comes
    /// again is left out, what was left out is read from storage.
    pub fn publish(&self, event: EventId, view: View, messages: &[FeedMessage]) {
        let channel = self.channels().get(&(event, view)).cloned();
        if let Some(channel) = channel.filter(|_| !messages.is_empty()) {
            channel.publish(messages);
        }
    }

    /// Which views of `event` are watched, so that nobody renders for nobody.
    #[must_use]
    pub fn watched(&self, event: EventId) -> Watched {
        let channels = self.channels();
        Watched {
            full: channels.contains_key(&(event, View::Full)),
            door: channels.contains_key(&(event, View::Door)),
        }
    }

    /// Every event and view that somebody watches now.
    #[must_use]
    pub fn watching(&self) -> Vec<(EventId, View)> {
        self.channels().keys().copied().collect()
    }

    /// Which accounts watch which events now, so that who may no longer is found.
    #[must_use]
    pub fn watchers(&self) -> Vec<(EventId, AccountId)> {
        let channels = self.channels();
        let mut watchers: Vec<_> = channels
            .values()
            .flat_map(|channel| channel.accounts().into_iter().map(|account| (channel.event, account)))
            .collect();
        watchers.sort_unstable();
        watchers.dedup();
        watchers
    }

    /// Feeds open now, on all events.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.channels().values().map(|channel| channel.len()).sum()
    }

    /// How often a slow reader's queue overflowed since the start.
    #[must_use]
    pub fn overflows(&self) -> u64 {
        self.overflows.load(Ordering::Relaxed)
    }

    /// Closes feeds: [`Close::EventGone`] after a deletion, [`Close::AccessEnded`] after a revocation.
    pub fn end(&self, feeds: Feeds, close: Close) {
        for channel in self.channels().values() {
            match feeds {
                Feeds::Event(event) if event == channel.event => channel.end(|_| true, close),
                Feeds::Member(event, account) if event == channel.event => {
                    channel.end(|feed| feed.account == account, close);
                }
                Feeds::Credential(account) => channel.end(|feed| feed.account == account, close),
                Feeds::Event(_) | Feeds::Member(..) => {}
            }
        }
    }

    /// Closes every feed with [`Close::Restart`] and takes no new ones: the server is about to stop.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::SeqCst);
        for channel in self.channels().values() {
            channel.end(|_| true, Close::Restart);
        }
    }

    fn channels(&self) -> MutexGuard<'_, HashMap<(EventId, View), Arc<Channel>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat among the watchers of `event`; from here on nothing published is missed, and an end reaches it.
    pub(super) fn take_seat(
        self: &Arc<Self>,
        event: EventId,
        view: View,
        account: AccountId,
    ) -> Result<Seat, NoSeat> {
        let mut channels = self.channels();
        if self.is_draining.load(Ordering::SeqCst) {
            return Err(NoSeat::Draining);
        }
        let taken: usize = [View::Full, View::Door]
            .iter()
            .filter_map(|view| channels.get(&(event, *view)))
            .map(|it| it.len())
            .sum();
        if taken >= self.limits.feeds_per_event {
            return Err(NoSeat::Full);
        }

        let channel = channels.entry((event, view)).or_insert_with(|| {
            let channel = Arc::new(Channel::new(event, view));
            tokio::spawn(Arc::clone(&channel).run(Arc::clone(&self.source), self.limits.ping_every));
            channel
        });
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let subscriber = Arc::new(Subscriber::new(number, account));
        channel.join(Arc::clone(&subscriber));
        Ok(Seat { hub: Arc::clone(self), channel: Arc::clone(channel), subscriber })
    }
}

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoSeat {
    Full,
    Draining,
}

/// A place among the watchers of an event, given back when dropped.
pub(super) struct Seat {
    pub(super) hub: Arc<Hub>,
    pub(super) channel: Arc<Channel>,
    pub(super) subscriber: Arc<Subscriber>,
}

impl Seat {
    /// Gives the lane its place: what it starts with, and after which message it reads on.
    pub(super) fn start(&self, start: &Start, position: &Position) {
        let (bytes, seq) = match *start {
            Start::After(seq) => (Bytes::new(), seq),
            Start::Resync(seq, reason) => {
                let now = (self.hub.clock)();
                let json = protocol::resync(self.channel.event, &position.epoch, seq, reason, now);
                (frame::text(&json), seq)
            }
        };
        self.subscriber.lane().give(bytes, seq);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut channels = self.hub.channels();
        if self.channel.leave(self.subscriber.number) {
            channels.remove(&(self.channel.event, self.channel.view));
        }
    }
}
