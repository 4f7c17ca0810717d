//! `/events/{id}/guests`: the guest list, with search and filters that are plain links.

use askama::Template;

use crate::view::{Band, Chrome, Pager, Standing, Tab, When};

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
