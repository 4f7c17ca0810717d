//! `/events/new` and `/events/{id}/edit`: the facts of an event, with the guest's page beside them.

use askama::Template;

use crate::view::{Chrome, Field, Notice, Tab};

/// The form for an event.
#[derive(Debug, Template)]
#[template(path = "pages/event_form.html")]
pub struct EventFormPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id; `None` while it is new.
    pub id: Option<String>,
    /// The version that was read (its ETag), so that a stale form overwrites nothing; empty while new.
    pub version: String,
    /// Its name.
    pub name: Field,
    /// When it starts: local time as `<input type="datetime-local">` has it.
    pub starts_at: Field,
    /// When it ends; the same form, may be empty.
    pub ends_at: Field,
    /// Its IANA time zone.
    pub time_zone: Field,
    /// Zones to choose from while typing.
    pub zones: Vec<String>,
    /// Where it is.
    pub venue: Field,
    /// Seats; empty for no limit.
    pub capacity: Field,
    /// The last moment for answers; local time, may be empty.
    pub rsvp_deadline: Field,
    /// The starting moment as the guest will read it, for the preview.
    pub preview_when: String,
    /// The deadline as the guest will read it; empty where there is none.
    pub preview_deadline: String,
    /// A notice above the form.
    pub notice: Option<Notice>,
    /// Whether the member may delete the event.
    pub can_delete: bool,
}

impl EventFormPage {
    /// Where the form posts to.
    pub fn action(&self) -> String {
        match &self.id {
            Some(id) => format!("/events/{id}/edit"),
            None => "/events/new".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(id: Option<&str>) -> EventFormPage {
        EventFormPage {
            chrome: awkward::chrome(Tab::Events),
            id: id.map(Into::into),
            version: "\"7\"".into(),
            name: Field::wrong(awkward::SCRIPT, "A name has at most 200 letters."),
            starts_at: Field::of("2026-12-12T15:00"),
            ends_at: Field::default(),
            time_zone: Field::of("Africa/Accra"),
            zones: vec!["Africa/Accra".into(), "Europe/Berlin".into()],
            venue: Field::of(awkward::ARABIC),
            capacity: Field::of("180"),
            rsvp_deadline: Field::default(),
            preview_when: "Saturday 12 December 2026, 15:00".into(),
            preview_deadline: String::new(),
            notice: None,
            can_delete: id.is_some(),
        }
    }

    #[test]
    fn a_new_event_posts_to_its_own_address_and_shows_the_mistake() {
        let html = page(None).render().unwrap();
        awkward::assert_escaped(&html);
        assert!(html.contains("action=\"/events/new\""));
        assert!(html.contains("A name has at most 200 letters."));
        assert!(!html.contains("/delete"));
    }

    #[test]
    fn an_edited_event_carries_the_version_that_was_read() {
        let html = page(Some("e1")).render().unwrap();
        assert!(html.contains("name=\"version\" value=\"&#34;7&#34;\""));
        assert!(html.contains("action=\"/events/e1/delete\""));
    }
}
