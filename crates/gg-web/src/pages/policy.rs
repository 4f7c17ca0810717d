//! `/events/{id}/policy`: how an event treats what looks strange, tried on what has happened before it is saved.
//!
//! The form is sent twice: once to be tried, and once to be saved, with the mark of what was tried. Whoever changes it
//! in between tries again. It works without script.

use askama::Template;

use crate::view::{Band, Choice, Chrome, Field, Notice, Tab, When};

mod form;
mod show;
mod tried;

pub(crate) use show::policy_rows;
pub use show::routes;

/// The rules of an event.
#[derive(Debug, Template)]
#[template(path = "pages/policy.html")]
pub struct PolicyPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// The event's name.
    pub name: String,
    /// The bands, each with where it begins and what is done.
    pub bands: Vec<BandRule>,
    /// What can be done: each with what it does to a guest.
    pub actions: Vec<(String, String)>,
    /// Networks whose newness is no evidence, one a line.
    pub networks: Field,
    /// Assistants, and an empty one.
    pub delegates: Vec<DelegateRow>,
    /// Whether the guest's page reads the device's traits.
    pub fingerprint: bool,
    /// A notice above the form.
    pub notice: Option<Notice>,
    /// What the rules would have done, where they were tried.
    pub tried: Option<TriedRules>,
    /// How often reasons were right.
    pub reasons: ReasonFigures,
}

/// A band's rule in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandRule {
    /// The band.
    pub band: Band,
    /// The field of its threshold with what stands in it, in per cent; none for the first, which begins at 0.
    pub from: Option<(String, Field)>,
    /// The field of its action, such as `action_high`.
    pub field: String,
    /// What may be done, the current one chosen.
    pub actions: Vec<Choice>,
}

/// What is done with a band, as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// The band.
    pub band: Band,
    /// Where it begins and ends, such as "20 % to 60 %".
    pub range: String,
    /// What is done, in words.
    pub does: String,
}

/// An assistant in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DelegateRow {
    /// What he is called.
    pub name: Field,
    /// Whose links he may open, one a line.
    pub guests: Field,
}

/// What tried rules would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriedRules {
    /// The mark of the rules that were tried.
    pub mark: String,
    /// How many openings were judged again.
    pub accesses: usize,
    /// How many could not be.
    pub unrecorded: usize,
    /// How many would have been treated otherwise.
    pub otherwise: usize,
    /// What would have been done to them, such as "2 would have been asked for a code".
    pub sums: Vec<String>,
    /// The latest of them.
    pub rows: Vec<OtherwiseRow>,
}

impl TriedRules {
    /// How many are not shown.
    pub fn more(&self) -> usize {
        self.otherwise.saturating_sub(self.rows.len())
    }
}

/// An opening that would have been treated otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherwiseRow {
    /// The opening.
    pub access_id: String,
    /// Whose link.
    pub name: String,
    /// When it was.
    pub at: When,
    /// Its band.
    pub from: Band,
    /// Its band then.
    pub to: Band,
    /// What would have been done instead of what.
    pub does: String,
    /// Why, in words.
    pub why: String,
}

/// How often reasons were right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReasonFigures {
    /// How many openings somebody said who they were.
    pub labelled: usize,
    /// Reason by reason.
    pub rows: Vec<ReasonFigure>,
}

/// How often a reason was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonFigure {
    /// Its name.
    pub name: String,
    /// Such as "2 of 3".
    pub right: String,
    /// Such as "21 % to 94 %".
    pub interval: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(tried: Option<TriedRules>) -> String {
        let page = PolicyPage {
            chrome: awkward::chrome(Tab::Overview),
            event_id: "e1".into(),
            name: awkward::SCRIPT.into(),
            bands: vec![BandRule {
                band: Band::High,
                from: Some(("high".into(), Field::wrong("ten", "Give a percentage such as 20."))),
                field: "action_high".into(),
                actions: vec![Choice {
                    value: "step_up".into(),
                    label: "Ask for a code".into(),
                    chosen: true,
                }],
            }],
            actions: vec![("Ask for a code".into(), "Six digits are asked for.".into())],
            networks: Field::wrong(awkward::SCRIPT, "Line 1: no network."),
            delegates: vec![DelegateRow {
                name: Field::of(awkward::SCRIPT),
                guests: Field::wrong(awkward::ARABIC, "Line 1: nobody."),
            }],
            fingerprint: true,
            notice: None,
            tried,
            reasons: ReasonFigures {
                labelled: 3,
                rows: vec![ReasonFigure {
                    name: "A new device".into(),
                    right: "2 of 3".into(),
                    interval: "21 % to 94 %".into(),
                }],
            },
        };
        let html = page.render().unwrap();
        awkward::assert_escaped(&html);
        html
    }

    #[test]
    fn rules_are_saved_only_once_they_were_tried() {
        assert!(!page(None).contains("value=\"save\""));
        let html = page(Some(TriedRules { mark: "abc".into(), ..TriedRules::default() }));
        assert!(html.contains("value=\"save\"") && html.contains("name=\"tried\" value=\"abc\""));
    }

    #[test]
    fn what_is_wrong_stands_beside_what_was_typed() {
        let html = page(None);
        assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3);
        for said in ["value=\"ten\"", "Give a percentage such as 20.", "Line 1: no network.", "2 of 3"] {
            assert!(html.contains(said), "{said}");
        }
    }

    #[test]
    fn who_would_be_treated_otherwise_is_named_and_the_rest_counted() {
        let row = OtherwiseRow {
            access_id: "x1".into(),
            name: awkward::SCRIPT.into(),
            at: awkward::when(),
            from: Band::Medium,
            to: Band::Low,
            does: "let in, as before".into(),
            why: "Usual network counts less".into(),
        };
        let tried = TriedRules { otherwise: 12, accesses: 80, rows: vec![row], ..TriedRules::default() };
        let html = page(Some(tried));
        assert!(html.contains("?open=x1#sheet") && html.contains("and 11 more"));
    }
}
