//! Shows an event's overview.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::Outlet;
use gg_domain::actor::{Permission, Role};
use gg_domain::id::EventId;
use gg_store::{EventRow, Member, SummaryRow, WishRow as StoredWish};
use jiff::tz::TimeZone;

use super::act;
use super::{BandCount, EventFigures, EventPage, MemberRow, WishRow};
use crate::extract::{Id, Query};
use crate::pages::events::{count, role_word};
use crate::pages::organiser::{Organiser, may, said};
use crate::pages::policy::policy_rows;
use crate::pages::{After, html, shown_at};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{ago, moment, zone};
use crate::view::{Band, Choice, Tab};

/// Every band, the most trusted first.
const BANDS: [Band; 4] = [Band::Low, Band::Medium, Band::High, Band::Block];

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/events/{event_id}", get(show))
        .route("/events/{event_id}/wishes/{id}/grant", shown_at("/events/{event_id}").post(act::grant_wish))
        .route(
            "/events/{event_id}/wishes/{id}/dismiss",
            shown_at("/events/{event_id}").post(act::dismiss_wish),
        )
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

/// The overview as who reads it may see it: team and rules are the owner's affair.
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
    let wishes = if may(row.role, Permission::WriteGuests) {
        web.app.wishes(organiser.to(Permission::WriteGuests), event).await?
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
        fresh_invitation: None,
        wishes: wishes.into_iter().map(|wish| wish_row(wish, organiser, &zone)).collect(),
        has_outbox: web.app.outlet == Outlet::Viewer && may(row.role, Permission::ReadMessages),
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
        .filter_map(|band| of(band).map(|openings| BandCount { band, count: count(openings) }))
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

fn wish_row(wish: StoredWish, organiser: &Organiser, zone: &TimeZone) -> WishRow {
    let email = wish.email.map(|email| email.as_str().to_string());
    let phone = wish.phone.map(|phone| phone.as_str().to_string());
    WishRow {
        id: wish.id.to_string(),
        guest_id: wish.guest_id.to_string(),
        guest_name: wish.guest_name.as_str().to_string(),
        name: wish.name.map(|name| name.as_str().to_string()).unwrap_or_default(),
        contact: email.or(phone).unwrap_or_default(),
        note: wish.note.unwrap_or_default(),
        at: ago(wish.created_at, organiser.now, zone),
    }
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
