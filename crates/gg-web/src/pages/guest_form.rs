//! `/events/{id}/guests/new` and `/guests/{id}/edit`: who is invited, and whom they may bring.

use askama::Template;

use crate::view::{Choice, Chrome, Field, Notice, Tab};

/// The form for a guest.
#[derive(Debug, Template)]
#[template(path = "pages/guest_form.html")]
pub struct GuestFormPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// The guest's id; `None` while new.
    pub id: Option<String>,
    /// The version that was read (its ETag); empty while new.
    pub version: String,
    /// The name.
    pub name: Field,
    /// E-mail; may be empty.
    pub email: Field,
    /// Phone; may be empty.
    pub phone: Field,
    /// How many the guest may bring.
    pub plus_ones_allowed: Field,
    /// The household's name; may be empty.
    pub household: Field,
    /// The language to write in.
    pub locales: Vec<Choice>,
    /// What only the team sees.
    pub notes: Field,
    /// A notice above the form.
    pub notice: Option<Notice>,
}

impl GuestFormPage {
    /// Where the form posts to.
    pub fn action(&self) -> String {
        match &self.id {
            Some(id) => format!("/guests/{id}/edit"),
            None => format!("/events/{}/guests/new", self.event_id),
        }
    }

    /// Where "Cancel" leads.
    pub fn back(&self) -> String {
        match &self.id {
            Some(id) => format!("/guests/{id}"),
            None => format!("/events/{}/guests", self.event_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(id: Option<&str>) -> String {
        let page = GuestFormPage {
            chrome: awkward::chrome(Tab::Guests),
            event_id: "e1".into(),
            id: id.map(Into::into),
            version: String::new(),
            name: Field::wrong(awkward::SCRIPT, "A name is needed."),
            email: Field::of(awkward::LONG_EMAIL),
            phone: Field::default(),
            plus_ones_allowed: Field::of("1"),
            household: Field::of(awkward::ARABIC),
            locales: vec![Choice { value: "en".into(), label: "English".into(), chosen: true }],
            notes: Field::of("</textarea><script>alert(1)</script>"),
            notice: None,
        };
        page.render().unwrap()
    }

    #[test]
    fn a_new_guest_posts_beneath_the_event() {
        let html = page(None);
        awkward::assert_escaped(&html);
        assert!(html.contains("action=\"/events/e1/guests/new\""));
        assert!(html.contains("A name is needed."));
    }

    #[test]
    fn a_known_guest_posts_to_its_own_address() {
        assert!(page(Some("g1")).contains("action=\"/guests/g1/edit\""));
    }
}
