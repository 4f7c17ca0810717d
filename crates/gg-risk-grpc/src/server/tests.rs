//! What is asked wrongly is refused by name; whatever bytes come, nothing panics.

use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::client::request;
use crate::samples::Question;

fn question() -> v1::ScoreRequest {
    let question = Question::full();
    request(&question.seen, &question.known())
}

fn refusal(change: impl FnOnce(&mut v1::ScoreRequest)) -> String {
    let mut question = question();
    change(&mut question);
    score(question).map(|_| "it was answered").unwrap_err().to_string()
}

fn device(question: &mut v1::ScoreRequest) -> &mut v1::KnownDevice {
    &mut question.guest_state.as_mut().unwrap().devices[0]
}

fn seen(question: &mut v1::ScoreRequest) -> &mut v1::Snapshot {
    question.snapshot.as_mut().unwrap()
}

#[test]
fn the_question_of_our_own_client_is_answered() {
    assert!(score(question()).is_ok());
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(refusal(|q| q.snapshot = None), "snapshot is required");
    assert_eq!(refusal(|q| q.guest_id.clear()), "guest_id is required");
    assert_eq!(refusal(|q| seen(q).version = 0), "snapshot.version is required");
    assert_eq!(refusal(|q| seen(q).at = None), "snapshot.at is required");
    assert_eq!(refusal(|q| seen(q).agent.as_mut().unwrap().os = 0), "snapshot.agent.os is required");
    assert_eq!(refusal(|q| device(q).traits = None), "guest_state.devices[0].traits is required");
    assert_eq!(refusal(|q| q.guest_state.as_mut().unwrap().leak = None), "guest_state.leak is required");
    assert_eq!(
        confirm(v1::ConfirmRequest { label: 0, snapshot: question().snapshot, guest_state: None })
            .map(|_| ())
            .unwrap_err()
            .to_string(),
        "label is required"
    );
}

#[test]
fn what_has_a_default_may_be_missing() {
    let bare = v1::ScoreRequest { guest_state: None, policy: None, event_facts: None, ..question() };
    assert!(score(bare).is_ok());
}

#[test]
fn what_this_engine_does_not_know_is_named() {
    let unknown = "has a value that this engine does not know";
    assert_eq!(refusal(|q| seen(q).acts = 99), format!("snapshot.acts {unknown}"));
    assert_eq!(
        refusal(|q| seen(q).agent.as_mut().unwrap().browser = -1),
        format!("snapshot.agent.browser {unknown}")
    );
    assert!(refusal(|q| seen(q).version = 2).starts_with("snapshot.version is newer"));
    assert!(
        refusal(|q| q.guest_state.as_mut().unwrap().version = 300)
            .starts_with("guest_state.version is newer")
    );
}

#[test]
fn what_no_number_or_text_can_be_is_named() {
    assert!(
        refusal(|q| device(q).weight = f64::NAN).starts_with("guest_state.devices[0].weight is not a finite")
    );
    assert!(
        refusal(|q| q.guest_state.as_mut().unwrap().leak = Some(1.1))
            .starts_with("guest_state.leak does not lie")
    );
    assert!(
        refusal(|q| device(q).cookie_kept = 256).starts_with("guest_state.devices[0].cookie_kept is above")
    );
    assert!(refusal(|q| q.party_id = "Efua".into()).starts_with("party_id is not a UUID"));
    let wide =
        |q: &mut v1::ScoreRequest| seen(q).network.as_mut().unwrap().prefix = Some("10.0.0.0/8".into());
    assert!(refusal(wide).starts_with("snapshot.network.prefix is not a /24"));
    let thresholds = Some(v1::Thresholds { medium: 0.5, high: 0.4, block: f64::INFINITY });
    assert!(
        refusal(|q| q.policy.as_mut().unwrap().thresholds = thresholds).starts_with("policy.thresholds.high")
    );
}

/// The bytes of a good question, some of them changed, cut off or put in twice.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let good = question().encode_to_vec();
    let length = good.len();
    let changes = prop::collection::vec((0..length, any::<u8>()), 0..8);
    (changes, 0..=length, 0..length).prop_map(move |(changes, cut, twice)| {
        let mut bytes = good.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(cut.max(length / 2));
        let again = bytes[twice.min(bytes.len())..].to_vec();
        bytes.extend(again);
        bytes
    })
}

proptest! {
    #[test]
    fn whatever_bytes_come_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let scored = v1::ScoreRequest::decode(bytes.as_slice()).map(score);
        let confirmed = v1::ConfirmRequest::decode(bytes.as_slice()).map(confirm);
        drop((scored, confirmed));
    }

    #[test]
    fn whatever_is_damaged_is_refused_or_scored_soundly(bytes in damaged()) {
        if let Ok(question) = v1::ScoreRequest::decode(bytes.as_slice()) {
            let confirm_it = v1::ConfirmRequest {
                guest_state: question.guest_state.clone(),
                snapshot: question.snapshot.clone(),
                label: 2,
            };
            drop(confirm(confirm_it));
            if let Ok(answer) = score(question) {
                let score = required::<_, gg_domain::risk::Score>(answer.score, "score").unwrap();
                prop_assert!(gg_risk::whole(score).is_ok());
            }
        }
    }
}
