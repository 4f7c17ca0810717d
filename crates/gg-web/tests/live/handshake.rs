//! What comes before the upgrade.

use std::sync::atomic::Ordering;

use gg_web::live::HubLimits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stage::{EVENT, Stage, soon};

const GOOD: [&str; 4] = [
    "connection: keep-alive, Upgrade",
    "upgrade: WebSocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

/// The head of the answer to a handshake with these header lines.
async fn answer(stage: &Stage, headers: &[&str]) -> String {
    let mut stream = TcpStream::connect(stage.address).await.expect("a connection");
    let request =
        format!("GET /ws/events/{EVENT}?after=0 HTTP/1.1\r\nhost: x\r\n{}\r\n\r\n", headers.join("\r\n"));
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon("an answer", stream.read_u8()).await.expect("a head"));
    }
    String::from_utf8(head).expect("ASCII")
}

#[tokio::test]
async fn good_handshake_is_answered_with_101() {
    let stage = Stage::new().await;
    assert!(answer(&stage, &GOOD).await.starts_with("HTTP/1.1 101"));
}

#[tokio::test]
async fn request_without_a_handshake_is_told_to_upgrade() {
    let stage = Stage::new().await;
    for missing in 0..3 {
        let mut headers = GOOD.to_vec();
        headers.remove(missing);
        let head = answer(&stage, &headers).await;
        assert!(head.starts_with("HTTP/1.1 426"), "{head}");
        assert!(head.contains("sec-websocket-version: 13") && head.contains("upgrade: websocket"), "{head}");
    }
    let old = [GOOD[0], GOOD[1], "sec-websocket-version: 8", GOOD[3]];
    assert!(answer(&stage, &old).await.starts_with("HTTP/1.1 426"));
    assert_eq!(stage.hub.subscribers(), 0);
}

#[tokio::test]
async fn broken_key_is_a_bad_request() {
    let stage = Stage::new().await;
    for key in ["sec-websocket-key: c2hvcnQ=", "sec-websocket-key: ***", "x: y"] {
        let head = answer(&stage, &[GOOD[0], GOOD[1], GOOD[2], key]).await;
        assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    }
}

#[tokio::test]
async fn feed_over_the_cap_is_refused_before_the_upgrade() {
    let stage = Stage::with(HubLimits { feeds_per_event: 2, ..HubLimits::default() }).await;
    let _full = stage.connect("?after=0").await;
    let _door = stage.connect("?after=0&door=true").await;
    let head = answer(&stage, &GOOD).await;
    assert!(head.starts_with("HTTP/1.1 503") && head.contains("retry-after: "), "{head}");
}

#[tokio::test]
async fn draining_hub_takes_no_new_feed() {
    let stage = Stage::new().await;
    stage.hub.drain();
    let head = answer(&stage, &GOOD).await;
    assert!(head.starts_with("HTTP/1.1 503") && head.contains("retry-after: "), "{head}");
}

#[tokio::test]
async fn event_that_storage_does_not_know_is_not_found() {
    let stage = Stage::new().await;
    stage.memory.is_gone.store(true, Ordering::SeqCst);
    assert!(answer(&stage, &GOOD).await.starts_with("HTTP/1.1 404"));
    assert_eq!(stage.hub.subscribers(), 0);
}

#[tokio::test]
async fn storage_that_is_away_is_a_reason_to_come_back() {
    let stage = Stage::new().await;
    stage.memory.failures.store(1, Ordering::SeqCst);
    let head = answer(&stage, &GOOD).await;
    assert!(head.starts_with("HTTP/1.1 503") && head.contains("retry-after: "), "{head}");
    assert!(answer(&stage, &GOOD).await.starts_with("HTTP/1.1 101"));
}
