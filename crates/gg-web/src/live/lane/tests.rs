use proptest::prelude::*;

use super::*;

/// A text frame whose payload is a word and a number.
fn message(seq: i64) -> FeedMessage {
    FeedMessage { seq, json: format!("m {seq} {}", "x".repeat(20)).into() }
}

fn batch(after: i64, last: i64) -> Batch {
    let messages: Vec<_> = (after + 1..=last).map(message).collect();
    Batch::encode(after, &messages)
}

fn live_at(seq: i64) -> Lane {
    let mut lane = Lane::new();
    lane.give(Bytes::new(), seq);
    assert!(lane.go_live(None));
    lane
}

#[test]
fn batch_that_the_socket_takes_whole_wakes_nobody() {
    let mut lane = live_at(3);
    let batch = batch(3, 5);
    assert_eq!(lane.offer(&batch), Offer::Write(0));
    assert!(!lane.wrote_now(&batch, 0, batch.bytes.len()));
    assert_eq!((lane.sent(), lane.next()), (5, Next::Rest));
}

#[test]
fn what_was_sent_is_not_sent_again() {
    let mut lane = live_at(4);
    assert_eq!(lane.offer(&batch(2, 4)), Offer::Kept);
    let batch = batch(2, 6);
    let Offer::Write(offset) = lane.offer(&batch) else { panic!("5 and 6 are new") };
    assert_eq!(offset, batch.frames[1].end);
}

#[test]
fn batch_after_a_gap_sends_the_lane_to_storage_without_resync() {
    let mut lane = live_at(3);
    assert_eq!(lane.offer(&batch(5, 6)), Offer::Wake);
    assert_eq!(lane.next(), Next::Read);
    assert!(!lane.go_live(None), "5 and 6 were published");
}

#[test]
fn begun_frame_is_finished_before_pong_and_queue() {
    let mut lane = live_at(0);
    let batch = batch(0, 2);
    lane.offer(&batch);
    assert!(lane.wrote_now(&batch, 0, 5));
    lane.heard(1, Some(frame::pong(b"?"))).expect("one frame is fine");
    let lengths: Vec<usize> = lane.unsent().map(Bytes::len).collect();
    assert_eq!(lengths, [batch.frames[0].end - 5, 3, batch.bytes.len() - batch.frames[0].end]);
    assert_eq!(lane.sent(), 1);
    assert!(!lane.is_between_frames());
}

#[test]
fn overflow_is_told_with_the_last_number_that_was_begun() {
    let mut lane = live_at(0);
    let first = batch(0, 2);
    lane.offer(&first);
    lane.wrote_now(&first, 0, 5);
    let many = batch(2, 3 + i64::try_from(QUEUE_LEN_MAX).expect("small"));
    assert_eq!(lane.offer(&many), Offer::Kept);
    assert_eq!(lane.next(), Next::Flush, "the begun frame first");
    lane.wrote(lane.rest.len());
    assert_eq!((lane.next(), lane.sent()), (Next::Resync, 1));
}

#[test]
fn queue_is_bounded_in_bytes_too() {
    let mut lane = live_at(0);
    let large = FeedMessage { seq: 1, json: vec![b'x'; QUEUE_BYTES_MAX + 1].into() };
    let large = Batch::encode(0, &[large]);
    lane.offer(&large);
    assert!(lane.wrote_now(&large, 0, 0));
    assert_eq!(lane.next(), Next::Resync);
}

#[test]
fn lane_goes_live_only_when_nothing_was_published_meanwhile() {
    let mut lane = Lane::new();
    assert_eq!(lane.offer(&batch(0, 4)), Offer::Kept);
    lane.give(Bytes::new(), 3);
    assert!(!lane.go_live(None));
    lane.give(Bytes::new(), 4);
    assert!(!lane.go_live(Some(5)));
    assert!(lane.go_live(Some(4)));
}

#[test]
fn silent_client_is_ended_at_the_second_ping() {
    let mut lane = live_at(0);
    assert_eq!(lane.ping(), Ok(true));
    assert!(!lane.pinged(2));
    lane.heard(1, None).expect("a pong");
    assert_eq!(lane.ping(), Ok(true));
    assert_eq!(lane.ping(), Err(Close::Silent));
}

#[test]
fn flood_of_frames_is_too_much() {
    let mut lane = live_at(0);
    let most = usize::try_from(INBOUND_FRAMES_MAX).expect("small");
    assert_eq!(lane.heard(most, None), Ok(()));
    assert_eq!(lane.heard(1, None), Err(Close::TooMuch));
}

#[test]
fn first_reason_to_end_counts_and_nothing_more_is_taken() {
    let mut lane = live_at(0);
    lane.end(Close::EventGone);
    lane.end(Close::Restart);
    assert_eq!(lane.offer(&batch(0, 1)), Offer::Kept);
    assert_eq!(lane.next(), Next::End(Close::EventGone));
}

/// One subscriber between a hub that publishes, a storage that has everything, and a socket that takes what it likes.
struct World {
    lane: Lane,
    stored: i64,
    published: i64,
    room: usize,
    received: Vec<u8>,
}

impl World {
    fn take(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.room);
        self.room -= count;
        self.received.extend_from_slice(&bytes[..count]);
        count
    }

    fn publish(&mut self, skip_some: bool) {
        let after = if skip_some { (self.published + 1).min(self.stored) } else { self.published };
        if after == self.stored {
            return;
        }
        let batch = batch(after, self.stored);
        self.published = self.stored;
        if let Offer::Write(offset) = self.lane.offer(&batch) {
            let count = self.take(batch.bytes_from(offset));
            self.lane.wrote_now(&batch, offset, count);
        }
    }

    fn step(&mut self) {
        match self.lane.next() {
            Next::Resync => {
                let mut bytes = Vec::new();
                frame::push_text(&mut bytes, format!("r {} .", self.lane.sent()).as_bytes());
                self.lane.give(bytes.into(), self.lane.sent());
            }
            Next::Read => {
                const PAGE: i64 = 3;
                let after = self.lane.sent();
                let last = self.stored.min(after + PAGE);
                if after < last {
                    self.lane.give_batch(&batch(after, last));
                } else {
                    self.lane.go_live(None);
                }
            }
            Next::Flush => {
                let waiting: Vec<Bytes> = self.lane.unsent().cloned().collect();
                let count = self.take(&waiting.concat());
                self.lane.wrote(count);
            }
            Next::Rest | Next::End(_) => {}
        }
    }

    /// Checks the whole stream and gives the last number in it.
    fn check(&self) -> Result<i64, TestCaseError> {
        let (mut at, mut last) = (0, 0);
        while at < self.received.len() {
            let Some(&length) = self.received.get(at + 1) else { break };
            let Some(payload) = self.received.get(at + 2..at + 2 + usize::from(length)) else { break };
            at += 2 + usize::from(length);
            if self.received[at - 2 - usize::from(length)] != 0x81 {
                continue;
            }
            let text = std::str::from_utf8(payload).expect("we wrote text");
            let (word, rest) = text.split_once(' ').expect("a word and a number");
            let seq: i64 = rest.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
            let expected = if word == "r" { last } else { last + 1 };
            prop_assert_eq!(seq, expected, "gap or repeat at {}", text);
            last = seq;
        }
        Ok(last)
    }
}

#[derive(Debug, Clone)]
enum Act {
    Store(i64),
    Publish,
    PublishAfterLoss,
    Lose,
    Room(usize),
    Step,
    ClientPing,
    OurPing,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1_i64..60).prop_map(Act::Store),
        4 => Just(Act::Publish),
        1 => Just(Act::PublishAfterLoss),
        1 => Just(Act::Lose),
        4 => (0_usize..2_000).prop_map(Act::Room),
        6 => Just(Act::Step),
        1 => Just(Act::ClientPing),
        1 => Just(Act::OurPing),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn whatever_happens_every_message_arrives_once_and_in_order(acts in prop::collection::vec(act(), 1..120)) {
        let mut world = World { lane: Lane::new(), stored: 0, published: 0, room: 0, received: Vec::new() };
        for act in acts {
            match act {
                Act::Store(more) => world.stored += more,
                Act::Publish => world.publish(false),
                Act::PublishAfterLoss => world.publish(true),
                Act::Lose => {
                    world.lane.lose(world.stored);
                    world.published = world.stored;
                }
                Act::Room(bytes) => world.room = bytes,
                Act::Step => world.step(),
                Act::ClientPing => drop(world.lane.heard(1, Some(frame::pong(b"hi")))),
                Act::OurPing => {
                    if world.lane.ping() == Ok(true) {
                        let count = world.take(&frame::PING);
                        world.lane.pinged(count);
                    }
                }
            }
            world.check()?;
            prop_assert!(world.lane.queue.len() <= QUEUE_LEN_MAX && world.lane.queued_bytes <= QUEUE_BYTES_MAX);
        }

        world.publish(false);
        world.room = usize::MAX;
        let limit = 10_000;
        let steps = (0..limit).take_while(|_| { world.step(); world.lane.next() != Next::Rest }).count();
        prop_assert!(steps < limit, "the lane never came to rest");
        prop_assert_eq!(world.check()?, world.stored);
    }
}
