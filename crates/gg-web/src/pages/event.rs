//! `/events/{id}`: an event at a glance, its team, and how it treats what looks strange.

use askama::Template;

use crate::pages::policy::PolicyRow;
use crate::view::{Band, Choice, Chrome, Tab, When};

mod act;
mod show;

pub use show::routes;

/// An event's overview.
#[derive(Debug, Template)]
#[template(path = "pages/event.html")]
pub struct EventPage {
    /// The frame.
    pub chrome: Chrome,
    /// Its id, as the API wants it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it starts.
    pub starts_at: When,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Where it is; empty where unknown.
    pub venue: String,
    /// Until when guests may answer; empty where there is no deadline.
    pub deadline: String,
    /// The counts.
    pub figures: EventFigures,
    /// The openings by band, strongest trust first.
    pub bands: Vec<BandCount>,
    /// The team, the owner first.
    pub members: Vec<MemberRow>,
    /// The roles that a new member may get.
    pub roles: Vec<Choice>,
    /// What is done with each band; empty for whom the rules are none of.
    pub policy: Vec<PolicyRow>,
    /// A member's invitation just made: shown once, to be passed on.
    pub fresh_invitation: Option<FreshInvitation>,
    /// What was asked for at guests' links, the oldest first.
    pub wishes: Vec<WishRow>,
    /// Whether there is a page of the messages as guests receive them, and this is its reader.
    pub has_outbox: bool,
    /// Whether the member may change facts and guests.
    pub can_edit: bool,
    /// Whether the member may change team and policy.
    pub can_manage: bool,
}

/// An event's counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFigures {
    /// Seats taken.
    pub seats: u32,
    /// Seats there are; `None` for no limit.
    pub capacity: Option<u32>,
    /// Guests who come.
    pub attending: u32,
    /// Whom they bring.
    pub plus_ones: u32,
    /// Guests who cannot come.
    pub declined: u32,
    /// Guests who have not answered.
    pub waiting: u32,
    /// Guests who have a link.
    pub invited: u32,
    /// Guests who have opened theirs.
    pub opened: u32,
    /// All guests.
    pub guests: u32,
}

/// What somebody asked for who was stopped at a guest's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishRow {
    /// Its id.
    pub id: String,
    /// Through whose link.
    pub guest_id: String,
    /// The guest's name.
    pub guest_name: String,
    /// Who asks for an invitation of his own; empty where the guest wants a new link.
    pub name: String,
    /// Where he can be reached; empty where he did not say.
    pub contact: String,
    /// His word to the organiser.
    pub note: String,
    /// When.
    pub at: When,
}

/// How many openings ended in a band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandCount {
    /// The band.
    pub band: Band,
    /// The openings.
    pub count: u32,
}

/// One member of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// By which it is taken off: the account's id, or the invitation's while it waits.
    pub id: String,
    /// When it was invited, while the invitation waits.
    pub invited: Option<When>,
    /// The address.
    pub email: String,
    /// The role in a word.
    pub role: String,
    /// Whether it is the one who reads.
    pub is_you: bool,
    /// Whether this member may be taken off.
    pub removable: bool,
}

/// An invitation to the team, to be passed on by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshInvitation {
    /// Who is invited.
    pub email: String,
    /// The address to open.
    pub url: String,
    /// Whether an earlier link of that address is dead now.
    pub replaces: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(can_manage: bool) -> EventPage {
        EventPage {
            chrome: awkward::chrome(Tab::Overview),
            id: "e1".into(),
            name: awkward::SCRIPT.into(),
            starts_at: awkward::when(),
            time_zone: "Africa/Accra".into(),
            venue: awkward::ARABIC.into(),
            deadline: String::new(),
            figures: EventFigures {
                seats: 128,
                capacity: Some(180),
                attending: 94,
                ..EventFigures::default()
            },
            bands: vec![BandCount { band: Band::High, count: 2 }],
            members: vec![
                MemberRow {
                    id: "a1".into(),
                    invited: None,
                    email: awkward::LONG_EMAIL.into(),
                    role: "Owner".into(),
                    is_you: true,
                    removable: false,
                },
                MemberRow {
                    id: "a2".into(),
                    invited: None,
                    email: "door@example.com".into(),
                    role: "Door".into(),
                    is_you: false,
                    removable: true,
                },
            ],
            roles: vec![Choice { value: "door".into(), label: "Door".into(), chosen: true }],
            policy: if can_manage {
                vec![PolicyRow {
                    band: Band::High,
                    range: "60 % to 97 %".into(),
                    does: "Ask for a code".into(),
                }]
            } else {
                Vec::new()
            },
            fresh_invitation: None,
            wishes: if can_manage { wishes() } else { Vec::new() },
            has_outbox: can_manage,
            can_edit: can_manage,
            can_manage,
        }
    }

    fn wishes() -> Vec<WishRow> {
        let wish = |id: &str, name: &str| WishRow {
            id: id.into(),
            guest_id: "g1".into(),
            guest_name: awkward::SCRIPT.into(),
            name: name.into(),
            contact: awkward::LONG_EMAIL.into(),
            note: awkward::SCRIPT.into(),
            at: awkward::when(),
        };
        vec![wish("w1", awkward::SCRIPT), wish("w2", "")]
    }

    #[test]
    fn what_was_asked_for_can_be_granted_or_put_away() {
        let html = page(true).render().unwrap();
        assert!(html.contains("action=\"/events/e1/wishes/w1/grant\""));
        assert!(
            !html.contains("action=\"/events/e1/wishes/w2/grant\""),
            "a new link is made on the guest's page"
        );
        for wish in ["w1", "w2"] {
            assert!(html.contains(&format!("action=\"/events/e1/wishes/{wish}/dismiss\"")), "{wish}");
        }
    }

    #[test]
    fn an_owner_manages_team_and_policy() {
        let html = page(true).render().unwrap();
        awkward::assert_escaped(&html);
        assert!(html.contains("action=\"/events/e1/members\""));
        assert!(html.contains("action=\"/events/e1/members/a2/remove\""));
        assert!(!html.contains("action=\"/events/e1/members/a1/remove\""), "nobody removes the last owner");
        for read in ["Ask for a code", "60 % to 97 %", "href=\"/events/e1/policy\""] {
            assert!(html.contains(read), "{read}");
        }
    }

    #[test]
    fn a_viewer_reads_and_changes_nothing() {
        let html = page(false).render().unwrap();
        assert!(!html.contains("action=\"/events/e1/"));
        assert!(!html.contains("60 % to 97 %"), "the rules are the owner's");
    }
}
