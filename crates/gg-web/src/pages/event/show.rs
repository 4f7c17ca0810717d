//! Shows an event's overview.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_domain::actor::{Permission, Role};
use gg_domain::id::EventId;
use gg_domain::policy::{Action, Policy, Thresholds};
use gg_domain::risk::Band as DomainBand;
use gg_store::{EventRow, Member, SummaryRow};
use jiff::tz::TimeZone;

use super::act;
use super::{BandCount, EventFigures, EventPage, MemberRow, PolicyRow};
use crate::extract::{Id, Query};
use crate::pages::events::{count, role_word};
use crate::pages::organiser::{Organiser, may, said};
use crate::pages::{After, html, shown_at};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{ago, moment, zone};
use crate::view::{Band, Choice, Tab};

/// Every action with its name, and what it does to a guest.
const ACTIONS: [(Action, &str, &str); 4] = [
    (Action::Allow, "Let in", "The page opens, and the answer counts at once."),
    (Action::StepUp, "Ask for a code", "Six digits go to where the invitation went, and are asked for."),
    (
        Action::Hold,
        "Hold the answer for me",
        "The answer waits for your word. The guest reads that you look at it first.",
    ),
    (Action::Block, "Stop", "No answer is taken there. The guest is asked, kindly, to turn to you."),
];
/// What is done instead while there is no way to send a code (CONTRACT.md).
const NO_CODES: &str = " No code can be sent yet, so the guest is let in.";
/// Every band with its field in the form, the most trusted first.
pub(super) const BANDS: [(DomainBand, Band, &str); 4] = [
    (DomainBand::Low, Band::Low, "action_low"),
    (DomainBand::Medium, Band::Medium, "action_medium"),
    (DomainBand::High, Band::High, "action_high"),
    (DomainBand::Block, Band::Block, "action_block"),
];

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/events/{event_id}", get(show))
        .route("/events/{event_id}/policy", shown_at("/events/{event_id}").post(act::set_policy))
        // The team has no page of its own; what an invitation answers is read again there.
        .route("/events/{event_id}/members", get(show).post(act::invite_member))
        .route(
            "/events/{event_id}/members/{id}/remove",
            shown_at("/events/{event_id}").post(act::remove_member),
        )
}

/// `GET /events/{id}`.
async fn show(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    let mut page = page(&web, &organiser, event).await?;
    page.chrome.notice = said(after.done.as_deref());
    Ok(html(StatusCode::OK, &page))
}

/// The overview as who reads it may see it: the team is the owner's affair, the rules are none of the door's.
pub(super) async fn page(web: &Web, organiser: &Organiser, event: EventId) -> Result<EventPage, Problem> {
    let read = organiser.to(Permission::ReadEvent);
    let row = web.app.event(read, event).await?;
    let (summary, bands) = web.app.summary(read, event).await?;
    let links = web.app.link_counts(read, event).await?;
    let members = if may(row.role, Permission::Members) {
        web.app.members(organiser.to(Permission::Members), event).await?
    } else {
        Vec::new()
    };
    let policy = if may(row.role, Permission::ReadPolicy) {
        Some(web.app.policy(organiser.to(Permission::ReadPolicy), event).await?)
    } else {
        None
    };

    let zone = zone(&row.time_zone);
    Ok(EventPage {
        chrome: organiser.chrome_of(Tab::Overview, &row),
        id: event.to_string(),
        name: row.name.clone(),
        starts_at: moment(row.starts_at, &zone),
        time_zone: row.time_zone.clone(),
        venue: row.venue.clone().unwrap_or_default(),
        deadline: row.rsvp_deadline.map(|at| moment(at, &zone).said).unwrap_or_default(),
        figures: figures(&row, &summary, links),
        bands: band_counts(&bands),
        members: member_rows(&members, organiser, &zone),
        roles: roles(),
        policy: policy.as_ref().map(policy_rows).unwrap_or_default(),
        actions: actions(web.app.step_up_deliverable),
        fingerprint: policy.is_none_or(|policy| policy.fingerprint),
        fresh_invitation: None,
        can_edit: may(row.role, Permission::WriteEvent),
        can_manage: may(row.role, Permission::Members),
    })
}

fn figures(event: &EventRow, summary: &SummaryRow, (invited, opened): (i64, i64)) -> EventFigures {
    EventFigures {
        seats: count(summary.seats),
        capacity: event.capacity.map(count),
        attending: count(summary.attending),
        plus_ones: count(summary.plus_ones),
        declined: count(summary.declined),
        waiting: count(summary.waiting),
        invited: count(invited),
        opened: count(opened),
        guests: count(summary.attending + summary.declined + summary.waiting),
    }
}

fn band_counts(counts: &[(String, i64)]) -> Vec<BandCount> {
    let of = |band: Band| counts.iter().find(|(key, _)| key == band.key()).map(|(_, openings)| *openings);
    BANDS
        .into_iter()
        .filter_map(|(_, band, _)| of(band).map(|openings| BandCount { band, count: count(openings) }))
        .collect()
}

fn member_rows(members: &[Member], organiser: &Organiser, zone: &TimeZone) -> Vec<MemberRow> {
    let is_owner = |member: &&Member| member.role == Role::Owner && member.account_id.is_some();
    let owners = members.iter().filter(is_owner).count();
    let mut members: Vec<&Member> = members.iter().collect();
    members
        .sort_by_key(|member| (member.account_id.is_none(), member.role != Role::Owner, member.created_at));
    members
        .into_iter()
        .map(|member| MemberRow {
            id: member.account_id.map_or_else(|| invite_id(member), |account| account.to_string()),
            invited: member.invite_id.map(|_| ago(member.created_at, organiser.now, zone)),
            email: member.email.as_str().to_string(),
            role: role_word(member.role).into(),
            is_you: member.account_id == Some(organiser.account),
            removable: member.invite_id.is_some() || member.role != Role::Owner || owners > 1,
        })
        .collect()
}

fn invite_id(member: &Member) -> String {
    member.invite_id.map(|invite| invite.to_string()).unwrap_or_default()
}

fn roles() -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.as_str().into(),
        label: role_word(role).into(),
        chosen: role == Role::Editor,
    };
    [Role::Editor, Role::Door, Role::Viewer, Role::Owner].map(choice).into()
}

/// What the policy can do, each in a sentence.
fn actions(codes_sent: bool) -> Vec<(String, String)> {
    let without = |action: Action| if action == Action::StepUp && !codes_sent { NO_CODES } else { "" };
    ACTIONS
        .iter()
        .map(|(action, label, does)| ((*label).into(), format!("{does}{}", without(*action))))
        .collect()
}

fn policy_rows(policy: &Policy) -> Vec<PolicyRow> {
    let choices = |chosen: Action| {
        ACTIONS
            .iter()
            .map(|(action, label, _)| Choice {
                value: action.as_str().into(),
                label: (*label).into(),
                chosen: *action == chosen,
            })
            .collect()
    };
    BANDS
        .into_iter()
        .map(|(domain, band, field)| PolicyRow {
            band,
            range: range(domain, &policy.thresholds),
            field: field.into(),
            actions: choices(policy.action(domain)),
        })
        .collect()
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

/// The action of that word.
pub(super) fn action(word: &str) -> Option<Action> {
    ACTIONS.iter().map(|(action, ..)| *action).find(|action| action.as_str() == word)
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
}
