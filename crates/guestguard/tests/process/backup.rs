//! Backing up while serving, and restoring.

use crate::server::{Place, mode};

#[test]
fn a_backup_of_a_served_folder_restores_with_accounts_and_keys() {
    let place = Place::new();
    let key = place.api_key();
    let server = place.serve(&[]);
    let file = place.path("backup.db");
    let file = file.to_str().unwrap();

    let said = place.say(&["backup", file], "");
    server.stop();
    let other = Place::new();
    other.say(&["restore", file], "");
    let restored = other.serve(&[]);

    assert!(said.contains("checked"), "{said}");
    assert_eq!(mode(file.as_ref()), 0o600);
    let answer = restored.ask(
        "POST",
        "/api/v1/memberships",
        Some(&key),
        Some(("application/json", "{\"token\":\"x\"}")),
    );
    assert_eq!(answer.status, 404, "the key of before is known: {}", answer.text);
    assert!(!restored.said.iter().any(|line| line.contains("/setup")));
}

#[test]
fn restore_refuses_a_folder_that_is_served_or_not_empty() {
    let place = Place::new();
    let server = place.serve(&[]);
    let file = place.path("backup.db");
    let file = file.to_str().unwrap();
    place.say(&["backup", file], "");

    let served = place.run(&["restore", file], "");
    server.stop();
    let full = place.run(&["restore", file], "");

    assert!(String::from_utf8_lossy(&served.stderr).contains("served by another"));
    assert!(String::from_utf8_lossy(&full.stderr).contains("not empty"));
}

#[test]
fn what_is_no_backup_is_refused_and_nothing_is_written() {
    let place = Place::new();
    let file = place.path("letter.txt");
    std::fs::write(&file, "Dear Efua").unwrap();

    let output = place.run(&["restore", file.to_str().unwrap()], "");

    assert!(!output.status.success());
    assert!(!place.data().join("guestguard.db").exists());
}

#[test]
fn a_backup_never_overwrites() {
    let place = Place::new();
    place.api_key();
    let file = place.path("backup.db");
    std::fs::write(&file, "precious").unwrap();

    let output = place.run(&["backup", file.to_str().unwrap()], "");

    assert!(!output.status.success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}
