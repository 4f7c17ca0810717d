//! How common a value is: what makes an agreement weigh much or little.
//!
//! Counts of devices, those of the event first, backed off to the installation's and from there to a
//! guess, so that an empty table is no error but ignorance. Attributes are counted in blocks (hardware
//! given the system, drawing given the hardware): counted apart, every iPhone would look unique.

use serde::{Deserialize, Serialize};

/// How often a value was seen, among how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// Devices with this value.
    pub seen: u32,
    /// Devices that told it.
    pub of: u32,
}

/// The same in the event and in the installation; written as four numbers, since every opening keeps its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "[u32; 4]", into = "[u32; 4]")]
pub struct Counts {
    /// Among devices of the event.
    pub event: Count,
    /// Among devices of all events.
    pub all: Count,
}

impl From<[u32; 4]> for Counts {
    fn from([seen, of, all_seen, all_of]: [u32; 4]) -> Self {
        Self { event: Count { seen, of }, all: Count { seen: all_seen, of: all_of } }
    }
}

impl From<Counts> for [u32; 4] {
    fn from(Counts { event, all }: Counts) -> Self {
        [event.seen, event.of, all.seen, all.of]
    }
}

/// Devices of the installation that the guess is worth: a handful tell more than it.
const GUESS_WORTH: f64 = 4.0;
/// Devices of the event that the installation's share is worth: an event of ten begins to speak for itself.
const ALL_WORTH: f64 = 10.0;

impl Counts {
    /// Nobody counted.
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The value's share, of which `guess` is supposed while nothing is counted. Never 0, never above 1.
    pub fn share(self, guess: f64) -> f64 {
        let all = (f64::from(self.all.seen) + GUESS_WORTH * guess) / (f64::from(self.all.of) + GUESS_WORTH);
        let share = (f64::from(self.event.seen) + ALL_WORTH * all) / (f64::from(self.event.of) + ALL_WORTH);
        share.clamp(1e-6, 1.0)
    }
}

macro_rules! blocks {
    ($($(#[$doc:meta])* $name:ident $field:ident $guess:literal),+ $(,)?) => {
        /// What is counted.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Block {
            $($(#[$doc])* $name,)+
        }

        impl Block {
            /// Every block.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }

        /// Counts of one opening's own values. All zero where nobody counted: then guesses stand in.
        #[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Population {
            $($(#[$doc])* #[serde(skip_serializing_if = "Counts::is_nothing")] pub $field: Counts,)+
        }

        impl Population {
            /// The counts of a block, to fill in.
            pub const fn counts_mut(&mut self, block: Block) -> &mut Counts {
                match block { $(Block::$name => &mut self.$field,)+ }
            }

            /// The share of this opening's value.
            pub fn share(&self, block: Block) -> f64 {
                match block { $(Block::$name => self.$field.share($guess),)+ }
            }
        }
    };
}

// Guesses: what a mixed crowd of phones and laptops shows, rounded; they fade with the first devices counted.
blocks! {
    /// Operating system.
    Os os 0.25,
    /// Browser, its version and the system's, given the system.
    Version version 0.12,
    /// Hardware, given the system.
    Hardware hardware 0.04,
    /// Canvas, given the hardware.
    Canvas canvas 0.25,
    /// Fonts, given the system.
    Fonts fonts 0.25,
    /// Time zone.
    Zone zone 0.5,
    /// Language.
    Language language 0.4,
    /// The /24 or /48.
    Prefix prefix 0.01,
    /// Number of the network.
    Asn asn 0.12,
    /// City.
    City city 0.25,
    /// Country.
    Country country 0.6,
    /// Kind of line.
    Class class 0.05,
    /// Which details do not fit together; none is a value too.
    Odd odd 0.05,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(event: (u32, u32), all: (u32, u32)) -> Counts {
        let count = |(seen, of)| Count { seen, of };
        Counts { event: count(event), all: count(all) }
    }

    #[test]
    fn ignorance_is_the_guess_and_the_event_speaks_for_itself() {
        assert!((Counts::default().share(0.25) - 0.25).abs() < 1e-12);
        let common = counts((90, 100), (90, 100_000)).share(0.25);
        assert!(common > 0.8, "{common}");
        let rare = counts((0, 100), (10, 100_000)).share(0.25);
        assert!(rare < 0.001, "{rare}");
    }

    #[test]
    fn a_share_is_a_share_whatever_was_counted() {
        for event in [(0, 0), (5, 1), (u32::MAX, 1), (0, u32::MAX)] {
            for guess in [0.0, 0.5, 1.0] {
                let share = counts(event, event).share(guess);
                assert!(share > 0.0 && share <= 1.0, "{share}");
            }
        }
    }
}
