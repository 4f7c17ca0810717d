//! Shows the rules, tries what was typed, and saves what was tried.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::WeighedReasons;
use gg_domain::actor::Permission;
use gg_domain::id::EventId;
use gg_domain::policy::{Action, Policy, Thresholds};
use gg_domain::risk::Band as DomainBand;
use gg_domain::snapshot::Mark;
use gg_store::EventRow;

use super::form::{ACTIONS as ACTION_FIELDS, THRESHOLDS, Typed};
use super::tried::rules;
use super::{BandRule, DelegateRow, PolicyPage, PolicyRow, ReasonFigure, ReasonFigures};
use crate::extract::{Id, Query};
use crate::forms::{Posted, go_on};
use crate::pages::organiser::{Organiser, said, trouble};
use crate::pages::{After, html};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::zone;
use crate::view::{Band, Choice, Tab, reason_name};

/// Every action with its name, what it does to a guest, and how it is said of several.
pub(super) const ACTIONS: [(Action, &str, &str, &str); 4] = [
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
pub(super) const BANDS: [(DomainBand, Band); 4] = [
    (DomainBand::Low, Band::Low),
    (DomainBand::Medium, Band::Medium),
    (DomainBand::High, Band::High),
    (DomainBand::Block, Band::Block),
];

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
    let in_force = web.app.policy(organiser.to(Permission::ReadPolicy), event).await?;
    let mark = mark(&policy, &in_force);
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

/// What tells one try from another: the policy that was tried, and the one in force then. Where another owner has saved
/// meanwhile, it is tried again.
fn mark(policy: &Policy, in_force: &Policy) -> String {
    let [tried, before] = [policy, in_force].map(|policy| serde_json::to_string(policy).unwrap_or_default());
    format!("{:016x}", Mark::of([tried.as_str(), before.as_str()]).0)
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
pub(super) fn words(action: Action) -> (&'static str, &'static str) {
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
pub(super) fn percent(p: f64) -> String {
    let figure = format!("{:.2}", p * 100.0);
    format!("{}\u{a0}%", figure.trim_end_matches('0').trim_end_matches('.'))
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
    use super::*;

    #[test]
    fn thresholds_are_said_in_per_cent() {
        assert_eq!(
            [0.2, 0.6, 0.975, 0.0005, 0.1 + 0.2].map(percent),
            ["20\u{a0}%", "60\u{a0}%", "97.5\u{a0}%", "0.05\u{a0}%", "30\u{a0}%"]
        );
    }

    #[test]
    fn two_policies_have_two_marks() {
        let other = Policy { fingerprint: false, ..Policy::default() };
        let default = Policy::default();
        assert_eq!(mark(&default, &other), mark(&default, &other));
        assert_ne!(mark(&default, &default), mark(&other, &default));
        assert_ne!(mark(&default, &default), mark(&default, &other));
    }
}
