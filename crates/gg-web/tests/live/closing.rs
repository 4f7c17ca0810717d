//! How feeds end, and what ends them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use gg_web::live::{Close, Feeds, HubLimits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::stage::{ACCOUNT, EVENT, Stage, soon, until};

/// A feed spoken to in bare bytes.
async fn bare(stage: &Stage) -> TcpStream {
    let mut stream = TcpStream::connect(stage.address).await.expect("a connection");
    let request = format!(
        "GET /ws/events/{EVENT}?after=0 HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon("an answer", stream.read_u8()).await.expect("a head"));
    }
    let head = String::from_utf8(head).expect("ASCII");
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "the accept of the RFC's example: {head}");
    stream
}

/// The code of the close frame with which `stream` ends.
async fn code_of(mut stream: TcpStream) -> u16 {
    let mut bytes = Vec::new();
    // A reset may follow what was said.
    let _ = soon("the end", stream.read_to_end(&mut bytes)).await;
    let close = bytes.windows(4).find(|four| four[0] == 0x88).expect("a close frame");
    u16::from_be_bytes([close[2], close[3]])
}

#[tokio::test]
async fn broken_frames_are_answered_with_their_code() {
    let stage = Stage::new().await;
    let cases: [(&[u8], u16); 8] = [
        (&[0x81, 0x02, b'h', b'i'], 1002),
        (&[0xC1, 0x80, 0, 0, 0, 0], 1002),
        (&[0x83, 0x80, 0, 0, 0, 0], 1002),
        (&[0x09, 0x80, 0, 0, 0, 0], 1002),
        (&[0x80, 0x80, 0, 0, 0, 0], 1002),
        (&[0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28], 1007),
        (&[0x81, 0xFE, 0x40, 0x01], 1009),
        (&[0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0], 1009),
    ];
    for (bytes, code) in cases {
        let mut stream = bare(&stage).await;
        stream.write_all(bytes).await.expect("bytes are taken");
        assert_eq!(code_of(stream).await, code, "{bytes:02x?}");
    }
    until("all seats are free", || stage.hub.subscribers() == 0).await;
}

#[tokio::test]
async fn flood_of_frames_is_closed_while_others_are_served() {
    let stage = Stage::new().await;
    let mut other = stage.connect("?after=0").await;
    let mut stream = bare(&stage).await;
    stream.write_all(&[0x8A, 0x80, 0, 0, 0, 0].repeat(500)).await.expect("bytes are taken");
    assert_eq!(code_of(stream).await, 1008);
    stage.publish([1]);
    other.expect([1]).await;
}

#[tokio::test]
async fn client_that_leaves_is_answered() {
    let stage = Stage::new().await;
    let mut stream = bare(&stage).await;
    stream.write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE9]).await.expect("bytes are taken");
    assert_eq!(code_of(stream).await, 1000);
}

#[tokio::test]
async fn peer_that_answers_no_ping_is_closed_and_one_that_does_is_not() {
    let limits = HubLimits { ping_every: Duration::from_millis(600), ..HubLimits::default() };
    let stage = Stage::with(limits).await;
    let silent = bare(&stage).await;
    let mut lively = stage.connect("?after=0").await;
    let mut pings = 0;
    while pings < 3 {
        pings += usize::from(matches!(lively.next().await, Message::Ping(_)));
    }
    assert_eq!(code_of(silent).await, 4001);
    stage.publish([1]);
    lively.expect([1]).await;
}

#[tokio::test]
async fn reader_that_takes_nothing_for_the_write_time_out_is_cut_while_others_are_served() {
    let limits = HubLimits { write_limit: Duration::from_millis(200), ..HubLimits::default() };
    let stage = Stage::with(limits).await;
    let stuck = stage.connect_with_small_buffer("?after=0").await;
    let mut other = stage.connect("?after=0").await;
    let read = tokio::spawn(async move { other.read_whole(0, 20_000).await });
    for first in (1..=20_000).step_by(100) {
        stage.publish(first..first + 100);
        tokio::task::yield_now().await;
    }
    soon("everything for the other", read).await.expect("no gap and no repeat");
    until("both are gone", || stage.hub.subscribers() == 0).await;
    drop(stuck);
}

#[tokio::test]
async fn deleted_event_closes_its_feeds() {
    let stage = Stage::new().await;
    let mut client = stage.connect("?after=0").await;
    stage.hub.end(Feeds::Event(Uuid::from_u128(7)), Close::EventGone);
    stage.publish([1]);
    client.expect([1]).await;
    stage.hub.end(Feeds::Event(EVENT), Close::EventGone);
    assert_eq!(u16::from(client.close_code().await), 4100);
}

#[tokio::test]
async fn event_that_storage_knows_no_longer_closes_the_feed() {
    let stage = Stage::new().await;
    stage.store(1..=3);
    let mut client = stage.connect("?after=3").await;
    stage.publish([4]);
    client.expect([4]).await;
    stage.memory.is_gone.store(true, Ordering::SeqCst);
    stage.publish([6]);
    assert_eq!(u16::from(client.close_code().await), 4100);
}

#[tokio::test]
async fn revoked_member_loses_the_feed_and_others_keep_it() {
    let stage = Stage::new().await;
    let revoked = Uuid::from_u128(0xA2);
    let mut loses = stage.connect(&format!("?after=0&account={revoked}")).await;
    let mut keeps = stage.connect(&format!("?after=0&account={ACCOUNT}")).await;
    stage.hub.end(Feeds::Member(EVENT, revoked), Close::AccessEnded);
    assert_eq!(u16::from(loses.close_code().await), 4101);
    stage.publish([1]);
    keeps.expect([1]).await;
    stage.hub.end(Feeds::Credential(ACCOUNT), Close::AccessEnded);
    assert_eq!(u16::from(keeps.close_code().await), 4101);
}

#[tokio::test]
async fn drain_closes_feeds_with_a_code_that_says_come_back() {
    let stage = Stage::new().await;
    let mut client = stage.connect("?after=0").await;
    stage.publish([1]);
    client.expect([1]).await;
    stage.hub.drain();
    stage.shutdown.cancel();
    assert_eq!(u16::from(client.close_code().await), Close::Restart.code());
    assert!(Close::Restart.reconnect());
    drop(client);
    soon("the listener ends", stage.served).await.expect("no panic").expect("no error");
}
