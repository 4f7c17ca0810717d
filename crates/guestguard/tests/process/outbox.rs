//! Messages in the built-in viewer: in the demo, and where a setting says so.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::server::{Place, Server, body_of};

/// What waits is handed over within seconds.
const PATIENCE: Duration = Duration::from_secs(10);

fn asked(server: &Server, key: &str) -> (String, String) {
    let event = server.made(
        key,
        "/api/v1/events",
        &json!({"name": "Dinner", "starts_at": "2030-12-12T15:00:00Z", "time_zone": "Africa/Accra"}),
    );
    let event = event["id"].as_str().unwrap().to_string();
    let efua = json!({"name": "Efua", "email": "efua@example.org"});
    let guest = server.made(key, &format!("/api/v1/events/{event}/guests"), &efua);
    (event, guest["id"].as_str().unwrap().to_string())
}

fn invite(server: &Server, key: &str, event: &str) -> serde_json::Value {
    let body = json!({"all": true, "channel": "email", "kind": "invitation"}).to_string();
    let path = format!("/api/v1/events/{event}/invitations");
    let answer = server.ask("POST", &path, Some(key), Some(("application/json", &body)));
    assert_eq!(answer.status, 202, "{}", answer.text);
    body_of(&answer.text)
}

#[test]
fn with_the_viewer_messages_are_handed_over_and_told() {
    let place = Place::new();
    let key = place.api_key();
    let mut command = place.command(&["doctor"]);
    let doctor = command
        .env("GUESTGUARD_OUTBOX_VIEWER", "true")
        .env("GUESTGUARD_PUBLIC_URL", "https://guests.example.com");
    let said = String::from_utf8(doctor.output().unwrap().stdout).unwrap();
    assert!(said.contains("careful outbox_viewer is on"), "{said}");

    std::fs::write(place.path("guestguard.toml"), "outbox_viewer = true\n").unwrap();
    assert!(place.say(&["config", "print"], "").contains("outbox_viewer = true"));
    let server = place.serve(&[]);
    let (event, guest) = asked(&server, &key);
    assert_eq!(invite(&server, &key, &event), json!({"queued": 1, "skipped": []}));

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let began = Instant::now();
    loop {
        let path = format!("/api/v1/guests/{guest}/timeline");
        let line = body_of(&server.ask("GET", &path, Some(&key), None).text)["data"][0].clone();
        assert_eq!((&line["channel"], &line["detail"]), (&json!("email"), &json!("invitation")));
        if line["status"] == "sent" {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "it was not handed over: {line}");
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await });
    }
    assert_eq!(server.stop(), 0);
}

#[test]
fn without_it_nobody_is_told_that_something_goes_out() {
    let place = Place::new();
    let key = place.api_key();
    let server = place.serve(&[]);
    let (event, guest) = asked(&server, &key);

    let skipped = json!([{"guest_id": guest, "reason": "no e-mail channel is set up"}]);
    assert_eq!(invite(&server, &key, &event), json!({"queued": 0, "skipped": skipped}));
}

#[test]
fn the_demo_shows_what_its_guests_would_receive() {
    let place = Place::new();
    let mut server = place.serve(&["--demo"]);
    let way_in = server.line_with("/demo?token=");
    let path = way_in.strip_prefix(&server.url).unwrap().to_string();
    let signed_in = server.ask("GET", &path, None, None);
    let cookie =
        signed_in.text.lines().find_map(|line| line.strip_prefix("set-cookie: gg_session=")).unwrap();
    let cookie = format!("gg_session={}", cookie.split(';').next().unwrap());

    let events = server.ask_with("/events", &cookie).text;
    let event =
        events.split("href=\"/events/").map(|rest| rest.split('"').next().unwrap()).find(|id| id.len() == 36);
    let outbox = server.ask_with(&format!("/events/{}/outbox", event.unwrap()), &cookie);
    assert_eq!(outbox.status, 200);
    assert!(outbox.text.contains("E-mail to guest") && outbox.text.contains("/i/"), "{}", outbox.text);
}
