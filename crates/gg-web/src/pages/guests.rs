//! `/events/{id}/guests`: the guest list, with search and filters that are plain links.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gg_app::guest_list::Opening;
use gg_domain::actor::{Permission, Role};
use gg_domain::id::{EventId, GuestId};
use gg_store::{GuestFilter, GuestRow as StoredGuest, Page, Paging, SummaryRow};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::extract::{Id, Query};
use crate::forms::query_value;
use crate::pages::events::count;
use crate::pages::html;
use crate::pages::organiser::{Organiser, said};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{ago, zone};
use crate::view::{Band, Chrome, Pager, Standing, Tab, When};

/// Guests on one page: two screens of rows.
const GUESTS_A_PAGE: i64 = 50;
/// Most characters searched for.
const QUERY_CHARS_MAX: usize = 200;

/// The guest list.
#[derive(Debug, Template)]
#[template(path = "pages/guests.html")]
pub struct GuestsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// What is searched for; empty for all.
    pub query: String,
    /// The filters, each a link.
    pub filters: Vec<FilterChip>,
    /// The guests on this page.
    pub rows: Vec<GuestRow>,
    /// All guests of the event.
    pub total: u32,
    /// The way to the other pages.
    pub pager: Pager,
    /// Whether the member may add, import and export.
    pub can_edit: bool,
}

/// A filter above the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterChip {
    /// Its word.
    pub label: String,
    /// How many guests it leaves.
    pub count: u32,
    /// Where it leads.
    pub href: String,
    /// Whether it is on.
    pub on: bool,
}

/// One guest in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestRow {
    /// The guest's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// E-mail or phone; empty where there is none or the role may not see it.
    pub contact: String,
    /// Where the answer stands.
    pub standing: Standing,
    /// The party, such as "with 2" or "may bring 1"; empty for one person.
    pub party: String,
    /// The band of the last opening; `None` before the first.
    pub band: Option<Band>,
    /// The last opening.
    pub opened: Option<When>,
    /// Where the link stands before an opening, such as "No link yet" or "Sent, not opened".
    pub link: String,
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    q: Option<String>,
    standing: Option<String>,
    after: Option<uuid::Uuid>,
    #[serde(default)]
    seen: u32,
    done: Option<String>,
}

impl Asked {
    /// The words searched for.
    fn words(&self) -> String {
        self.q.as_deref().unwrap_or_default().trim().chars().take(QUERY_CHARS_MAX).collect()
    }

    fn standing(&self) -> Option<gg_store::Standing> {
        self.standing.as_deref().and_then(gg_store::Standing::parse)
    }
}

/// `GET /events/{id}/guests`.
async fn show(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let row = web.app.event(organiser.to(Permission::ReadEvent), event).await?;
    let (summary, _) = web.app.summary(organiser.to(Permission::ReadEvent), event).await?;
    let words = asked.words();
    let filter = GuestFilter {
        search: Some(words.clone()).filter(|words| !words.is_empty()),
        standing: asked.standing(),
        ..GuestFilter::default()
    };
    let paging = Paging { after: asked.after.map(GuestId::from_uuid), limit: GUESTS_A_PAGE };
    let (page, role) = web.app.guests(organiser.to(Permission::ReadGuests), event, filter, paging).await?;

    let total = count(summary.attending + summary.declined + summary.waiting);
    let zone = zone(&row.time_zone);
    let mut chrome = organiser.chrome_of(Tab::Guests, &row);
    chrome.notice = said(asked.done.as_deref());
    let page = GuestsPage {
        chrome,
        event_id: event.to_string(),
        query: words,
        filters: filters(event, &asked, &summary),
        pager: pager(event, &asked, &page, total),
        rows: page.rows.iter().map(|guest| guest_row(guest, role, organiser.now, &zone)).collect(),
        total,
        can_edit: Permission::WriteGuests.allows(role),
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /events/{id}/guests/export`: the list as a file, marked so that a spreadsheet reads it as UTF-8.
async fn export(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
) -> Result<Response, Problem> {
    let row = web.app.event(organiser.to(Permission::ReadEvent), event).await?;
    let file = web.app.export_guests(organiser.to(Permission::ExportGuests), event, Opening::Mark).await?;
    let disposition =
        format!("attachment; filename=\"guests.csv\"; filename*=UTF-8''{}", file_name(&row.name));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_string()),
    ];
    Ok((headers, file).into_response())
}

/// "Ama & Kojo" as a file's name in a header (RFC 8187): letters of every script, nothing that a path is made of.
fn file_name(event: &str) -> String {
    let plain: String = event.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    query_value(&format!("{} guests.csv", words.join(" "))).replace('/', "")
}

fn filters(event: EventId, asked: &Asked, summary: &SummaryRow) -> Vec<FilterChip> {
    let chosen = asked.standing();
    let held = summary.pending;
    let all = summary.attending + summary.declined + summary.waiting;
    let chips = [
        (None, "All", all),
        (Some(gg_store::Standing::Coming), "Coming", summary.attending),
        (Some(gg_store::Standing::NotComing), "Can’t come", summary.declined),
        (Some(gg_store::Standing::Waiting), "Waiting for", summary.waiting - held),
        (Some(gg_store::Standing::Held), "Needs you", held),
    ];
    let chip = |(standing, label, guests): (Option<gg_store::Standing>, &str, i64)| FilterChip {
        label: label.into(),
        count: count(guests),
        href: address(event, &asked.words(), standing, None),
        on: chosen == standing,
    };
    chips.into_iter().map(chip).collect()
}

fn pager(event: EventId, asked: &Asked, page: &Page<StoredGuest, GuestId>, total: u32) -> Pager {
    let (words, standing) = (asked.words(), asked.standing());
    let before = if asked.after.is_some() { asked.seen } else { 0 };
    let rows = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
    let last = before.saturating_add(rows);
    let everybody = words.is_empty() && standing.is_none();
    let seen = match (rows, everybody) {
        (0, _) => String::new(),
        (_, true) => format!("{} to {last} of {total}", before + 1),
        (_, false) => format!("{} to {last}", before + 1),
    };
    Pager {
        first: asked.after.map(|_| address(event, &words, standing, None)),
        next: page.next.map(|next| address(event, &words, standing, Some((next, last)))),
        seen,
    }
}

/// Where a list with these words, this standing and this place is.
fn address(
    event: EventId,
    words: &str,
    standing: Option<gg_store::Standing>,
    after: Option<(GuestId, u32)>,
) -> String {
    let mut query = Vec::new();
    if !words.is_empty() {
        query.push(format!("q={}", query_value(words)));
    }
    query.extend(standing.map(|standing| format!("standing={}", standing.as_str())));
    query.extend(after.map(|(guest, seen)| format!("after={guest}&seen={seen}")));
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/events/{event}/guests{mark}{}", query.join("&"))
}

fn guest_row(guest: &StoredGuest, role: Role, now: Timestamp, zone: &TimeZone) -> GuestRow {
    let email = guest.email.as_ref().map(|email| email.as_str().to_string());
    let phone = guest.phone.as_ref().map(|phone| phone.as_str().to_string());
    let standing = standing(guest.attending, guest.pending);
    GuestRow {
        id: guest.id.to_string(),
        name: guest.name.as_str().to_string(),
        contact: email.or(phone).filter(|_| role.sees_contacts()).unwrap_or_default(),
        standing,
        party: party_words(standing, guest.seats_held, guest.plus_ones_allowed),
        band: guest.band.as_deref().and_then(Band::from_key),
        opened: guest.seen_at.map(|at| ago(at, now, zone)),
        link: "Not opened yet".into(),
    }
}

/// Where an answer stands.
pub(crate) fn standing(attending: Option<bool>, pending: Option<bool>) -> Standing {
    match (attending, pending) {
        (None, _) => Standing::Waiting,
        (_, Some(true)) => Standing::Held,
        (Some(true), _) => Standing::Coming,
        (Some(false), _) => Standing::NotComing,
    }
}

fn party_words(standing: Standing, heads: i64, allowed: i64) -> String {
    match (standing, heads - 1, allowed) {
        (Standing::Coming, 1.., _) => format!("with {}", heads - 1),
        (Standing::NotComing, ..) | (_, _, ..=0) => String::new(),
        (_, _, allowed) => format!("may bring {allowed}"),
    }
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/events/{event_id}/guests", get(show))
        .route("/events/{event_id}/guests/export", get(export))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(rows: Vec<GuestRow>, query: &str, total: u32) -> String {
        let page = GuestsPage {
            chrome: awkward::chrome(Tab::Guests),
            event_id: "e1".into(),
            query: query.into(),
            filters: vec![FilterChip { label: "All".into(), count: total, href: "?".into(), on: true }],
            rows,
            total,
            pager: Pager { first: None, next: Some("?cursor=x".into()), seen: "1 to 50 of 312".into() },
            can_edit: true,
        };
        page.render().unwrap()
    }

    #[test]
    fn an_empty_list_offers_the_import() {
        let html = page(vec![], "", 0);
        assert!(html.contains("href=\"/events/e1/import\""));
        assert!(html.contains("class=\"empty"));
    }

    #[test]
    fn a_search_without_a_hit_repeats_what_was_searched() {
        let html = page(vec![], awkward::SCRIPT, 312);
        awkward::assert_escaped(&html);
        assert!(html.contains("No guest matches"));
    }

    #[test]
    fn names_of_any_kind_are_shown() {
        let row = |name: &str, band| GuestRow {
            id: "g1".into(),
            name: name.into(),
            contact: awkward::LONG_EMAIL.into(),
            standing: Standing::Waiting,
            party: "may bring 1".into(),
            band,
            opened: band.map(|_| awkward::when()),
            link: "No link yet".into(),
        };
        let html = page(vec![row(awkward::ARABIC, Some(Band::Low)), row(awkward::SCRIPT, None)], "", 2);
        awkward::assert_escaped(&html);
        assert!(html.contains(awkward::ARABIC) && html.contains("Verified"));
        assert!(html.contains("No link yet"));
        assert!(html.contains("rel=\"next\""));
    }
}
