//! What comes again: the same device, an agent without a script, a program in a data centre.

use gg_domain::access::{LinkAccess, NetClass};
use gg_domain::risk::{Band, ReasonCode};

use crate::fixtures::{Link, back, device, expect, nats, opening, over, stranger};

/// A program that runs no script and keeps no cookie.
fn silent(access: &LinkAccess) -> LinkAccess {
    LinkAccess { signals: None, ..access.clone() }
}

#[test]
fn a_new_device_says_no_more_against_its_guest_by_reloading_the_page() {
    let mut link = Link::answered();
    link.open(&stranger());
    let second = link.open(&back(&stranger()));
    for _ in 0..20 {
        let again = link.open(&back(&stranger()));
        assert!(again.p <= second.p + 0.01, "{} then {}", second.p, again.p);
    }
}

#[test]
fn a_link_on_which_nobody_is_known_shows_a_data_centre_that_comes_again_without_its_cookie() {
    for class in [NetClass::Hosting, NetClass::Tor] {
        let mut link = Link::default();
        let robot = over(class, &silent(&stranger()));
        expect(&link.open(&robot), Band::Low);
        let leak = link.guest.leak;
        let again = LinkAccess { new_device: Some(device(3)), ..robot };
        expect(&link.open(&again), Band::Medium);

        assert!((link.guest.leak - leak).abs() < 1e-9, "it says nothing of the link");
        expect(&link.open(&opening()), Band::Low);
    }
}

#[test]
fn a_cloud_desktop_that_brings_its_cookie_is_met_as_everybody() {
    let mut link = Link::default();
    let desktop = over(NetClass::Hosting, &stranger());
    link.open(&desktop);
    expect(&link.open(&back(&desktop)), Band::Low);
}

#[test]
fn an_agent_vouches_for_no_device_that_has_not_earned_its_place() {
    let mut link = Link::answered();
    let robot = silent(&stranger());
    link.open(&robot);
    let again = link.judge(&LinkAccess { new_device: Some(device(3)), ..robot });
    assert_eq!(nats(&again, ReasonCode::DevKnown), None, "{:?}", again.reasons);

    let known =
        link.judge(&LinkAccess { signals: None, device: None, new_device: Some(device(4)), ..opening() });
    assert!(nats(&known, ReasonCode::DevKnown).is_some(), "{:?}", known.reasons);
}
