//! Tries a policy on what has already happened: who would have been treated otherwise, and why. Writes nothing.
//!
//! Bands are drawn anew from the chances that are stored; the evidence is not weighed again, so trusted networks,
//! delegates and the fingerprint switch change nothing here. What the organiser has labelled keeps his word.

use gg_domain::actor::Actor;
use gg_domain::id::{AccessId, EventId, GuestId};
use gg_domain::policy::{Action, Policy, Thresholds};
use gg_domain::risk::Band;
use gg_store::{Conn, JudgedRow};

use crate::App;
use crate::error::Result;
use crate::plan_event::member;

/// Openings looked back on, the latest first: a full day of a large wedding, and one page to read.
pub const TRIED_ACCESSES_MAX: i64 = 1_000;

/// How an opening is treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Treatment {
    /// Its band.
    pub band: Band,
    /// What is done.
    pub action: Action,
}

/// An opening that another policy would have treated otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct Otherwise {
    /// Which.
    pub access: AccessId,
    /// Whose link.
    pub guest: GuestId,
    /// How it was treated.
    pub from: Treatment,
    /// How it would have been.
    pub to: Treatment,
    /// Why, in words.
    pub why: String,
}

/// What a try of a policy found.
#[derive(Clone, PartialEq, Debug)]
pub struct Tried {
    /// How many openings were looked at.
    pub accesses: usize,
    /// Those that would have been treated otherwise, the latest first.
    pub otherwise: Vec<Otherwise>,
}

impl App {
    /// Who of the latest openings would have been treated otherwise under `policy`.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::NotFound`], [`crate::Error::Forbidden`].
    pub async fn try_policy(&self, actor: Actor, event: EventId, policy: Policy) -> Result<Tried> {
        policy.validate()?;
        let (current, rows) = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                let current = conn.policy(event).await?;
                Ok((current, conn.judged_accesses(event, TRIED_ACCESSES_MAX).await?))
            })
            .await?;
        let deliverable = self.step_up_deliverable;
        let otherwise =
            rows.iter().filter_map(|row| otherwise(row, &current, &policy, deliverable)).collect();
        Ok(Tried { accesses: rows.len(), otherwise })
    }
}

fn otherwise(row: &JudgedRow, current: &Policy, tried: &Policy, deliverable: bool) -> Option<Otherwise> {
    let from = Treatment { band: row.band, action: row.decision };
    let band = band_under(row.p, row.band, &current.thresholds, &tried.thresholds);
    let action = match tried.action(band) {
        Action::StepUp if !deliverable => Action::Allow,
        action => action,
    };
    let to = Treatment { band, action };
    let why = why(row.p, from, to, &tried.thresholds);
    (from != to).then_some(Otherwise { access: row.id, guest: row.guest_id, from, to, why })
}

/// The band of an opening of chance `p` under `tried`.
///
/// A band below what the chance says under `current` was held down by a promise (a first opening is Verified, no
/// block without a hard reason): it stays held down. Heuristics never block, so what was not blocked goes up to
/// Suspicious at the most.
fn band_under(p: f64, band: Band, current: &Thresholds, tried: &Thresholds) -> Band {
    let most = if band < current.band(p) { band } else { band.max(Band::High) };
    tried.band(p).min(most)
}

fn why(p: f64, from: Treatment, to: Treatment, tried: &Thresholds) -> String {
    if from.band == to.band {
        return format!(
            "{} stays {}, and is treated as {} instead of {}",
            per_cent(p),
            to.band.label(),
            to.action.as_str(),
            from.action.as_str()
        );
    }
    let begins = match from.band.max(to.band) {
        Band::Low => 0.0,
        Band::Medium => tried.medium,
        Band::High => tried.high,
        Band::Block => tried.block,
    };
    format!(
        "{} is {} instead of {}: {} would begin at {}",
        per_cent(p),
        to.band.label(),
        from.band.label(),
        from.band.max(to.band).label(),
        per_cent(begins)
    )
}

fn per_cent(p: f64) -> String {
    format!("a chance of {:.1} %", p * 100.0)
}

#[cfg(test)]
mod tests {
    use gg_domain::policy::Actions;

    use super::*;

    const STRICT: Thresholds = Thresholds { medium: 0.05, high: 0.20, block: 0.90 };

    fn judged(p: f64, band: Band, decision: Action) -> JudgedRow {
        let id = uuid::Uuid::nil();
        JudgedRow { id: id.into(), guest_id: id.into(), p, band, decision }
    }

    #[test]
    fn a_lower_threshold_lifts_who_lies_above_it() {
        let tried = Policy { thresholds: STRICT, ..Policy::default() };
        let row = judged(0.3, Band::Medium, Action::Allow);

        let found = otherwise(&row, &Policy::default(), &tried, true).unwrap();

        assert_eq!(found.to, Treatment { band: Band::High, action: Action::StepUp });
        assert_eq!(
            found.why,
            "a chance of 30.0 % is Suspicious instead of Review: Suspicious would begin at a chance of 20.0 %"
        );
    }

    #[test]
    fn who_would_be_treated_alike_is_not_listed() {
        let row = judged(0.01, Band::Low, Action::Allow);
        let tried = Policy { thresholds: STRICT, ..Policy::default() };

        assert_eq!(otherwise(&row, &Policy::default(), &tried, true), None);
    }

    #[test]
    fn another_action_for_the_same_band_is_told() {
        let actions = Actions { medium: Action::Hold, ..Actions::default() };
        let row = judged(0.3, Band::Medium, Action::Allow);

        let found =
            otherwise(&row, &Policy::default(), &Policy { actions, ..Policy::default() }, true).unwrap();

        assert_eq!(found.why, "a chance of 30.0 % stays Review, and is treated as hold instead of allow");
    }

    #[test]
    fn a_promise_that_held_a_band_down_holds_it_down_again() {
        let default = Thresholds::default();

        assert_eq!(band_under(0.7, Band::Low, &default, &STRICT), Band::Low);
        assert_eq!(band_under(0.99, Band::High, &default, &STRICT), Band::High);
        assert_eq!(band_under(0.5, Band::Medium, &default, &STRICT), Band::High);
    }

    #[test]
    fn a_step_up_that_cannot_be_delivered_lets_in() {
        let row = judged(0.3, Band::Medium, Action::Allow);
        let tried = Policy { thresholds: STRICT, ..Policy::default() };

        let found = otherwise(&row, &Policy::default(), &tried, false).unwrap();

        assert_eq!(found.to, Treatment { band: Band::High, action: Action::Allow });
    }
}
