//! Killed at any moment under load: an answer that was acknowledged is there afterwards.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gg_testkit::on_postgres;
use serde_json::{Value, json};

use crate::server::{Place, Server, body_of};

/// Guests who answer at once.
const GUESTS: usize = 6;
/// How often the server is killed.
const ROUNDS: u32 = 4;

#[test]
fn acknowledged_answers_outlive_a_kill_on_sqlite() {
    kill_and_count(&Place::new());
}

#[test]
fn acknowledged_answers_outlive_a_kill_on_postgres() {
    on_postgres(async |db| kill_and_count(&Place::on(&db.url)));
}

fn kill_and_count(place: &Place) {
    let key = place.api_key();
    let (event, links) = prepare(place, &key);
    let acknowledged: Mutex<BTreeMap<String, u64>> = Mutex::default();
    let mut number = 0;

    for round in 0..ROUNDS {
        let server = place.serve(&[]);
        number += 1_000;
        answer_until_killed(
            &server,
            &links,
            &acknowledged,
            number,
            Duration::from_millis(250 + 130 * u64::from(round)),
        );
        drop(server);

        let server = place.serve(&[]);
        let stored = stored_answers(&server, &key, &event);
        for (guest, acknowledged) in acknowledged.lock().unwrap().iter() {
            let stored = stored.get(guest).copied().unwrap_or(0);
            assert!(
                stored >= *acknowledged,
                "round {round}: {acknowledged} was acknowledged, {stored} is there"
            );
        }
        assert_eq!(server.stop(), 0);
    }
    assert!(acknowledged.lock().unwrap().len() == GUESTS, "every guest was heard");
}

fn prepare(place: &Place, key: &str) -> (String, Vec<(String, String)>) {
    let server = place.serve(&[]);
    let post = |path: &str, body: Value| server.made(key, path, &body);
    let event = post(
        "/api/v1/events",
        json!({"name": "Dinner", "starts_at": "2030-12-12T15:00:00Z", "time_zone": "Africa/Accra"}),
    );
    let event = event["id"].as_str().unwrap().to_string();
    let links = (0..GUESTS).map(|i| {
        let guest = post(&format!("/api/v1/events/{event}/guests"), json!({"name": format!("Guest {i}")}));
        let guest = guest["id"].as_str().unwrap().to_string();
        let link = post(&format!("/api/v1/guests/{guest}/invite"), json!({}));
        (guest, link["token"].as_str().unwrap().to_string())
    });
    let links = links.collect();
    server.stop();
    (event, links)
}

/// Every guest answers again and again, each time with a higher number in the note, until the server
/// is gone.
fn answer_until_killed(
    server: &Server,
    links: &[(String, String)],
    acknowledged: &Mutex<BTreeMap<String, u64>>,
    first: u64,
    after: Duration,
) {
    let killed = AtomicBool::new(false);
    let until = Instant::now() + after;
    std::thread::scope(|scope| {
        for (guest, token) in links {
            let killed = &killed;
            scope.spawn(move || {
                let Some(access) = server.try_ask(
                    "POST",
                    "/api/v1/invites/access",
                    &json!({"token": token, "signals": null}),
                ) else {
                    return;
                };
                for number in first.. {
                    let answer = json!({
                        "token": token,
                        "access_id": access["access_id"],
                        "attending": number % 2 == 0,
                        "note": number.to_string(),
                    });
                    let said = server.try_ask("PUT", "/api/v1/invites/rsvp", &answer);
                    if said.is_none() || killed.load(Ordering::SeqCst) {
                        return;
                    }
                    acknowledged.lock().unwrap().insert(guest.clone(), number);
                }
            });
        }
        while Instant::now() < until {
            std::hint::spin_loop();
            std::thread::yield_now();
        }
        killed.store(true, Ordering::SeqCst);
        server.signal("KILL");
    });
}

fn stored_answers(server: &Server, key: &str, event: &str) -> BTreeMap<String, u64> {
    let answer = server.ask("GET", &format!("/api/v1/events/{event}/rsvps?limit=100"), Some(key), None);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let rows = body_of(&answer.text)["data"].as_array().unwrap().clone();
    let number = |row: &Value| row["note"].as_str().and_then(|note| note.parse().ok()).unwrap_or(0);
    rows.iter().map(|row| (row["guest_id"].as_str().unwrap().to_string(), number(row))).collect()
}
