//! Told to stop while a guest list is being imported: it is finished, or ends between two groups of rows, and the file
//! imported again completes it.

use std::time::{Duration, Instant};

use gg_testkit::on_postgres;
use serde_json::{Value, json};

use crate::server::{Place, Server, body_of};

/// More than is written before the signal comes.
const ROWS: usize = 25_000;
/// Longer than a container runtime waits (10 s), nobody is kept.
const STOP_MAX: Duration = Duration::from_secs(10);

#[test]
fn an_import_survives_a_stop_on_sqlite() {
    stop_and_import_again(&Place::new());
}

#[test]
fn an_import_survives_a_stop_on_postgres() {
    on_postgres(async |db| stop_and_import_again(&Place::on(&db.url)));
}

fn stop_and_import_again(place: &Place) {
    let key = place.api_key();
    let server = place.serve(&[]);
    let dinner = json!({"name": "Dinner", "starts_at": "2030-12-12T15:00:00Z", "time_zone": "Africa/Accra"});
    let event = server.made(&key, "/api/v1/events", &dinner)["id"].as_str().unwrap().to_string();
    let path = format!("/api/v1/events/{event}/guests/import");
    let list: String = (0..ROWS).fold("name\n".into(), |list, n| list + &format!("Guest {n}\n"));

    let (told, exit) = std::thread::scope(|scope| {
        let caller = scope.spawn(|| server.ask("POST", &path, Some(&key), Some(("text/csv", &list))));
        until_some_are_written(&server, &key, &event);
        let began = Instant::now();
        server.signal("TERM");
        let told = caller.join().unwrap();
        let exit = server.exit();
        assert!(began.elapsed() < STOP_MAX, "{:?}", began.elapsed());
        (told, exit)
    });
    assert_eq!(exit, 0);

    let server = place.serve(&[]);
    let again = server.ask("POST", &path, Some(&key), Some(("text/csv", &list)));
    let counts = finished(&server, &key, &again);
    let written = counts["unchanged"].as_u64().unwrap();
    match told.status {
        200 => assert_eq!(written, ROWS as u64),
        503 => {
            let problem = body_of(&told.text);
            assert_eq!(problem["type"], "urn:guestguard:problem:import-broken-off");
            let said = problem["detail"].as_str().unwrap();
            assert!(
                said.starts_with(&format!("{written} of {ROWS} guests were written")),
                "{said}: {written}"
            );
        }
        // On a busy machine it took so long to begin that its caller had gone on to its progress.
        202 => {}
        other => panic!("{other}: {}", told.text),
    }
    assert_eq!(counts["created"].as_u64().unwrap() + written, ROWS as u64);
    server.stop();
}

fn until_some_are_written(server: &Server, key: &str, event: &str) {
    loop {
        let page = server.ask("GET", &format!("/api/v1/events/{event}/guests?limit=1"), Some(key), None);
        if !body_of(&page.text)["data"].as_array().unwrap().is_empty() {
            return;
        }
    }
}

/// What an import did, at once or where its answer says.
fn finished(server: &Server, key: &str, answer: &crate::server::Answer) -> Value {
    if answer.status == 200 {
        return body_of(&answer.text);
    }
    assert_eq!(answer.status, 202, "{}", answer.text);
    let head = answer.text.to_lowercase();
    let at = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().trim().to_string();
    loop {
        let progress = body_of(&server.ask("GET", &at, Some(key), None).text);
        assert_ne!(progress["state"], "failed", "{progress}");
        if progress["state"] == "done" {
            return progress["result"].clone();
        }
    }
}
