//! What arrives: everything, once, in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::SinkExt;
use gg_web::live::{HubLimits, View};

use tokio_tungstenite::tungstenite::Message;

use crate::stage::{EVENT, PATIENCE, Stage, door_sees, soon, until};

#[tokio::test]
async fn without_after_the_feed_starts_now() {
    let stage = Stage::new().await;
    stage.publish(1..=3);
    let mut client = stage.connect("").await;
    stage.publish(4..=5);
    client.expect(4..=5).await;
}

#[tokio::test]
async fn with_after_everything_since_comes_first() {
    let stage = Stage::new().await;
    stage.store(1..=600);
    let mut client = stage.connect("?after=250&epoch=e1").await;
    client.expect(251..=600).await;
    stage.publish([601]);
    client.expect([601]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_while_others_publish_leaves_no_gap_and_no_repeat() {
    const LAST: i64 = 3_000;
    let stage = Arc::new(Stage::new().await);
    let clients: Vec<_> = (0..24_i64)
        .map(|number| {
            let stage = Arc::clone(&stage);
            tokio::spawn(async move {
                for _ in 0..number * 20 {
                    tokio::task::yield_now().await;
                }
                let mut client = stage.connect("?after=0").await;
                client.read_whole(0, LAST).await
            })
        })
        .collect();
    let publisher = Arc::clone(&stage);
    let published = tokio::spawn(async move {
        let mut seq = 1;
        while seq <= LAST {
            let last = (seq + seq % 7).min(LAST);
            publisher.publish(seq..=last);
            seq = last + 1;
            tokio::task::yield_now().await;
        }
    });

    published.await.expect("all is published");
    for client in clients {
        soon("everything for one client", client).await.expect("no gap and no repeat");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_reader_is_told_resync_and_then_gets_everything_on_the_same_socket() {
    const WAVE: i64 = 5_000;
    const WAVES_MAX: i64 = 20;
    let stage = Stage::with(HubLimits { write_limit: PATIENCE, ..HubLimits::default() }).await;
    let mut slow = stage.connect_with_small_buffer("?after=0").await;
    let mut quick = stage.connect("?after=0").await;

    // A wave that finds the slow reader still at storage cannot overflow its queue; then the next one does.
    let (mut last, mut resyncs) = (0, 0);
    while resyncs == 0 {
        assert!(last < WAVE * WAVES_MAX, "the queue never overflows");
        let reading = quick.read_whole(last, last + WAVE);
        let publishing = async {
            for first in (last + 1..=last + WAVE).step_by(100) {
                stage.publish(first..first + 100);
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(reading, publishing);
        resyncs = slow.read_whole(last, last + WAVE).await;
        last += WAVE;
    }

    assert!(stage.hub.overflows() >= resyncs);
    stage.publish([last + 1]);
    slow.expect([last + 1]).await;
}

#[tokio::test]
async fn position_that_cannot_be_served_is_answered_by_resync() {
    let stage = Stage::new().await;
    stage.store(1..=9);
    stage.memory.forget_below(5);
    for (query, reason) in [
        ("?after=10", "ahead"),
        ("?after=9223372036854775807", "ahead"),
        ("?after=7&epoch=e0", "epoch"),
        ("?after=3", "retention"),
    ] {
        let mut client = stage.connect(query).await;
        client.expect_resync(9, reason).await;
    }
    let mut client = stage.connect("?after=4").await;
    client.expect(5..=9).await;
}

#[tokio::test]
async fn feed_goes_on_after_a_resync() {
    let stage = Stage::new().await;
    let mut client = stage.connect("?after=12").await;
    client.expect_resync(0, "ahead").await;
    stage.publish(1..=2);
    client.expect(1..=2).await;
}

#[tokio::test]
async fn message_that_was_not_published_is_read_from_storage() {
    let stage = Stage::new().await;
    let mut client = stage.connect("?after=0").await;
    stage.publish([1]);
    client.expect([1]).await;
    stage.store(2..=700);
    stage.publish([701]);
    client.expect(2..=701).await;
}

#[tokio::test]
async fn message_that_is_published_twice_or_late_is_sent_once() {
    let stage = Stage::new().await;
    let mut client = stage.connect("?after=0").await;
    let messages = stage.store(1..=3);
    stage.hub.publish(EVENT, View::Full, &messages[..1]);
    client.expect([1]).await;
    stage.hub.publish(EVENT, View::Full, &messages[2..]);
    client.expect([2, 3]).await;
    stage.hub.publish(EVENT, View::Full, &messages);
    stage.publish([4]);
    client.expect([4]).await;
}

#[tokio::test]
async fn more_than_the_hub_holds_arrives_whole() {
    let stage = Stage::new().await;
    let mut client = stage.connect("?after=0").await;
    stage.publish(1..=10_000);
    client.expect(1..=10_000).await;
}

#[tokio::test]
async fn door_gets_what_the_door_may_see() {
    let stage = Stage::new().await;
    stage.store(1..=10);
    let mut door = stage.connect("?after=0&door=true").await;
    let mut full = stage.connect("?after=0").await;
    stage.publish(11..=30);
    door.expect((1..=30).filter(|seq| door_sees(*seq))).await;
    full.expect(1..=30).await;
    let watched = stage.hub.watched(EVENT);
    assert!(watched.full && watched.door);
}

#[tokio::test]
async fn storage_that_fails_for_a_moment_is_asked_again() {
    let stage = Stage::new().await;
    stage.store(1..=3);
    let mut client = stage.connect("?after=0").await;
    client.expect(1..=3).await;
    stage.store([4]);
    stage.memory.failures.store(3, Ordering::SeqCst);
    stage.publish([5]);
    client.expect(4..=5).await;
}

#[tokio::test]
async fn seats_are_given_back() {
    let stage = Stage::with(HubLimits { feeds_per_event: 1, ..HubLimits::default() }).await;
    for _ in 0..3 {
        let client = stage.connect("?after=0").await;
        assert_eq!(stage.hub.subscribers(), 1);
        drop(client);
        until("the seat is free", || stage.hub.subscribers() == 0).await;
    }
    assert_eq!(stage.hub.watched(EVENT), Default::default());
}

#[tokio::test]
async fn ping_of_the_client_is_answered() {
    let stage = Stage::new().await;
    let mut client = stage.connect("").await;
    client.socket.send(Message::Ping("x".into())).await.expect("a ping");
    assert_eq!(client.next().await, Message::Pong("x".into()));
}
