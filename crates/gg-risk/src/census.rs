//! Counts of devices by what they look like: how common each value of an opening is, in its event and in all.
//!
//! A device counts when it is new to its guest or looks otherwise than before: reloads say nothing of a population.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use gg_domain::id::EventId;
use gg_domain::snapshot::Snapshot;

use crate::keys::{Already, key, values};
use crate::population::{Count, Population};
use crate::snapshot::traits;

/// Whose devices a count is of: an event's, or the whole installation's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// One event's.
    Event(EventId),
    /// All events'.
    All,
}

impl Scope {
    const fn number(self) -> u128 {
        match self {
            Self::Event(event) => event.uuid().as_u128(),
            Self::All => 0,
        }
    }
}

/// How often each value was seen, event by event and in all.
#[derive(Clone, Debug, Default)]
pub struct Census(HashMap<u64, u32, BuildHasherDefault<Already>>);

impl Census {
    /// Counts a device as it looked in an opening.
    pub fn count(&mut self, scope: Scope, seen: &Snapshot) {
        let scope = scope.number();
        for (block, given, value) in values(seen, &traits(seen)) {
            for key in [key((7_u8, scope, block as u8, given, value)), key((8_u8, scope, block as u8, given))]
            {
                let count = self.0.entry(key).or_default();
                *count = count.saturating_add(1);
            }
        }
    }

    /// How common the values of an opening are.
    pub fn population(&self, event: EventId, seen: &Snapshot) -> Population {
        let mut population = Population::default();
        for (block, given, value) in values(seen, &traits(seen)) {
            let of = |key: u64| self.0.get(&key).copied().unwrap_or(0);
            let count = |scope: Scope| Count {
                seen: of(key((7_u8, scope.number(), block as u8, given, value))),
                of: of(key((8_u8, scope.number(), block as u8, given))),
            };
            let counts = population.counts_mut(block);
            (counts.event, counts.all) = (count(Scope::Event(event)), count(Scope::All));
        }
        population
    }

    /// How many counts are held, 24 bytes each.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
