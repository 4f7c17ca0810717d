//! Fits the calibration (RISK.md 5.4): slope and offset in log-odds, on drawn and on specified worlds:
//! `calibrate EVENTS FIRST_SEED LAST_SEED`. Says what it would be on each sort of world alone, too.

use std::env::args;
use std::io::{self, Write as _};

use gg_simulator::label::{Label, read_lines};
use gg_simulator::log::LogReader;
use gg_simulator::replay::Replay;
use gg_simulator::world::{Kind, figures, simulate};

fn main() -> io::Result<()> {
    let numbers: Vec<u64> = args().filter_map(|arg| arg.parse().ok()).collect();
    let [events, first, last] = numbers[..] else {
        return Err(io::Error::other("calibrate EVENTS FIRST LAST"));
    };
    let events = usize::try_from(events).map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    let mut all = Vec::new();
    for kind in [Kind::Usual, Kind::Drawn] {
        let mut rows = Vec::new();
        for seed in first..=last {
            world(kind, seed, events, &mut rows)?;
        }
        let (slope, offset) = platt(&rows);
        writeln!(out, "{kind:?}: slope {slope:.3} offset {offset:.3} of {} openings", rows.len())?;
        all.append(&mut rows);
    }
    let (slope, offset) = platt(&all);
    writeln!(out, "both: slope {slope:.3} offset {offset:.3}")
}

fn world(kind: Kind, seed: u64, events: usize, rows: &mut Vec<(f64, f64)>) -> io::Result<()> {
    let (mut log, mut labels) = (Vec::new(), Vec::new());
    simulate(&figures(kind, seed, events), seed, &mut log, &mut labels)?;
    let labels: Vec<Label> = read_lines(labels.as_slice(), "labels")?;
    let (mut reader, mut replay) = (LogReader::new(log.as_slice()), Replay::default());
    for label in labels {
        let Some(entry) = reader.next_entry().map_err(io::Error::other)? else { break };
        let judged = replay.judge(&entry.access());
        if let Some(score) = judged.score.filter(|_| !label.is_automation()) {
            let raw = score.raw.clamp(1e-6, 1.0 - 1e-6);
            rows.push(((raw / (1.0 - raw)).ln(), f64::from(u8::from(label.is_attack()))));
        }
    }
    Ok(())
}

/// Newton's method on two numbers.
fn platt(rows: &[(f64, f64)]) -> (f64, f64) {
    let (mut slope, mut offset) = (1.0, 0.0);
    for _ in 0..25 {
        let (mut gs, mut go, mut hss, mut hso, mut hoo) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for (logit, was) in rows {
            let p = 1.0 / (1.0 + (-(slope * logit + offset)).exp());
            let (error, weight) = (p - was, p * (1.0 - p));
            gs += error * logit;
            go += error;
            hss += weight * logit * logit;
            hso += weight * logit;
            hoo += weight;
        }
        let det: f64 = hss * hoo - hso * hso;
        slope -= (hoo * gs - hso * go) / det;
        offset -= (hss * go - hso * gs) / det;
    }
    (slope, offset)
}
