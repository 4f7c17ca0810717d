//! Simulated worlds (RISK.md 7, and structures beyond it): who is invited, what opens links, who is not
//! the guest. Deterministic by seed; true headers and raw agents; labels apart.

mod attacks;
mod device;
mod guests;
mod hardware;
mod net;
mod params;
mod people;
mod plan;
mod robots;
mod write;

use std::io::{self, Write};

use self::params::World;
use self::people::Population;
use crate::rng::{Rng, hash};

pub use self::params::{Structures, World as Figures};

/// Which world is simulated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// RISK.md 7, with people on security networks and households that the organiser knows in part.
    Usual,
    /// RISK.md 7 to the letter.
    Specified,
    /// Another world for each seed: figures and structures drawn from wide ranges.
    Drawn,
}

/// How much was written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Written {
    /// Lines.
    pub accesses: usize,
    /// Guests invited.
    pub guests: usize,
    /// Lines, from 0, of openings by assistants. The labels do not tell them apart: to the guests they are legit.
    pub assistants: Vec<u64>,
}

/// The figures of the world of `seed`.
pub fn figures(kind: Kind, seed: u64, events: usize) -> World {
    match kind {
        Kind::Usual => World::usual(events),
        Kind::Specified => World::specified(events),
        Kind::Drawn => World::drawn(events, &mut Rng::new(hash(&[seed, 4]))),
    }
}

/// Writes the log and the labels of a world. The same world and seed give the same bytes.
///
/// # Errors
/// When an output takes no more.
pub fn simulate(
    world: &World,
    seed: u64,
    log: &mut impl Write,
    labels: &mut impl Write,
) -> io::Result<Written> {
    let stream = |part: u64| Rng::new(hash(&[seed, part]));
    let mut all = Population::new(world, &mut stream(0));
    let mut visits = Vec::new();
    let firsts = guests::visits(&mut all, world, &mut stream(1), &mut visits);
    robots::visits(&all, &firsts, world, &mut stream(2), &mut visits);
    attacks::visits(&mut all, &firsts, world, &mut stream(3), &mut visits);
    write::write(&all, world, seed, visits, log, labels)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::label::{Label, read_lines};
    use crate::log::LogReader;

    fn world(kind: Kind, seed: u64) -> (Vec<u8>, Vec<u8>) {
        let (mut log, mut labels) = (Vec::new(), Vec::new());
        simulate(&figures(kind, seed, 4), seed, &mut log, &mut labels).unwrap();
        (log, labels)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_others() {
        assert_eq!(world(Kind::Drawn, 3), world(Kind::Drawn, 3));
        assert_ne!(world(Kind::Usual, 3).0, world(Kind::Usual, 4).0);
    }

    #[test]
    fn every_line_is_read_back_and_has_its_label() {
        for kind in [Kind::Usual, Kind::Specified, Kind::Drawn] {
            let (log, labels) = world(kind, 11);
            let labels: Vec<Label> = read_lines(labels.as_slice(), "labels").unwrap();
            let mut reader = LogReader::new(log.as_slice());
            let mut lines = 0;
            while let Some(entry) = reader.next_entry().unwrap() {
                assert_eq!((labels[lines].i, &labels[lines].guest), (lines as u64, &entry.guest));
                lines += 1;
            }
            assert_eq!(lines, labels.len());
        }
    }

    #[test]
    fn a_world_is_mostly_guests_with_machines_and_some_strangers() {
        let (_, labels) = world(Kind::Specified, 101);
        let labels: Vec<Label> = read_lines(labels.as_slice(), "labels").unwrap();
        let mut counts: HashMap<&str, f64> = HashMap::new();
        for label in &labels {
            *counts.entry(label.label.as_str()).or_default() += 1.0 / labels.len() as f64;
        }
        assert!(counts["legit"] > 0.55 && counts["scanner"] > 0.02 && counts["unfurl"] > 0.02, "{counts:?}");
        assert!(labels.iter().any(Label::is_attack));
    }
}
