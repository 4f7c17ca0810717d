//! Starting and stopping.

use crate::server::{Place, mode};

#[test]
fn the_first_start_needs_nothing_and_prints_one_setup_link() {
    let place = Place::new();

    let server = place.serve(&[]);

    let links: Vec<&String> = server.said.iter().filter(|line| line.starts_with("http://")).collect();
    assert_eq!(links.len(), 1, "{:?}", server.said);
    assert!(links[0].starts_with(&format!("{}/setup?token=", server.url)));
    assert_eq!(mode(&place.data()), 0o700);
    assert_eq!(mode(&place.data().join("secret")), 0o600);
}

#[test]
fn once_there_is_an_account_no_setup_link_is_printed() {
    let place = Place::new();
    place.api_key();

    let server = place.serve(&[]);

    assert!(!server.said.iter().any(|line| line.contains("/setup")), "{:?}", server.said);
}

#[test]
fn a_signal_ends_it_well() {
    let place = Place::new();

    assert_eq!(place.serve(&[]).stop(), 0);
}

#[test]
fn one_folder_is_served_by_one_server() {
    let place = Place::new();
    let _first = place.serve(&[]);

    let second = place.run(&["serve"], "");

    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("served by another"));
}

#[test]
fn an_unknown_setting_stops_the_start_and_names_the_nearest() {
    let place = Place::new();

    let output = place.command(&["serve"]).env("GUESTGUARD_LISTENN", "x").output().unwrap();

    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("GUESTGUARD_LISTEN"));
}

#[test]
fn an_api_key_stands_alone_on_standard_output() {
    let place = Place::new();

    let key = place.api_key();

    assert!(key.starts_with("gg_") && key.len() == 46 && !key.contains(char::is_whitespace), "{}", key.len());
}

#[test]
fn a_lost_secret_is_named_rather_than_replaced() {
    let place = Place::new();
    place.api_key();
    std::fs::remove_file(place.data().join("secret")).unwrap();

    let output = place.run(&["keys", "list"], "");

    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("secret"));
    assert!(!place.data().join("secret").exists(), "a new secret would make the loss final");
}

#[test]
fn keys_rotate_and_retire_beside_a_running_server() {
    let place = Place::new();
    let _server = place.serve(&[]);

    place.say(&["keys", "rotate"], "");
    let current = place.run(&["keys", "retire", "2"], "");
    let retired = place.say(&["keys", "retire", "1"], "");

    assert!(String::from_utf8_lossy(&current.stderr).contains("rotate first"));
    assert!(retired.contains("0 links died"));
}

#[test]
fn the_doctor_finds_a_new_and_a_served_folder_in_order() {
    let place = Place::new();
    assert!(place.say(&["doctor"], "").contains("will be made at the first start"));
    let _server = place.serve(&[]);

    let said = place.say(&["doctor"], "");

    assert!(said.contains("is served right now") && said.contains("the signing keys open"), "{said}");
}
