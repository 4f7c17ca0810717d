//! `/guests/{id}`: one guest: the link, the answer, what was seen, and the way to forget it.

use askama::Template;

use crate::view::{Band, Chrome, Field, Notice, Standing, Tab, When};

mod act;
mod decided;
mod show;

pub use show::routes;

/// A guest's page for the organiser.
#[derive(Debug, Template)]
#[template(path = "pages/guest.html")]
pub struct GuestPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// The guest's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// E-mail; empty where there is none or the role may not see it.
    pub email: String,
    /// Phone; likewise.
    pub phone: String,
    /// The household; empty where alone.
    pub household: String,
    /// What only the team sees.
    pub notes: String,
    /// How many the guest may bring.
    pub plus_ones_allowed: u32,
    /// Where the answer stands.
    pub standing: Standing,
    /// The band of the last opening.
    pub band: Option<Band>,
    /// The answer in words; `None` while there is none.
    pub answer: Option<AnswerFacts>,
    /// The form that records an answer by telephone.
    pub record: RecordForm,
    /// Where the link stands.
    pub link: LinkState,
    /// What happened, the latest first.
    pub timeline: Vec<TimelineRow>,
    /// The devices that speak for this guest.
    pub devices: Vec<DeviceRow>,
    /// What the team decided, the latest first.
    pub decisions: Vec<DecisionRow>,
    /// Why no code is asked of this guest; empty where one can be sent.
    pub no_code: &'static str,
    /// Whether the member may change anything.
    pub can_edit: bool,
}

/// The answer as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFacts {
    /// Who is brought.
    pub plus_ones: Vec<String>,
    /// The guest's note; empty where none.
    pub note: String,
    /// Further answers, such as what is not eaten: question and answer.
    pub answers: Vec<(String, String)>,
    /// Where it came from, such as "by the guest" or "recorded by you".
    pub source: String,
    /// When.
    pub at: When,
}

/// What stands in the form for an answer by telephone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordForm {
    /// Whether yes is chosen; `None` for neither.
    pub attending: Option<bool>,
    /// The names of those brought, one field for each allowed.
    pub names: Vec<Field>,
    /// The note.
    pub note: Field,
    /// A notice above the form.
    pub notice: Option<Notice>,
}

impl RecordForm {
    /// Whether "coming" is chosen.
    pub fn yes(&self) -> bool {
        self.attending == Some(true)
    }

    /// Whether "not coming" is chosen.
    pub fn no(&self) -> bool {
        self.attending == Some(false)
    }
}

/// Where the guest's link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// None was issued, or the last was revoked.
    None {
        /// Whether one was revoked before.
        revoked: bool,
    },
    /// One lives.
    Living {
        /// The address, computed again for this page; `None` where the role may not see it.
        url: Option<String>,
        /// What became of it, such as "Sent 3 December, opened 5 times".
        detail: String,
    },
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineRow {
    /// What happened, in words.
    pub text: String,
    /// More, such as the network or the class of a machine; may be empty.
    pub detail: String,
    /// When.
    pub at: When,
    /// The band, for an opening.
    pub band: Option<Band>,
    /// The kind, which chooses the mark: `sent`, `fetched`, `opened`, `answered`, `tested`, `changed`.
    pub kind: TimelineKind,
    /// The opening, where somebody may say who it was.
    pub opening: Option<String>,
}

/// The kinds of line in a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineKind {
    /// A message went out or was delivered.
    Sent,
    /// A machine looked at the link.
    Fetched,
    /// A person opened it.
    Opened,
    /// An answer was given.
    Answered,
    /// The organiser's own look.
    Tested,
    /// A link was issued, rotated, revoked.
    Changed,
}

impl TimelineKind {
    /// The icon's name in the sprite.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Sent => "send",
            Self::Fetched => "robot",
            Self::Opened => "open",
            Self::Answered => "tick",
            Self::Tested => "flask",
            Self::Changed => "link",
        }
    }
}

/// One device that speaks for the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// What it is, such as "iPhone, Safari".
    pub name: String,
    /// Since when and how far it is trusted.
    pub detail: String,
    /// How often it opened the link, such as "5 openings".
    pub openings: String,
}

/// One decision of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// What was decided, in words.
    pub text: String,
    /// Who decided.
    pub who: String,
    /// When.
    pub at: When,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(link: LinkState, can_edit: bool) -> String {
        let page = GuestPage {
            chrome: awkward::chrome(Tab::Guests),
            event_id: "e1".into(),
            id: "g1".into(),
            name: awkward::SCRIPT.into(),
            email: awkward::LONG_EMAIL.into(),
            phone: String::new(),
            household: awkward::ARABIC.into(),
            notes: awkward::SCRIPT.into(),
            plus_ones_allowed: 2,
            standing: Standing::Held,
            band: Some(Band::High),
            answer: Some(AnswerFacts {
                plus_ones: vec![awkward::EMOJI.into(), awkward::SCRIPT.into()],
                note: awkward::SCRIPT.into(),
                answers: vec![("Does not eat".into(), awkward::SCRIPT.into())],
                source: "by the guest".into(),
                at: awkward::when(),
            }),
            record: RecordForm { names: vec![Field::default(); 2], ..RecordForm::default() },
            link,
            timeline: vec![TimelineRow {
                text: "Opened on a new phone".into(),
                detail: awkward::SCRIPT.into(),
                at: awkward::when(),
                band: Some(Band::High),
                kind: TimelineKind::Opened,
                opening: can_edit.then(|| "x1".into()),
            }],
            devices: vec![DeviceRow {
                name: awkward::SCRIPT.into(),
                detail: "trusted since 3 November".into(),
                openings: "5 openings".into(),
            }],
            decisions: vec![DecisionRow {
                text: "The link was replaced".into(),
                who: awkward::LONG_EMAIL.into(),
                at: awkward::when(),
            }],
            no_code: "",
            can_edit,
        };
        let html = page.render().unwrap();
        awkward::assert_escaped(&html);
        html
    }

    #[test]
    fn a_living_link_can_be_copied_tried_replaced_and_revoked() {
        let url = Some("https://rsvp.example/i/abc".to_owned());
        let html = page(LinkState::Living { url, detail: "Sent".into() }, true);
        for action in [
            "invite/rotate",
            "invite/revoke",
            "try",
            "forget-devices",
            "reset-baseline",
            "erase",
            "answer",
            "openings/x1/label",
            "openings/x1/trust",
        ] {
            assert!(html.contains(&format!("action=\"/guests/g1/{action}\"")), "{action}");
        }
        assert!(html.contains("https://rsvp.example/i/abc"));
    }

    #[test]
    fn a_guest_without_a_link_is_offered_one() {
        let html = page(LinkState::None { revoked: true }, true);
        assert!(html.contains("action=\"/guests/g1/invite\""));
        assert!(!html.contains("invite/revoke"));
    }

    #[test]
    fn a_viewer_gets_no_link_and_no_form() {
        let html = page(LinkState::Living { url: None, detail: "Sent".into() }, false);
        assert!(!html.contains("action=\"/guests/g1/"));
    }
}
