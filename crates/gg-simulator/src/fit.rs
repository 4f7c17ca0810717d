//! Fits the weights of reasons on simulated worlds: an additive model in log-odds.
//!
//! `ln(P / (1 − P)) = ln(π'a / (1 − π'a)) + Σ w·nats`, the first part given by the leak filter (RISK.md 5.2), each
//! weight drawn towards 1 and never below 0, every kind of attack counted alike. Openings are scored as they were
//! argued, so that what comes out are factors on that.

use std::collections::HashMap;
use std::io;

use gg_domain::risk::ReasonCode;
use gg_risk::{Model, Standing, score_by, standing};

use crate::label::{Label, read_lines};
use crate::log::LogReader;
use crate::replay::Replay;
use crate::world::{Figures, simulate};

/// How strongly weights are drawn towards 1: as much as this many openings.
const PULL: f64 = 60.0;
/// Rounds of gradient descent.
const ROUNDS: i32 = 300;
/// No reason is heard louder than this many times what was argued for it.
const MOST: f64 = 2.5;
/// Factors closer to 1 than this are left out of the table.
const AUDIBLE: f64 = 0.04;
/// A rare attack counts at most so many times.
const RARE_MOST: f64 = 3.0;

/// Reasons that no fit makes louder: how much one machine on many links says hangs on how many assistants there are,
/// which no simulated world knows. Left out of the worlds that are fitted on, they are called thieves where they are.
const HELD: [ReasonCode; 2] = [ReasonCode::GraphMultiGuest, ReasonCode::GraphRareTraits];

/// What is carried from an earlier opening was weighed when it was heard: a second weight would count it twice.
const HEARD_BEFORE: ReasonCode = ReasonCode::DevUnproven;

/// Openings to fit on.
#[derive(Debug, Default)]
pub struct Samples(Vec<Sample>);

#[derive(Debug)]
struct Sample {
    kind: String,
    offset: f64,
    parts: Vec<(usize, f64)>,
    attack: f64,
    weight: f64,
}

/// What was fitted: a factor for each standing, reason and direction.
#[derive(Clone, Debug)]
pub struct Fitted(Vec<f64>);

impl Samples {
    /// How many openings.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// None?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the openings by people and thieves of a world.
    ///
    /// # Errors
    /// Where the world cannot be written or read, which none of ours is.
    pub fn add(&mut self, figures: &Figures, seed: u64) -> io::Result<()> {
        let (mut log, mut labels) = (Vec::new(), Vec::new());
        simulate(figures, seed, &mut log, &mut labels)?;
        let labels: Vec<Label> = read_lines(labels.as_slice(), "labels")?;
        let (mut reader, mut replay) = (LogReader::new(log.as_slice()), Replay::default());
        for label in labels {
            let Some(entry) = reader.next_entry().map_err(io::Error::other)? else { break };
            let mut to_guest = Standing::Fresh;
            let judged = replay.judge_with(&entry.access(), &mut |seen, known| {
                to_guest = standing(seen, known);
                score_by(Model::ARGUED, seen, known)
            });
            let Some(score) = judged.score.filter(|_| !label.is_automation()) else { continue };
            let raw = score.raw.clamp(1e-6, 1.0 - 1e-6);
            let evidence = score.reasons.iter().filter(|reason| reason.code.is_evidence());
            self.0.push(Sample {
                offset: (raw / (1.0 - raw)).ln() - score.z,
                parts: evidence
                    .map(|reason| (place(to_guest, reason.code, reason.nats < 0.0), reason.nats))
                    .collect(),
                attack: f64::from(u8::from(label.is_attack())),
                kind: label.label,
                weight: 1.0,
            });
        }
        Ok(())
    }

    /// Fits the factors.
    pub fn fit(mut self) -> Fitted {
        self.balance();
        let mut weights = vec![1.0; 2 * ReasonCode::ALL.len() * Standing::ALL.len()];
        self.descend(&mut weights);
        Fitted(weights)
    }

    /// Every kind of attack counts alike, and all of them as much as they are.
    #[expect(clippy::cast_precision_loss, reason = "counts of lines")]
    fn balance(&mut self) {
        let mut counts: HashMap<String, f64> = HashMap::new();
        for sample in self.0.iter().filter(|sample| sample.attack > 0.0) {
            *counts.entry(sample.kind.clone()).or_default() += 1.0;
        }
        let mean = counts.values().sum::<f64>() / counts.len().max(1) as f64;
        for sample in self.0.iter_mut().filter(|sample| sample.attack > 0.0) {
            sample.weight = (mean / counts[sample.kind.as_str()]).min(RARE_MOST);
        }
    }

    /// Adam; projected to weights of 0 and above.
    fn descend(&self, weights: &mut [f64]) {
        let total: f64 = self.0.iter().map(|sample| sample.weight).sum();
        let mut moments = vec![(0.0, 0.0); weights.len()];
        for round in 1..=ROUNDS {
            let gradient = self.gradient(weights, total);
            let rate = 0.03 * (1.0 - 0.9 * f64::from(round) / f64::from(ROUNDS));
            let bias = (1.0 - 0.9_f64.powi(round), 1.0 - 0.999_f64.powi(round));
            for ((weight, slope), (mean, square)) in weights.iter_mut().zip(gradient).zip(&mut moments) {
                *mean = 0.9 * *mean + 0.1 * slope;
                *square = 0.999 * *square + 0.001 * slope * slope;
                let step = rate * (*mean / bias.0) / ((*square / bias.1).sqrt() + 1e-9);
                *weight = (*weight - step).clamp(0.0, MOST);
            }
        }
    }

    fn gradient(&self, weights: &[f64], total: f64) -> Vec<f64> {
        let mut gradient: Vec<f64> = weights.iter().map(|weight| PULL * (weight - 1.0)).collect();
        for sample in &self.0 {
            let z: f64 = sample.parts.iter().map(|(index, nats)| weights[*index] * nats).sum();
            let p = 1.0 / (1.0 + (-(sample.offset + z.clamp(-9.0, 9.0))).exp());
            let error = sample.weight * (p - sample.attack);
            for (index, nats) in &sample.parts {
                gradient[*index] += error * nats;
            }
        }
        gradient.iter_mut().for_each(|slope| *slope /= total);
        gradient
    }
}

impl Fitted {
    /// The model whose table goes `part` of the way, 0 to 1, from what was argued to what was fitted. The table stays
    /// for as long as the program runs: who fits makes a handful.
    pub fn model(&self, part: f64) -> Model {
        let mut table = Vec::new();
        for standing in Standing::ALL {
            for code in ReasonCode::ALL {
                if *code == HEARD_BEFORE {
                    continue;
                }
                let most = if HELD.contains(code) { 1.0 } else { MOST };
                let of = |factor: f64| 1.0 + part * (factor - 1.0);
                let against = of(self.0[place(standing, *code, false)].min(most));
                let by = of(self.0[place(standing, *code, true)]);
                if (against - 1.0).abs() > AUDIBLE || (by - 1.0).abs() > AUDIBLE {
                    table.push((standing, *code, against, by));
                }
            }
        }
        Model::tried(table.leak())
    }
}

/// Where a factor stands.
fn place(standing: Standing, code: ReasonCode, for_him: bool) -> usize {
    let codes = ReasonCode::ALL;
    let standing = Standing::ALL.iter().position(|one| *one == standing).unwrap_or_default();
    let code = codes.iter().position(|one| *one == code).unwrap_or_default();
    2 * (standing * codes.len() + code) + usize::from(for_him)
}
