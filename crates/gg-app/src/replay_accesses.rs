//! Judges what happened again, with another policy or another model: whose opening would have been treated otherwise,
//! and why.
//!
//! Each guest's record is gone through in order, as at the time: every opening is scored on the row that the tried
//! policy and model would have made, by what was known of it then, and remembered. What other guests' openings would
//! have said under another policy is not made up: the facts that were looked up stand. The organiser's words stand too.

use std::collections::{BTreeMap, BTreeSet};

use gg_domain::access::Act;
use gg_domain::baseline::{BaselineChange, JudgedOpening};
use gg_domain::id::{AccessId, GuestId, PartyId};
use gg_domain::policy::{Action, Policy};
use gg_domain::reason::evidence;
use gg_domain::risk::{Band, GuestRisk, Reason, ReasonCode, Score};
use gg_domain::snapshot::{Machine, Snapshot};
use gg_risk::{Known, Model};
use jiff::Timestamp;

use crate::record::{Opened, Recorded};
use crate::score_access::treatment;

/// What is said about an opening is another thing from this difference on, in nats: RISK.md 5.5.
const AUDIBLE: f64 = 0.05;

/// What is tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The rules.
    pub policy: Policy,
    /// Who scores.
    pub model: Model,
}

/// How an opening is treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Treatment {
    /// Its band.
    pub band: Band,
    /// What is done.
    pub action: Action,
}

/// A reason that speaks otherwise than it did.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shift {
    /// Which.
    pub code: ReasonCode,
    /// How loudly it spoke, in nats; none where it did not.
    pub from: Option<f64>,
    /// How loudly it would have.
    pub to: Option<f64>,
}

/// An opening that would have been treated otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct Otherwise {
    /// Which.
    pub access: AccessId,
    /// Whose link.
    pub guest: GuestId,
    /// When it was.
    pub at: Timestamp,
    /// How it was treated.
    pub from: Treatment,
    /// How it would have been.
    pub to: Treatment,
    /// The chance that it was not the guest, 0 to 1: as it was found, and as it would have been.
    pub p: (f64, f64),
    /// The reasons that speak otherwise, the greatest difference first.
    pub shifts: Vec<Shift>,
    /// Why, in words.
    pub why: String,
}

/// An opening that was judged again.
struct Again {
    at: Timestamp,
    was: JudgedOpening,
    would: Score,
    /// What would have been done, by the row of that moment.
    action: Action,
}

/// A guest whose openings are judged again, change by change.
pub(crate) struct Replay<'a> {
    guest: GuestId,
    party: PartyId,
    trial: &'a Trial,
    /// Whether a code can reach the guest.
    can_ask: bool,
    risk: GuestRisk,
    /// Openings judged again: how they were judged, and how they would be.
    judged: BTreeMap<AccessId, Again>,
    /// Openings on which the organiser gave his word, or the guest's code did: it stands.
    settled: BTreeSet<AccessId>,
}

impl<'a> Replay<'a> {
    pub(crate) fn of(guest: GuestId, party: PartyId, trial: &'a Trial, can_ask: bool) -> Self {
        let risk = GuestRisk::default();
        let (judged, settled) = (BTreeMap::new(), BTreeSet::new());
        Self { guest, party, trial, can_ask, risk, judged, settled }
    }

    /// Goes one change on. A change whose opening is not kept any more changes nothing here either.
    pub(crate) fn step(&mut self, one: &Recorded) {
        let opening = one.opening.as_ref();
        let change = match (&one.change, opening) {
            (BaselineChange::Opened(judged), Some(opening)) => self.judge(judged, opening),
            (BaselineChange::Followed { act, raw }, Some(opening)) => {
                if *act == Act::Verified {
                    self.settled.insert(opening.access);
                }
                self.followed(*act, *raw, opening.access)
            }
            (BaselineChange::Labelled(label), Some(opening)) => {
                self.settled.insert(opening.access);
                BaselineChange::Labelled(*label)
            }
            (BaselineChange::Trusted { z }, Some(opening)) => {
                self.settled.insert(opening.access);
                BaselineChange::Trusted { z: self.heard(*z, opening.access) }
            }
            (BaselineChange::TakenBack { z }, Some(opening)) => {
                let z = self.heard(*z, opening.access);
                // A machine's after all: no policy treats it.
                self.judged.remove(&opening.access);
                BaselineChange::TakenBack { z }
            }
            (change, _) => change.clone(),
        };
        let seen = opening.map(|opening| self.seen(opening));
        if let Ok(risk) = gg_risk::apply(&self.risk, &change, seen.as_ref()) {
            self.risk = risk;
        }
    }

    /// Which openings were judged again, and those of them that would have been treated otherwise.
    pub(crate) fn end(self) -> (BTreeSet<AccessId>, Vec<Otherwise>) {
        let Self { guest, trial, judged, settled, .. } = self;
        let all = judged.keys().copied().collect();
        let otherwise = judged
            .into_iter()
            .filter(|(access, _)| !settled.contains(access))
            .filter_map(|(access, Again { at, was, would, action })| {
                let from = Treatment { band: was.score.band, action: was.decision };
                let to = Treatment { band: would.band, action };
                if from == to {
                    return None;
                }
                let shifts = shifts(&was.score.reasons, &would.reasons);
                let p = (was.score.p, would.p);
                let why = why(p, from, to, &shifts, &trial.policy);
                Some(Otherwise { access, guest, at, from, to, p, shifts, why })
            })
            .collect();
        (all, otherwise)
    }

    fn judge(&mut self, judged: &JudgedOpening, opening: &Opened) -> BaselineChange {
        if judged.score.degraded {
            return BaselineChange::Opened(Box::new(judged.clone()));
        }
        let seen = Snapshot { act: judged.act, ..self.seen(opening) };
        let mut risk = self.risk.clone();
        if opening.waited {
            // It was noted as the first opening when it was let in: to itself it is no earlier one.
            risk.first_human_at = risk.first_human_at.filter(|first| *first < seen.at);
        }
        let known = Known {
            guest_id: self.guest,
            party: self.party,
            guest: &risk,
            policy: &self.trial.policy,
            event: &opening.facts,
        };
        let score = gg_risk::score_by(self.trial.model, &seen, &known);
        let action = treatment(&score, &self.trial.policy, &seen, Some(&risk), self.can_ask);
        let again = Again { at: seen.at, was: judged.clone(), would: score.clone(), action };
        self.judged.insert(opening.access, again);
        BaselineChange::Opened(Box::new(JudgedOpening { score, ..judged.clone() }))
    }

    fn followed(&self, act: Act, raw: f64, access: AccessId) -> BaselineChange {
        let raw = self.judged.get(&access).map_or(raw, |again| again.would.raw);
        BaselineChange::Followed { act, raw }
    }

    /// What the filter would have heard of an opening, in nats.
    fn heard(&self, z: f64, access: AccessId) -> f64 {
        self.judged.get(&access).map_or(z, |again| evidence(&again.would.reasons))
    }

    /// What would have been kept of an opening: without the switch, nothing of the machine.
    fn seen(&self, opening: &Opened) -> Snapshot {
        if self.trial.policy.fingerprint {
            return opening.seen.clone();
        }
        Snapshot { machine: Machine::default(), ..opening.seen.clone() }
    }
}

/// The reasons that speak otherwise, the greatest difference first.
fn shifts(from: &[Reason], to: &[Reason]) -> Vec<Shift> {
    let nats = |reasons: &[Reason], code| {
        reasons.iter().find(|reason| reason.code == code).map(|reason| reason.nats)
    };
    let size = |shift: &Shift| (shift.to.unwrap_or(0.0) - shift.from.unwrap_or(0.0)).abs();
    let codes = ReasonCode::ALL.iter().copied();
    let mut shifts: Vec<Shift> =
        codes.map(|code| Shift { code, from: nats(from, code), to: nats(to, code) }).collect();
    shifts.retain(|shift| size(shift) >= AUDIBLE);
    shifts.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.code.cmp(&b.code)));
    shifts
}

fn why(p: (f64, f64), from: Treatment, to: Treatment, shifts: &[Shift], tried: &Policy) -> String {
    /// Reasons named in a sentence; the rest stand beside it.
    const NAMED: usize = 3;
    if shifts.is_empty() && from.band == to.band {
        let (band, chance) = (to.band.label(), per_cent(p.1));
        return format!(
            "{chance} stays {band}, and is treated as {} instead of {}",
            to.action.as_str(),
            from.action.as_str()
        );
    }
    let begins = match from.band.max(to.band) {
        Band::Low => 0.0,
        Band::Medium => tried.thresholds.medium,
        Band::High => tried.thresholds.high,
        Band::Block => tried.thresholds.block,
    };
    let higher = from.band.max(to.band).label();
    let banded = if from.band == to.band {
        format!("{} stays {}", per_cent(p.1), to.band.label())
    } else {
        format!(
            "{} is {} instead of {}: {higher} would begin at {}",
            per_cent(p.1),
            to.band.label(),
            from.band.label(),
            per_cent(begins)
        )
    };
    if shifts.is_empty() {
        return banded;
    }
    let named: Vec<String> = shifts.iter().take(NAMED).map(shift_words).collect();
    format!("{banded}; it was {}. {}", per_cent(p.0), named.join("; "))
}

fn shift_words(shift: &Shift) -> String {
    let code = shift.code.as_str();
    match (shift.from, shift.to) {
        (Some(from), Some(to)) => format!("{code} says {to:+.1} instead of {from:+.1}"),
        (Some(from), None) => format!("{code} ({from:+.1}) would say nothing"),
        (None, Some(to)) => format!("{code} ({to:+.1}) would speak"),
        (None, None) => code.to_string(),
    }
}

fn per_cent(p: f64) -> String {
    format!("a chance of {:.1} %", p * 100.0)
}
