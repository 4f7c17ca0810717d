//! What was let in unjudged is judged by the server that runs, within seconds.

use std::time::{Duration, Instant};

use gg_store::{Store, testing};
use gg_testkit::on_postgres;
use serde_json::{Value, json};

use crate::server::{Place, Server, body_of};

/// What is known of a guest may be behind by so much (RISK.md 5.3).
const LAG_MAX: Duration = Duration::from_secs(5);

#[test]
fn an_opening_that_was_let_in_unjudged_is_judged_on_sqlite() {
    let place = Place::new();
    let url = format!("sqlite:{}", place.data().join("guestguard.db").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(judged_in_time(&place, &url));
}

#[test]
fn an_opening_that_was_let_in_unjudged_is_judged_on_postgres() {
    on_postgres(async |db| judged_in_time(&Place::on(&db.url), &db.url).await);
}

async fn judged_in_time(place: &Place, database: &str) {
    let key = place.api_key();
    let server = place.serve(&[]);
    let event = server.made(
        &key,
        "/api/v1/events",
        &json!({"name": "Dinner", "starts_at": "2030-12-12T15:00:00Z", "time_zone": "Africa/Accra"}),
    );
    let event = event["id"].as_str().unwrap().to_string();
    let guest = server.made(&key, &format!("/api/v1/events/{event}/guests"), &json!({"name": "Efua"}));
    let link =
        server.made(&key, &format!("/api/v1/guests/{}/invite", guest["id"].as_str().unwrap()), &json!({}));
    let opening = json!({"token": link["token"], "signals": {"visible_ms": 4000, "interacted": true}});
    let access = server.try_ask("POST", "/api/v1/invites/access", &opening).unwrap()["access_id"].clone();

    // As it stands where the engine did not answer in time: that of one process always does.
    let store = Store::open(database).unwrap();
    testing::run(&store, "update accesses set degraded = true, p = 0, reasons = '[]', model = 'none'")
        .await
        .unwrap();
    let began = Instant::now();
    let told = loop {
        let told = checked(&server, &key, &event, &access);
        if told.len() > 1 {
            break told;
        }
        assert!(began.elapsed() < LAG_MAX, "it was not judged within {LAG_MAX:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };

    assert_eq!((&told[1]["band"], &told[1]["degraded"]), (&json!("low"), &json!(true)));
    assert!(!told[1]["reasons"].as_array().unwrap().is_empty(), "{told:?}");
    let metrics = server.ask("GET", "/metrics", None, None).text;
    assert!(metrics.contains("guestguard_rescore_lag_seconds_count 1"), "{metrics}");
    assert!(metrics.contains("guestguard_rescore_lag_seconds_bucket{le=\"5\"} 1"), "{metrics}");
    assert_eq!(server.stop(), 0);
}

/// The payloads of the messages about an opening.
fn checked(server: &Server, key: &str, event: &str, access: &Value) -> Vec<Value> {
    let answer = server.ask("GET", &format!("/api/v1/events/{event}/activity"), Some(key), None);
    let messages = body_of(&answer.text)["data"].as_array().unwrap().clone();
    let payloads = messages.into_iter().map(|message| message["payload"].clone());
    payloads.filter(|payload| payload["access_id"] == *access).collect()
}
