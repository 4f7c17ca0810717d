//! Fits the weights of reasons on many drawn worlds: `fit EVENTS FIRST_SEED LAST_SEED`. Prints the table for
//! `crates/gg-risk/src/weights.rs`; how is told in `gg_simulator::fit`, why half the way in docs/RISK.md, Fit.

use std::env::args;
use std::io::{self, Write as _};

use gg_simulator::fit::Samples;
use gg_simulator::world::{Kind, figures};

/// How far the table goes from what was argued to what was fitted: the whole way doubled false alarms on worlds that
/// neither had seen.
const PART: f64 = 0.5;

fn main() -> io::Result<()> {
    let numbers: Vec<u64> = args().filter_map(|arg| arg.parse().ok()).collect();
    let [events, first, last] = numbers[..] else {
        return Err(io::Error::other("fit EVENTS FIRST_SEED LAST_SEED"));
    };
    let events = usize::try_from(events).map_err(io::Error::other)?;
    let mut samples = Samples::default();
    for seed in first..=last {
        samples.add(&figures(Kind::Drawn, seed, events), seed)?;
    }
    let mut out = io::stdout().lock();
    writeln!(out, "// {} openings of {} worlds", samples.len(), last - first + 1)?;
    for (standing, code, against, by) in samples.fit().model(PART).weights() {
        writeln!(out, "    (Standing::{standing:?}, ReasonCode::{code:?}, {against:.2}, {by:.2}),")?;
    }
    Ok(())
}
