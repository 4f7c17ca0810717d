//! `/account`: where an organiser is signed in, and the keys for programs.

use askama::Template;

use crate::view::{Chrome, Field, Tab, When};

/// The account's own page.
#[derive(Debug, Template)]
#[template(path = "pages/account.html")]
pub struct AccountPage {
    /// The frame.
    pub chrome: Chrome,
    /// Where the account is signed in, this session first.
    pub sessions: Vec<SessionRow>,
    /// The API keys that live.
    pub keys: Vec<KeyRow>,
    /// What a key may do.
    pub scopes: Vec<ScopeChoice>,
    /// The new key's name, where the form is shown again.
    pub key_name: Field,
    /// A key just made: shown once.
    pub fresh_key: Option<FreshKey>,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The browser, in words.
    pub browser: String,
    /// When it was last used.
    pub seen: When,
    /// Whether it is the one that reads.
    pub is_this: bool,
}

/// One API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its first letters, such as `gg_4fK2…`.
    pub hint: String,
    /// What it may do, in words.
    pub scopes: String,
    /// When it was last used; `None` where never.
    pub used: Option<When>,
}

/// One scope in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeChoice {
    /// The scope, such as `guests:read`.
    pub value: String,
    /// What it lets a program do.
    pub explains: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// A key just made.
#[derive(Clone, PartialEq, Eq)]
pub struct FreshKey {
    /// Its name.
    pub name: String,
    /// The key itself; shown once and kept nowhere.
    pub key: String,
}

impl std::fmt::Debug for FreshKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FreshKey").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(fresh_key: Option<FreshKey>) -> AccountPage {
        AccountPage {
            chrome: awkward::chrome(Tab::Account),
            sessions: vec![SessionRow {
                browser: awkward::SCRIPT.into(),
                seen: awkward::when(),
                is_this: true,
            }],
            keys: vec![KeyRow {
                id: "k1".into(),
                name: awkward::SCRIPT.into(),
                hint: "gg_4fK2…".into(),
                scopes: "everything".into(),
                used: None,
            }],
            scopes: vec![ScopeChoice {
                value: "guests:read".into(),
                explains: "Read guests".into(),
                ticked: true,
            }],
            key_name: Field::default(),
            fresh_key,
        }
    }

    #[test]
    fn sessions_and_keys_are_shown_and_can_be_ended() {
        let html = page(None).render().unwrap();
        awkward::assert_escaped(&html);
        assert!(html.contains("action=\"/account/sign-out-everywhere\""));
        assert!(html.contains("action=\"/account/keys/k1/revoke\""));
        assert!(html.contains("name=\"scope\" value=\"guests:read\""));
    }

    #[test]
    fn a_fresh_key_is_shown_and_never_printed() {
        let fresh = FreshKey { name: "Door".into(), key: "gg_secret".into() };
        assert!(!format!("{fresh:?}").contains("gg_secret"));
        assert!(page(Some(fresh)).render().unwrap().contains("gg_secret"));
    }
}
