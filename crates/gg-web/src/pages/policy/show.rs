//! Shows the rules, tries what was typed, and saves what was tried.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::{GuestNames, Otherwise, Shift, Tried, WeighedReasons};
use gg_domain::actor::Permission;
use gg_domain::id::EventId;
use gg_domain::policy::{Action, Policy, Thresholds};
use gg_domain::risk::Band as DomainBand;
use gg_domain::snapshot::Mark;
use gg_store::EventRow;
use jiff::tz::TimeZone;

use super::form::{ACTIONS as ACTION_FIELDS, THRESHOLDS, Typed};
use super::{
    BandRule, DelegateRow, OtherwiseRow, PolicyPage, PolicyRow, ReasonFigure, ReasonFigures, TriedRules,
};
use crate::extract::{Id, Query};
use crate::forms::{Posted, go_on};
use crate::pages::organiser::{Organiser, said, trouble};
use crate::pages::{After, html};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{ago, zone};
use crate::view::{Band, Choice, Tab, reason_name};

/// Every action with its name, what it does to a guest, and how it is said of several.
const ACTIONS: [(Action, &str, &str, &str); 4] = [
    (Action::Allow, "Let in", "The page opens, and the answer counts at once.", "let in"),
    (
        Action::StepUp,
        "Ask for a code",
        "Six digits go to where the invitation went, and are asked for.",
        "asked for a code",
    ),
    (
        Action::Hold,
        "Hold the answer for me",
        "The answer waits for your word. The guest reads that you look at it first.",
        "held for your word",
    ),
    (
        Action::Block,
        "Stop",
        "No answer is taken there. The guest is asked, kindly, to turn to you.",
        "stopped",
    ),
];
/// What is done instead while there is no way to send a code (CONTRACT.md).
const NO_CODES: &str = " No code can be sent yet, so the guest is let in.";
/// What is done with guests to whom no code can be sent, where there is a way to others.
const NO_CONTACT: &str = " A guest without e-mail and phone can be sent none, and is let in.";
/// Every band, the most trusted first.
const BANDS: [(DomainBand, Band); 4] = [
    (DomainBand::Low, Band::Low),
    (DomainBand::Medium, Band::Medium),
    (DomainBand::High, Band::High),
    (DomainBand::Block, Band::Block),
];
/// Openings that the page lists: more than anybody reads before saving; the API has all.
const OTHERWISE_SHOWN: usize = 25;
/// Reasons named beside one.
const REASONS_NAMED: usize = 3;

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/events/{event_id}/policy", get(show).post(take))
}

/// `GET /events/{id}/policy`.
async fn show(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    let policy = web.app.policy(organiser.to(Permission::ReadPolicy), event).await?;
    let names = web.app.guest_names(organiser.to(Permission::ReadPolicy), event).await?;
    let mut page = page(&web, &organiser, event, Typed::of(&policy, &names)).await?;
    page.chrome.notice = said(after.done.as_deref());
    Ok(html(StatusCode::OK, &page))
}

/// `POST /events/{id}/policy`: tries what was typed, and saves it where it is what was tried.
async fn take(State(web): State<Web>, Id(event): Id<EventId>, posted: Posted) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let actor = organiser.to(Permission::WritePolicy);
    let names = web.app.guest_names(actor, event).await?;
    let (typed, policy) = Typed::read(&fields, &names);
    let Some(policy) = policy else {
        let mut page = page(&web, &organiser, event, typed).await?;
        page.notice = trouble("Something is not right yet: look at what is marked. Nothing was changed.");
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let mark = mark(&policy);
    if fields.text("step") == "save" && fields.text("tried") == mark {
        web.app.set_policy(actor, event, policy).await?;
        return Ok(go_on(&format!("/events/{event}/policy?done=saved")));
    }
    let tried = web.app.try_policy(actor, event, policy).await?;
    let mut page = page(&web, &organiser, event, typed).await?;
    let row = web.app.event(organiser.to(Permission::ReadEvent), event).await?;
    page.tried = Some(rules(&tried, mark, &names, &organiser, &zone(&row.time_zone)));
    Ok(html(StatusCode::OK, &page))
}

/// What tells one policy from another.
fn mark(policy: &Policy) -> String {
    let written = serde_json::to_string(policy).unwrap_or_default();
    format!("{:016x}", Mark::of([written.as_str()]).0)
}

async fn page(web: &Web, organiser: &Organiser, event: EventId, typed: Typed) -> Result<PolicyPage, Problem> {
    let row: EventRow = web.app.event(organiser.to(Permission::ReadPolicy), event).await?;
    let weighed = web.app.weigh_reasons(organiser.to(Permission::ReadPolicy), event).await?;
    let mut delegates = typed.delegates.clone();
    if delegates.last().is_none_or(|last| *last != DelegateRow::default()) {
        delegates.push(DelegateRow::default());
    }
    Ok(PolicyPage {
        chrome: organiser.chrome_of(Tab::Overview, &row),
        event_id: event.to_string(),
        name: row.name.clone(),
        bands: bands(&typed),
        actions: action_words(web.app.outlet.is_open()),
        networks: typed.networks,
        delegates,
        fingerprint: typed.fingerprint,
        notice: None,
        tried: None,
        reasons: figures(&weighed),
    })
}

fn bands(typed: &Typed) -> Vec<BandRule> {
    let choices = |chosen: &str| {
        let choice = |(action, label, ..): &(Action, &str, &str, &str)| Choice {
            value: action.as_str().into(),
            label: (*label).into(),
            chosen: action.as_str() == chosen,
        };
        ACTIONS.iter().map(choice).collect()
    };
    let from = |at: usize| {
        let at = at.checked_sub(1)?;
        Some((THRESHOLDS[at].to_string(), typed.thresholds[at].clone()))
    };
    let rule = |(at, (_, band)): (usize, (DomainBand, Band))| BandRule {
        band,
        from: from(at),
        field: ACTION_FIELDS[at].into(),
        actions: choices(&typed.actions[at]),
    };
    BANDS.into_iter().enumerate().map(rule).collect()
}

/// What can be done, each with what it does to a guest.
fn action_words(codes_sent: bool) -> Vec<(String, String)> {
    let without = |action: Action| match (action, codes_sent) {
        (Action::StepUp, false) => NO_CODES,
        (Action::StepUp, true) => NO_CONTACT,
        _ => "",
    };
    let words = |(action, label, does, _): &(Action, &str, &str, &str)| {
        ((*label).to_string(), format!("{does}{}", without(*action)))
    };
    ACTIONS.iter().map(words).collect()
}

/// What is done with each band, to be read.
pub(crate) fn policy_rows(policy: &Policy) -> Vec<PolicyRow> {
    let row = |(domain, band)| PolicyRow {
        band,
        range: range(domain, &policy.thresholds),
        does: words(policy.action(domain)).0.into(),
    };
    BANDS.into_iter().map(row).collect()
}

/// An action's name, and how it is said of somebody.
fn words(action: Action) -> (&'static str, &'static str) {
    ACTIONS.iter().find(|(one, ..)| *one == action).map_or(("", ""), |(_, label, _, done)| (label, done))
}

/// Where a band begins and ends, in words.
fn range(band: DomainBand, thresholds: &Thresholds) -> String {
    let Thresholds { medium, high, block } = thresholds;
    match band {
        DomainBand::Low => format!("below {}", percent(*medium)),
        DomainBand::Medium => format!("{} to {}", percent(*medium), percent(*high)),
        DomainBand::High => format!("{} to {}", percent(*high), percent(*block)),
        DomainBand::Block => format!("from {}, with hard evidence", percent(*block)),
    }
}

/// "20 %", "97.5 %": as many digits as there are, two at the most.
fn percent(p: f64) -> String {
    let figure = format!("{:.2}", p * 100.0);
    format!("{}\u{a0}%", figure.trim_end_matches('0').trim_end_matches('.'))
}

fn rules(
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

fn figures(weighed: &WeighedReasons) -> ReasonFigures {
    let row = |one: &gg_domain::precision::Precision| {
        let (least, most) = one.interval();
        ReasonFigure {
            name: reason_name(one.code, 1.0).into(),
            right: format!("{} of {}", one.right, one.spoke),
            interval: format!("{:.0}\u{a0}% to {:.0}\u{a0}%", least * 100.0, most * 100.0),
        }
    };
    ReasonFigures { labelled: weighed.labelled, rows: weighed.reasons.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use gg_app::Treatment;
    use gg_domain::id::{AccessId, GuestId};
    use gg_domain::risk::ReasonCode;

    use super::*;

    #[test]
    fn thresholds_are_said_in_per_cent() {
        assert_eq!(
            [0.2, 0.6, 0.975, 0.0005, 0.1 + 0.2].map(percent),
            ["20\u{a0}%", "60\u{a0}%", "97.5\u{a0}%", "0.05\u{a0}%", "30\u{a0}%"]
        );
    }

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

    #[test]
    fn two_policies_have_two_marks() {
        let other = Policy { fingerprint: false, ..Policy::default() };
        assert_eq!(mark(&Policy::default()), mark(&Policy::default()));
        assert_ne!(mark(&Policy::default()), mark(&other));
    }
}
