//! What the pages share: the words and small models that templates place.
//!
//! A model here holds text that is ready to be shown: a handler has already formatted every time, count
//! and name. Templates only lay it out, so that they hold no logic.

mod reason_words;
mod theme;

pub use theme::{THEME_COOKIE, Theme};

pub use reason_words::{ReasonWords, all_reason_words, opening_sentence, reason_name, reason_words};

/// How far an opening was from what is known of the guest: colour, shape and word, always together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Shown as Verified.
    Low,
    /// Shown as Review.
    Medium,
    /// Shown as Suspicious.
    High,
    /// Shown as Blocked.
    Block,
}

impl Band {
    /// The band of a key as the API writes it (`low`, `medium`, `high`, `block`); `None` for anything else.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "block" => Self::Block,
            _ => return None,
        })
    }

    /// The key as the API writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Block => "block",
        }
    }

    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "Verified",
            Self::Medium => "Review",
            Self::High => "Suspicious",
            Self::Block => "Blocked",
        }
    }

    /// The class that colours its badge. Whole words: the CSS scanner reads text.
    pub fn class(self) -> &'static str {
        match self {
            Self::Low => "band-low",
            Self::Medium => "band-medium",
            Self::High => "band-high",
            Self::Block => "band-block",
        }
    }
}

/// Where a guest's answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Has said yes.
    Coming,
    /// Has said no.
    NotComing,
    /// Has not answered.
    Waiting,
    /// Has answered, and the answer waits for the organiser's word.
    Held,
}

impl Standing {
    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Coming => "Coming",
            Self::NotComing => "Not coming",
            Self::Waiting => "Waiting",
            Self::Held => "Needs you",
        }
    }

    /// The key by which the monitor's script finds the badge.
    pub fn key(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::NotComing => "declined",
            Self::Waiting => "waiting",
            Self::Held => "held",
        }
    }

    /// The class that gives the badge its dot.
    pub fn class(self) -> &'static str {
        match self {
            Self::Coming => "badge-coming",
            Self::NotComing => "badge-declined",
            Self::Waiting => "badge-waiting",
            Self::Held => "badge-held",
        }
    }
}

/// What a notice on a page means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Good,
    /// Something to know.
    Plain,
    /// Somebody should look.
    Warn,
    /// Something did not work.
    Bad,
}

impl Tone {
    /// The class of its banner.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "banner-good",
            Self::Plain => "banner-plain",
            Self::Warn => "banner-warn",
            Self::Bad => "banner-bad",
        }
    }

    /// The role that makes a screen reader say it: at once where something went wrong.
    pub fn role(self) -> &'static str {
        match self {
            Self::Bad | Self::Warn => "alert",
            Self::Good | Self::Plain => "status",
        }
    }
}

/// One notice above a page's content: what happened, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it means.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
}

/// A form's field as it is shown again: what was typed and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// What stands in it.
    pub value: String,
    /// What is wrong, as a sentence; `None` where nothing is.
    pub error: Option<String>,
}

impl Field {
    /// A field with nothing wrong.
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    /// A field that must be put right.
    pub fn wrong(value: impl Into<String>, error: impl Into<String>) -> Self {
        Self { value: value.into(), error: Some(error.into()) }
    }
}

/// A choice in a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is the one chosen.
    pub chosen: bool,
}

/// Which tab of the organiser's navigation is lit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The list of events.
    Events,
    /// One event's overview.
    Overview,
    /// Its guests, a guest, the import.
    Guests,
    /// Its live monitor.
    Live,
    /// The account's own page.
    Account,
}

/// The frame of every organiser's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chrome {
    /// Who is signed in, as shown in the account menu.
    pub email: String,
    /// The token that each form carries.
    pub csrf: String,
    /// How it looks.
    pub theme: Theme,
    /// The tab that is lit.
    pub tab: Tab,
    /// The event whose tabs are shown; `None` outside an event.
    pub event: Option<EventTabs>,
    /// A notice above the content.
    pub notice: Option<Notice>,
}

impl Chrome {
    /// `page` where that tab is lit, as `aria-current` wants it.
    pub fn current(&self, tab: Tab) -> &'static str {
        if self.tab == tab { "page" } else { "false" }
    }

    /// The letter in the account's round.
    pub fn initial(&self) -> String {
        self.email.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default()
    }
}

/// The event in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTabs {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One piece of evidence: in words, with a bar around a middle line (left speaks for the guest).
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The stable code, for scripts and the curious.
    pub code: String,
    /// The name in words, such as "Network new to her".
    pub words: String,
    /// Log-odds: above 0 speaks for a stranger.
    pub nats: f64,
}

/// Half the width of an evidence chart, in its own units.
const EVIDENCE_HALF: f64 = 60.0;
/// The evidence that fills half a chart; what is stronger is drawn as long.
const EVIDENCE_NATS_MAX: f64 = 4.0;

impl Evidence {
    /// Whether it speaks for a stranger.
    pub fn against(&self) -> bool {
        self.nats > 0.0
    }

    /// The bar's length, at least 2 so that it is seen.
    pub fn width(&self) -> String {
        format!("{:.1}", (self.nats.abs() / EVIDENCE_NATS_MAX * EVIDENCE_HALF).clamp(2.0, EVIDENCE_HALF))
    }

    /// Where the bar begins.
    pub fn x(&self) -> String {
        let width = (self.nats.abs() / EVIDENCE_NATS_MAX * EVIDENCE_HALF).clamp(2.0, EVIDENCE_HALF);
        format!("{:.1}", if self.against() { EVIDENCE_HALF } else { EVIDENCE_HALF - width })
    }

    /// The figure with its sign, for the hover text.
    pub fn figure(&self) -> String {
        format!("{:+.1}", self.nats)
    }
}

/// A moment as people say it, with the exact one behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// As people say it: "3 minutes ago", "Saturday 12 December 2026, 15:00".
    pub said: String,
    /// RFC 3339, for `<time datetime>`.
    pub exact: String,
}

/// The keyset pager under a list: links, or none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pager {
    /// Where the list begins again; `None` on the first page.
    pub first: Option<String>,
    /// The next page; `None` on the last.
    pub next: Option<String>,
    /// What is seen, such as "1 to 50 of 312".
    pub seen: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_comes_back_from_its_key() {
        for band in [Band::Low, Band::Medium, Band::High, Band::Block] {
            assert_eq!(Band::from_key(band.key()), Some(band));
        }
        assert_eq!(Band::from_key("fraud"), None);
    }

    #[test]
    fn evidence_for_the_guest_lies_left_of_the_middle() {
        let known = Evidence { code: "DEV_KNOWN".into(), words: "A device we know".into(), nats: -2.0 };
        assert_eq!((known.x(), known.width()), ("30.0".to_owned(), "30.0".to_owned()));
    }

    #[test]
    fn evidence_past_the_chart_is_drawn_to_its_edge() {
        let strong = Evidence { code: "NET_TOR".into(), words: "Tor".into(), nats: 40.0 };
        assert_eq!((strong.x(), strong.width()), ("60.0".to_owned(), "60.0".to_owned()));
    }

    #[test]
    fn an_account_without_a_name_has_no_initial() {
        let chrome = Chrome {
            email: String::new(),
            csrf: String::new(),
            theme: Theme::default(),
            tab: Tab::Events,
            event: None,
            notice: None,
        };
        assert_eq!(chrome.initial(), "");
    }
}
