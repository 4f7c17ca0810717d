//! Databases of addresses as an operator supplies them: what stops the start, what is warned of, what an opening gets.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use gg_store::{Store, testing};
use serde_json::{Value, json};

use crate::server::{Place, body_of};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gg-networks/tests/mmdb").join(name)
}

#[test]
fn a_damaged_file_stops_the_start_with_its_path_and_the_reason() {
    let place = Place::new();
    let damaged = place.path("damaged.mmdb");
    let whole = std::fs::read(fixture("city.mmdb")).unwrap();
    for (bytes, reason) in [
        (whole[..whole.len() / 2].to_vec(), "is damaged, or no MaxMind database"),
        (b"not a database".to_vec(), "is damaged, or no MaxMind database"),
        (std::fs::read(fixture("asn.mmdb")).unwrap(), "network.city_db takes one of type City"),
    ] {
        std::fs::write(&damaged, bytes).unwrap();
        for command in [["serve"], ["doctor"]] {
            let output =
                place.command(&command).env("GUESTGUARD_NETWORK_CITY_DB", &damaged).output().unwrap();

            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains(&format!("{}: ", damaged.display())) && said.contains(reason), "{said}");
        }
    }
}

#[test]
fn a_missing_file_stops_the_start() {
    let output = Place::new().with("GUESTGUARD_NETWORK_ASN_DB", "nowhere.mmdb").run(&["serve"], "");

    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere.mmdb: cannot be read"));
}

#[test]
fn a_stale_file_is_warned_of_and_served() {
    let place = Place::new().with("GUESTGUARD_NETWORK_COUNTRY_DB", fixture("stale.mmdb"));
    let doctor = place.say(&["doctor"], "");
    let line = doctor.lines().find(|line| line.contains("stale.mmdb")).unwrap();
    assert!(
        line.starts_with("careful ") && line.contains("days old: after 90 days fetch a new one"),
        "{line}"
    );

    let mut child = place.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("serving") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "the server ended: {said}");
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let warned = said.lines().find(|line| line.contains("stale.mmdb")).unwrap();
    assert!(warned.contains("WARN") && warned.contains("stale") && said.contains("serving"), "{said}");
}

#[test]
fn an_opening_behind_a_trusted_proxy_gets_its_place_and_kind_into_its_snapshot() {
    let place = Place::new()
        .with("GUESTGUARD_TRUSTED_PROXIES", "127.0.0.1")
        .with("GUESTGUARD_NETWORK_ASN_DB", fixture("asn.mmdb"))
        .with("GUESTGUARD_NETWORK_CITY_DB", fixture("city.mmdb"))
        .with("GUESTGUARD_NETWORK_ANONYMOUS_DB", fixture("anonymous.mmdb"));
    let key = place.api_key();
    let server = place.serve(&[]);
    let event = json!({"name": "Dinner", "starts_at": "2030-12-12T15:00:00Z", "time_zone": "Africa/Accra"});
    let event = server.made(&key, "/api/v1/events", &event)["id"].as_str().unwrap().to_string();
    let guest = server.made(&key, &format!("/api/v1/events/{event}/guests"), &json!({"name": "Efua"}));
    let link =
        server.made(&key, &format!("/api/v1/guests/{}/invite", guest["id"].as_str().unwrap()), &json!({}));
    let opening = json!({"token": link["token"], "signals": {"visible_ms": 4000, "interacted": true}});

    for address in ["192.0.2.7", "192.0.2.200, 127.0.0.1"] {
        let answer = server.ask_from(address, "/api/v1/invites/access", &opening);
        assert_eq!(body_of(&answer.text)["decision"], "allow", "{}", answer.text);
    }

    let url = format!("sqlite:{}", place.data().join("guestguard.db").display());
    let stored = async {
        let store = Store::open(&url).unwrap();
        testing::words(&store, "select snapshot from accesses order by id").await.unwrap()
    };
    let snapshots = tokio::runtime::Runtime::new().unwrap().block_on(stored);
    let nets: Vec<Value> =
        snapshots.iter().map(|text| serde_json::from_str::<Value>(text).unwrap()["net"].clone()).collect();
    assert_eq!(
        nets,
        [
            json!({"p": "192.0.2.0/24", "asn": 64500, "city": "Accra", "cc": "GH"}),
            json!({"p": "192.0.2.0/24", "asn": 64500, "city": "Accra", "cc": "GH", "k": "tor"}),
        ]
    );
}
