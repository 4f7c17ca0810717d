//! Everybody who watches one event in one view, and the task that writes to them. It joins what waits into one batch,
//! encodes it once, and writes the same bytes to every socket by itself; the task of a connection is woken only when
//! its socket is full. A hole in the numbers is filled from storage once for all.
//!
//! Locks are taken in this order: the hub's map, a channel's state, a subscriber's lane.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::frame;
use super::lane::{Batch, Lane, Offer};
use super::protocol::Close;
use super::{AccountId, EventId, FeedMessage, FeedSource, View};

/// Messages that wait for the channel's task. Beyond, only the newest is kept and the rest is read from storage.
const PENDING_MAX: usize = 4_096;
/// Messages joined into one batch: with 300 bytes each about what a socket takes in one write.
const BATCH_LEN_MAX: usize = 128;
/// Messages read from storage at once.
pub(super) const PAGE_LEN: usize = 256;
/// Sockets written between two chances for other tasks, about half a millisecond of work.
const WRITES_PER_TURN: usize = 64;
/// Parts in which the subscribers of a channel get their pings, so that not all answer at once.
const PING_SLOTS: u32 = 20;

/// One connection, as the hub sees it.
pub(super) struct Subscriber {
    pub(super) number: u64,
    pub(super) account: AccountId,
    /// Set when the upgrade is through. Until then the lane is not live, so that nobody writes.
    pub(super) stream: OnceLock<TcpStream>,
    /// Wakes the task of the connection.
    pub(super) wake: Notify,
    lane: Mutex<Lane>,
}

impl Subscriber {
    pub(super) fn new(number: u64, account: AccountId) -> Self {
        let lane = Mutex::new(Lane::new());
        Self { number, account, stream: OnceLock::new(), wake: Notify::new(), lane }
    }

    pub(super) fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the feed with `close`, soon.
    pub(super) fn end(&self, close: Close) {
        self.lane().end(close);
        self.wake.notify_one();
    }

    fn deliver(&self, batch: &Batch) {
        let mut lane = self.lane();
        let wake = match lane.offer(batch) {
            Offer::Kept => false,
            Offer::Wake => true,
            Offer::Write(offset) => {
                let count = self.try_write(batch.bytes_from(offset));
                lane.wrote_now(batch, offset, count)
            }
        };
        drop(lane);
        if wake {
            self.wake.notify_one();
        }
    }

    fn ping(&self) {
        let mut lane = self.lane();
        let wake = match lane.ping() {
            Ok(false) => false,
            Ok(true) => {
                let count = self.try_write(&frame::PING);
                lane.pinged(count)
            }
            Err(close) => {
                lane.end(close);
                true
            }
        };
        drop(lane);
        if wake {
            self.wake.notify_one();
        }
    }

    /// How many bytes the socket took. A broken socket takes none: its own task meets the error and ends.
    fn try_write(&self, bytes: &[u8]) -> usize {
        self.stream.get().and_then(|stream| stream.try_write(bytes).ok()).unwrap_or(0)
    }
}

pub(super) struct Channel {
    pub(super) event: EventId,
    pub(super) view: View,
    state: Mutex<State>,
    work: Notify,
}

#[derive(Default)]
struct State {
    members: HashMap<u64, Arc<Subscriber>>,
    members_changed: bool,
    pending: Vec<FeedMessage>,
    /// Highest number offered to all; none before the first.
    published: Option<i64>,
    is_closed: bool,
}

/// What the channel's task has to do.
enum Work {
    /// Offer these messages, which follow `after` without a hole.
    Offer { after: i64, messages: Vec<FeedMessage> },
    /// Read what follows `after`, since these messages do not.
    Fill { after: i64, messages: Vec<FeedMessage> },
    /// Nothing now.
    Rest,
    /// Nobody watches any longer.
    End,
}

impl Channel {
    pub(super) fn new(event: EventId, view: View) -> Self {
        Self { event, view, state: Mutex::default(), work: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes messages to offer. Never waits.
    pub(super) fn publish(&self, messages: &[FeedMessage]) {
        let mut state = self.state();
        state.pending.extend_from_slice(messages);
        if state.pending.len() > PENDING_MAX {
            let newest = state.pending.iter().max_by_key(|message| message.seq).cloned();
            state.pending = newest.into_iter().collect();
        }
        drop(state);
        self.work.notify_one();
    }

    pub(super) fn join(&self, subscriber: Arc<Subscriber>) {
        let mut state = self.state();
        state.members.insert(subscriber.number, subscriber);
        state.members_changed = true;
    }

    /// Takes a subscriber out, and says whether it was the last; if so the task ends.
    pub(super) fn leave(&self, number: u64) -> bool {
        let mut state = self.state();
        state.members.remove(&number);
        state.members_changed = true;
        state.is_closed = state.members.is_empty();
        let is_closed = state.is_closed;
        drop(state);
        // Also wakes the task to let go of who left.
        self.work.notify_one();
        is_closed
    }

    pub(super) fn len(&self) -> usize {
        self.state().members.len()
    }

    pub(super) fn accounts(&self) -> Vec<AccountId> {
        self.state().members.values().map(|subscriber| subscriber.account).collect()
    }

    /// Ends the feeds of which `is_meant` holds.
    pub(super) fn end(&self, is_meant: impl Fn(&Subscriber) -> bool, close: Close) {
        for subscriber in self.state().members.values().filter(|subscriber| is_meant(subscriber)) {
            subscriber.end(close);
        }
    }

    /// Makes a subscriber live that has read all that storage has, unless more was published since.
    pub(super) fn go_live(&self, subscriber: &Subscriber) -> bool {
        let state = self.state();
        subscriber.lane().go_live(state.published)
    }

    /// Offers what is published and pings, until nobody watches any longer.
    pub(super) async fn run(self: Arc<Self>, source: Arc<dyn FeedSource>, ping_every: Duration) {
        let mut members = Vec::new();
        let mut slots = tokio::time::interval(ping_every / PING_SLOTS);
        slots.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut slot = 0;
        loop {
            tokio::select! {
                () = self.work.notified() => {}
                _ = slots.tick() => {
                    slot = (slot + 1) % u64::from(PING_SLOTS);
                    ping_slot(&members, slot);
                }
            }
            loop {
                match self.take(&mut members) {
                    Work::Offer { after, messages } => offer(&members, after, &messages).await,
                    Work::Fill { after, messages } => self.fill(&members, after, messages, &*source).await,
                    Work::Rest => break,
                    Work::End => return,
                }
            }
        }
    }

    fn take(&self, members: &mut Vec<Arc<Subscriber>>) -> Work {
        let mut state = self.state();
        if state.is_closed {
            return Work::End;
        }
        if std::mem::take(&mut state.members_changed) {
            // In the order of joining, so that whoever came first is not served last by chance.
            members.clear();
            members.extend(state.members.values().cloned());
            members.sort_unstable_by_key(|member| member.number);
        }

        let mut messages = std::mem::take(&mut state.pending);
        messages.sort_by_key(|message| message.seq);
        messages.dedup_by_key(|message| message.seq);
        let published = state.published;
        messages.retain(|message| published.is_none_or(|published| message.seq > published));
        let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Work::Rest };

        // What came before the first batch of all each subscriber has, or reads for itself.
        let after = published.unwrap_or(first.seq - 1);
        let follows = std::iter::once(after)
            .chain(messages.iter().map(|message| message.seq))
            .zip(&messages)
            .all(|(before, message)| message.seq - 1 == before);
        if follows {
            state.published = Some(last.seq);
            Work::Offer { after, messages }
        } else {
            Work::Fill { after, messages }
        }
    }

    /// Offers what storage has after `after`, then those of `messages` that it did not have. A view that leaves
    /// messages out has holes that stay.
    async fn fill(
        &self,
        members: &[Arc<Subscriber>],
        mut after: i64,
        mut messages: Vec<FeedMessage>,
        source: &dyn FeedSource,
    ) {
        loop {
            let Ok(page) = source.after(self.event, self.view, after, PAGE_LEN).await else {
                let Some(last) = messages.last() else { return };
                self.state().published = Some(last.seq);
                lose(members, last.seq);
                return;
            };
            let is_last = page.len() < PAGE_LEN;
            if let Some(last) = page.last().map(|message| message.seq) {
                self.state().published = Some(last);
                offer(members, after, &page).await;
                after = last;
            }
            if is_last {
                break;
            }
        }

        messages.retain(|message| message.seq > after);
        if let Some(last) = messages.last().map(|message| message.seq) {
            self.state().published = Some(last);
            offer(members, after, &messages).await;
        }
    }
}

async fn offer(members: &[Arc<Subscriber>], mut after: i64, messages: &[FeedMessage]) {
    for messages in messages.chunks(BATCH_LEN_MAX) {
        let batch = Batch::encode(after, messages);
        after = batch.last();
        for members in members.chunks(WRITES_PER_TURN) {
            members.iter().for_each(|member| member.deliver(&batch));
            tokio::task::yield_now().await;
        }
    }
}

fn lose(members: &[Arc<Subscriber>], seq: i64) {
    for member in members {
        if member.lane().lose(seq) {
            member.wake.notify_one();
        }
    }
}

fn ping_slot(members: &[Arc<Subscriber>], slot: u64) {
    members
        .iter()
        .filter(|member| member.number % u64::from(PING_SLOTS) == slot)
        .for_each(|member| member.ping());
}

/// The frame that ends a feed.
pub(super) fn close_frame(close: Close) -> Bytes {
    frame::close(close.code(), close.reason())
}
