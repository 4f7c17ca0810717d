//! What an organiser would expect, opening by opening.

use gg_domain::access::{LinkAccess, NetClass};
use gg_domain::id::{GuestId, PartyId};
use gg_domain::policy::{Action, Delegate, Policy};
use gg_domain::risk::{Band, GuestRisk, ReasonCode};
use gg_risk::{EventFacts, InProcess, Known, Scorer, Touched, decide, degraded};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::fixtures::{
    GUEST, Link, PARTY, at, back, device, expect, laptop, nats, opening, over, phone, signals, start,
    stranger,
};

fn from(ip: &str, access: &LinkAccess) -> LinkAccess {
    LinkAccess { network: at(ip), ..access.clone() }
}

fn touched(n: u128) -> Touched {
    Touched {
        guest: GuestId::from_uuid(Uuid::from_u128(100 + n)),
        party: PartyId::from_uuid(Uuid::from_u128(200 + n)),
    }
}

#[test]
fn a_first_opening_is_verified_and_says_so() {
    let score = Link::default().judge(&opening());
    expect(&score, Band::Low);
    assert_eq!(score.band.label(), "Verified");
    assert!(nats(&score, ReasonCode::FirstSeen).is_some());
}

#[test]
fn reloads_change_nothing() {
    let mut link = Link::default();
    link.open(&opening());
    for _ in 0..50 {
        expect(&link.open(&back(&opening())), Band::Low);
    }
    assert_eq!(link.guest.devices.len(), 1);
    assert!(link.guest.devices[0].weight <= 1.0, "opening alone earns no more");
}

#[test]
fn a_known_phone_on_new_addresses_stays_verified_with_its_cookie() {
    let mut link = Link::answered();
    for n in 1..60 {
        expect(&link.open(&from(&format!("192.0.{n}.5"), &back(&opening()))), Band::Low);
    }
}

#[test]
fn a_known_phone_on_new_addresses_stays_verified_without_its_cookie() {
    let mut link = Link::answered();
    for n in 1..60 {
        let roaming = LinkAccess { new_device: Some(device(100 + n)), ..opening() };
        expect(&link.open(&from(&format!("192.0.{n}.5"), &roaming)), Band::Low);
    }
}

#[test]
fn another_device_on_the_home_network_is_verified() {
    let laptop_at_home = from("198.51.100.7", &stranger());
    expect(&Link::answered().judge(&laptop_at_home), Band::Low);
}

#[test]
fn a_stranger_on_another_device_network_and_language_is_up_for_review() {
    let score = Link::answered().judge(&stranger());
    expect(&score, Band::Medium);
    for code in [ReasonCode::DevNew, ReasonCode::NetNewAddress, ReasonCode::DevOtherLocale] {
        assert!(nats(&score, code).unwrap() > 0.0, "{code:?}");
    }
}

#[test]
fn several_strangers_make_a_link_suspicious_and_its_guest_stays_verified() {
    let mut link = Link::answered();
    let mut worst = Band::Low;
    for n in 0..4_u8 {
        let mut said = laptop();
        said["canvas"] = json!(format!("x{n}"));
        said["cores"] = json!(2 + n);
        let one = LinkAccess {
            signals: signals(&said),
            new_device: Some(device(50 + u128::from(n))),
            ..stranger()
        };
        worst = worst.max(link.open(&from(&format!("203.0.{n}.9"), &one)).band);
    }
    assert_eq!(worst, Band::High);
    expect(&link.judge(&back(&opening())), Band::Low);
    expect(&link.judge(&from("192.0.2.1", &back(&opening()))), Band::Low);
}

#[test]
fn a_browser_that_a_program_drives_is_told_at_first_and_suspicious_as_a_stranger() {
    let driven = |access: &LinkAccess, mut said: serde_json::Value| {
        said["webdriver"] = json!(true);
        LinkAccess { signals: signals(&said), ..access.clone() }
    };
    let first = Link::default().judge(&driven(&opening(), phone()));
    expect(&first, Band::Low);
    assert!(
        first.reasons.iter().any(|reason| reason.code == ReasonCode::AutomationFlag && reason.nats > 0.0)
    );
    expect(&Link::answered().judge(&driven(&stranger(), laptop())), Band::High);
}

#[test]
fn a_driven_browser_does_not_become_trusted_by_coming_again() {
    let mut said = phone();
    said["webdriver"] = json!(true);
    let driven = LinkAccess { signals: signals(&said), ..opening() };
    let mut link = Link::default();
    link.open(&driven);
    expect(&link.open(&back(&driven)), Band::Medium);
}

#[test]
fn a_first_opening_without_script_or_by_curl_is_verified() {
    let silent = LinkAccess { signals: None, ..opening() };
    expect(&Link::default().judge(&silent), Band::Low);
    let mut curl = silent;
    curl.headers.ua = Some("curl/8.5.0".into());
    curl.headers.accept_language = None;
    let score = Link::default().judge(&over(NetClass::Tor, &curl));
    expect(&score, Band::Low);
    assert!(nats(&score, ReasonCode::SigMissing).is_some());
}

#[test]
fn a_missing_script_on_a_known_device_is_no_news() {
    let silent = LinkAccess { signals: None, ..back(&opening()) };
    let score = Link::answered().judge(&silent);
    expect(&score, Band::Low);
    assert_eq!(nats(&score, ReasonCode::SigMissing), None);
}

#[test]
fn a_trusted_network_is_no_evidence_against_anybody() {
    let mut link = Link::answered();
    let at_venue = over(NetClass::Hosting, &stranger());
    let before = link.judge(&at_venue);
    link.policy.trusted_networks = vec!["203.0.113.0/24".parse().unwrap()];
    let after = link.judge(&at_venue);
    assert!(after.z < before.z - 2.0);
    assert!(after.reasons.iter().all(|reason| !reason.code.as_str().starts_with("NET_")));
}

#[test]
fn a_browser_update_is_no_news_and_an_older_browser_is_a_little() {
    let with_major = |major: u32, device| {
        let mut access =
            LinkAccess { device, new_device: device.is_none().then(|| self::device(2)), ..stranger() };
        access.headers.ua = access.headers.ua.map(|ua| ua.replace("Chrome/124", &format!("Chrome/{major}")));
        access
    };
    let mut link = Link::default();
    link.open_and_answer(&with_major(124, None));
    let newer = link.judge(&with_major(126, Some(device(2))));
    let older = link.judge(&with_major(110, Some(device(2))));
    assert_eq!(nats(&newer, ReasonCode::DevDowngrade), None);
    assert!(nats(&older, ReasonCode::DevDowngrade).unwrap() > 0.0);
    expect(&older, Band::Low);
}

#[test]
fn an_apps_window_on_the_guests_phone_is_the_guests_phone() {
    let mut in_app = LinkAccess { new_device: Some(device(3)), ..opening() };
    in_app.headers.ua = Some(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
            Mobile/21E236 Instagram 330.0.3.29.75 (iPhone13,2; iOS 17_4_1; de_DE; de; scale=3.00)"
            .into(),
    );
    let score = Link::answered().judge(&in_app);
    expect(&score, Band::Low);
    assert!(nats(&score, ReasonCode::DevKnown).is_some());
}

#[test]
fn the_cookie_of_the_household_speaks_for_the_guest() {
    let mut link = Link::answered();
    let tablet = LinkAccess { device: Some(device(2)), new_device: None, ..stranger() };
    let alone = link.judge(&tablet);
    link.event.touched = vec![Touched { party: PARTY, ..touched(1) }];
    let shared = link.judge(&tablet);
    expect(&shared, Band::Low);
    assert!(nats(&shared, ReasonCode::DevHousehold).is_some() && shared.z < alone.z - 2.0);
}

#[test]
fn one_device_on_many_links_is_heard_unless_it_is_a_delegates() {
    let mut link = Link::answered();
    let harvester = LinkAccess { device: Some(device(7)), new_device: None, ..stranger() };
    link.event.touched = (1..=4).map(touched).collect();
    expect(&link.judge(&harvester), Band::High);

    let served: Vec<_> = link.event.touched.iter().map(|touched| touched.guest).chain([GUEST]).collect();
    link.policy.delegates = vec![Delegate { name: "Mia".into(), guests: served }];
    let score = link.judge(&harvester);
    assert!(nats(&score, ReasonCode::GraphMultiGuest).is_none_or(|nats| nats <= 0.0));
}

#[test]
fn a_first_opening_by_a_device_on_many_links_is_review_at_most() {
    let mut link = Link::default();
    link.event.touched = (1..=9).map(touched).collect();
    expect(&link.judge(&LinkAccess { device: Some(device(7)), ..stranger() }), Band::Medium);
}

#[test]
fn guests_of_one_address_are_a_venue_or_a_home_and_no_evidence_where_the_line_is_unknown() {
    let crowd = |parties, access: &LinkAccess| {
        let mut link = Link::answered();
        link.event.address_parties = parties;
        nats(&link.judge(access), ReasonCode::IpFanout)
    };
    assert_eq!(crowd(8, &stranger()), None);
    let hosted = over(NetClass::Hosting, &stranger());
    assert!(crowd(8, &hosted).unwrap() > crowd(4, &hosted).unwrap());
    assert_eq!(crowd(13, &hosted), None);
    assert_eq!(crowd(2, &hosted), None);
}

#[test]
fn a_card_drawn_after_the_first_opening_makes_a_stranger_odder_for_a_while() {
    let mut link = Link::answered();
    let pasted_hours_ago = |link: &mut Link, hours: i64| {
        let now = start() + SignedDuration::from_hours(link.hours);
        link.event.share_preview_at = Some(now - SignedDuration::from_hours(hours));
        nats(&link.judge(&stranger()), ReasonCode::SharePreview)
    };
    link.hours = 100;
    let (fresh, stale) = (pasted_hours_ago(&mut link, 1).unwrap(), pasted_hours_ago(&mut link, 20).unwrap());
    assert!(fresh > stale && stale > pasted_hours_ago(&mut link, 25).unwrap());
    assert!(pasted_hours_ago(&mut link, 73).unwrap() < 0.0);
    assert!(pasted_hours_ago(&mut link, 101).unwrap() < 0.0, "drawn before the first opening: the sending");
    link.event.sender_links = 9;
    assert!(pasted_hours_ago(&mut link, 1).unwrap() < 0.0, "the organiser sends many again");
    link.event.share_preview_at = Some(start() + SignedDuration::from_hours(99));
    assert_eq!(nats(&link.judge(&back(&opening())), ReasonCode::SharePreview), None);
}

#[test]
fn without_fingerprint_only_cookie_and_agent_count() {
    let policy = Policy { fingerprint: false, ..Policy::default() };
    let mut link = Link { policy, ..Link::default() };
    link.open_and_answer(&opening());
    assert_eq!(link.guest.devices[0].traits.hardware, None);
    assert!(link.seen(&opening()).machine == gg_domain::snapshot::Machine::default());
    let cookie = LinkAccess { signals: signals(&laptop()), ..back(&opening()) };
    let score = link.judge(&from("192.0.2.1", &cookie));
    expect(&score, Band::Low);
    assert_eq!(nats(&score, ReasonCode::DevCookieMoved), None);
    let other = link.open(&stranger());
    assert_eq!(nats(&other, ReasonCode::DevOtherLocale), None);
    assert!(other.z > 1.0);
    let third = LinkAccess { new_device: Some(device(3)), ..from("192.0.2.77", &stranger()) };
    link.open(&third);
    expect(
        &link.judge(&LinkAccess { new_device: Some(device(4)), ..from("10.2.3.4", &stranger()) }),
        Band::Medium,
    );
}

#[test]
fn a_slow_engine_lets_in_but_keeps_a_suspicious_link_suspicious() {
    let score = degraded(&GuestRisk::default());
    assert_eq!((score.band, score.degraded), (Band::Low, true));
    let reviewed = GuestRisk { standing: Some(Band::Medium), ..GuestRisk::default() };
    assert_eq!(degraded(&reviewed).band, Band::Low);
    for band in [Band::High, Band::Block] {
        let guest = GuestRisk { standing: Some(band), ..GuestRisk::default() };
        assert_eq!(degraded(&guest).band, band);
    }
}

#[test]
fn a_step_up_that_cannot_be_delivered_lets_in_and_nothing_else_does() {
    let mut score = degraded(&GuestRisk::default());
    let mut policy = Policy::default();
    let actions = |score: &gg_domain::risk::Score, policy: &Policy| {
        [true, false].map(|deliverable| decide(score, policy, deliverable))
    };
    score.band = Band::High;
    assert_eq!(actions(&score, &policy), [Action::StepUp, Action::Allow]);
    policy.actions.high = Action::Hold;
    assert_eq!(actions(&score, &policy), [Action::Hold, Action::Hold]);
    score.band = Band::Block;
    assert_eq!(actions(&score, &policy), [Action::Block, Action::Block]);
}

#[test]
fn the_engine_behind_the_trait_says_what_the_function_says() {
    let link = Link::answered();
    let event = EventFacts::default();
    let known =
        Known { guest_id: GUEST, party: PARTY, guest: &link.guest, policy: &link.policy, event: &event };
    let seen = link.seen(&stranger());
    let scorer: &dyn Scorer = &InProcess;
    let mut future = scorer.score(&seen, known);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(said) = future.as_mut().poll(&mut context) else {
        panic!("the engine in this process answers at once");
    };
    assert_eq!(said, Ok(link.judge(&stranger())));
}
