//! `/signin`: an organiser signs in with e-mail and password.

use askama::Template;

use crate::view::{Field, Notice};

/// The sign-in form.
#[derive(Debug, Template)]
#[template(path = "pages/signin.html")]
pub struct SigninPage {
    /// The token that the form carries.
    pub csrf: String,
    /// The page to go on to; a path of this site, checked by the handler.
    pub next: String,
    /// The address.
    pub email: Field,
    /// A notice above the form: a wrong password, a session that ended.
    pub notice: Option<Notice>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pages::awkward, view::Tone};

    #[test]
    fn a_failed_attempt_keeps_the_address_and_says_what_to_do() {
        let page = SigninPage {
            csrf: "c".into(),
            next: awkward::SCRIPT.into(),
            email: Field::of(awkward::SCRIPT),
            notice: Some(Notice { tone: Tone::Bad, text: "E-mail or password is wrong.".into() }),
        };
        let page = page.render().unwrap();
        awkward::assert_escaped(&page);
        assert!(page.contains("role=\"alert\""));
        assert!(page.contains("autocomplete=\"current-password\""));
    }
}
