//! `GET /`: what GuestGuard is, and the one command that starts it.

use askama::Template;

/// The landing page.
#[derive(Debug, Template)]
#[template(path = "pages/landing.html")]
pub struct LandingPage {
    /// Whether somebody is signed in: the buttons then lead to the events.
    pub signed_in: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_led_to_the_sign_in() {
        let page = LandingPage { signed_in: false }.render().unwrap();
        assert!(page.contains("guestguard serve"));
        assert!(page.contains("href=\"/signin\""));
    }

    #[test]
    fn an_organiser_is_led_to_her_events() {
        let page = LandingPage { signed_in: true }.render().unwrap();
        assert!(!page.contains("href=\"/signin\""));
        assert!(page.contains("href=\"/events\""));
    }
}
