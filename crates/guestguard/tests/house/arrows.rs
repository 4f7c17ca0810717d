//! Arrows point down only (docs/ARCHITECTURE.md): siblings never see each other, and what binds us to a database
//! or to a web framework stays in one crate.

use crate::metadata::{items, metadata, text};

/// Our crates from the top, each with those of ours that it may use.
const MAY_USE: [(&str, &[&str]); 11] = [
    (
        "guestguard",
        &[
            "gg-web",
            "gg-app",
            "gg-store",
            "gg-networks",
            "gg-simulator",
            "gg-risk-grpc",
            "gg-risk",
            "gg-domain",
        ],
    ),
    // Rows that use cases give, and the pure gate: an arrow may pass a floor, never turn.
    ("gg-web", &["gg-app", "gg-store", "gg-networks", "gg-risk", "gg-domain"]),
    ("gg-app", &["gg-store", "gg-notify", "gg-risk", "gg-domain"]),
    ("gg-store", &["gg-domain"]),
    ("gg-notify", &["gg-domain"]),
    // Databases of addresses that the operator supplies.
    ("gg-networks", &["gg-domain"]),
    // Worlds to try the engine on, and how well it did: above the engine, beside the product.
    ("gg-simulator", &["gg-risk", "gg-domain"]),
    // The engine behind a port, and who asks it: wired in at the top, so that nothing else waits for tonic.
    ("gg-risk-grpc", &["gg-risk", "gg-domain"]),
    ("gg-risk", &["gg-domain"]),
    ("gg-domain", &[]),
    ("gg-testkit", &["gg-web", "gg-app", "gg-store", "gg-risk", "gg-domain"]),
];

/// Arrows that tests alone may take: worlds for the suite that both engines pass.
const FOR_TESTS: [(&str, &str); 1] = [("gg-risk-grpc", "gg-simulator")];

/// For tests alone; it may be used from everywhere, and only by tests.
const TESTKIT: &str = "gg-testkit";

/// Crates of others that only these of ours may use.
const ONLY_IN: [(&str, &[&str]); 11] = [
    ("axum", &["gg-web"]),
    ("axum-extra", &["gg-web"]),
    // Pages, and messages.
    ("askama", &["gg-web", "gg-notify"]),
    ("rusqlite", &["gg-store"]),
    ("tokio-postgres", &["gg-store"]),
    ("tokio-postgres-rustls", &["gg-store"]),
    ("deadpool-postgres", &["gg-store"]),
    ("maxminddb", &["gg-networks"]),
    ("tonic", &["gg-risk-grpc"]),
    ("prost", &["gg-risk-grpc"]),
    ("async-nats", &["gg-bus"]),
];

/// A line of a `Cargo.toml`: one crate uses another.
#[derive(Debug, Clone)]
struct Arrow {
    from: String,
    to: String,
    for_tests: bool,
}

fn arrow(from: &str, to: &str) -> Arrow {
    Arrow { from: from.to_owned(), to: to.to_owned(), for_tests: false }
}

/// What is wrong with the arrows, a sentence each.
fn wrong(arrows: &[Arrow]) -> Vec<String> {
    arrows
        .iter()
        .filter_map(|arrow| complaint(arrow).map(|why| format!("{} -> {}: {why}", arrow.from, arrow.to)))
        .collect()
}

fn complaint(arrow: &Arrow) -> Option<String> {
    let Some((_, may_use)) = MAY_USE.iter().find(|(name, _)| *name == arrow.from) else {
        return Some("a new crate of ours needs its place in MAY_USE".to_owned());
    };
    if arrow.to == TESTKIT {
        return (!arrow.for_tests).then(|| "only tests may use it".to_owned());
    }
    if arrow.for_tests && FOR_TESTS.contains(&(arrow.from.as_str(), arrow.to.as_str())) {
        return None;
    }
    let is_ours = MAY_USE.iter().any(|(name, _)| *name == arrow.to) || arrow.to.starts_with("gg-");
    if is_ours {
        return (!may_use.contains(&arrow.to.as_str())).then(|| "arrows point down only".to_owned());
    }
    let (_, only) = ONLY_IN.iter().find(|(name, _)| *name == arrow.to)?;
    // Tests may look from outside with the same means: at an HTTP answer, into a database.
    (!only.contains(&arrow.from.as_str()) && !arrow.for_tests && arrow.from != TESTKIT)
        .then(|| format!("only {} may use it", only.join(" and ")))
}

fn arrows_of_the_workspace() -> Vec<Arrow> {
    let metadata = metadata(&["--no-deps"]);
    items(&metadata, "packages")
        .flat_map(|package| {
            items(package, "dependencies").map(|dependency| Arrow {
                from: text(package, "name").to_owned(),
                to: text(dependency, "name").to_owned(),
                for_tests: text(dependency, "kind") == "dev",
            })
        })
        .collect()
}

#[test]
fn arrows_point_down_only() {
    let arrows = arrows_of_the_workspace();
    assert!(arrows.len() > MAY_USE.len(), "cargo named only {arrows:?}");
    assert_eq!(wrong(&arrows), Vec::<String>::new());
}

#[test]
fn an_arrow_that_turns_up_is_seen() {
    assert_eq!(wrong(&[arrow("gg-domain", "gg-store")]), ["gg-domain -> gg-store: arrows point down only"]);
    assert_eq!(wrong(&[arrow("gg-store", "gg-risk")]).len(), 1);
    assert_eq!(wrong(&[arrow("gg-store", "gg-web")]).len(), 1);
    assert_eq!(wrong(&[arrow("gg-app", "guestguard")]).len(), 1);
}

#[test]
fn an_arrow_that_turns_up_is_seen_among_tests_too() {
    assert_eq!(wrong(&[Arrow { for_tests: true, ..arrow("gg-store", "gg-app") }]).len(), 1);
}

#[test]
fn an_arrow_for_tests_is_seen_outside_them() {
    assert_eq!(wrong(&[arrow("gg-risk-grpc", "gg-simulator")]).len(), 1);
    assert!(wrong(&[Arrow { for_tests: true, ..arrow("gg-risk-grpc", "gg-simulator") }]).is_empty());
}

#[test]
fn a_driver_or_a_framework_out_of_its_crate_is_seen() {
    assert_eq!(wrong(&[arrow("gg-app", "rusqlite")]), ["gg-app -> rusqlite: only gg-store may use it"]);
    assert_eq!(wrong(&[arrow("guestguard", "axum")]).len(), 1);
    assert_eq!(wrong(&[arrow("gg-risk", "tonic")]), ["gg-risk -> tonic: only gg-risk-grpc may use it"]);
    assert!(wrong(&[arrow("gg-store", "rusqlite"), arrow("gg-web", "axum")]).is_empty());
}

#[test]
fn the_testkit_is_seen_outside_tests() {
    assert_eq!(wrong(&[arrow("gg-app", TESTKIT)]), ["gg-app -> gg-testkit: only tests may use it"]);
    assert!(wrong(&[Arrow { for_tests: true, ..arrow("gg-app", TESTKIT) }]).is_empty());
}

#[test]
fn a_crate_without_a_place_is_seen() {
    assert_eq!(wrong(&[arrow("gg-bus", "gg-domain")]).len(), 1);
    assert_eq!(wrong(&[arrow("gg-app", "gg-bus")]).len(), 1);
}
