//! The risk engine away in each way there is: guests are let in, it shows, and everything is judged when it is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gg_testkit::on_postgres;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::delay::delaying;
use crate::server::{Place, Server, body_of};

/// How long a test waits for what must come: many times what it takes, since other tests run beside.
const PATIENCE: Duration = Duration::from_secs(30);
/// Guests who open their links while the engine is away, each twice.
const GUESTS: usize = 5;
/// Counts openings that were let in unjudged.
const DEGRADED: &str = "guestguard_accesses_degraded_total";
/// Counts those of them that were judged later.
const JUDGED: &str = "guestguard_rescore_lag_seconds_count";

#[test]
fn guests_are_let_in_while_the_engine_hangs_on_sqlite() {
    hang(&Place::new());
}

#[test]
fn guests_are_let_in_while_the_engine_hangs_on_postgres() {
    on_postgres(async |db| hang(&Place::on(&db.url)));
}

fn hang(place: &Place) {
    let engine = place.engine("127.0.0.1:0", &[]);
    let url = grpc(&engine);
    away_and_back(place, &url, || engine.signal("STOP"), || engine.signal("CONT"));
    assert_eq!(engine.stop(), 0);
}

#[test]
fn guests_are_let_in_while_the_engine_is_dead() {
    let place = Place::new();
    let engine = place.engine("127.0.0.1:0", &[]);
    let url = grpc(&engine);
    let mut again = None;
    away_and_back(
        &place,
        &url,
        || {
            engine.signal("KILL");
            engine.exit();
        },
        || again = Some(place.engine(url.strip_prefix("http://").unwrap(), &[])),
    );
    assert_eq!(again.unwrap().stop(), 0);
}

#[test]
fn guests_are_let_in_while_the_engine_is_slow() {
    let place = Place::new();
    let engine = place.engine("127.0.0.1:0", &[]);
    let runtime = Runtime::new().unwrap();
    let slow = Arc::new(AtomicBool::new(false));
    let between = runtime.block_on(delaying(grpc(&engine)["http://".len()..].parse().unwrap(), slow.clone()));
    let url = format!("http://{between}");
    away_and_back(
        &place,
        &url,
        || slow.store(true, Ordering::SeqCst),
        || slow.store(false, Ordering::SeqCst),
    );
    assert_eq!(engine.stop(), 0);
}

/// A guest list, guests who open their links while the engine is away, and what came of each.
fn away_and_back(place: &Place, url: &str, go_away: impl FnOnce(), come_back: impl FnOnce()) {
    let key = place.api_key();
    let web = place.serve_with(&["--role", "web", "--role", "worker"], &[("GUESTGUARD_RISK_URL", url)]);
    until(&web, "risk", "ok");
    let (event, links) = invited(&web, &key);
    suspect(&web, &key, &links[GUESTS]);
    scored(&web, &links[0]);
    let before = settled(&web);

    go_away();
    let began = Instant::now();
    let waiting: Vec<Vec<Value>> =
        links[..GUESTS].iter().map(|link| (0..2).map(|_| let_in(&web, link)).collect()).collect();
    let suspect_again = open(&web, &links[GUESTS], true);
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    assert_eq!(suspect_again["degraded"], true);
    assert!(["high", "block"].contains(&suspect_again["band"].as_str().unwrap()), "{suspect_again}");
    let all = before + 2 * GUESTS + 1;
    assert_eq!(counted(&web, DEGRADED), all);
    shows(&web, &key, &event, &suspect_again);

    come_back();
    until(&web, "risk", "ok");
    let began = Instant::now();
    while counted(&web, JUDGED) < all {
        assert!(began.elapsed() < PATIENCE, "{} of {all} are judged", counted(&web, JUDGED));
        pause();
    }
    judged_in_order(&web, &key, &event, &waiting, &suspect_again);
    assert_eq!(counted(&web, JUDGED), all, "each once");
    scored(&web, &links[0]);
    assert_eq!(web.stop(), 0);
}

/// An event with guests, and the secrets of their links.
fn invited(web: &Server, key: &str) -> (String, Vec<String>) {
    let dinner = json!({"name": "Dinner", "starts_at": "2030-12-12T15:00:00Z", "time_zone": "Africa/Accra"});
    let event = web.made(key, "/api/v1/events", &dinner)["id"].as_str().unwrap().to_string();
    let link = |i: usize| {
        let guest =
            web.made(key, &format!("/api/v1/events/{event}/guests"), &json!({"name": format!("Guest {i}")}));
        let path = format!("/api/v1/guests/{}/invite", guest["id"].as_str().unwrap());
        web.made(key, &path, &json!({}))["token"].as_str().unwrap().to_string()
    };
    let links = (0..=GUESTS).map(link).collect();
    (event, links)
}

/// Opens a link, on the guest's phone or in a browser that a program drives.
fn open(web: &Server, token: &str, driven: bool) -> Value {
    let signals = if driven {
        json!({"platform": "Linux x86_64", "canvas": "d00d", "webdriver": true, "visible_ms": 4000, "interacted": true})
    } else {
        json!({"platform": "iPhone", "canvas": "c0ffee", "webdriver": false, "visible_ms": 4000, "interacted": true})
    };
    let opening = json!({"token": token, "signals": signals});
    web.try_ask("POST", "/api/v1/invites/access", &opening).expect("whoever has a link gets an answer")
}

/// Opens a link while the engine is away; gives the opening's id.
fn let_in(web: &Server, token: &str) -> Value {
    let access = open(web, token, false);
    assert_eq!(
        (&access["degraded"], &access["decision"], &access["band"]),
        (&json!(true), &json!("allow"), &json!("low"))
    );
    access["access_id"].clone()
}

/// Makes a link Suspicious: the organiser does not know its first device, and robots come next.
fn suspect(web: &Server, key: &str, token: &str) {
    let first = open(web, token, false);
    let path = format!("/api/v1/accesses/{}/label", first["access_id"].as_str().unwrap());
    web.made(key, &path, &json!({"label": "not_guest"}));
    let began = Instant::now();
    loop {
        let robot = open(web, token, true);
        if robot["degraded"] == false {
            assert_eq!(robot["band"], "high", "{robot}");
            return;
        }
        assert!(began.elapsed() < PATIENCE, "nothing is scored");
        pause();
    }
}

/// Opens a link until it is scored: on a machine that is busy with other tests an engine that is well may be late.
fn scored(web: &Server, token: &str) {
    let began = Instant::now();
    while open(web, token, false)["degraded"] != false {
        assert!(began.elapsed() < PATIENCE, "nothing is scored");
        pause();
    }
}

/// Waits until nothing waits to be judged; gives how many openings did.
fn settled(web: &Server) -> usize {
    let began = Instant::now();
    loop {
        let all = counted(web, DEGRADED);
        if counted(web, JUDGED) == all {
            return all;
        }
        assert!(began.elapsed() < PATIENCE, "{all} were let in, {} are judged", counted(web, JUDGED));
        pause();
    }
}

/// What the operator and the organiser see of it.
fn shows(web: &Server, key: &str, event: &str, suspect: &Value) {
    until(web, "risk", "degraded");
    let metrics = web.ask("GET", "/metrics", None, None).text;
    assert!(metrics.contains("guestguard_risk_calls_total{outcome=\"open\"}"), "{metrics}");
    assert!(metrics.contains("guestguard_risk_breaker_state "), "{metrics}");
    assert!(metrics.contains("guestguard_risk_call_seconds_count "), "{metrics}");
    let told = told_times(web, key, event, &[suspect["access_id"].clone()], 1);
    let of_suspect = told.iter().find(|told| told["access_id"] == suspect["access_id"]).expect("it is told");
    assert_eq!(
        (&of_suspect["degraded"], &of_suspect["reasons"][0]["code"]),
        (&json!(true), &json!("DEGRADED"))
    );
}

/// Each opening is told twice, unjudged and judged, and those of one guest in the order in which they came.
fn judged_in_order(web: &Server, key: &str, event: &str, waiting: &[Vec<Value>], suspect: &Value) {
    let all: Vec<Value> = waiting.iter().flatten().chain([&suspect["access_id"]]).cloned().collect();
    let told = told_times(web, key, event, &all, 2);
    let of = |access: &Value| -> Vec<usize> {
        let is_it = |at: &usize| told[*at]["access_id"] == *access;
        (0..told.len()).filter(is_it).collect()
    };
    for guest in waiting {
        let again: Vec<usize> = guest
            .iter()
            .map(|access| {
                let [_, again] = of(access)[..] else {
                    panic!("{access} is told {} times", of(access).len())
                };
                assert_eq!((&told[again]["band"], &told[again]["degraded"]), (&json!("low"), &json!(true)));
                assert_ne!(told[again]["reasons"][0]["code"], "DEGRADED", "{told:?}");
                again
            })
            .collect();
        assert!(again.is_sorted(), "{again:?}");
    }
    let [_, again] = of(&suspect["access_id"])[..] else { panic!("told {:?}", of(&suspect["access_id"])) };
    assert!(["high", "block"].contains(&told[again]["band"].as_str().unwrap()), "{}", told[again]);
}

/// Waits until each of `accesses` is told so many times; gives what is told of all. Messages are numbered, and so seen,
/// a moment after they are written.
fn told_times(web: &Server, key: &str, event: &str, accesses: &[Value], times: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let told = checked(web, key, event);
        let count = |access: &Value| told.iter().filter(|told| told["access_id"] == *access).count();
        if accesses.iter().all(|access| count(access) >= times) {
            return told;
        }
        assert!(began.elapsed() < PATIENCE, "not all of {accesses:?} are told {times} times: {told:?}");
        pause();
    }
}

/// The payloads of the messages about openings, the earliest first.
fn checked(web: &Server, key: &str, event: &str) -> Vec<Value> {
    let answer = web.ask("GET", &format!("/api/v1/events/{event}/activity?limit=100"), Some(key), None);
    let messages = body_of(&answer.text)["data"].as_array().unwrap().clone();
    let about = messages.into_iter().filter(|message| message["type"] == "access.checked");
    about.map(|message| message["payload"].clone()).collect()
}

/// What a counter says; 0 where nothing was counted yet.
fn counted(web: &Server, counter: &str) -> usize {
    let metrics = web.ask("GET", "/metrics", None, None).text;
    let count = metrics.lines().find_map(|line| line.strip_prefix(counter)?.strip_prefix(' '));
    count.map_or(0, |count| count.parse().unwrap())
}

/// Waits until `/readyz` says so of a part, with 200.
pub(crate) fn until(web: &Server, part: &str, word: &str) {
    let began = Instant::now();
    loop {
        let ready = web.ask("GET", "/readyz", None, None);
        let said = body_of(&ready.text);
        if said["checks"][part] == word {
            assert_eq!((&said["status"], ready.status), (&json!(word), 200));
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{part} is not {word}: {said}");
        pause();
    }
}

/// Where an engine serves gRPC.
pub(crate) fn grpc(engine: &Server) -> String {
    let at = engine.said[0].find("http://").expect("it says where it serves");
    engine.said[0][at..].to_string()
}

/// Between two looks.
fn pause() {
    std::thread::park_timeout(Duration::from_millis(50));
}
