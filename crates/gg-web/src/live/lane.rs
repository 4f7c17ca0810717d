//! What one subscriber is sent next, as a pure state machine: the hub offers batches, the connection's task reads
//! storage, the socket takes as many bytes as it likes. Invariants: a frame that was begun is finished before anything
//! else; numbers only rise; what was not sent in time is sent from storage.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};

use super::FeedMessage;
use super::frame;
use super::protocol::Close;

/// Most bytes that wait for one subscriber whose socket is full. With the count below it bounds what a slow reader
/// costs; beyond, storage is the queue.
pub(super) const QUEUE_BYTES_MAX: usize = 64 * 1024;
/// Most messages that wait for one subscriber whose socket is full: a burst of an import, not more.
pub(super) const QUEUE_LEN_MAX: usize = 128;
/// Frames that a client may send between two pings of ours. A browser sends one pong.
const INBOUND_FRAMES_MAX: u32 = 200;

/// Messages of one view as frames, encoded once and shared by all who get them.
#[derive(Debug)]
pub(super) struct Batch {
    /// The view has no message between this number and the first one here.
    after: i64,
    bytes: Bytes,
    frames: Vec<Mark>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    seq: i64,
    end: usize,
}

impl Batch {
    /// Encodes `messages`, which rise from above `after` and are not none.
    pub(super) fn encode(after: i64, messages: &[FeedMessage]) -> Self {
        const HEADER_MAX: usize = 10;
        let size = messages.iter().map(|message| message.json.len() + HEADER_MAX).sum();
        let mut bytes = Vec::with_capacity(size);
        let mut frames = Vec::with_capacity(messages.len());
        for message in messages {
            frame::push_text(&mut bytes, &message.json);
            frames.push(Mark { seq: message.seq, end: bytes.len() });
        }
        Self { after, bytes: bytes.into(), frames }
    }

    /// Number of its last message.
    pub(super) fn last(&self) -> i64 {
        self.frames.last().map_or(self.after, |mark| mark.seq)
    }

    /// The bytes from `offset` on.
    pub(super) fn bytes_from(&self, offset: usize) -> &[u8] {
        &self.bytes[offset..]
    }

    /// Index of the first message above `seq`.
    fn first_above(&self, seq: i64) -> usize {
        self.frames.partition_point(|mark| mark.seq <= seq)
    }

    fn start_of(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.frames[before].end)
    }
}

/// What becomes of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// Write it from this offset now, and tell [`Lane::wrote_now`].
    Write(usize),
    /// It waits, or is not needed.
    Kept,
    /// It cannot be sent now, and the connection's task must know.
    Wake,
}

/// What the connection's task does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Say `resync` and go on from storage.
    Resync,
    /// Read what follows from storage.
    Read,
    /// Write what waits.
    Flush,
    /// Nothing: the hub writes by itself.
    Rest,
    /// Close.
    End(Close),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Overflowed,
    Reading,
    Live,
}

#[derive(Debug)]
pub(super) struct Lane {
    phase: Phase,
    /// Last message that the socket took, or took the beginning of.
    sent: i64,
    /// What is left of a frame that was begun.
    rest: Bytes,
    /// A ping or pong that waits for its turn. The latest pong answers all pings before it.
    control: Option<Bytes>,
    queue: VecDeque<(i64, Bytes)>,
    queued_bytes: usize,
    /// Highest number published while this lane did not listen.
    missed: i64,
    ending: Option<Close>,
    heard_since_ping: bool,
    frames_since_ping: u32,
}

impl Lane {
    /// A lane that is not live yet. It is given its place before its task starts.
    pub(super) fn new() -> Self {
        Self {
            phase: Phase::Reading,
            sent: 0,
            rest: Bytes::new(),
            control: None,
            queue: VecDeque::new(),
            queued_bytes: 0,
            missed: 0,
            ending: None,
            heard_since_ping: true,
            frames_since_ping: 0,
        }
    }

    /// The hub has new messages.
    pub(super) fn offer(&mut self, batch: &Batch) -> Offer {
        if self.ending.is_some() {
            return Offer::Kept;
        }
        if self.phase != Phase::Live {
            self.missed = self.missed.max(batch.last());
            return Offer::Kept;
        }
        let taken = self.taken();
        if batch.last() <= taken {
            return Offer::Kept;
        }
        if taken < batch.after {
            self.fall_behind(Phase::Reading, batch.last());
            return Offer::Wake;
        }

        let first = batch.first_above(taken);
        if self.has_unsent() {
            self.enqueue(batch, first);
            return Offer::Kept;
        }
        Offer::Write(batch.start_of(first))
    }

    /// The socket took `count` bytes of `batch` from `offset`; the rest waits. Says whether the task must be woken.
    pub(super) fn wrote_now(&mut self, batch: &Batch, offset: usize, count: usize) -> bool {
        let end = offset + count;
        let index = batch.frames.partition_point(|mark| mark.end <= end);
        if let Some(before) = index.checked_sub(1) {
            self.sent = self.sent.max(batch.frames[before].seq);
        }
        if end == batch.bytes.len() {
            return false;
        }

        let mut index = index;
        if end > batch.start_of(index) && count > 0 {
            let mark = batch.frames[index];
            self.rest = batch.bytes.slice(end..mark.end);
            self.sent = mark.seq;
            index += 1;
        }
        self.enqueue(batch, index);
        true
    }

    fn enqueue(&mut self, batch: &Batch, first: usize) {
        let adding = batch.bytes.len() - batch.start_of(first);
        let count = batch.frames.len() - first;
        if self.queue.len() + count > QUEUE_LEN_MAX || self.queued_bytes + adding > QUEUE_BYTES_MAX {
            self.fall_behind(Phase::Overflowed, batch.last());
            return;
        }
        for index in first..batch.frames.len() {
            let Mark { seq, end } = batch.frames[index];
            self.queue.push_back((seq, batch.bytes.slice(batch.start_of(index)..end)));
        }
        self.queued_bytes += adding;
    }

    fn fall_behind(&mut self, phase: Phase, missed: i64) {
        self.phase = phase;
        self.missed = self.missed.max(missed);
        self.queue = VecDeque::new();
        self.queued_bytes = 0;
    }

    /// The hub knows of messages up to `seq` that it cannot offer. Says whether the task must be woken.
    pub(super) fn lose(&mut self, seq: i64) -> bool {
        let was_live = self.phase == Phase::Live && self.taken() < seq;
        if was_live {
            self.fall_behind(Phase::Reading, seq);
        }
        self.missed = self.missed.max(seq);
        was_live
    }

    /// What the task has to do.
    pub(super) fn next(&self) -> Next {
        match (self.ending, self.phase) {
            (Some(close), _) => Next::End(close),
            (None, _) if self.has_unsent() => Next::Flush,
            (None, Phase::Overflowed) => Next::Resync,
            (None, Phase::Reading) => Next::Read,
            (None, Phase::Live) => Next::Rest,
        }
    }

    /// What waits, in the order in which it must be written.
    pub(super) fn unsent(&self) -> impl Iterator<Item = &Bytes> {
        let rest = Some(&self.rest).filter(|rest| !rest.is_empty());
        rest.into_iter().chain(&self.control).chain(self.queue.iter().map(|(_, bytes)| bytes))
    }

    fn has_unsent(&self) -> bool {
        self.unsent().next().is_some()
    }

    /// The socket took `count` bytes of what waited.
    pub(super) fn wrote(&mut self, mut count: usize) {
        while count > 0 {
            if self.rest.is_empty() {
                let Some(next) = self.begin_next() else { return };
                self.rest = next;
            }
            let step = count.min(self.rest.len());
            self.rest.advance(step);
            count -= step;
        }
        if self.queue.is_empty() {
            // An idle lane holds no memory for the burst it once had.
            self.queue = VecDeque::new();
        }
    }

    fn begin_next(&mut self) -> Option<Bytes> {
        if let Some(control) = self.control.take() {
            return Some(control);
        }
        let (seq, bytes) = self.queue.pop_front()?;
        self.queued_bytes -= bytes.len();
        self.sent = seq;
        Some(bytes)
    }

    /// Last message that the socket took or that waits for it.
    fn taken(&self) -> i64 {
        self.queue.back().map_or(self.sent, |(seq, _)| *seq)
    }

    /// Last message that the socket took, or took the beginning of.
    pub(super) fn sent(&self) -> i64 {
        self.sent
    }

    /// The task gives `bytes`, whole frames after which the client has everything up to `seq`, and reads on from there.
    /// No frame may wait when it does; a pong may.
    pub(super) fn give(&mut self, bytes: Bytes, seq: i64) {
        debug_assert!(self.rest.is_empty() && self.queue.is_empty(), "a frame would be lost");
        self.rest = bytes;
        self.sent = seq;
        self.phase = Phase::Reading;
    }

    /// The task gives a batch that it read from storage.
    pub(super) fn give_batch(&mut self, batch: &Batch) {
        self.give(batch.bytes.clone(), batch.last());
    }

    /// Storage has nothing more. Says whether the hub may write from here: not if more was published meanwhile.
    pub(super) fn go_live(&mut self, published: Option<i64>) -> bool {
        if self.missed.max(published.unwrap_or(0)) > self.sent {
            return false;
        }
        self.phase = Phase::Live;
        true
    }

    /// Ends the feed once; the first reason counts.
    pub(super) fn end(&mut self, close: Close) {
        self.ending.get_or_insert(close);
    }

    /// Whether the socket stands between two frames, so that a close frame may follow.
    pub(super) fn is_between_frames(&self) -> bool {
        self.rest.is_empty()
    }

    /// The client sent `frames` frames; the latest ping among them is to be answered with `pong`.
    pub(super) fn heard(&mut self, frames: usize, pong: Option<Bytes>) -> Result<(), Close> {
        self.heard_since_ping = true;
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        self.frames_since_ping = self.frames_since_ping.saturating_add(frames);
        if self.frames_since_ping > INBOUND_FRAMES_MAX {
            return Err(Close::TooMuch);
        }
        if pong.is_some() {
            self.control = pong;
        }
        Ok(())
    }

    /// Time for a ping: says whether to write one now and tell [`Lane::pinged`]. A lane with something to write needs
    /// none: its write time-out watches it.
    pub(super) fn ping(&mut self) -> Result<bool, Close> {
        self.frames_since_ping = 0;
        if self.ending.is_some() || self.phase != Phase::Live || self.has_unsent() {
            return Ok(false);
        }
        if !self.heard_since_ping {
            return Err(Close::Silent);
        }
        self.heard_since_ping = false;
        Ok(true)
    }

    /// The socket took `count` bytes of a ping. Says whether the task must write the rest.
    pub(super) fn pinged(&mut self, count: usize) -> bool {
        match count {
            0 => self.control = Some(frame::PING),
            count => self.rest = frame::PING.slice(count..),
        }
        self.has_unsent()
    }
}

#[cfg(test)]
mod tests;
