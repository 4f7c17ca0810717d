//! The rules of an event, as they stand, wrong, and tried.

use super::*;

pub(super) fn policy() -> PolicyPage {
    let actions = |chosen: &str| {
        [
            ("allow", "Let in"),
            ("step_up", "Ask for a code"),
            ("hold", "Hold the answer for me"),
            ("block", "Stop"),
        ]
        .map(|(value, label)| choice(value, label, value == chosen))
        .into()
    };
    let rule = |band, from: Option<(&str, &str)>, field: &str, chosen: &str| BandRule {
        band,
        from: from.map(|(name, value)| (name.into(), Field::of(value))),
        field: field.into(),
        actions: actions(chosen),
    };
    let figure = |name: &str, right: &str, interval: &str| ReasonFigure {
        name: name.into(),
        right: right.into(),
        interval: interval.into(),
    };
    PolicyPage {
        chrome: chrome(Tab::Overview, true),
        event_id: ID.into(),
        name: EVENT.into(),
        bands: vec![
            rule(Band::Low, None, "action_low", "allow"),
            rule(Band::Medium, Some(("medium", "20")), "action_medium", "allow"),
            rule(Band::High, Some(("high", "60")), "action_high", "step_up"),
            rule(Band::Block, Some(("block", "97")), "action_block", "block"),
        ],
        actions: vec![
            ("Let in".into(), "The page opens, and the answer counts at once.".into()),
            (
                "Ask for a code".into(),
                "Six digits go to where the invitation went, and are asked for.".into(),
            ),
            (
                "Hold the answer for me".into(),
                "The answer waits for your word. The guest reads that you look at it first.".into(),
            ),
            ("Stop".into(), "No answer is taken there. The guest is asked, kindly, to turn to you.".into()),
        ],
        networks: Field::of("203.0.113.0/24"),
        delegates: vec![
            DelegateRow {
                name: Field::of("Mia from the office"),
                guests: Field::of("Efua Mensah\nKofi Asante\nyaw@example.com"),
            },
            DelegateRow::default(),
        ],
        fingerprint: true,
        notice: None,
        tried: None,
        reasons: ReasonFigures {
            labelled: 9,
            rows: vec![
                figure("A new device", "2 of 7", "8\u{a0}% to 64\u{a0}%"),
                figure("Opened other guests’ links", "2 of 3", "21\u{a0}% to 94\u{a0}%"),
                figure("Looks like a known device, without its mark", "0 of 1", "0\u{a0}% to 79\u{a0}%"),
            ],
        },
    }
}

pub(super) fn policy_wrong() -> PolicyPage {
    let mut page = policy();
    page.bands[2].from = Some(("high".into(), Field::wrong("ten", "Give a percentage such as 20.")));
    page.networks = Field::wrong(
        "203.0.113.0/24\nvenue",
        "Line 2: give a network such as 203.0.113.0/24 or 2001:db8::/32.",
    );
    page.delegates[0].guests =
        Field::wrong("Efua Mensah\nNobody", "Line 2: no guest of this event has this name, e-mail or id.");
    page.notice = Some(Notice {
        tone: Tone::Bad,
        text: "Something is not right yet: look at what is marked. Nothing was changed.".into(),
    });
    page.reasons = ReasonFigures::default();
    page
}

pub(super) fn policy_tried() -> PolicyPage {
    let row = |name: &str, from, to, does: &str, why: &str| OtherwiseRow {
        access_id: "x1".into(),
        name: name.into(),
        at: when("yesterday, 21:40"),
        from,
        to,
        does: does.into(),
        why: why.into(),
    };
    PolicyPage {
        tried: Some(TriedRules {
            mark: "abc".into(),
            accesses: 312,
            unrecorded: 3,
            otherwise: 12,
            sums: vec!["4 would have been let in".into(), "8 would have been asked for a code".into()],
            rows: vec![
                row(
                    "Efua Mensah",
                    Band::High,
                    Band::Low,
                    "let in instead of asked for a code",
                    "12.4\u{a0}% likely that it was somebody else, not 64.5\u{a0}%: “Opened nobody else’s link” speaks less against; “A new network” speaks less against",
                ),
                row(
                    LONG,
                    Band::Medium,
                    Band::High,
                    "asked for a code instead of let in",
                    "31\u{a0}% likely that it was somebody else, as before",
                ),
                row(
                    "ليلى عمر",
                    Band::Low,
                    Band::Medium,
                    "let in, as before",
                    "9\u{a0}% likely that it was somebody else, as before",
                ),
            ],
        }),
        ..policy()
    }
}
