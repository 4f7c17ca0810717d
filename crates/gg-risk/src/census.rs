//! Counts of devices by what they look like: how common each value of an opening is, in its event and in all.
//!
//! A device counts when it is new to its guest or looks otherwise than before: reloads say nothing of a population.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

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

/// How often each value was seen, event by event and in all: 9 bytes a count, since of a million guests there are ten
/// millions. A key keeps 40 bits of its hash: among so many, one count in a hundred thousand is also another's, which
/// a share does not feel.
#[derive(Clone, Debug, Default)]
pub struct Census(HashMap<Key, [u8; COUNT_BYTES], BuildHasherDefault<Already>>);

/// Bytes kept of a key's hash.
const KEY_BYTES: usize = 5;
/// Bytes of a count: sixteen millions, where it stops.
const COUNT_BYTES: usize = 3;

/// What is counted, as a hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Key([u8; KEY_BYTES]);

impl Key {
    fn of(hash: u64) -> Self {
        let [a, b, c, d, e, ..] = hash.to_be_bytes();
        Self([a, b, c, d, e])
    }

    /// In the low bits, by which tables find their place.
    fn number(self) -> u64 {
        let [a, b, c, d, e] = self.0;
        u64::from_be_bytes([0, 0, 0, a, b, c, d, e])
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.number());
    }
}

fn number([a, b, c]: [u8; COUNT_BYTES]) -> u32 {
    u32::from_be_bytes([0, a, b, c])
}

fn one_more(count: [u8; COUNT_BYTES]) -> [u8; COUNT_BYTES] {
    let [over, a, b, c] = (number(count) + 1).to_be_bytes();
    if over == 0 { [a, b, c] } else { count }
}

impl Census {
    /// Counts a device as it looked in an opening.
    pub fn count(&mut self, scope: Scope, seen: &Snapshot) {
        let scope = scope.number();
        for (block, given, value) in values(seen, &traits(seen)) {
            for key in [key((7_u8, scope, block as u8, given, value)), key((8_u8, scope, block as u8, given))]
            {
                let count = self.0.entry(Key::of(key)).or_default();
                *count = one_more(*count);
            }
        }
    }

    /// How common the values of an opening are.
    pub fn population(&self, event: EventId, seen: &Snapshot) -> Population {
        let mut population = Population::default();
        for (block, given, value) in values(seen, &traits(seen)) {
            let of = |key: u64| self.0.get(&Key::of(key)).map_or(0, |count| number(*count));
            let count = |scope: Scope| Count {
                seen: of(key((7_u8, scope.number(), block as u8, given, value))),
                of: of(key((8_u8, scope.number(), block as u8, given))),
            };
            let counts = population.counts_mut(block);
            (counts.event, counts.all) = (count(Scope::Event(event)), count(Scope::All));
        }
        population
    }

    /// How many counts are held, 9 bytes each and room to grow.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_takes_eight_bytes_and_stops_at_its_most() {
        assert_eq!(size_of::<(Key, [u8; COUNT_BYTES])>(), 8);
        assert_eq!(number(one_more(one_more([0, 0, 255]))), 257);
        assert_eq!(one_more([255; COUNT_BYTES]), [255; COUNT_BYTES]);
    }
}
