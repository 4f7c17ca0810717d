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
/// New devices counted in one look: what is beyond comes with the next.
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
    /// Openings that were counted of late, so that none counts twice.
    counted: HashMap<AccessId, Timestamp>,
    /// Up to when everything stored was looked at; none before the first look.
    looked_at: Option<Timestamp>,
}

/// What is to be read before an opening can be compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Due {
    /// New devices of all events after this time.
    all_after: Option<Timestamp>,
    /// All devices of this event.
    event: bool,
}

impl Populations {
    /// How common the values of an opening are. Reads what is due first; who comes meanwhile does not wait for it.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn of(
        &self,
        conn: &mut Conn,
        event: EventId,
        seen: &Snapshot,
        now: Timestamp,
    ) -> Result<Population> {
        let due = self.lock().due(event, now);
        if let Some(after) = due.all_after {
            let limit = if after == Timestamp::MIN { ALL_LOOKS_MAX } else { LOOKS_AT_ONCE };
            let looks = conn.looks(after, limit).await?;
            let mut state = self.lock();
            for look in &looks {
                state.count(look.id, look.event_id, &look.snapshot.0, look.at);
            }
        }
        if due.event {
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
    fn due(&mut self, event: EventId, now: Timestamp) -> Due {
        if self.census.len() > COUNTS_MAX {
            *self = Self::default();
        }
        let mut due = Due::default();
        if self.looked_at.is_none_or(|at| now.duration_since(at) >= LOOK_EVERY) {
            let after = self.looked_at.and_then(|at| at.checked_sub(OVERLAP).ok());
            due.all_after = Some(after.unwrap_or(Timestamp::MIN));
            let old = after.unwrap_or(Timestamp::MIN).checked_sub(OVERLAP).unwrap_or(Timestamp::MIN);
            self.counted.retain(|_, at| *at >= old);
            self.looked_at = Some(now);
        }
        due.event = !self.events.contains(&event);
        due
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
        if !self.events.insert(event) {
            return;
        }
        let sure = self.looked_at.and_then(|at| at.checked_sub(OVERLAP).ok()).unwrap_or(Timestamp::MIN);
        for look in looks.iter().filter(|look| look.at < sure || self.counted.contains_key(&look.id)) {
            self.census.count(Scope::Event(event), &look.snapshot.0);
        }
    }
}
