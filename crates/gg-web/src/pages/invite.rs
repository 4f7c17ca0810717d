//! `GET,POST /i/{token}`, `GET /invite`: the guest's page, the neutral card, and the dead link.
//!
//! Everything works as plain forms that post to `/i/{token}` with a `step`: `answer`, `open` (from the neutral
//! card), `send-code`, `code`, `fresh-link`, `passed-on`. Script only adds the opening's signals and shows less at once.

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use crate::api::invites::BODY_BYTES_MAX;
use crate::invite_cookie;
use crate::state::Web;

mod answer;
mod form;
mod show;
mod state;
mod stopped;
mod words;

pub use state::{AnswerForm, Confirmation, InviteState, PassedOn, StepUp, Stopped, Typed};

/// The routes of the guest's page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/i/{token}", get(show::show).post(answer::answer))
        // An address that gathered something on its way is a dead link like another.
        .route("/i/", get(show::show))
        .route("/i/{token}/", get(show::show))
        .route("/i/{token}/{*rest}", get(show::show))
        .route(invite_cookie::PATH, get(show::show_again))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// The guest's page.
#[derive(Template)]
#[template(path = "pages/invite.html")]
pub struct InvitePage {
    /// The link's token, for the form's address and the island.
    pub token: String,
    /// The nonce that makes a POST the page's own.
    pub nonce: String,
    /// The event's name.
    pub title: String,
    /// When, as the guest reads it: "Saturday 12 December 2026, 15:00".
    pub when: String,
    /// Where; empty where unknown.
    pub venue: String,
    /// The guest's name, as greeted.
    pub guest_name: String,
    /// Seats kept for the guest and whom they bring.
    pub seats: u32,
    /// Until when an answer may be changed; empty where there is no deadline.
    pub until: String,
    /// The event's colours.
    pub palette: Palette,
    /// Whether an organiser looks at it: nothing counts.
    pub test: bool,
    /// Whether the device's traits may be read.
    pub fingerprint: bool,
    /// The opening that a code has confirmed, to answer with; empty where the page tells of its own.
    pub access: String,
    /// Whether anything can be sent at all; where not, a new link is asked of the hosts.
    pub sends: bool,
    /// What the page says.
    pub state: InviteState,
}

impl std::fmt::Debug for InvitePage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitePage").finish_non_exhaustive()
    }
}

impl InvitePage {
    /// How many the guest may bring.
    pub fn allowed(&self) -> u32 {
        self.seats.saturating_sub(1)
    }

    /// Whether the opening is known already: the page's script makes no second one of it.
    pub fn is_told(&self) -> bool {
        !self.access.is_empty() || self.state.is_stop()
    }

    /// `on` or `off`, as the island reads it.
    pub fn fingerprint_word(&self) -> &'static str {
        if self.fingerprint { "on" } else { "off" }
    }
}

/// The colours behind an event's title. Whole class names: the CSS scanner reads text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Palette {
    /// Green and gold.
    #[default]
    Evergreen,
    /// Rose and clay.
    Rose,
    /// Night blue and violet.
    Dusk,
    /// Sand and ember.
    Ember,
}

impl Palette {
    /// The class of the gradient.
    pub fn class(self) -> &'static str {
        match self {
            Self::Evergreen => "palette-evergreen",
            Self::Rose => "palette-rose",
            Self::Dusk => "palette-dusk",
            Self::Ember => "palette-ember",
        }
    }
}

/// What previewers and scanners get: no name, no place, one button that leads a person on.
#[derive(Template)]
#[template(path = "pages/invite_neutral.html")]
pub struct NeutralPage {
    /// The link's token, for the form's address.
    pub token: String,
    /// The nonce that makes a POST the page's own.
    pub nonce: String,
}

/// Where a form without script leads in a browser that keeps no cookies: the answer is in, and only the link shows it.
#[derive(Debug, Template)]
#[template(path = "pages/invite_sent.html")]
pub struct SentPage;

/// What every dead, unknown or malformed link shows: the same bytes for all.
#[derive(Debug, Template)]
#[template(path = "pages/invite_dead.html")]
pub struct DeadLinkPage;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;
    use crate::view::Field;

    fn page(state: InviteState) -> String {
        let page = InvitePage {
            token: "tok".into(),
            nonce: "nonce-1".into(),
            title: awkward::SCRIPT.into(),
            when: "Saturday 12 December 2026, 15:00".into(),
            venue: awkward::ARABIC.into(),
            guest_name: awkward::SCRIPT.into(),
            seats: 3,
            until: "5 December".into(),
            palette: Palette::Rose,
            test: false,
            fingerprint: false,
            access: String::new(),
            sends: true,
            state,
        };
        let html = page.render().unwrap();
        awkward::assert_escaped(&html);
        html
    }

    fn form() -> AnswerForm {
        AnswerForm {
            names: vec![Field::of(awkward::SCRIPT), Field::default()],
            note: Field::of("</textarea><script>alert(1)</script>"),
            ..AnswerForm::default()
        }
    }

    #[test]
    fn the_question_is_a_plain_form_with_a_nonce_and_a_field_for_each_guest_allowed() {
        let html = page(InviteState::Open(form()));
        assert!(html.contains("method=\"post\" action=\"/i/tok\""));
        assert!(html.contains("name=\"nonce\" value=\"nonce-1\""));
        assert_eq!(html.matches("name=\"plus_one\"").count(), 2);
        assert!(html.contains("data-fingerprint=\"off\""));
    }

    #[test]
    fn a_guest_who_brings_nobody_is_not_asked_for_names() {
        let html = page(InviteState::Open(AnswerForm::default()));
        assert!(!html.contains("name=\"plus_one\""));
    }

    #[test]
    fn a_taken_answer_can_be_changed_while_there_is_time() {
        let names = vec![awkward::EMOJI.to_owned(), awkward::SCRIPT.to_owned()];
        let taken = |change| Confirmation { attending: true, plus_ones: names.clone(), change };
        assert!(page(InviteState::Answered(taken(Some(form())))).contains("action=\"/i/tok\""));
        assert!(!page(InviteState::Answered(taken(None))).contains("<form"));
    }

    #[test]
    fn refusals_are_kind_and_offer_a_way_out() {
        for refusal in [
            InviteState::Held,
            InviteState::Full { form: form(), declined: false },
            InviteState::Closed { answered: None },
            InviteState::Closed { answered: Some(true) },
            InviteState::Blocked(Stopped::default()),
            InviteState::Blocked(Stopped { fresh_link_sent: true, ..Stopped::default() }),
            InviteState::StepUp(StepUp::default()),
            InviteState::WishTaken,
        ] {
            let html = page(refusal).to_lowercase();
            for word in ["fraud", "suspicious", "blocked", "denied", "token"] {
                assert!(!html.replace("js/", "").contains(&format!(" {word}")), "says {word}");
            }
        }
        let closed = page(InviteState::Closed { answered: Some(true) });
        assert!(!closed.contains("You can change your answer"), "nothing can be changed any more");
        assert!(page(InviteState::Open(form())).contains("You can change your answer until"));
        let blocked = page(InviteState::Blocked(Stopped::default()));
        assert!(blocked.contains("value=\"fresh-link\"") && blocked.contains("value=\"passed-on\""));
    }

    #[test]
    fn who_finds_no_seat_can_say_no_and_keeps_what_was_typed() {
        let html = page(InviteState::Full { form: form(), declined: false });
        let (_, decline) = html.split_once("class=\"decline\"").unwrap();
        let (decline, again) = decline.split_once("</form>").unwrap();
        assert!(decline.contains("name=\"attending\" value=\"no\"") && decline.contains("&#60;/textarea"));
        assert!(again.contains("name=\"plus_one\""));
        assert!(!page(InviteState::Full { form: form(), declined: true }).contains("class=\"decline\""));
    }

    #[test]
    fn what_the_opening_may_bring_is_said_in_the_words_of_the_answer() {
        let (open, held) = (page(InviteState::Open(form())), page(InviteState::Held));
        let blocked = page(InviteState::Blocked(Stopped::default()));
        for words in [
            "Your hosts will look at your answer before it counts.",
            "no answer can be taken through this link",
        ] {
            assert!(open.contains(words), "{words}");
            assert!(held.contains(words) || blocked.contains(words), "{words}");
        }
        assert!(!held.contains("<template") && !blocked.contains("<template"));
    }

    #[test]
    fn a_code_is_asked_for_in_one_field() {
        let typed = Typed { attending: Some(true), names: vec![awkward::SCRIPT.into()], ..Typed::default() };
        let error = Some("This code is not right.".into());
        let ask = StepUp { access_id: "x1".into(), sent: true, error, typed };
        let html = page(InviteState::StepUp(ask));
        assert!(html.contains("autocomplete=\"one-time-code\""));
        assert!(html.contains("This code is not right."));
        assert!(html.contains("name=\"access_id\" value=\"x1\""));
        assert!(html.contains("data-told"), "what is typed makes no second opening");
        // With the code, with the wish for another code: what was typed of the answer goes along.
        assert_eq!(html.matches("name=\"attending\" value=\"yes\"").count(), 2);
        assert_eq!(html.matches("name=\"plus_one\"").count(), 2);
    }

    #[test]
    fn the_neutral_card_names_nobody_and_leads_on_by_a_post() {
        let html = NeutralPage { token: "tok".into(), nonce: "n".into() }.render().unwrap();
        assert!(html.contains("method=\"post\" action=\"/i/tok\""));
        assert!(!html.contains("<script"));
        assert_eq!(html.matches("<button").count(), 1);
    }

    #[test]
    fn the_dead_link_is_one_page_for_all() {
        let html = DeadLinkPage.render().unwrap();
        assert!(html.contains("<h1"));
        assert!(!html.contains("<form"));
    }

    #[test]
    fn a_page_in_a_log_gives_no_token_away() {
        let page = InvitePage {
            token: "tok-secret".into(),
            nonce: String::new(),
            title: String::new(),
            when: String::new(),
            venue: String::new(),
            guest_name: String::new(),
            seats: 1,
            until: String::new(),
            palette: Palette::default(),
            test: false,
            fingerprint: true,
            access: String::new(),
            sends: true,
            state: InviteState::Held,
        };
        assert!(!format!("{page:?}").contains("tok-secret"));
    }
}
