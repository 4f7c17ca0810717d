//! A log scored from end to end.
#![cfg(test)]

use gg_domain::access::Class;
use gg_domain::risk::ReasonCode;
use gg_simulator::evaluate::evaluate;
use gg_simulator::label::{Label, read_lines};
use gg_simulator::scores::{ScoreLine, score_log};
use gg_simulator::world::{Kind, figures, simulate};

fn scored(kind: Kind, seed: u64) -> (Vec<u8>, Vec<u8>, Vec<Label>) {
    let (mut log, mut labels, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    simulate(&figures(kind, seed, 4), seed, &mut log, &mut labels).unwrap();
    score_log(log.as_slice(), &mut scores).unwrap();
    (log, scores, read_lines(labels.as_slice(), "labels").unwrap())
}

fn lines(scores: &[u8]) -> Vec<ScoreLine> {
    read_lines(scores, "scores").unwrap()
}

#[test]
fn scoring_is_causal_what_comes_later_changes_nothing_before() {
    let (log, scores, _) = scored(Kind::Drawn, 21);
    let half = log.iter().take(log.len() / 2).rposition(|byte| *byte == b'\n').unwrap();
    let mut first = Vec::new();
    score_log(&log[..=half], &mut first).unwrap();
    assert!(scores.starts_with(&first));
}

#[test]
fn the_same_log_gives_the_same_bytes() {
    let (log, scores, _) = scored(Kind::Usual, 22);
    let mut again = Vec::new();
    score_log(log.as_slice(), &mut again).unwrap();
    assert_eq!(scores, again);
}

#[test]
fn machines_have_no_figure_and_reasons_sum_to_the_evidence() {
    for kind in [Kind::Usual, Kind::Drawn] {
        let (_, scores, _) = scored(kind, 23);
        for line in lines(&scores) {
            assert_eq!(line.p.is_some(), line.class == Class::Human);
            assert_eq!(line.band.is_some(), line.class == Class::Human);
            let evidence: f64 = line
                .reasons
                .iter()
                .filter(|reason| reason.code.is_evidence())
                .map(|reason| reason.nats)
                .sum();
            assert!(evidence.abs() < 11.0 && line.p.is_none_or(|p| (0.0..=1.0).contains(&p)));
            assert!(
                line.reasons.iter().all(|reason| reason.nats.abs() >= 0.05 || !reason.code.is_evidence())
            );
        }
    }
}

/// Loose on purpose: a small world of one seed. The figures are docs/RISK.md's.
#[test]
fn the_engine_tells_guests_from_strangers_and_gates_machines() {
    let (_, scores, labels) = scored(Kind::Specified, 24);
    let report = evaluate(&lines(&scores), &labels, 0).unwrap();
    assert!(report.macro_auc > 0.85, "{report:?}");
    assert!(report.clean_ever[0] < 0.08 && report.clean_ever[1] < 0.02, "{:?}", report.clean_ever);
    assert!(report.machines_scored == 0.0 && report.humans_gated < 0.002, "{report:?}");
}

#[test]
fn a_link_that_is_passed_around_says_so() {
    let (_, scores, labels) = scored(Kind::Specified, 25);
    let told = lines(&scores).iter().zip(&labels).any(|(line, label)| {
        label.is_attack() && line.reasons.iter().any(|reason| reason.code == ReasonCode::LinkLeakedPrior)
    });
    assert!(told);
}
