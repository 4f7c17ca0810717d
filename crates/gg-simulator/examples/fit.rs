//! Fits the weights of reasons on many drawn worlds: `fit EVENTS FIRST_SEED LAST_SEED`.
//!
//! An additive model in log-odds: `ln(P / (1 − P)) = ln(π'a / (1 − π'a)) + Σ w·nats`, the first part given
//! by the leak filter (RISK.md 5.2), each weight pulled towards 1 and never below 0, every kind of attack
//! counted alike. Prints the table for `crates/gg-risk/src/weights.rs`.
//! Run it with that table empty: what it prints are factors on what was argued.

use std::collections::HashMap;
use std::env::args;
use std::io::{self, Write as _};

use gg_domain::access::Class;
use gg_domain::risk::{Reason, ReasonCode, Score};
use gg_simulator::label::{Label, read_lines};
use gg_simulator::log::LogReader;
use gg_simulator::replay::Replay;
use gg_simulator::world::{Kind, figures, simulate};

/// How strongly weights are pulled towards 1: as much as this many openings.
const PULL: f64 = 60.0;
/// How far the table goes from what was argued to what was fitted (docs/RISK.md, Fit): the whole way doubled
/// false alarms on worlds that neither had seen.
const PART: f64 = 0.5;
/// Rounds of gradient descent.
const ROUNDS: usize = 300;
/// No reason is heard louder than this many times what was argued for it.
const MOST: f64 = 2.5;

/// As the engine names them.
const STANDINGS: [&str; 5] = ["Fresh", "Earned", "Unproven", "New", "Alike"];

/// What the device was to the guest, read back from the reasons.
fn standing(score: &Score) -> usize {
    let has = |code| score.reasons.iter().any(|reason| reason.code == code);
    if has(ReasonCode::DevUnproven) {
        2
    } else if has(ReasonCode::DevNew) || has(ReasonCode::DevHousehold) || has(ReasonCode::DevSecondPhone) {
        3
    } else if has(ReasonCode::DevReplayNoCookie) || score.reasons.iter().any(is_faint) {
        4
    } else if has(ReasonCode::DevKnown) {
        1
    } else {
        0
    }
}

/// A device known by its agent alone is hardly known.
fn is_faint(reason: &Reason) -> bool {
    reason.code == ReasonCode::DevKnown && reason.nats > -1.0
}

/// One scored opening.
struct Row {
    offset: f64,
    parts: Vec<(usize, f64)>,
    attack: f64,
    weight: f64,
}

fn main() -> io::Result<()> {
    let numbers: Vec<u64> = args().filter_map(|arg| arg.parse().ok()).collect();
    let [events, first, last] = numbers[..] else {
        return Err(io::Error::other("fit EVENTS FIRST_SEED LAST_SEED"));
    };
    let events = usize::try_from(events).map_err(io::Error::other)?;
    let mut rows = Vec::new();
    for seed in first..=last {
        world(seed, events, &mut rows)?;
    }
    balance(&mut rows);
    let codes = ReasonCode::ALL.len();
    let mut weights = vec![1.0; 2 * codes * STANDINGS.len()];
    descend(&rows.iter().map(|(_, row)| row).collect::<Vec<_>>(), &mut weights);
    let mut out = io::stdout().lock();
    writeln!(out, "// {} openings of {} worlds", rows.len(), last - first + 1)?;
    for (number, standing) in STANDINGS.iter().enumerate() {
        for (index, code) in ReasonCode::ALL.iter().enumerate() {
            let at = 2 * (number * codes + index);
            let [against, by] = [weights[at], weights[at + 1]].map(|weight: f64| 1.0 + PART * (weight - 1.0));
            if [against, by].iter().any(|weight| (weight - 1.0).abs() > 0.04) {
                writeln!(out, "    (Standing::{standing}, ReasonCode::{code:?}, {against:.2}, {by:.2}),")?;
            }
        }
    }
    Ok(())
}

fn world(seed: u64, events: usize, rows: &mut Vec<(String, Row)>) -> io::Result<()> {
    let (mut log, mut labels) = (Vec::new(), Vec::new());
    simulate(&figures(Kind::Drawn, seed, events), seed, &mut log, &mut labels)?;
    let labels: Vec<Label> = read_lines(labels.as_slice(), "labels")?;
    let mut reader = LogReader::new(log.as_slice());
    let mut replay = Replay::default();
    for label in labels {
        let Some(entry) = reader.next_entry().map_err(io::Error::other)? else { break };
        let judged = replay.judge(&entry.access());
        let (Class::Human, Some(score)) = (judged.class, judged.score) else { continue };
        if label.is_automation() {
            continue;
        }
        let log_odds = |p: f64| (p.clamp(1e-6, 1.0 - 1e-6) / (1.0 - p.clamp(1e-6, 1.0 - 1e-6))).ln();
        let evidence = score.reasons.iter().filter(|reason| reason.code.is_evidence());
        let standing = standing(&score);
        let parts = evidence.map(|reason| {
            let index = ReasonCode::ALL.iter().position(|code| *code == reason.code).unwrap_or(0);
            (2 * (standing * ReasonCode::ALL.len() + index) + usize::from(reason.nats < 0.0), reason.nats)
        });
        let row = Row {
            offset: log_odds(score.raw) - score.z,
            parts: parts.collect(),
            attack: f64::from(u8::from(label.is_attack())),
            weight: 1.0,
        };
        rows.push((label.label, row));
    }
    Ok(())
}

/// Every kind of attack counts alike, and all of them as much as they are.
#[expect(clippy::cast_precision_loss, reason = "counts of lines")]
fn balance(rows: &mut [(String, Row)]) {
    let mut counts: HashMap<String, f64> = HashMap::new();
    for (kind, row) in rows.iter() {
        if row.attack > 0.0 {
            *counts.entry(kind.clone()).or_default() += 1.0;
        }
    }
    let mean = counts.values().sum::<f64>() / counts.len().max(1) as f64;
    for (kind, row) in rows.iter_mut() {
        if row.attack > 0.0 {
            row.weight = (mean / counts[kind.as_str()]).min(3.0);
        }
    }
}

/// Adam; projected to weights of 0 and above.
fn descend(rows: &[&Row], weights: &mut [f64]) {
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    let mut moments = vec![(0.0, 0.0); weights.len()];
    for round in 1..=ROUNDS {
        let mut gradient = vec![0.0; weights.len()];
        for row in rows {
            let z: f64 = row.parts.iter().map(|(index, nats)| weights[*index] * nats).sum();
            let p = 1.0 / (1.0 + (-(row.offset + z.clamp(-9.0, 9.0))).exp());
            let error = row.weight * (p - row.attack);
            for (index, nats) in &row.parts {
                gradient[*index] += error * nats;
            }
        }
        for (index, slope) in gradient.iter_mut().enumerate() {
            *slope += PULL * (weights[index] - 1.0);
            *slope /= total;
        }
        let rate = 0.03
            * (1.0
                - 0.9 * f64::from(u32::try_from(round).unwrap_or(0))
                    / f64::from(u32::try_from(ROUNDS).unwrap_or(1)));
        for (index, slope) in gradient.iter().enumerate() {
            let (mean, square) = &mut moments[index];
            *mean = 0.9 * *mean + 0.1 * slope;
            *square = 0.999 * *square + 0.001 * slope * slope;
            let bias = (
                1.0 - 0.9_f64.powi(i32::try_from(round).unwrap_or(1)),
                1.0 - 0.999_f64.powi(i32::try_from(round).unwrap_or(1)),
            );
            let step = rate * (*mean / bias.0) / ((*square / bias.1).sqrt() + 1e-9);
            weights[index] = (weights[index] - step).clamp(0.0, MOST);
        }
    }
}
