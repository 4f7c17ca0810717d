//! The risk engine as a process of its own, and beside the site on a port of its own.

use std::net::TcpListener;

use serde_json::json;

use crate::engine_away::{grpc, until};
use crate::server::{Place, body_of};

#[test]
fn the_engine_alone_needs_no_database_and_serves_grpc_with_health_and_metrics_beside() {
    let place = Place::new();
    let engine = place.engine("127.0.0.1:0", &[]);

    assert!(
        engine.said[0].starts_with("GuestGuard's risk engine serves gRPC at http://127.0.0.1:"),
        "{:?}",
        engine.said
    );
    let ask = |path| engine.ask("GET", path, None, None);
    assert_eq!(body_of(&ask("/healthz").text), json!({ "status": "ok" }));
    until(&engine, "risk", "ok");
    let metrics = ask("/metrics").text;
    assert!(metrics.contains("guestguard_risk_served_total{call=\"Score\",code=\"ok\"}"), "{metrics}");
    assert_eq!(ask("/api/v1/events").status, 404);
    assert!(!place.data().exists(), "it has nothing to keep");
    assert_eq!(engine.stop(), 0);
}

#[test]
fn parts_that_cannot_be_alone_are_refused_with_a_way_out() {
    let place = Place::new();
    for roles in [&["--role", "web"][..], &["--role", "worker"], &["--role", "web", "--role", "worker"]] {
        let output = place.run(&[&["serve"], roles].concat(), "");
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("GUESTGUARD_RISK_URL"), "{roles:?}");
    }
}

#[test]
fn the_doctor_says_whether_the_engine_answers() {
    let place = Place::new();
    let engine = place.engine("127.0.0.1:0", &[("GUESTGUARD_RISK_TOKEN", "sixteen letters!")]);
    let url = grpc(&engine);
    let said = |token: &[(&str, &str)]| {
        let mut command = place.command(&["doctor"]);
        let output = command.env("GUESTGUARD_RISK_URL", &url).envs(token.iter().copied()).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };

    let well = said(&[("GUESTGUARD_RISK_TOKEN", "sixteen letters!")]);
    assert!(well.contains(&format!("ok      the risk engine {url} answers")), "{well}");
    let without = said(&[]);
    assert!(without.contains("does not answer") && without.contains("GUESTGUARD_RISK_TOKEN"), "{without}");
}

#[test]
fn every_role_with_a_port_for_the_engine_serves_it_to_others_too() {
    let place = Place::new();
    let port = free_port();
    let _all = place.serve_with(&[], &[("GUESTGUARD_RISK_LISTEN", &port)]);

    let said =
        place.command(&["doctor"]).env("GUESTGUARD_RISK_URL", format!("http://{port}")).output().unwrap();

    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains(&format!("the risk engine http://{port} answers")), "{said}");
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}
