//! What somebody typed into a form while his session ended: carried through the sign-in, shown, and sent on his word.
//!
//! It travels in the pages themselves and is kept nowhere: no server and no cookie has it, so it works on any machine
//! and ends with the tab. Only a form that a page of ours sent comes so far, and nothing is done with it before who is
//! signed in has read it and pressed. What is carried is a list of names: no password and no word of a session is one.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::forms::{Fields, FormWord, own_path};
use crate::pages::html;
use crate::pages::signin::SigninPage;
use crate::state::Web;
use crate::view::{Field, Notice, Theme, Tone};

/// Most bytes of what is carried: the longest notes in the longest letters, and it fits percent-encoded into a form.
const KEPT_BYTES_MAX: usize = 16 * 1024;
/// The forms that somebody types into, by the last parts of their addresses.
const FORMS: [&str; 7] =
    ["/events/new", "/edit", "/guests/new", "/members", "/policy", "/answer", "/account/keys"];
/// Where organisers' pages are.
const PAGES: [&str; 3] = ["/events/", "/guests/", "/account/"];
/// What is carried, with the words under which it is shown.
const SHOWN: [(&str, &str); 24] = [
    ("name", "Name"),
    ("venue", "Where"),
    ("starts_at", "Starts"),
    ("ends_at", "Ends"),
    ("time_zone", "Time zone"),
    ("capacity", "Seats"),
    ("rsvp_deadline", "Answers until"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("plus_ones_allowed", "May bring"),
    ("locale", "Language"),
    ("household", "Household"),
    ("notes", "Notes"),
    ("attending", "Coming"),
    ("plus_one", "Brings"),
    ("note", "What they said"),
    ("role", "Role"),
    ("medium", "Review from, per cent"),
    ("high", "Suspicious from, per cent"),
    ("block", "Blocked from, per cent"),
    ("trusted_networks", "Networks"),
    ("delegate_name", "Assistant"),
    ("delegate_guests", "Opens the links of"),
    ("scope", "It may"),
];
/// What is carried unseen: which version was edited, what comes after it, and what was chosen of a list. The mark of
/// rules that were tried is not: they are tried again.
const UNSEEN: [&str; 7] =
    ["version", "then", "action_low", "action_medium", "action_high", "action_block", "fingerprint"];

/// A form that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    path: String,
    fields: Fields,
}

impl Kept {
    /// What is kept of a form that was posted to `path`; nothing where nothing was typed, or not into such a form.
    pub fn of(path: &str, fields: Fields) -> Option<Self> {
        let is_page = own_path(path) == path && PAGES.iter().any(|page| path.starts_with(page));
        let is_form = is_page && FORMS.iter().any(|end| path.ends_with(end));
        let is_known = |name: &str| caption(name).is_some() || UNSEEN.contains(&name);
        let fields = Fields(fields.0.into_iter().filter(|(name, _)| is_known(name)).collect());
        let kept = Self { path: path.to_string(), fields };
        (is_form && kept.shown().next().is_some() && kept.carried().len() <= KEPT_BYTES_MAX).then_some(kept)
    }

    /// As the sign-in page carries it.
    pub fn carried(&self) -> String {
        serde_json::json!([self.path, self.fields.0]).to_string()
    }

    /// What a sign-in page carried, judged anew.
    pub fn read(carried: &str) -> Option<Self> {
        let (path, fields): (String, Vec<(String, String)>) = serde_json::from_str(carried).ok()?;
        Self::of(&path, Fields(fields))
    }

    /// The page with the form.
    pub fn page(&self) -> &str {
        let of_parent = ["/answer", "/keys"].iter().find_map(|end| self.path.strip_suffix(end));
        of_parent.unwrap_or(&self.path)
    }

    fn shown(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fields = self.fields.0.iter().filter(|(_, value)| !value.trim().is_empty());
        fields.filter_map(|(name, value)| Some((caption(name)?, value.as_str())))
    }
}

fn caption(name: &str) -> Option<&'static str> {
    SHOWN.iter().find(|(shown, _)| *shown == name).map(|(_, caption)| *caption)
}

/// The form that waits to be sent.
#[derive(Debug, Template)]
#[template(path = "pages/kept.html")]
pub struct KeptPage {
    /// How it looks.
    pub theme: Theme,
    /// The word of the session that begins.
    pub csrf: String,
    /// Where the form is sent to.
    pub action: String,
    /// The page to go on to without sending it.
    pub page: String,
    /// What was typed, each with what it is.
    pub shown: Vec<(String, String)>,
    /// What is sent.
    pub fields: Vec<(String, String)>,
}

impl KeptPage {
    /// The page for who is signed in with the session whose word is `csrf`.
    pub fn of(kept: Kept, csrf: String, theme: Theme) -> Self {
        let shown = kept.shown().map(|(caption, value)| (caption.to_string(), value.to_string())).collect();
        let page = kept.page().to_string();
        Self { theme, csrf, page, shown, action: kept.path, fields: kept.fields.0 }
    }
}

/// Asks who sent a form in a session that had ended to sign in, with what was typed.
pub fn ask_to_sign_in(web: &Web, headers: &HeaderMap, kept: &Kept) -> Response {
    let word = FormWord::of(headers, web);
    let page = SigninPage {
        csrf: word.csrf(web),
        next: kept.page().to_string(),
        theme: Theme::of(headers),
        kept: kept.carried(),
        email: Field::default(),
        notice: Some(Notice {
            tone: Tone::Plain,
            text: "You were signed out meanwhile. What you typed is kept: sign in, and send it then.".into(),
        }),
    };
    let mut page = word.with(web, html(StatusCode::UNAUTHORIZED, &page));
    page.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect())
    }

    #[test]
    fn secrets_are_not_kept() {
        let typed = [
            ("csrf", "w"),
            ("password", "p"),
            ("token", "t"),
            ("key", "k"),
            ("name", "Ama"),
            ("version", "3"),
        ];
        let kept = Kept::of("/events/e1/edit", fields(&typed)).unwrap();

        assert_eq!(kept.fields, fields(&[("name", "Ama"), ("version", "3")]));
        assert_eq!(Kept::read(&kept.carried()), Some(kept));
    }

    #[test]
    fn a_press_without_a_word_typed_is_not_repeated() {
        let erase = fields(&[("csrf", "w"), ("version", "3")]);
        for path in ["/guests/g1/erase", "/events/e1/delete", "/guests/g1/invite/rotate"] {
            assert_eq!(Kept::of(path, fields(&[("name", "x")])), None, "{path}");
        }
        assert_eq!(Kept::of("/events/e1/edit", erase), None);
    }

    #[test]
    fn it_is_sent_to_an_organisers_page_alone() {
        for path in [
            "//evil.example/edit",
            "/i/token/edit",
            "https://evil.example/events/new",
            "/signin",
            "/events/\\/edit",
        ] {
            let carried = serde_json::json!([path, [["name", "x"]]]).to_string();
            assert_eq!(Kept::read(&carried), None, "{path}");
        }
        assert_eq!(Kept::read("{"), None);
    }

    #[test]
    fn what_is_too_long_to_carry_is_not_carried_in_part() {
        let kept = Kept::of("/guests/g1/edit", fields(&[("notes", &"x".repeat(KEPT_BYTES_MAX))]));
        assert_eq!(kept, None);
        let longest = "👩".repeat(2_000);
        assert!(
            Kept::of("/guests/g1/edit", fields(&[("notes", &longest), ("name", &longest[..800])])).is_some()
        );
    }

    #[test]
    fn it_is_shown_as_text_with_the_word_of_the_new_session() {
        let typed = [("name", awkward::SCRIPT), ("attending", "yes"), ("note", "a\nb")];
        let kept = Kept::of("/guests/g1/answer", fields(&typed)).unwrap();
        let html = KeptPage::of(kept, "word".into(), Theme::default()).render().unwrap();

        awkward::assert_escaped(&html);
        assert!(html.contains("name=\"csrf\" value=\"word\""));
        assert!(html.contains("action=\"/guests/g1/answer\"") && html.contains("href=\"/guests/g1\""));
        assert!(html.contains("<dt>Coming</dt>") && html.contains("a\nb"));
    }
}
