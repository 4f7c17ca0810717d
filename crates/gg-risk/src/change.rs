//! One change of a guest's row after another: what is kept of a change makes the row that it made then.
//!
//! Whoever changes a row does it through [`apply`] and keeps the change beside it, in one transaction. So the row is
//! the fold of its changes at any time, and a lost or spoilt one is made again.

use gg_domain::access::Act;
use gg_domain::baseline::BaselineChange;
use gg_domain::risk::{GuestRisk, Score};
use gg_domain::snapshot::Snapshot;

use crate::update::{Admission, update};
use crate::word::{confirm, expelled, forget_devices, reissue, reset, take_back, trust};

/// A change that is about an opening, without what was seen of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("what was seen of the opening is missing")]
pub struct Unseen;

/// The row after `change`; `seen` is what was kept of the opening that it is about.
///
/// # Errors
/// [`Unseen`] where the change is about an opening and there is none.
pub fn apply(
    guest: &GuestRisk,
    change: &BaselineChange,
    seen: Option<&Snapshot>,
) -> Result<GuestRisk, Unseen> {
    let opening = || seen.ok_or(Unseen);
    Ok(match change {
        BaselineChange::Imported(risk) => (**risk).clone(),
        BaselineChange::Opened(judged) => {
            let seen = Snapshot { act: judged.act, ..opening()?.clone() };
            opened(guest, &seen, &judged.score)
        }
        BaselineChange::Followed { act, raw } => follow(guest, opening()?, *act, *raw),
        BaselineChange::Labelled(label) => confirm(guest, opening()?, *label),
        BaselineChange::Expelled => expelled(guest, opening()?),
        BaselineChange::Trusted { z } => trust(guest, opening()?, *z),
        BaselineChange::TakenBack { z } => take_back(guest, opening()?, *z),
        BaselineChange::Forgotten => forget_devices(guest),
        BaselineChange::Reset => reset(guest),
        BaselineChange::Reissued => reissue(guest),
        BaselineChange::Rebuilt => guest.clone(),
    })
}

/// The row after an opening that was scored; let in unjudged, it is still a time that a person opened.
pub fn opened(guest: &GuestRisk, seen: &Snapshot, score: &Score) -> GuestRisk {
    // Judged later than it came, it may have been noted as the first: to itself it is no earlier one.
    let first_human_at = guest.first_human_at.filter(|first| *first < seen.at);
    let guest = GuestRisk { first_human_at, ..guest.clone() };
    let mut after = update(&guest, seen, score, Admission::Opened);
    after.first_human_at.get_or_insert(seen.at);
    after
}

fn follow(guest: &GuestRisk, seen: &Snapshot, act: Act, raw: f64) -> GuestRisk {
    let score = Score { raw, degraded: false, ..crate::degraded(guest) };
    update(guest, seen, &score, Admission::Followed(act))
}
