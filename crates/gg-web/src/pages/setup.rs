//! `/setup?token=…`: the first account, made through the link that the first start prints.

use askama::Template;

use crate::view::{Field, Notice};

/// The form for the first account.
#[derive(Debug, Template)]
#[template(path = "pages/setup.html")]
pub struct SetupPage {
    /// The token that the form carries.
    pub csrf: String,
    /// The set-up token, from the link.
    pub token: String,
    /// The address to sign in with.
    pub email: Field,
    /// What is wrong with the password; its value is never shown again.
    pub password_error: Option<String>,
    /// A notice above the form.
    pub notice: Option<Notice>,
}

/// What an old, used or wrong set-up link shows: where the current one stands.
#[derive(Debug, Template)]
#[template(path = "pages/setup_gone.html")]
pub struct SetupGonePage;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    #[test]
    fn the_form_carries_the_link_s_token_and_shows_what_is_wrong() {
        let page = SetupPage {
            csrf: "c".into(),
            token: awkward::SCRIPT.into(),
            email: Field::wrong(awkward::SCRIPT, "This is not an e-mail address."),
            password_error: Some("At least 15 characters.".into()),
            notice: None,
        };
        let page = page.render().unwrap();
        awkward::assert_escaped(&page);
        assert!(page.contains("This is not an e-mail address."));
        assert!(page.contains("aria-invalid=\"true\""));
        assert!(page.contains("autocomplete=\"new-password\""));
    }

    #[test]
    fn a_used_link_says_where_the_next_one_is() {
        assert!(SetupGonePage.render().unwrap().contains("guestguard serve"));
    }
}
