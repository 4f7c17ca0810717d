//! What is kept of openings is made into rows again and judged again, beside a running server and after it.

use gg_store::{Store, testing};
use gg_testkit::on_postgres;
use serde_json::{Value, json};

use crate::server::{Place, Server};

#[test]
fn a_record_is_rebuilt_and_replayed_on_sqlite() {
    let place = Place::new();
    let url = format!("sqlite:{}", place.data().join("guestguard.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(rebuilt_and_replayed(&place, &url));
}

#[test]
fn a_record_is_rebuilt_and_replayed_on_postgres() {
    on_postgres(async |db| rebuilt_and_replayed(&Place::on(&db.url), &db.url).await);
}

async fn rebuilt_and_replayed(place: &Place, database: &str) {
    let key = place.api_key();
    let server = place.serve(&[]);
    let event = wedding(&server, &key);
    assert_eq!(
        place.say(&["risk", "rebuild", "--check"], ""),
        "3 guests: 3 as recorded, 0 otherwise, 0 not recorded\n"
    );

    let store = Store::open(database).unwrap();
    testing::run(&store, "update guest_risk set state = '{\"v\":2,\"pi\":0.5,\"n\":9}'").await.unwrap();
    let checked = place.run(&["risk", "rebuild", "--event", &event, "--check"], "");
    let said = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(
        (checked.status.code(), said.matches("is not what its record makes").count()),
        (Some(1), 3),
        "{said}"
    );
    assert!(said.ends_with("3 guests: 0 as recorded, 3 otherwise, 0 not recorded\n"), "{said}");
    assert!(!said.contains("Guest"), "ids, never names: {said}");
    let rebuilt = place.say(&["risk", "rebuild", "--event", &event], "");
    assert_eq!(rebuilt.matches("is made again").count(), 3, "{rebuilt}");

    let same = place.say(&["risk", "replay", "--event", &event], "");
    assert_eq!(same, "6 openings judged again by full-2: 0 would be treated otherwise\n");
    std::fs::write(place.path("policy.json"), json!({"actions": {"low": "hold"}}).to_string()).unwrap();
    let held = place.say(&["risk", "replay", "--event", &event, "--policy", "policy.json", "--json"], "");
    let held: Value = serde_json::from_str(&held).unwrap();
    assert_eq!(
        (&held["accesses"], &held["unrecorded"], &held["model"]),
        (&json!(6), &json!(0), &json!("full-2"))
    );
    let first = &held["data"][0];
    assert_eq!(
        (&first["from"]["action"], &first["to"]["action"]),
        (&json!("allow"), &json!("hold")),
        "{held}"
    );
    let other = place.say(&["risk", "replay", "--event", &event, "--model", "argued-2"], "");
    assert!(other.starts_with("6 openings judged again by argued-2: "), "{other}");

    assert_eq!(server.stop(), 0);
    let shown = commands_of_the_manual(&event);
    assert_eq!(shown.len(), 6);
    for command in shown {
        place.say(&command.iter().map(String::as_str).collect::<Vec<_>>(), "");
    }
    for (args, said) in [
        (["risk", "replay", "--event", &event, "--model", "none"], "there are full-2, argued-2"),
        (["risk", "replay", "--event", &event, "--policy", "none.json"], "none.json cannot be read"),
        (["risk", "replay", "--event", "none", "--model", "full-2"], "an event's id is a UUID"),
    ] {
        let refused = place.run(&args, "");
        assert_eq!(refused.status.code(), Some(1));
        let error = String::from_utf8(refused.stderr).unwrap();
        assert!(error.contains(said), "{error}");
    }
}

/// What docs/OPERATIONS.md shows, of this event.
fn commands_of_the_manual(event: &str) -> Vec<Vec<String>> {
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/OPERATIONS.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let shown = manual.lines().filter_map(|line| line.strip_prefix("    guestguard risk "));
    let words = |line: &str| line.split(' ').map(|word| word.replace("ID", event)).collect::<Vec<_>>();
    shown.map(|line| [vec!["risk".to_string()], words(line)].concat()).collect()
}

/// An event with three guests, each of whom opened twice; one is labelled, one reset.
fn wedding(server: &Server, key: &str) -> String {
    let event = server.made(
        key,
        "/api/v1/events",
        &json!({"name": "Dinner", "starts_at": "2030-12-12T15:00:00Z", "time_zone": "Africa/Accra"}),
    );
    let event = event["id"].as_str().unwrap().to_string();
    for name in ["Guest Efua", "Guest Kojo", "Guest Esi"] {
        let guest = server.made(key, &format!("/api/v1/events/{event}/guests"), &json!({"name": name}));
        let guest = guest["id"].as_str().unwrap().to_string();
        let link = server.made(key, &format!("/api/v1/guests/{guest}/invite"), &json!({}));
        let opening = json!({"token": link["token"], "signals": {"visible_ms": 4000, "interacted": true}});
        let mut access = Value::Null;
        for _ in 0..2 {
            access = server.try_ask("POST", "/api/v1/invites/access", &opening).unwrap()["access_id"].clone();
        }
        let access = access.as_str().unwrap();
        match name {
            "Guest Kojo" => {
                server.made(key, &format!("/api/v1/accesses/{access}/label"), &json!({"label": "guest"}));
            }
            "Guest Esi" => {
                let reset =
                    server.ask("POST", &format!("/api/v1/guests/{guest}/reset-baseline"), Some(key), None);
                assert_eq!(reset.status, 204, "{}", reset.text);
            }
            _ => {}
        }
    }
    event
}
