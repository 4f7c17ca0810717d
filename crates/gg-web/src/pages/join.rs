//! `/join/{token}`: somebody is invited to help with an event, and signs in or makes an account.

use askama::Template;

use crate::view::{Field, Notice};

/// The page behind a member's invitation.
#[derive(Debug, Template)]
#[template(path = "pages/join.html")]
pub struct JoinPage {
    /// The token that the form carries.
    pub csrf: String,
    /// The last part of the invitation's address.
    pub token: String,
    /// The event.
    pub event_name: String,
    /// What the member may do, in words, such as "see and change everything but the team".
    pub role_words: String,
    /// Who comes: known by the session, by an account, or not at all.
    pub who: Joiner,
    /// A notice above the form.
    pub notice: Option<Notice>,
}

/// Who opens the invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joiner {
    /// The invited account, signed in: one button.
    SignedIn {
        /// Its address.
        email: String,
    },
    /// Somebody signed in as another account than the invited one.
    Other {
        /// The address that is signed in.
        email: String,
    },
    /// Not signed in: the form makes an account, and `/signin?next=` stands beside it.
    New {
        /// The invited address, which cannot be changed here.
        email: String,
        /// What was typed and is wrong.
        password: Field,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(who: Joiner) -> String {
        let page = JoinPage {
            csrf: "c".into(),
            token: "t".into(),
            event_name: awkward::LONG_NAME.into(),
            role_words: "see who comes".into(),
            who,
            notice: None,
        };
        page.render().unwrap()
    }

    #[test]
    fn a_newcomer_makes_an_account_or_signs_in() {
        let new = page(Joiner::New { email: awkward::SCRIPT.into(), password: Field::default() });
        awkward::assert_escaped(&new);
        assert!(new.contains("autocomplete=\"new-password\""));
        assert!(new.contains("/signin?next=/join/t"));
    }

    #[test]
    fn the_invited_account_needs_one_button() {
        let known = page(Joiner::SignedIn { email: "ama@example.com".into() });
        assert!(!known.contains("type=\"password\""));
        assert!(known.contains("action=\"/join/t\""));
    }

    #[test]
    fn another_account_is_told_so() {
        assert!(page(Joiner::Other { email: "kofi@example.com".into() }).contains("kofi@example.com"));
    }
}
