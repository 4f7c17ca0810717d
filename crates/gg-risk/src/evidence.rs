//! Evidence: named contributions in nats whose sum is `z`, exactly.

use gg_domain::risk::{Reason, ReasonCode};

use crate::model::Model;
use crate::weights::Standing;

/// Contributions below this are dropped, in nats: nobody could tell them from nothing (RISK.md 5.5).
const AUDIBLE: f64 = 0.05;
/// No opening speaks louder than this, in nats (RISK.md 5.1).
const Z_MAX: f64 = 9.0;

/// What speaks for and against the guest, in the order in which it was noticed.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    reasons: Vec<Reason>,
    model: Model,
    standing: Standing,
}

impl Evidence {
    /// None yet, to be heard as `model` does of a device of that `standing`.
    pub(crate) const fn of(model: Model, standing: Standing) -> Self {
        Self { reasons: Vec::new(), model, standing }
    }

    /// Notes a contribution; the same code twice is one reason.
    pub(crate) fn note(&mut self, code: ReasonCode, nats: f64) {
        let nats = self.model.heard(self.standing, code, nats);
        match self.reasons.iter_mut().find(|reason| reason.code == code) {
            Some(reason) => reason.nats += nats,
            None => self.reasons.push(Reason { code, nats }),
        }
    }

    /// Takes reasons out.
    pub(crate) fn silence(&mut self, codes: &[ReasonCode]) {
        if !codes.is_empty() {
            self.reasons.retain(|reason| !codes.contains(&reason.code));
        }
    }

    /// Sum over the codes that `which` picks.
    pub(crate) fn sum(&self, which: impl Fn(ReasonCode) -> bool) -> f64 {
        self.reasons.iter().filter(|reason| which(reason.code)).map(|reason| reason.nats).sum()
    }

    /// Sum of what speaks against the guest, over the codes that `which` picks.
    pub(crate) fn sum_against(&self, which: impl Fn(ReasonCode) -> bool) -> f64 {
        let against = self.reasons.iter().filter(|reason| which(reason.code) && reason.nats > 0.0);
        against.map(|reason| reason.nats).sum()
    }

    /// Turns what speaks against the guest, of the codes that `which` picks, down to `most` in all.
    pub(crate) fn turn_down(&mut self, which: impl Fn(ReasonCode) -> bool, most: f64) {
        let against = |reason: &Reason| which(reason.code) && reason.nats > 0.0;
        let sum: f64 = self.reasons.iter().filter(|reason| against(reason)).map(|reason| reason.nats).sum();
        if sum > most {
            let factor = most.max(0.0) / sum;
            self.reasons.iter_mut().filter(|reason| against(reason)).for_each(|reason| reason.nats *= factor);
        }
    }

    /// The reasons, the strongest first, and their sum, which is what the reasons say and nothing else:
    /// clipped to ±9 by turning all down alike, each rounded towards nothing to a thousandth.
    pub(crate) fn close(mut self) -> (Vec<Reason>, f64) {
        let sum = self.sum(|_| true);
        let factor = if sum.abs() > Z_MAX { Z_MAX / sum.abs() } else { 1.0 };
        for reason in &mut self.reasons {
            reason.nats = (reason.nats * factor * 1_000.0).trunc() / 1_000.0;
        }
        self.reasons.retain(|reason| reason.nats.abs() >= AUDIBLE);
        self.reasons.sort_by(|a, b| b.nats.abs().total_cmp(&a.nats.abs()).then(a.code.cmp(&b.code)));
        let z = self.reasons.iter().map(|reason| reason.nats).sum();
        (self.reasons, z)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn contributions_sum_to_z_exactly_and_z_is_bounded(nats in prop::collection::vec(-8.0..8.0f64, 0..20)) {
            let mut evidence = Evidence::of(Model::IN_FORCE, Standing::Fresh);
            for (code, nats) in ReasonCode::ALL.iter().zip(&nats) {
                evidence.note(*code, *nats);
            }
            let (reasons, z) = evidence.close();
            prop_assert!(reasons.iter().map(|reason| reason.nats).sum::<f64>() == z);
            // Rounding and what is inaudible may move the sum by a twentieth for each reason.
            prop_assert!(z.abs() <= Z_MAX + 20.0 * AUDIBLE);
            prop_assert!(reasons.iter().all(|reason| reason.nats.abs() >= AUDIBLE));
        }

        #[test]
        fn turning_down_leaves_what_speaks_for_the_guest(for_him in -5.0..0.0f64, against in 0.0..5.0f64, most in 0.0..3.0f64) {
            let mut evidence = Evidence::of(Model::IN_FORCE, Standing::Fresh);
            evidence.note(ReasonCode::NetHome, for_him);
            evidence.note(ReasonCode::NetTor, against);
            let heard = evidence.sum(|code| code == ReasonCode::NetHome);
            evidence.turn_down(|_| true, most);
            prop_assert_eq!(evidence.sum(|code| code == ReasonCode::NetHome), heard);
            prop_assert!(evidence.sum(|code| code == ReasonCode::NetTor) <= most + 1e-12);
        }
    }
}
