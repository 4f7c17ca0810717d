//! From evidence to a chance: the link-leak filter and the calibration.

/// Chance that a link leaks between two openings (RISK.md 5.2, h).
const LEAKS: f64 = 0.01;
/// Share of strangers among openings once a link has leaked (RISK.md 5.2, a).
const STRANGERS: f64 = 0.5;
/// No link is surely leaked: what is certain could never be taken back.
const LEAK_MAX: f64 = 0.9999;
/// A device that is known came after all: the link is not theirs alone who stole it (RISK.md 5.2).
const LEAK_MAX_WITH_KNOWN: f64 = 0.9;
/// Slope and offset of the calibration in log-odds (RISK.md 5.4, Platt).
const SLOPE: f64 = 0.78;
const OFFSET: f64 = 0.05;

/// What the filter says of one opening.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Leak {
    /// Chance that the link had leaked before this opening was looked at.
    pub(crate) prior: f64,
    /// Chance that this opening was not the guest's.
    pub(crate) stranger: f64,
    /// Chance that the link has leaked, having seen it.
    pub(crate) after: f64,
}

/// Who came, as far as the filter cares.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Comer {
    /// On a device that is known.
    pub(crate) known: bool,
    /// On one that came before and has not earned its place: it says nothing of whether the link leaked since, however
    /// often it reloads the page.
    pub(crate) again: bool,
    /// What the filter was told of that device then, in nats: nor does it say again that a stranger has the link.
    pub(crate) heard: f64,
}

/// One step of Shiryaev's recursion with a mixture as emission (RISK.md 5.2): `leak` before, evidence `z` in nats.
pub(crate) fn filter(leak: f64, z: f64, comer: Comer) -> Leak {
    let cap = if comer.known { LEAK_MAX_WITH_KNOWN } else { LEAK_MAX };
    let leak = leak.clamp(0.0, cap);
    let prior = if comer.again { leak } else { leak + (1.0 - leak) * LEAKS };
    let ratio = z.exp();
    let emission = (1.0 - STRANGERS) + STRANGERS * ratio;
    let news = emission / ((1.0 - STRANGERS) + STRANGERS * comer.heard.max(0.0).exp());
    // Against what was heard already, the prior speaks as it was before that.
    let before = prior / (prior + (1.0 - prior) * emission / news);
    let all = before * emission + 1.0 - before;
    let after = prior * news / (prior * news + 1.0 - prior);
    Leak {
        prior: before,
        stranger: settled(before * STRANGERS * ratio / all),
        after: settled(after.clamp(0.0, cap)),
    }
}

/// The chance that the link has leaked as it would be without an opening of evidence `z`.
pub(crate) fn unheard(leak: f64, z: f64) -> f64 {
    let emission = (1.0 - STRANGERS) + STRANGERS * z.exp();
    settled(leak / (leak + (1.0 - leak) * emission.max(1.0)))
}

/// The calibrated chance, 0 to 1.
pub(crate) fn calibrate(stranger: f64) -> f64 {
    let logit = log_odds(stranger);
    settled(1.0 / (1.0 + (-(SLOPE * logit + OFFSET)).exp()))
}

/// To a millionth: what is stored is read back the same, so that a rebuilt row is the identical row
/// (short decimals survive JSON exactly, 17 digits do not).
pub(crate) fn settled(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// Log-odds of a chance; certainty is kept finite.
pub(crate) fn log_odds(chance: f64) -> f64 {
    const EDGE: f64 = 1e-12;
    let chance = chance.clamp(EDGE, 1.0 - EDGE);
    (chance / (1.0 - chance)).ln()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn comer(known: bool) -> Comer {
        Comer { known, ..Comer::default() }
    }

    proptest! {
        #[test]
        fn chance_rises_with_evidence_and_with_the_leak(
            leak in 0.0..1.0f64, more in 0.0..1.0f64, z in -9.0..9.0f64, louder in 0.0..9.0f64, known: bool, again: bool,
        ) {
            let p = |leak, z| calibrate(filter(leak, z, comer(known)).stranger);
            prop_assert!(p(leak, z + louder) >= p(leak, z));
            prop_assert!(p((leak + more).min(1.0), z) >= p(leak, z) - 1e-12);
            let step = filter(leak, z, Comer { known, again, heard: louder });
            for chance in [step.prior, step.stranger, step.after, p(leak, z)] {
                prop_assert!((0.0..=1.0).contains(&chance));
            }
        }
    }

    #[test]
    fn a_known_device_bounds_the_leak() {
        assert!(filter(0.9999, 9.0, comer(true)).after <= LEAK_MAX_WITH_KNOWN);
        assert!(filter(0.9999, 9.0, comer(false)).after > 0.99);
    }

    #[test]
    fn two_odd_openings_say_more_than_one() {
        let first = filter(0.005, 3.0, comer(false));
        let second = filter(first.after, 3.0, comer(false));
        assert!(second.stranger > 3.0 * first.stranger);
    }

    #[test]
    fn the_same_device_again_says_the_same_again() {
        let first = filter(0.005, 3.0, comer(false));
        let mut again = first;
        for _ in 0..20 {
            again = filter(again.after, 3.0, Comer { again: true, heard: 3.0, known: false });
        }
        assert!((again.stranger - first.stranger).abs() < 1e-4, "{first:?} {again:?}");
        assert!((again.after - first.after).abs() < 1e-4, "{first:?} {again:?}");
    }
}
