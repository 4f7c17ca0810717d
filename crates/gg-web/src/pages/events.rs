//! `/events`: the events that an organiser is a member of.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_domain::actor::Role;
use gg_store::{EventRow, PAGE_LIMIT_MAX, Paging};

use crate::extract::Query;
use crate::pages::organiser::{Organiser, said};
use crate::pages::{After, html};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{moment, zone};
use crate::view::{Chrome, Tab, When};

/// The list of events.
#[derive(Debug, Template)]
#[template(path = "pages/events.html")]
pub struct EventsPage {
    /// The frame.
    pub chrome: Chrome,
    /// Those to come, the nearest first.
    pub coming: Vec<EventCard>,
    /// Those that are over, the latest first.
    pub past: Vec<EventCard>,
}

impl EventsPage {
    /// Whether there is nothing yet.
    pub fn is_empty(&self) -> bool {
        self.coming.is_empty() && self.past.is_empty()
    }
}

/// One event in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCard {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it starts.
    pub when: When,
    /// Where it is; empty where unknown.
    pub venue: String,
    /// The member's role in a word.
    pub role: String,
    /// Seats taken.
    pub seats: u32,
    /// Seats there are; `None` where there is no limit.
    pub capacity: Option<u32>,
    /// Guests who have not answered.
    pub waiting: u32,
    /// Things that wait for the organiser.
    pub needs_you: u32,
}

/// `GET /events`.
async fn show(
    State(web): State<Web>,
    organiser: Organiser,
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    let paging = Paging { after: None, limit: PAGE_LIMIT_MAX };
    let events = web.app.events(organiser.account, paging).await?.rows;
    let waiting = web.app.waiting_of(organiser.account).await?;
    let (mut coming, mut past): (Vec<_>, Vec<_>) =
        events.into_iter().partition(|event| event.ends_at > organiser.now);
    coming.sort_by_key(|event| event.starts_at);
    past.sort_by_key(|event| std::cmp::Reverse(event.starts_at));
    let card = |event: &EventRow| {
        let counts = waiting.iter().find(|(id, _, _)| *id == event.id);
        card(event, counts.map_or((0, 0), |(_, waiting, held)| (*waiting, *held)))
    };
    let mut chrome = organiser.chrome(Tab::Events);
    chrome.notice = said(after.done.as_deref());
    let page = EventsPage {
        chrome,
        coming: coming.iter().map(card).collect(),
        past: past.iter().map(card).collect(),
    };
    Ok(html(StatusCode::OK, &page))
}

fn card(event: &EventRow, (waiting, held): (i64, i64)) -> EventCard {
    EventCard {
        id: event.id.to_string(),
        name: event.name.clone(),
        when: moment(event.starts_at, &zone(&event.time_zone)),
        venue: event.venue.clone().unwrap_or_default(),
        role: event.role.map_or("", role_word).into(),
        seats: count(event.seats_taken),
        capacity: event.capacity.map(count),
        waiting: count(waiting),
        needs_you: count(held),
    }
}

/// A role in a word, as people read it.
pub(crate) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Editor => "Editor",
        Role::Door => "Door",
        Role::Viewer => "Viewer",
    }
}

/// A count as pages show it: what is stored never falls below nought.
pub(crate) fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(if stored < 0 { 0 } else { u32::MAX })
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/events", get(show))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    #[test]
    fn an_empty_list_offers_the_first_event() {
        let page = EventsPage { chrome: awkward::chrome(Tab::Events), coming: vec![], past: vec![] };
        let page = page.render().unwrap();
        assert!(page.contains("href=\"/events/new\""));
        assert!(page.contains("class=\"empty"));
    }

    #[test]
    fn names_of_any_kind_are_shown_and_escaped() {
        let card = |name: &str| EventCard {
            id: "e1".into(),
            name: name.into(),
            when: awkward::when(),
            venue: awkward::SCRIPT.into(),
            role: "Owner".into(),
            seats: 128,
            capacity: None,
            waiting: 41,
            needs_you: 2,
        };
        let coming = vec![card(awkward::LONG_NAME), card(awkward::ARABIC), card(awkward::EMOJI)];
        let page = EventsPage { chrome: awkward::chrome(Tab::Events), coming, past: vec![card("Past")] };
        let page = page.render().unwrap();
        awkward::assert_escaped(&page);
        assert!(page.contains(awkward::ARABIC));
        assert!(page.contains("dir=\"auto\""));
    }
}
