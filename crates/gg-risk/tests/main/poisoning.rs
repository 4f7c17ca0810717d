//! What is remembered, by whom it may be changed, and how much room it takes.

use gg_domain::access::{Act, Acts, LinkAccess, NetClass, Network};
use gg_domain::risk::{Band, GuestRisk, KNOWN_DEVICES_MAX, Label, NEW_DEVICES_MAX};
use gg_risk::{Admission, confirm, degraded, forget_devices, reissue, reset, trust, update};
use serde_json::json;

use crate::fixtures::{Link, device, expect, opening, phone, signals, stranger};

#[test]
fn the_first_human_opening_binds_its_device_lightly_until_an_answer() {
    let mut link = Link::default();
    let score = link.open(&opening());
    let bound = &link.guest.devices[0];
    assert_eq!(bound.cookies[0].id, device(1));
    assert!(!bound.cookies[0].proven && bound.weight <= 0.25);

    link.hours -= 2;
    let seen = link.seen(&opening());
    let answered = update(&link.guest, &seen, &score, Admission::Followed(Act::Answered));
    assert!(answered.devices[0].cookies[0].proven && answered.devices[0].weight > 0.9);
    let again = update(&answered, &seen, &score, Admission::Followed(Act::Answered));
    assert_eq!(again, answered, "a second answer on the same opening adds nothing");
    assert_eq!(again.accesses, 1);
}

#[test]
fn an_opening_without_signals_binds_only_once_an_answer_follows() {
    for said in [json!(null), json!({}), json!({"platform": "iPhone", "canvas": "c1"})] {
        let silent = LinkAccess { signals: signals(&said), ..opening() };
        let mut link = Link::default();
        link.open(&silent);
        assert!(link.guest.devices.is_empty(), "{said}");
        assert_eq!(link.guest.accesses, 1);
        let mut link = Link::default();
        link.open_and_answer(&silent);
        assert_eq!(link.guest.devices.len(), 1, "{said}");
    }
}

#[test]
fn in_an_old_log_without_acts_an_opening_counts_whole() {
    let mut link = Link::default();
    link.open(&LinkAccess { act: Acts::Unknown, ..opening() });
    assert!(link.guest.devices[0].weight > 0.9);
}

#[test]
fn a_thief_who_comes_often_stays_below_the_guest() {
    let mut link = Link::answered();
    link.open(&stranger());
    let back = LinkAccess { device: Some(device(2)), new_device: None, ..stranger() };
    for _ in 0..30 {
        link.open(&back);
    }
    let thief = link.guest.devices.iter().find(|known| known.cookies[0].id == device(2));
    assert!(thief.is_none_or(|known| known.weight <= 1.0 && known.proven_at.is_none()));
}

#[test]
fn looks_alone_never_earn_the_trust_of_a_proven_cookie() {
    let mut link = Link::answered();
    let twin = LinkAccess { new_device: Some(device(4)), ..opening() };
    link.open(&twin);
    let twin_back = LinkAccess { device: Some(device(4)), new_device: None, ..opening() };
    let guest_back = LinkAccess { device: Some(device(1)), new_device: None, ..opening() };
    assert!(link.judge(&twin_back).z > link.judge(&guest_back).z + 1.0);
}

#[test]
fn a_likely_stranger_enters_neither_devices_nor_networks() {
    let mut link = Link::answered();
    link.guest.leak = 0.95;
    let tor = Network { class: Some(NetClass::Tor), ..stranger().network };
    let score = link.open(&LinkAccess { network: tor, ..stranger() });
    assert!(score.raw > 0.5);
    assert_eq!(link.guest.devices.len(), 1);
    assert_eq!(link.guest.devices[0].networks.len(), 1);
    assert!(link.guest.standing >= Some(Band::High));
}

#[test]
fn the_organisers_no_takes_the_device_out_and_marks_the_link() {
    let mut link = Link::answered();
    let seen = link.seen(&stranger());
    link.open(&stranger());
    assert_eq!(link.guest.devices.len(), 2);
    let guest = confirm(&link.guest, &seen, Label::NotGuest);
    assert_eq!(guest.devices.len(), 1);
    assert_eq!(guest.devices[0].cookies[0].id, device(1));
    assert!(guest.leak >= 0.9);
    link.guest = guest;
    let again = LinkAccess { device: Some(device(2)), new_device: None, ..stranger() };
    expect(&link.judge(&again), Band::Block);
}

#[test]
fn a_no_to_a_twin_leaves_the_guests_own_cookie() {
    let mut link = Link::answered();
    let twin = LinkAccess { new_device: Some(device(4)), ..opening() };
    let seen = link.seen(&twin);
    link.open(&twin);
    let guest = confirm(&link.guest, &seen, Label::NotGuest);
    let cookies: Vec<_> = guest.devices[0].cookies.iter().map(|known| known.id).collect();
    assert_eq!(cookies, [device(1)]);
}

#[test]
fn the_organisers_yes_or_a_code_trusts_the_device_and_clears_the_link() {
    let mut link = Link::answered();
    link.guest.leak = 0.8;
    link.guest.standing = Some(Band::High);
    let (seen, score) = (link.seen(&stranger()), link.judge(&stranger()));
    let by_word = confirm(&link.guest, &seen, Label::Guest);
    let by_code = update(&link.guest, &seen, &score, Admission::Followed(Act::Verified));
    assert_eq!(by_word, by_code);
    assert!((by_word.leak - GuestRisk::LEAK_PRIOR).abs() < f64::EPSILON);
    assert_eq!(by_word.standing, None);
    link.guest = by_word;
    let back = LinkAccess { device: Some(device(2)), new_device: None, ..stranger() };
    expect(&link.judge(&back), Band::Low);
}

#[test]
fn a_trusted_device_is_the_guests_and_others_stay_as_suspicious_as_they_were() {
    let mut link = Link::answered();
    let fresh = link.guest.leak;
    let (seen, judged) = (link.seen(&stranger()), link.open(&stranger()));
    let heard = link.guest.leak;
    let trusted = trust(&link.guest, &seen, judged.z);
    assert!(trusted.leak < heard && trusted.leak < fresh + 0.02, "{fresh} {heard} {}", trusted.leak);
    assert_eq!(trusted.standing, link.guest.standing);
    assert!(trusted.devices.iter().any(|known| known.trusted));

    link.guest.leak = 0.99;
    let passed_around = trust(&link.guest, &seen, judged.z);
    assert!(passed_around.leak > 0.5, "{}", passed_around.leak);
    link.guest = passed_around;
    let back = LinkAccess { device: Some(device(2)), new_device: None, ..stranger() };
    expect(&link.judge(&back), Band::Low);
}

#[test]
fn what_speaks_for_the_guest_never_makes_trust_raise_suspicion() {
    let link = Link::answered();
    let own = link.seen(&opening());
    for z in [-6.0, 0.0, 2.0] {
        let leak = trust(&link.guest, &own, z).leak;
        assert!(leak <= link.guest.leak && leak >= GuestRisk::LEAK_PRIOR.min(link.guest.leak), "{z}: {leak}");
    }
}

#[test]
fn forgetting_resetting_and_reissuing_each_do_what_they_say() {
    let mut link = Link::answered();
    link.guest.leak = 0.8;
    link.guest.standing = Some(Band::High);
    let guest = &link.guest;

    let forgotten = forget_devices(guest);
    assert!(forgotten.devices.is_empty() && forgotten.leak > 0.7 && forgotten.standing.is_some());
    assert_eq!(forgotten.first_human_at, guest.first_human_at);
    let fresh = reset(guest);
    assert!(fresh.devices.is_empty() && fresh.leak < 0.01 && fresh.standing.is_none());
    let reissued = reissue(guest);
    assert!(reissued.devices == guest.devices && reissued.leak < 0.01 && reissued.standing.is_none());
}

#[test]
fn a_degraded_score_changes_nothing() {
    let link = Link::answered();
    let score = degraded(&link.guest);
    assert_eq!(update(&link.guest, &link.seen(&stranger()), &score, Admission::Opened), link.guest);
}

#[test]
fn what_is_kept_of_an_opening_is_small() {
    let written = serde_json::to_string(&Link::default().seen(&stranger())).unwrap();
    assert!(written.len() <= 900, "{} bytes: {written}", written.len());
}

#[test]
fn a_typical_guest_takes_a_kibibyte_and_the_busiest_has_an_end() {
    let mut link = Link::answered();
    let mut laptop = stranger();
    laptop.network = opening().network;
    link.open_and_answer(&laptop);
    let on_mobile = Network {
        asn: Some(3_320),
        city: Some("Frankfurt am Main".into()),
        country: Some("DE".into()),
        class: Some(NetClass::Mobile),
        ..Network::at("192.0.2.8".parse().unwrap())
    };
    link.open(&LinkAccess { device: Some(device(1)), network: on_mobile, ..opening() });
    assert_eq!(link.guest.devices.len(), 2);
    let row = serde_json::to_string(&link.guest).unwrap();
    assert!(row.len() <= 1_024, "{} bytes: {row}", row.len());
    assert_eq!(serde_json::from_str::<GuestRisk>(&row).unwrap(), link.guest);

    for n in 0..60_u8 {
        let mut said = phone();
        said["cores"] = json!(n + 1);
        let one =
            LinkAccess { signals: signals(&said), new_device: Some(device(20 + u128::from(n))), ..opening() };
        link.open(&LinkAccess { network: Network::at(format!("10.0.{n}.1").parse().unwrap()), ..one });
    }
    assert!(link.guest.devices.len() <= KNOWN_DEVICES_MAX && link.guest.new_devices.len() <= NEW_DEVICES_MAX);
    assert!(link.guest.devices.iter().any(|known| known.cookies[0].id == device(1)), "the guest's own stays");
    assert!(serde_json::to_string(&link.guest).unwrap().len() < 8 * 1_024);
}
