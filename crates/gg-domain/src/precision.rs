//! How often each reason was right, by the organiser's own words: few words say little, and that is said too.
//!
//! A reason that spoke against an opening was right where the organiser says that it was not the guest.

use crate::risk::{Label, Reason, ReasonCode};

/// Half the width of the interval in standard deviations: of a hundred such intervals, 95 hold the true share.
const DEVIATIONS: f64 = 1.96;
/// A contribution below this, in nats, said nothing against anybody.
const AUDIBLE: f64 = 0.05;

/// What became of the openings that a reason spoke against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Precision {
    /// Which reason.
    pub code: ReasonCode,
    /// Labelled openings that it spoke against.
    pub spoke: u32,
    /// Those of them that were not the guest.
    pub right: u32,
}

impl Precision {
    /// Between which shares, 0 to 1, it is right when it speaks: Wilson's interval of 95 %. It never claims certainty of
    /// a few, and never leaves 0 to 1.
    pub fn interval(&self) -> (f64, f64) {
        let (n, right) = (f64::from(self.spoke), f64::from(self.right));
        if n == 0.0 {
            return (0.0, 1.0);
        }
        let share = right / n;
        let squared = DEVIATIONS * DEVIATIONS;
        let middle = share + squared / (2.0 * n);
        let half = DEVIATIONS * (share * (1.0 - share) / n + squared / (4.0 * n * n)).sqrt();
        let whole = 1.0 + squared / n;
        (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
    }
}

/// Counts, over labelled openings as they were judged before the label, how often each reason was right. Who spoke most
/// often stands first; who never spoke is not there.
pub fn precision<'a>(openings: impl IntoIterator<Item = (&'a [Reason], Label)>) -> Vec<Precision> {
    let mut counted: Vec<Precision> =
        ReasonCode::ALL.iter().map(|code| Precision { code: *code, spoke: 0, right: 0 }).collect();
    for (reasons, label) in openings {
        for one in &mut counted {
            if reasons.iter().any(|reason| reason.code == one.code && reason.nats >= AUDIBLE) {
                one.spoke += 1;
                one.right += u32::from(label == Label::NotGuest);
            }
        }
    }
    counted.retain(|one| one.spoke > 0);
    counted.sort_by_key(|one| (std::cmp::Reverse(one.spoke), one.code));
    counted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn against(code: ReasonCode) -> Reason {
        Reason { code, nats: 1.0 }
    }

    #[test]
    fn what_speaks_for_the_guest_is_not_counted() {
        let tor = [against(ReasonCode::NetTor), Reason { code: ReasonCode::NetHome, nats: -1.0 }];
        let new = [against(ReasonCode::DevNew), against(ReasonCode::NetTor)];
        let openings = [(&tor[..], Label::NotGuest), (&new[..], Label::Guest), (&new[..1], Label::NotGuest)];

        let counted = precision(openings);

        let figures: Vec<_> = counted.iter().map(|one| (one.code, one.spoke, one.right)).collect();
        assert_eq!(figures, [(ReasonCode::DevNew, 2, 1), (ReasonCode::NetTor, 2, 1)]);
    }

    #[test]
    fn two_of_three_say_little_and_two_hundred_of_three_hundred_much() {
        let of = |right, spoke| Precision { code: ReasonCode::DevNew, spoke, right }.interval();
        let (low, high) = of(2, 3);
        assert!((0.20..0.22).contains(&low) && (0.93..0.95).contains(&high), "{low} {high}");
        let (low, high) = of(200, 300);
        assert!(low > 0.61 && high < 0.72, "{low} {high}");
        assert!(of(3, 3).0 < 0.5 && of(0, 3).1 > 0.5);
        assert_eq!(of(0, 0), (0.0, 1.0));
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_stays_within_nought_and_one(spoke in 1u32..2_000, part in 0.0..=1.0f64) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a u32")]
            let right = (f64::from(spoke) * part) as u32;
            let (low, high) = Precision { code: ReasonCode::DevNew, spoke, right }.interval();
            let share = f64::from(right) / f64::from(spoke);
            prop_assert!(0.0 <= low && low <= share + 1e-9 && share <= high + 1e-9 && high <= 1.0);
        }
    }
}
