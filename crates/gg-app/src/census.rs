//! How common what is seen of a device is, in its event and in all: counted in memory from what is stored.
//!
//! A cache: a process that starts counts the latest devices again, and each looks every few seconds at what others
//! have stored since. A share that is a moment old weighs the same.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gg_domain::id::{AccessId, EventId};
use gg_domain::snapshot::Snapshot;
use gg_risk::{Census, Population, Scope};
use gg_store::{Conn, LookRow};
use jiff::{SignedDuration, Timestamp};

use crate::error::Result;

/// Devices that stand for the installation: enough that a share of one in a thousand is known.
const ALL_LOOKS_MAX: i64 = 20_000;
/// Devices that stand for an event: two for each guest of a launch.
const EVENT_LOOKS_MAX: i64 = 10_000;
/// How often this process looks at what others have stored.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// A transaction that began earlier may commit later: so far back is looked again.
const OVERLAP: SignedDuration = SignedDuration::from_secs(10);
/// New devices counted in one look: some milliseconds.
const LOOKS_AT_ONCE: i64 = 2_000;
/// Counts held, some 32 MiB; beyond, all is forgotten and counted again as it is asked for.
const COUNTS_MAX: usize = 2_000_000;

/// The counts of this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Populations(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    census: Census,
    /// Events whose devices are counted apart.
    events: HashSet<EventId>,
    /// Events that somebody is counting, and since when.
    counting: HashMap<EventId, Timestamp>,
    /// Openings that were counted of late, so that none counts twice.
    counted: HashMap<AccessId, Timestamp>,
    /// Up to when everything stored was counted; none before the first look.
    counted_to: Option<Timestamp>,
    /// When somebody last began to look. He may have broken off: what he did not count is due again.
    looking_since: Option<Timestamp>,
}

/// What is to be read before an opening can be compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Due {
    /// Nothing, or somebody reads it already.
    Nothing,
    /// The latest devices of all events: the first look.
    Latest,
    /// New devices of all events after this time.
    After(Timestamp),
}

impl Populations {
    /// How common the values of an opening are. Reads what is due first; who comes meanwhile does not wait for it.
    ///
    /// # Errors
    /// The store's; what was due then stays so.
    pub(crate) async fn of(
        &self,
        conn: &mut Conn,
        event: EventId,
        seen: &Snapshot,
        now: Timestamp,
    ) -> Result<Population> {
        let due = self.lock().due(now);
        match due {
            Due::Nothing => {}
            Due::Latest => {
                let looks = conn.latest_looks(ALL_LOOKS_MAX).await?;
                self.lock().count_all(&looks, now);
            }
            Due::After(after) => {
                let looks = conn.looks_after(after, LOOKS_AT_ONCE).await?;
                // A full page ends where the next begins, but goes on: in a rush some are left out, and no share feels it.
                let full = i64::try_from(looks.len()).is_ok_and(|read| read >= LOOKS_AT_ONCE);
                let least = after.saturating_add(OVERLAP * 2).unwrap_or(now);
                let to = looks.last().filter(|_| full).map_or(now, |last| last.at.max(least).min(now));
                self.lock().count_all(&looks, to);
            }
        }
        if self.lock().event_due(event, now) {
            let looks = conn.event_looks(event, EVENT_LOOKS_MAX).await?;
            self.lock().count_event(event, &looks);
        }
        Ok(self.lock().census.population(event, seen))
    }

    /// Counts a device that this process has stored.
    pub(crate) fn note(&self, access: AccessId, event: EventId, seen: &Snapshot, at: Timestamp) {
        self.lock().count(access, event, seen, at);
    }

    /// Counts are right after each step: a thread that panicked between two leaves nothing half done that matters.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Says what is due, and takes it on: of those who come at once, one reads.
    fn due(&mut self, now: Timestamp) -> Due {
        if self.census.len() > COUNTS_MAX {
            *self = Self::default();
        }
        let is_old = |at: Option<Timestamp>| at.is_none_or(|at| now.duration_since(at) >= LOOK_EVERY);
        if !is_old(self.looking_since) {
            return Due::Nothing;
        }
        self.looking_since = Some(now);
        self.counted_to.map_or(Due::Latest, |at| Due::After(before(at)))
    }

    /// Whether an event is not counted yet, and nobody is at it.
    fn event_due(&mut self, event: EventId, now: Timestamp) -> bool {
        let taken = self.counting.get(&event).is_some_and(|since| now.duration_since(*since) < LOOK_EVERY);
        let due = !self.events.contains(&event) && !taken;
        if due {
            self.counting.insert(event, now);
        }
        due
    }

    /// Counts devices of all events that are stored up to `to`.
    fn count_all(&mut self, looks: &[LookRow], to: Timestamp) {
        for look in looks {
            self.count(look.id, look.event_id, &look.snapshot.0, look.at);
        }
        self.counted_to = Some(to);
        let old = before(before(to));
        self.counted.retain(|_, at| *at >= old);
    }

    fn count(&mut self, access: AccessId, event: EventId, seen: &Snapshot, at: Timestamp) {
        if self.counted.insert(access, at).is_some() {
            return;
        }
        self.census.count(Scope::All, seen);
        if self.events.contains(&event) {
            self.census.count(Scope::Event(event), seen);
        }
    }

    /// Counts an event's devices: those that are counted in all already, the others come with the next look.
    fn count_event(&mut self, event: EventId, looks: &[LookRow]) {
        self.counting.remove(&event);
        if !self.events.insert(event) {
            return;
        }
        let sure = self.counted_to.map_or(Timestamp::MIN, before);
        for look in looks.iter().filter(|look| look.at < sure || self.counted.contains_key(&look.id)) {
            self.census.count(Scope::Event(event), &look.snapshot.0);
        }
    }
}

/// So far back a transaction may still be under way.
fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(OVERLAP).unwrap_or(Timestamp::MIN)
}
