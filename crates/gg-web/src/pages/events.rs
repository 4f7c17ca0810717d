//! `/events`: the events that an organiser is a member of.

use askama::Template;

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
