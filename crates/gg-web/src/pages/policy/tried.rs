//! What tried rules would have done, in words: how many, who, and why.

use gg_app::{GuestNames, Otherwise, Shift, Tried};
use gg_domain::policy::Action;
use gg_domain::risk::Band as DomainBand;
use jiff::tz::TimeZone;

use super::show::{ACTIONS, BANDS, percent, words};
use super::{OtherwiseRow, TriedRules};
use crate::pages::organiser::Organiser;
use crate::time_words::ago;
use crate::view::{Band, reason_name};

/// Openings that the page lists: more than anybody reads before saving; the API has all.
const OTHERWISE_SHOWN: usize = 25;
/// Reasons named beside one.
const REASONS_NAMED: usize = 3;

/// What rules would have done, as the page says it.
pub(super) fn rules(
    tried: &Tried,
    mark: String,
    names: &GuestNames,
    organiser: &Organiser,
    zone: &TimeZone,
) -> TriedRules {
    let row = |one: &Otherwise| OtherwiseRow {
        access_id: one.access.to_string(),
        name: names.name(one.guest).unwrap_or_default().to_string(),
        at: ago(one.at, organiser.now, zone),
        from: band(one.from.band),
        to: band(one.to.band),
        does: instead(one),
        why: why(one),
    };
    TriedRules {
        mark,
        accesses: tried.accesses,
        unrecorded: tried.unrecorded,
        otherwise: tried.otherwise.len(),
        sums: sums(&tried.otherwise),
        rows: tried.otherwise.iter().take(OTHERWISE_SHOWN).map(row).collect(),
    }
}

fn band(domain: DomainBand) -> Band {
    BANDS.iter().find(|(one, _)| *one == domain).map_or(Band::Low, |(_, band)| *band)
}

/// What would have been done to how many, and how many would only have been called otherwise.
fn sums(otherwise: &[Otherwise]) -> Vec<String> {
    let to = |action: Action| {
        otherwise.iter().filter(|one| one.to.action == action && one.from.action != action).count()
    };
    let mut sums: Vec<String> = ACTIONS
        .iter()
        .filter(|(action, ..)| to(*action) > 0)
        .map(|(action, _, _, done)| format!("{} would have been {done}", to(*action)))
        .collect();
    let called = otherwise.iter().filter(|one| one.to.action == one.from.action).count();
    if called > 0 {
        sums.push(format!("{called} would have been called otherwise, and treated alike"));
    }
    sums
}

fn instead(one: &Otherwise) -> String {
    let (to, from) = (words(one.to.action).1, words(one.from.action).1);
    if to == from { format!("{to}, as before") } else { format!("{to} instead of {from}") }
}

/// Why, in words for people: what speaks otherwise, or that only the lines were drawn anew.
fn why(one: &Otherwise) -> String {
    let chance = format!("{} likely that it was somebody else", percent(one.p.1));
    if one.shifts.is_empty() {
        return format!("{chance}, as before");
    }
    let named: Vec<String> = one.shifts.iter().take(REASONS_NAMED).map(shift_words).collect();
    format!("{chance}, not {}: {}", percent(one.p.0), named.join("; "))
}

fn shift_words(shift: &Shift) -> String {
    let (from, to) = (shift.from.unwrap_or(0.0), shift.to.unwrap_or(0.0));
    let name = reason_name(shift.code, if to == 0.0 { from } else { to });
    let more = if to > from { "speaks more against" } else { "speaks less against" };
    let more = if to < 0.0 && from <= 0.0 {
        if to < from { "speaks more for the guest" } else { "speaks less for the guest" }
    } else {
        more
    };
    format!("“{name}” {more}")
}

#[cfg(test)]
mod tests {
    use gg_app::Treatment;
    use gg_domain::id::{AccessId, GuestId};
    use gg_domain::risk::ReasonCode;

    use super::*;

    fn otherwise(from: Action, to: Action, shifts: Vec<Shift>) -> Otherwise {
        let treatment = |action| Treatment { band: DomainBand::Medium, action };
        Otherwise {
            access: AccessId::from_uuid(uuid::Uuid::nil()),
            guest: GuestId::from_uuid(uuid::Uuid::nil()),
            at: "2026-12-01T14:02:51Z".parse().unwrap(),
            from: treatment(from),
            to: treatment(to),
            p: (0.265, 0.124),
            shifts,
            why: String::new(),
        }
    }

    #[test]
    fn what_would_have_been_done_is_counted() {
        let all = [
            otherwise(Action::Allow, Action::StepUp, vec![]),
            otherwise(Action::Allow, Action::StepUp, vec![]),
            otherwise(Action::Hold, Action::Allow, vec![]),
            otherwise(Action::Allow, Action::Allow, vec![]),
        ];
        assert_eq!(
            sums(&all),
            [
                "1 would have been let in",
                "2 would have been asked for a code",
                "1 would have been called otherwise, and treated alike",
            ]
        );
        assert_eq!(instead(&all[2]), "let in instead of held for your word");
    }

    #[test]
    fn a_reason_that_speaks_otherwise_is_named_without_figures_of_ours() {
        let shift = Shift { code: ReasonCode::GraphMultiGuest, from: Some(1.1), to: Some(-0.1) };
        let said = why(&otherwise(Action::Allow, Action::Hold, vec![shift]));
        assert_eq!(
            said,
            "12.4\u{a0}% likely that it was somebody else, not 26.5\u{a0}%: “Opened nobody else’s link” speaks less against"
        );
    }
}
