//! What holds for every opening, however odd.

use crate::fixtures::gate;
use gg_domain::access::{Headers, LinkAccess, NetClass, Network};
use gg_domain::risk::{Band, GuestRisk, ReasonCode};
use gg_domain::signals::Signals;
use gg_domain::snapshot::Snapshot;
use gg_risk::{snapshot, traits};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fixtures::{Link, device, opening, phone, signals};

const MEMBERS: &[&str] = &[
    "platform",
    "screen",
    "pixel_ratio",
    "color_depth",
    "touch_points",
    "cores",
    "memory",
    "timezone",
    "tz_offset",
    "languages",
    "canvas",
    "audio",
    "fonts",
    "webgl_vendor",
    "webgl_renderer",
    "webdriver",
    "plugins",
    "visible_ms",
    "interacted",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[0-9]{1,6}x[0-9]{1,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Objects that mostly have our members' names.
fn any_signals() -> impl Strategy<Value = Value> {
    let members = prop::collection::vec((prop::sample::select(MEMBERS), any_json()), 0..12);
    prop_oneof![
        any_json(),
        members.prop_map(|members| {
            Value::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
            )
        }),
    ]
}

fn any_class() -> impl Strategy<Value = Option<NetClass>> {
    use NetClass::{Corporate, Hosting, Mobile, Relay, Residential, Tor, Vpn};
    prop::option::of(prop::sample::select(vec![Corporate, Hosting, Mobile, Relay, Residential, Tor, Vpn]))
}

prop_compose! {
    fn any_network()(ip: std::net::IpAddr, asn: Option<u32>, country in prop::option::of("[A-Z]{2}"), class in any_class()) -> Network {
        Network { ip: Some(ip), asn, city: None, country, class }
    }
}

prop_compose! {
    /// Right types, any values.
    fn any_browser()(
        platform in prop::option::of("(iPhone|Win32|MacIntel|Linux x86_64|.{0,9})"),
        cores in 0..300_u32, canvas in "[0-9a-f]{0,16}", zone in prop::option::of("(Europe/Berlin|UTC|.{0,9})"),
        languages in prop::collection::vec("(de|en-US|fr)", 0..4), visible_ms in 1_500..99_999_u32,
    ) -> Value {
        json!({"platform": platform, "cores": cores, "canvas": canvas, "timezone": zone, "languages": languages,
            "visible_ms": visible_ms, "interacted": true, "webdriver": false})
    }
}

fn any_agent() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof![
        ".{0,60}",
        "Mozilla/5\\.0 \\((iPhone|Windows NT|X11; Linux|Android) [0-9_.;]{0,12}\\) (Chrome|Version|FBAN)/[0-9.]{0,9}.{0,20}",
        Just(crate::fixtures::IPHONE.to_owned()),
        Just(crate::fixtures::WINDOWS.to_owned()),
        Just("curl/8".to_owned()),
    ])
}

prop_compose! {
    fn any_opening()(
        network in any_network(), said in any_browser(), silent: bool, ua in any_agent(),
        accept_language in prop::option::of(".{0,12}"), sec_ch_ua_platform in prop::option::of(".{0,9}"),
        cookie in prop::option::of(0..4_u128), given in 0..9_u128,
    ) -> LinkAccess {
        LinkAccess {
            network,
            signals: if silent { None } else { signals(&said) },
            headers: Headers { ua, accept_language, sec_ch_ua_platform, ..Headers::default() },
            device: cookie.map(device),
            new_device: cookie.is_none().then(|| device(given)),
            ..opening()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_read_or_refused_with_pointers_into_signals(value in any_signals()) {
        match Signals::parse(&value) {
            Err(errors) => prop_assert!(errors.0.iter().all(|error| error.pointer.starts_with("/signals"))),
            Ok(signals) => {
                if let Some(signals) = &signals {
                    let written = serde_json::to_value(signals).unwrap();
                    let again = Signals::parse(&written).unwrap();
                    prop_assert_eq!(again.as_ref(), Some(signals));
                }
                let access = LinkAccess { signals, ..opening() };
                gate(&access);
                Link::answered().open(&access);
            }
        }
    }

    #[test]
    fn reasons_sum_to_z_exactly_and_chances_are_chances(
        openings in prop::collection::vec(any_opening(), 1..8), leak in 0.0..1.0f64,
    ) {
        let mut link = Link::default();
        link.guest.leak = leak;
        for access in &openings {
            let score = link.open(access);
            let evidence = score.reasons.iter().filter(|reason| reason.code.is_evidence());
            prop_assert!(evidence.map(|reason| reason.nats).sum::<f64>() == score.z);
            for chance in [score.p, score.raw, score.leak, link.guest.leak] {
                prop_assert!((0.0..=1.0).contains(&chance));
            }
            let hard = score.leak >= 0.99
                || score.reasons.iter().any(|reason| {
                    matches!(reason.code, ReasonCode::GraphMultiGuest | ReasonCode::AutomationFlag) && reason.nats > 0.0
                });
            prop_assert!(score.band <= Band::High || hard, "nothing blocks without a hard reason");
        }
    }

    #[test]
    fn a_first_opening_is_verified_whatever_the_network_and_browser(access in any_opening()) {
        let score = Link::default().judge(&access);
        prop_assert_eq!(score.band, Band::Low, "{:?}", score.reasons);
    }

    #[test]
    fn a_change_of_network_alone_is_verified(
        mut access in any_opening(), networks in prop::collection::vec(any_network(), 1..20), answers: bool,
        keeps_cookies: bool,
    ) {
        let given = device(1);
        access.device = None;
        access.new_device = Some(given);
        access.network.class = None;
        let mut link = Link::default();
        if answers { link.open_and_answer(&access) } else { link.open(&access) };
        if keeps_cookies {
            access.device = Some(given);
            access.new_device = None;
        }
        // What told nothing of its hardware and brings no cookie cannot be known again.
        let told = traits(&link.seen(&access)).hardware.is_some() || access.signals.is_none();
        prop_assume!(keeps_cookies || told);
        for network in networks {
            let score = link.open(&LinkAccess { network: Network { class: None, ..network }, ..access.clone() });
            prop_assert_eq!(score.band, Band::Low, "{:?}", score.reasons);
        }
    }

    #[test]
    fn a_chance_rises_with_the_leak(access in any_opening(), leak in 0.0..0.49f64, more in 0.0..0.5f64) {
        let mut link = Link::answered();
        link.guest.leak = leak;
        let before = link.judge(&access).p;
        link.guest.leak = leak + more;
        prop_assert!(link.judge(&access).p >= before - 1e-12);
    }

    #[test]
    fn a_row_and_a_snapshot_are_read_as_they_were_written(openings in prop::collection::vec(any_opening(), 1..6)) {
        let mut link = Link::default();
        for access in &openings {
            let seen = snapshot(access, true);
            let written = serde_json::to_string(&seen).unwrap();
            prop_assert_eq!(serde_json::from_str::<Snapshot>(&written).unwrap(), seen);
            link.open(access);
            let written = serde_json::to_string(&link.guest).unwrap();
            prop_assert_eq!(serde_json::from_str::<GuestRisk>(&written).unwrap(), link.guest.clone());
        }
    }

    #[test]
    fn a_snapshot_holds_neither_address_nor_agent(access in any_opening()) {
        let access = LinkAccess { network: Network::at("198.51.100.217".parse().unwrap()), ..access };
        let mut access = access;
        access.headers.ua = Some(crate::fixtures::IPHONE.into());
        let written = serde_json::to_string(&snapshot(&access, true)).unwrap();
        prop_assert!(!written.contains("198.51.100.217") && !written.contains("Mozilla"));
    }
}

#[test]
fn the_fixture_of_the_phone_is_whole() {
    assert_eq!(serde_json::to_value(signals(&phone())).unwrap().as_object().unwrap().len(), 16);
}
