//! `/events/{id}/live`: what happens, as it happens.
//!
//! The page is whole without script: the last rows, a link to load it again, and each row a link that opens
//! it in the sheet. The island `live-monitor` goes on from `position` and draws with the page's own `<template>`.

use askama::Template;

use crate::view::{Band, Chrome, Evidence, ReasonWords, Standing, Tab, When, all_reason_words};

mod rows;
mod show;

pub use show::routes;

/// The live monitor.
#[derive(Debug, Template)]
#[template(path = "pages/live.html")]
pub struct LivePage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// The event's name.
    pub name: String,
    /// The event's IANA time zone: the island writes times of day in it.
    pub time_zone: String,
    /// Time, place and deadline in one line.
    pub facts: String,
    /// The last `seq` that the rows hold; the socket goes on after it.
    pub position: u64,
    /// The feed's epoch.
    pub epoch: String,
    /// The strip.
    pub stats: LiveStats,
    /// Openings of the last 24 hours, the oldest first.
    pub hours: Vec<HourBar>,
    /// The chips' counts.
    pub counts: LiveCounts,
    /// The latest rows, the newest first.
    pub rows: Vec<LiveRow>,
    /// The opening shown in the sheet; `None` where none is chosen.
    pub sheet: Option<Sheet>,
    /// Whether the member may say that it was or was not the guest.
    pub can_label: bool,
}

impl LivePage {
    /// The words for reasons, for the island.
    pub fn words(&self) -> &'static [ReasonWords] {
        all_reason_words()
    }

    /// An empty sheet, for the island to fill.
    pub fn blank_sheet(&self) -> Sheet {
        let when = When { said: String::new(), exact: String::new() };
        let reason = Evidence { code: String::new(), words: String::new(), nats: 0.0 };
        Sheet {
            access_id: String::new(),
            guest_id: String::new(),
            guest_name: String::new(),
            band: Band::Low,
            title: String::new(),
            sentence: String::new(),
            at: when,
            reasons: vec![reason],
            known: Vec::new(),
        }
    }

    /// A blank row, for the island to fill.
    pub fn blank_row(&self) -> LiveRow {
        LiveRow {
            seq: 0,
            access_id: None,
            guest_id: String::new(),
            guest_name: String::new(),
            at: When { said: String::new(), exact: String::new() },
            badge: RowBadge::Band(Band::Low),
            sentence: String::new(),
            reasons: Vec::new(),
            needs_you: false,
        }
    }

    /// The bands, for the island's badges.
    pub fn bands(&self) -> [Band; 4] {
        [Band::Low, Band::Medium, Band::High, Band::Block]
    }

    /// The states of an answer, for the island's badges.
    pub fn standings(&self) -> [Standing; 3] {
        [Standing::Coming, Standing::NotComing, Standing::Held]
    }
}

/// The four facts above the stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveStats {
    /// Seats taken.
    pub seats: u32,
    /// Seats there are; `None` for no limit.
    pub capacity: Option<u32>,
    /// Guests who come.
    pub attending: u32,
    /// Whom they bring.
    pub plus_ones: u32,
    /// Guests who have not answered.
    pub waiting: u32,
}

/// How many rows each chip leaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LiveCounts {
    /// All of them.
    pub all: u32,
    /// Answers.
    pub answers: u32,
    /// Openings.
    pub openings: u32,
    /// What waits for the organiser.
    pub needs_you: u32,
}

/// Openings in one hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HourBar {
    /// Its place, 0 for the oldest.
    pub at: u32,
    /// All openings, as a height of 0 to [`HourBar::HEIGHT`].
    pub height: u32,
    /// Those that were Suspicious or Blocked, on the same scale.
    pub flagged: u32,
}

impl HourBar {
    /// The height of the highest bar.
    pub const HEIGHT: u32 = 28;
    /// From one bar to the next.
    const STEP: u32 = 11;

    /// Bars for `(all, flagged)` openings an hour, the oldest first.
    pub fn scale(hours: &[(u32, u32)]) -> Vec<Self> {
        let highest = u64::from(hours.iter().map(|(all, _)| *all).max().unwrap_or(0).max(1));
        let height = |count: u32| {
            let scaled = (u64::from(count) * u64::from(Self::HEIGHT)).div_ceil(highest);
            u32::try_from(scaled).unwrap_or(Self::HEIGHT)
        };
        (0..)
            .zip(hours)
            .map(|(at, (all, flagged))| Self { at, height: height(*all), flagged: height(*flagged) })
            .collect()
    }

    /// Where it stands.
    pub fn x(&self) -> u32 {
        self.at * Self::STEP
    }

    /// Where the whole bar begins, from the top.
    pub fn top(&self) -> u32 {
        Self::HEIGHT.saturating_sub(self.height)
    }

    /// Where the flagged part begins, from the top.
    pub fn flagged_top(&self) -> u32 {
        Self::HEIGHT.saturating_sub(self.flagged)
    }
}

/// What a row's badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowBadge {
    /// An opening's band.
    Band(Band),
    /// An answer.
    Standing(Standing),
}

/// The small bar's width in a row.
const BALANCE_WIDTH: u32 = 56;
/// Its two parts together, at most.
const BALANCE_LENGTH: f64 = 54.0;
/// Between its parts.
const BALANCE_GAP: u32 = 2;
/// Evidence that fills the small bar; what is stronger is drawn as long.
const BALANCE_NATS_MAX: f64 = 4.0;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length of 0 to 54")]
fn round(length: f64) -> u32 {
    length.round() as u32
}

/// One row of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveRow {
    /// Its place in the feed.
    pub seq: u64,
    /// The access: an opening's own, an answer's, or `None`.
    pub access_id: Option<String>,
    /// The guest.
    pub guest_id: String,
    /// The guest's name; "Erased guest" after an erasure.
    pub guest_name: String,
    /// The time of day, and the exact moment.
    pub at: When,
    /// The badge.
    pub badge: RowBadge,
    /// What happened, after the name.
    pub sentence: String,
    /// The evidence, strongest first.
    pub reasons: Vec<Evidence>,
    /// Whether it waits for the organiser.
    pub needs_you: bool,
}

impl LiveRow {
    /// `answer` or `opening`: what the chips filter by.
    pub fn kind(&self) -> &'static str {
        match self.badge {
            RowBadge::Band(_) => "opening",
            RowBadge::Standing(_) => "answer",
        }
    }

    /// The lengths of the small bar: what speaks for the guest, what speaks against; 54 together at most.
    pub fn balance(&self) -> (u32, u32) {
        let sum = |against: bool| {
            self.reasons
                .iter()
                .filter(|reason| reason.against() == against)
                .map(|reason| reason.nats.abs())
                .sum::<f64>()
        };
        let (speaks_for, speaks_against) = (sum(false), sum(true));
        let all = speaks_for + speaks_against;
        if all <= 0.0 {
            return (0, 0);
        }
        let length = BALANCE_LENGTH * (all / BALANCE_NATS_MAX).clamp(0.5, 1.0);
        (round(length * speaks_for / all), round(length * speaks_against / all))
    }

    /// Where the second part of the small bar begins: it ends at the right edge.
    pub fn balance_x(&self) -> (u32, u32) {
        let (speaks_for, speaks_against) = self.balance();
        let against_x = BALANCE_WIDTH.saturating_sub(speaks_against);
        (against_x.saturating_sub(speaks_for + BALANCE_GAP), against_x)
    }

    /// The class that colours the part that speaks against.
    pub fn tint(&self) -> &'static str {
        match self.badge {
            RowBadge::Band(band) => band.class(),
            RowBadge::Standing(_) => "",
        }
    }

    /// The reasons as the island reads them: `DEV_NEW:0.9 NET_HOME:-1.2`.
    pub fn reasons_data(&self) -> String {
        self.reasons
            .iter()
            .map(|reason| format!("{}:{:.2}", reason.code, reason.nats))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The sheet with one opening.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The access.
    pub access_id: String,
    /// The guest.
    pub guest_id: String,
    /// The guest's name.
    pub guest_name: String,
    /// The band.
    pub band: Band,
    /// What it means, in a line: "Someone else may hold this link".
    pub title: String,
    /// The reason in a sentence.
    pub sentence: String,
    /// When it was opened.
    pub at: When,
    /// The evidence, strongest first.
    pub reasons: Vec<Evidence>,
    /// What is known of the guest: a name and a detail each.
    pub known: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn evidence(nats: f64) -> Evidence {
        Evidence { code: "DEV_NEW".into(), words: awkward::SCRIPT.into(), nats }
    }

    fn page(rows: Vec<LiveRow>, sheet: Option<Sheet>) -> String {
        let page = LivePage {
            chrome: awkward::chrome(Tab::Live),
            event_id: "e1".into(),
            name: awkward::SCRIPT.into(),
            time_zone: "Africa/Accra".into(),
            facts: awkward::ARABIC.into(),
            position: 312,
            epoch: "ep1".into(),
            stats: LiveStats { seats: 128, capacity: Some(180), ..LiveStats::default() },
            hours: HourBar::scale(&[(0, 0), (4, 1)]),
            counts: LiveCounts { all: 312, answers: 135, openings: 177, needs_you: 2 },
            rows,
            sheet,
            can_label: true,
        };
        let html = page.render().unwrap();
        awkward::assert_escaped(&html);
        html
    }

    fn row() -> LiveRow {
        LiveRow {
            seq: 312,
            access_id: Some("x1".into()),
            guest_id: "g1".into(),
            guest_name: awkward::SCRIPT.into(),
            at: awkward::when(),
            badge: RowBadge::Band(Band::High),
            sentence: awkward::SCRIPT.into(),
            reasons: vec![evidence(0.9), evidence(-1.25)],
            needs_you: true,
        }
    }

    #[test]
    fn rows_carry_what_the_island_goes_on_from() {
        let html = page(vec![row()], None);
        assert!(html.contains("data-position=\"312\""));
        assert!(html.contains("data-seq=\"312\""));
        assert!(html.contains("data-reasons=\"DEV_NEW:0.90 DEV_NEW:-1.25\""));
        assert!(html.contains("<template"));
    }

    #[test]
    fn an_event_without_activity_says_what_will_appear() {
        assert!(page(vec![], None).contains("Nothing yet"));
    }

    #[test]
    fn the_sheet_says_the_sentence_before_the_figures() {
        let sheet = Sheet {
            access_id: "x1".into(),
            guest_id: "g1".into(),
            guest_name: awkward::ARABIC.into(),
            band: Band::High,
            title: "Someone else may hold this link".into(),
            sentence: "This phone opened three other links.".into(),
            at: awkward::when(),
            reasons: vec![evidence(2.0)],
            known: vec![("iPhone, Safari".into(), "trusted since 3 November".into())],
        };
        let html = page(vec![row()], Some(sheet));
        let said = html.find("This phone opened three other links.").unwrap();
        assert!(said < html.find("class=\"evidence-bar").unwrap());
        assert!(html.contains("iPhone, Safari"));
    }

    #[test]
    fn the_small_bar_shares_its_length_by_weight_and_ends_at_the_edge() {
        let mut row = row();
        row.reasons = vec![evidence(3.0), evidence(-1.0)];
        assert_eq!(row.balance(), (14, 41));
        assert_eq!(row.balance_x().1 + row.balance().1, BALANCE_WIDTH);
        row.reasons.clear();
        assert_eq!(row.balance(), (0, 0));
    }

    #[test]
    fn an_hour_without_openings_has_no_bar_and_one_opening_is_seen() {
        let bars = HourBar::scale(&[(0, 0), (1, 0), (1000, 3)]);
        assert_eq!((bars[0].height, bars[1].height, bars[2].height), (0, 1, HourBar::HEIGHT));
        assert_eq!((bars[2].x(), bars[2].top(), bars[2].flagged), (22, 0, 1));
    }
}
