//! How well a file of scores does against the labels (RISK.md 6): per attack and on the whole, for accesses
//! and for links, with what it costs the guests.

use std::collections::{BTreeMap, HashMap};
use std::io;

use gg_domain::access::Class;
use gg_domain::risk::{Band, ReasonCode};
use serde::Serialize;

use crate::curve::{Curve, float, quantile, share};
use crate::label::{LEGIT, Label, SCANNER, UNFURL};
use crate::rng::Rng;
use crate::scores::ScoreLine;

/// The attacks of RISK.md 4 that the macro mean is over; others stand beside it as unknown.
pub const MACRO: &[&str] = &["A1", "A1b", "A2", "A3", "A5", "A6", "A7"];
/// Bins of the reliability table.
const BINS: usize = 10;

/// One access with all that evaluation looks at.
#[derive(Clone, Copy, Debug)]
struct Row<'a> {
    label: &'a Label,
    score: &'a ScoreLine,
    /// A gated attack was let through unscored: the lowest score of all. A gated guest is a false alarm.
    p: f64,
}

/// What is said of one kind of attack.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct AttackReport {
    /// Accesses.
    pub accesses: usize,
    /// Links.
    pub links: usize,
    /// Area under the ROC curve against legit accesses on links never attacked.
    pub auc: f64,
    /// Detected at 5, 1 and .1 % false positives.
    pub tpr_5: f64,
    /// At 1 %.
    pub tpr_1: f64,
    /// At .1 %.
    pub tpr_01: f64,
    /// Links with an attack access at Review or worse, at Suspicious or worse.
    pub links_review: f64,
    /// At Suspicious or worse.
    pub links_suspicious: f64,
    /// Which attack access was the first at Review: median and 90th percentile of links detected.
    pub delay_median: f64,
    /// 90th percentile of the same.
    pub delay_p90: f64,
}

/// One bin of the reliability table.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Bin {
    /// Scores in it.
    pub count: usize,
    /// Their mean.
    pub said: f64,
    /// How many were attacks.
    pub was: f64,
}

/// The whole report.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Report {
    /// Accesses in all.
    pub accesses: usize,
    /// Legit accesses on links never attacked.
    pub clean_accesses: usize,
    /// Guests never attacked who opened.
    pub clean_guests: usize,
    /// Per attack.
    pub attacks: BTreeMap<String, AttackReport>,
    /// Means over [`MACRO`].
    pub macro_auc: f64,
    /// At 5 %.
    pub macro_tpr_5: f64,
    /// At 1 %.
    pub macro_tpr_1: f64,
    /// At .1 %.
    pub macro_tpr_01: f64,
    /// 5th and 95th percentile of the macro AUC over samples of guests.
    pub macro_auc_90: [f64; 2],
    /// The same of the TPR at 1 %.
    pub macro_tpr_1_90: [f64; 2],
    /// Means over the attacks that are not in [`MACRO`].
    pub unknown_auc: f64,
    /// At 1 %.
    pub unknown_tpr_1: f64,
    /// Clean guests ever at Review or worse (a gated opening counts), Suspicious, Blocked.
    pub clean_ever: [f64; 3],
    /// Guests of attacked links on accesses after the attack ever at Review, Suspicious, Blocked.
    pub collateral_ever: [f64; 3],
    /// The same, of openings on a device that the engine knew.
    pub collateral_known_ever: [f64; 3],
    /// Clean accesses by band: Verified, Review, Suspicious, Blocked.
    pub clean_bands: [f64; 4],
    /// Machines' fetches given a band.
    pub machines_scored: f64,
    /// The same of scanners alone.
    pub scanners_scored: f64,
    /// Legit accesses taken for machines.
    pub humans_gated: f64,
    /// Openings by assistants left at Verified, where [`Report::tell_assistants`] was told which they are.
    #[serde(skip)]
    pub assistants_verified: Option<f64>,
    /// Expected calibration error, 10 bins.
    pub ece: f64,
    /// Mean squared error of the chances, and of saying the base rate always.
    pub brier: [f64; 2],
    /// The table behind it.
    pub reliability: Vec<Bin>,
    /// Points of the ROC curves, false positives and detected, per attack.
    #[serde(skip)]
    pub roc: BTreeMap<String, Vec<(f64, f64)>>,
}

impl Report {
    /// Notes how many of the openings at `lines`, an assistant's each, were left at Verified. Labels do not say which
    /// those are; who simulated the world knows.
    pub fn tell_assistants(&mut self, scores: &[ScoreLine], lines: &[u64]) {
        let verified = |line: &u64| {
            let score = usize::try_from(*line).ok().and_then(|line| scores.get(line));
            score.is_some_and(|score| score.band == Some(Band::Low))
        };
        let left = lines.iter().filter(|line| verified(line)).count();
        self.assistants_verified = (!lines.is_empty()).then(|| share(left, lines.len()));
    }
}

/// Evaluates; `samples` of guests for the bootstrap.
///
/// # Errors
/// When the two files are not of the same log.
pub fn evaluate(scores: &[ScoreLine], labels: &[Label], samples: usize) -> io::Result<Report> {
    if scores.len() != labels.len() {
        return Err(io::Error::other(format!(
            "{} scores but {} labels: not of the same log",
            scores.len(),
            labels.len()
        )));
    }
    let rows = rows(scores, labels)?;
    let clean: Vec<&Row<'_>> = rows.iter().filter(|row| is_clean(row)).collect();
    let mut report = Report { accesses: rows.len(), clean_accesses: clean.len(), ..Report::default() };
    report.attacks = attacks(&rows, &clean, &mut report.roc);
    means(&mut report);
    guests(&rows, &mut report);
    machines(&rows, &mut report);
    calibration(&rows, &mut report);
    bootstrap(&rows, samples, &mut report);
    Ok(report)
}

fn rows<'a>(scores: &'a [ScoreLine], labels: &'a [Label]) -> io::Result<Vec<Row<'a>>> {
    let pairs = scores.iter().zip(labels);
    pairs
        .map(|(score, label)| {
            if score.i != label.i {
                return Err(io::Error::other(format!("score {} stands beside label {}", score.i, label.i)));
            }
            let gated = if label.label == LEGIT { 1.0 } else { -1.0 };
            Ok(Row { label, score, p: score.p.unwrap_or(gated) })
        })
        .collect()
}

fn is_clean(row: &Row<'_>) -> bool {
    row.label.label == LEGIT && !row.label.attacked_link
}

fn attacks(
    rows: &[Row<'_>],
    clean: &[&Row<'_>],
    roc: &mut BTreeMap<String, Vec<(f64, f64)>>,
) -> BTreeMap<String, AttackReport> {
    let mut by_kind: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.label.is_attack()) {
        by_kind.entry(row.label.label.as_str()).or_default().push(row);
    }
    let negative: Vec<f64> = clean.iter().map(|row| row.p).collect();
    let mut reports = BTreeMap::new();
    for (kind, hits) in by_kind {
        let positive: Vec<f64> = hits.iter().map(|row| row.p).collect();
        let curve = Curve::new(&positive, &negative);
        let mut report = AttackReport {
            accesses: hits.len(),
            auc: curve.auc(),
            tpr_5: curve.tpr(0.05),
            tpr_1: curve.tpr(0.01),
            tpr_01: curve.tpr(0.001),
            ..AttackReport::default()
        };
        links(&hits, &mut report);
        roc.insert(kind.to_owned(), curve.0);
        reports.insert(kind.to_owned(), report);
    }
    reports
}

fn links(hits: &[&Row<'_>], report: &mut AttackReport) {
    let mut by_link: HashMap<(&str, &str), Vec<Band>> = HashMap::new();
    for row in hits {
        let link = (row.label.event.as_str(), row.label.guest.as_str());
        by_link.entry(link).or_default().push(row.score.band.unwrap_or(Band::Low));
    }
    let at = |band: Band| {
        share(by_link.values().filter(|bands| bands.iter().any(|one| *one >= band)).count(), by_link.len())
    };
    report.links = by_link.len();
    report.links_review = at(Band::Medium);
    report.links_suspicious = at(Band::High);
    let mut delays: Vec<f64> = by_link
        .values()
        .filter_map(|bands| bands.iter().position(|band| *band >= Band::Medium))
        .map(|index| float(index + 1))
        .collect();
    delays.sort_by(f64::total_cmp);
    report.delay_median = quantile(&delays, 0.5);
    report.delay_p90 = quantile(&delays, 0.9);
}

fn means(report: &mut Report) {
    let mean = |known: bool, of: &dyn Fn(&AttackReport) -> f64| {
        let those = report.attacks.iter().filter(|(kind, _)| MACRO.contains(&kind.as_str()) == known);
        let values: Vec<f64> = those.map(|(_, one)| of(one)).collect();
        values.iter().sum::<f64>() / float(values.len().max(1))
    };
    let (auc, five, one, tenth) = (
        mean(true, &|a| a.auc),
        mean(true, &|a| a.tpr_5),
        mean(true, &|a| a.tpr_1),
        mean(true, &|a| a.tpr_01),
    );
    let unknown = (mean(false, &|a| a.auc), mean(false, &|a| a.tpr_1));
    (report.macro_auc, report.macro_tpr_5, report.macro_tpr_1, report.macro_tpr_01) = (auc, five, one, tenth);
    (report.unknown_auc, report.unknown_tpr_1) = unknown;
}

fn guests(rows: &[Row<'_>], report: &mut Report) {
    let mut clean: HashMap<(&str, &str), Band> = HashMap::new();
    let mut collateral: HashMap<(&str, &str), Band> = HashMap::new();
    let mut known: HashMap<(&str, &str), Band> = HashMap::new();
    let mut bands = [0_usize; 4];
    for row in rows.iter().filter(|row| row.label.label == LEGIT) {
        let guest = (row.label.event.as_str(), row.label.guest.as_str());
        // A person taken for a machine was stopped: that is an alarm too.
        let band = row.score.band.unwrap_or(Band::Medium);
        if !row.label.attacked_link {
            bands[band as usize] += 1;
            let worst = clean.entry(guest).or_insert(Band::Low);
            *worst = (*worst).max(band);
        } else if row.label.after_attack {
            let worst = collateral.entry(guest).or_insert(Band::Low);
            *worst = (*worst).max(band);
            if row.score.reasons.iter().any(|reason| reason.code == ReasonCode::DevKnown) {
                let worst = known.entry(guest).or_insert(Band::Low);
                *worst = (*worst).max(band);
            }
        }
    }
    let ever = |worst: &HashMap<(&str, &str), Band>| {
        [Band::Medium, Band::High, Band::Block]
            .map(|band| share(worst.values().filter(|one| **one >= band).count(), worst.len()))
    };
    report.clean_guests = clean.len();
    report.clean_ever = ever(&clean);
    report.collateral_ever = ever(&collateral);
    report.collateral_known_ever = ever(&known);
    report.clean_bands = bands.map(|count| share(count, report.clean_accesses));
}

fn machines(rows: &[Row<'_>], report: &mut Report) {
    let scored = |of: &[&str], human: bool| {
        let those: Vec<_> = rows.iter().filter(|row| of.contains(&row.label.label.as_str())).collect();
        share(those.iter().filter(|row| (row.score.class == Class::Human) == human).count(), those.len())
    };
    report.machines_scored = scored(&[SCANNER, UNFURL], true);
    report.scanners_scored = scored(&[SCANNER], true);
    report.humans_gated = scored(&[LEGIT], false);
}

/// Over everything that was scored and is a person's: legit or attack.
fn calibration(rows: &[Row<'_>], report: &mut Report) {
    let scored: Vec<(f64, f64)> = rows
        .iter()
        .filter(|row| !row.label.is_automation())
        .filter_map(|row| Some((row.score.p?, f64::from(u8::from(row.label.is_attack())))))
        .collect();
    let base = scored.iter().map(|(_, was)| was).sum::<f64>() / float(scored.len().max(1));
    let mut bins = vec![(0_usize, 0.0, 0.0); BINS];
    for (p, was) in &scored {
        let bin = &mut bins[crate::rng::whole(p * float(BINS), 0, BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + p, bin.2 + was);
        report.brier[0] += (p - was).powi(2) / float(scored.len());
        report.brier[1] += (base - was).powi(2) / float(scored.len());
    }
    report.reliability = bins
        .iter()
        .map(|(count, said, was)| Bin {
            count: *count,
            said: said / float((*count).max(1)),
            was: was / float((*count).max(1)),
        })
        .collect();
    let gaps = report.reliability.iter().map(|bin| float(bin.count) * (bin.said - bin.was).abs());
    report.ece = gaps.sum::<f64>() / float(scored.len().max(1));
}

/// Draws guests, not accesses: those of one guest belong together.
fn bootstrap(rows: &[Row<'_>], samples: usize, report: &mut Report) {
    let mut by_guest: BTreeMap<(&str, &str), Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        by_guest.entry((row.label.event.as_str(), row.label.guest.as_str())).or_default().push(row);
    }
    let guests: Vec<&Vec<&Row<'_>>> = by_guest.values().collect();
    let mut rng = Rng::new(6);
    let (mut aucs, mut tprs) = (Vec::new(), Vec::new());
    for _ in 0..samples {
        let mut positive: HashMap<&str, Vec<f64>> = HashMap::new();
        let mut negative = Vec::new();
        for _ in 0..guests.len() {
            for row in *rng.pick(&guests) {
                if is_clean(row) {
                    negative.push(row.p);
                } else if row.label.is_attack() && MACRO.contains(&row.label.label.as_str()) {
                    positive.entry(row.label.label.as_str()).or_default().push(row.p);
                }
            }
        }
        let curves: Vec<Curve> = positive.values().map(|positive| Curve::new(positive, &negative)).collect();
        let mean =
            |of: &dyn Fn(&Curve) -> f64| curves.iter().map(of).sum::<f64>() / float(curves.len().max(1));
        aucs.push(mean(&Curve::auc));
        tprs.push(mean(&|curve| curve.tpr(0.01)));
    }
    aucs.sort_by(f64::total_cmp);
    tprs.sort_by(f64::total_cmp);
    report.macro_auc_90 = [quantile(&aucs, 0.05), quantile(&aucs, 0.95)];
    report.macro_tpr_1_90 = [quantile(&tprs, 0.05), quantile(&tprs, 0.95)];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(i: u64, label: &str, p: Option<f64>, band: Option<Band>, attacked: bool) -> (ScoreLine, Label) {
        let class = if p.is_some() { Class::Human } else { Class::Scanner };
        let guest = format!("g{}", i / 2);
        let label = Label {
            i,
            label: label.into(),
            event: "e".into(),
            guest,
            attacked_link: attacked,
            after_attack: false,
        };
        (ScoreLine { i, class, p, band, reasons: Vec::new() }, label)
    }

    #[test]
    fn a_person_who_is_gated_is_a_false_alarm_and_a_thief_who_is_gated_is_missed() {
        let lines = [
            line(0, LEGIT, Some(0.1), Some(Band::Low), false),
            line(2, LEGIT, None, None, false),
            line(4, "A1", Some(0.9), Some(Band::High), true),
            line(6, "A1", None, None, true),
        ];
        let (scores, labels): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let report = evaluate(&scores, &labels, 3).unwrap();
        assert!((report.clean_ever[0] - 0.5).abs() < 1e-12 && (report.humans_gated - 0.5).abs() < 1e-12);
        let attack = &report.attacks["A1"];
        assert!((attack.links_review - 0.5).abs() < 1e-12 && attack.auc < 0.3, "{attack:?}");
    }

    #[test]
    fn an_assistant_who_is_gated_or_reviewed_is_not_left_verified() {
        let lines = [
            line(0, LEGIT, Some(0.1), Some(Band::Low), false),
            line(1, LEGIT, Some(0.3), Some(Band::Medium), false),
            line(2, LEGIT, None, None, false),
            line(3, LEGIT, Some(0.1), Some(Band::Low), false),
        ];
        let (scores, labels): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let mut report = evaluate(&scores, &labels, 0).unwrap();
        assert_eq!(report.assistants_verified, None);
        report.tell_assistants(&scores, &[0, 1, 2, 3]);
        assert_eq!(report.assistants_verified, Some(0.5));
    }

    #[test]
    fn files_of_two_logs_are_refused() {
        let (score, label) = line(0, LEGIT, Some(0.1), Some(Band::Low), false);
        assert!(evaluate(std::slice::from_ref(&score), &[], 0).is_err());
        assert!(evaluate(&[ScoreLine { i: 5, ..score }], &[label], 0).is_err());
    }
}
