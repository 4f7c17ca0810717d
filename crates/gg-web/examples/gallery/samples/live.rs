//! The live monitor.

use super::*;

pub(super) fn reason(code: &str, nats: f64) -> Evidence {
    Evidence {
        code: code.into(),
        words: reason_words(code, nats).map_or(code, |words| words.name).into(),
        nats,
    }
}

pub(super) fn live_row(
    seq: u64,
    at: &str,
    name: &str,
    badge: RowBadge,
    sentence: &str,
    reasons: Vec<Evidence>,
) -> LiveRow {
    LiveRow {
        seq,
        access_id: matches!(badge, RowBadge::Band(_)).then(|| format!("acc-{seq}")),
        guest_id: format!("g{seq}"),
        guest_name: name.into(),
        at: When { said: at.into(), exact: format!("2026-12-06T{at}Z") },
        badge,
        sentence: sentence.into(),
        reasons,
        needs_you: matches!(
            badge,
            RowBadge::Band(Band::High | Band::Block) | RowBadge::Standing(Standing::Held)
        ),
    }
}

pub(super) fn live_rows() -> Vec<LiveRow> {
    use RowBadge::{Band as B, Standing as S};
    let known = || vec![reason("DEV_KNOWN", -2.6), reason("NET_HOME", -1.2)];
    vec![
        live_row(
            312,
            "14:03:12",
            "Yaw Boateng",
            S(Standing::Coming),
            "is coming, with one guest: Abena Boateng",
            vec![],
        ),
        live_row(
            311,
            "14:02:51",
            "Efua Mensah",
            B(Band::High),
            "opened on an unknown phone that opened 3 other links",
            vec![
                reason("GRAPH_MULTI_GUEST", 3.1),
                reason("DEV_NEW", 1.1),
                reason("NET_NEW_ASN", 0.9),
                reason("FIRST_SEEN", -0.6),
            ],
        ),
        live_row(310, "14:02:07", "Nana Addo", B(Band::Low), "opened on a known laptop, at home", known()),
        live_row(
            309,
            "14:01:40",
            "Dr Kwabena Osei",
            B(Band::Low),
            "opened on a new phone, usual network",
            vec![reason("NET_HOME", -1.4), reason("DEV_NEW", 0.6)],
        ),
        live_row(
            308,
            "14:00:58",
            "Lindiwe Khumalo",
            S(Standing::NotComing),
            "cannot come: “Sending all our love from Durban”",
            vec![],
        ),
        live_row(
            307,
            "13:58:33",
            "Kofi Asante",
            B(Band::Medium),
            "opened from a new city, on a device never seen",
            vec![reason("NET_NEW_COUNTRY", 1.5), reason("DEV_NEW", 0.9), reason("TZ_MISMATCH", -0.4)],
        ),
        live_row(
            306,
            "13:57:15",
            "Adwoa Frimpong",
            B(Band::Low),
            "opened in WhatsApp, same phone as before",
            known(),
        ),
        live_row(
            305,
            "13:55:49",
            "Samuel Tetteh",
            B(Band::Block),
            "stopped: automated browser in a data centre",
            vec![reason("AUTOMATION_FLAG", 4.2), reason("NET_HOSTING", 2.0)],
        ),
        live_row(304, "13:54:02", LONG, S(Standing::Coming), "is coming", vec![]),
        live_row(303, "13:52:40", "ليلى عمر", B(Band::Low), "opened on a known device", known()),
        live_row(
            302,
            "13:50:11",
            "Zoë 👩🏽‍🚀 Ọlá",
            S(Standing::Held),
            "answered, and waits for your word",
            vec![],
        ),
    ]
}

pub(super) fn live(name: &str) -> Option<String> {
    let hours = [0, 1, 0, 0, 1, 0, 0, 2, 4, 8, 6, 8, 6, 11, 7, 6, 5, 8, 10, 13, 9, 8, 5, 12]
        .map(|count: u32| (count, u32::from(count % 5 == 3)));
    let sheet = Sheet {
        access_id: "acc-311".into(),
        guest_id: "g311".into(),
        guest_name: "Efua".into(),
        band: Band::High,
        title: "Someone else may hold Efua Mensah’s link".into(),
        sentence: "This phone opened three other guests’ links in the last ten minutes, and none of its traits match Efua’s.".into(),
        at: when("14:02:51, one minute ago"),
        reasons: vec![
            reason("GRAPH_MULTI_GUEST", 3.1),
            reason("DEV_NEW", 1.1),
            reason("NET_NEW_ASN", 0.9),
            reason("FIRST_SEEN", -0.6),
        ],
        known: vec![
            ("iPhone, Safari".into(), "trusted since 3 November, 5 openings".into()),
            ("Home broadband, Accra".into(), "and MTN mobile, both usual".into()),
        ],
    };
    let empty = name == "live-empty";
    let page = LivePage {
        chrome: chrome(Tab::Live, true),
        event_id: ID.into(),
        name: EVENT.into(),
        time_zone: "Africa/Accra".into(),
        facts: format!("{WHEN} · {PLACE} · answers close in 6 days"),
        position: if empty { 0 } else { 312 },
        epoch: "ep1".into(),
        stats: if empty {
            LiveStats { capacity: Some(180), waiting: 147, ..LiveStats::default() }
        } else {
            LiveStats { seats: 128, capacity: Some(180), attending: 94, plus_ones: 34, waiting: 41 }
        },
        hours: HourBar::scale(if empty { &[] } else { &hours }),
        counts: if empty {
            LiveCounts::default()
        } else {
            LiveCounts { all: 312, answers: 135, openings: 177, needs_you: 3 }
        },
        rows: if empty { vec![] } else { live_rows() },
        sheet: (name == "live-open").then_some(sheet),
        can_label: true,
    };
    matches!(name, "live" | "live-open" | "live-empty").then(|| page.render().ok())?
}
