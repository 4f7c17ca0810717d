//! Out and back again changes nothing; what cannot be meant is refused by name.

use gg_domain::policy::Policy;
use gg_domain::risk::{GuestRisk, Reason, ReasonCode, Score};
use gg_domain::snapshot::Snapshot;
use gg_risk::EventFacts;
use prost::Message;

use super::{Fault, stamp, time};
use crate::samples::Question;
use crate::v1;

/// Out and back, over bytes.
fn there_and_back<'a, T, W>(ours: &'a T) -> T
where
    W: Message + Default + From<&'a T>,
    T: TryFrom<W, Error = Fault>,
{
    let bytes = W::from(ours).encode_to_vec();
    T::try_from(W::decode(bytes.as_slice()).unwrap()).unwrap()
}

/// What tells two values apart, the sign of a zero included.
fn exact<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn every_field_comes_back_as_it_went() {
    let Question { seen, guest, policy, event, .. } = Question::full();
    assert_eq!(exact(&there_and_back::<Snapshot, v1::Snapshot>(&seen)), exact(&seen));
    assert_eq!(there_and_back::<GuestRisk, v1::GuestState>(&guest), guest);
    assert_eq!(exact(&there_and_back::<GuestRisk, v1::GuestState>(&guest)), exact(&guest));
    assert_eq!(exact(&there_and_back::<Policy, v1::Policy>(&policy)), exact(&policy));
    assert_eq!(there_and_back::<EventFacts, v1::EventFacts>(&event), event);
}

#[test]
fn nothing_comes_back_as_nothing() {
    assert_eq!(there_and_back::<GuestRisk, v1::GuestState>(&GuestRisk::default()), GuestRisk::default());
    assert_eq!(there_and_back::<Policy, v1::Policy>(&Policy::default()), Policy::default());
    assert_eq!(there_and_back::<EventFacts, v1::EventFacts>(&EventFacts::default()), EventFacts::default());
}

#[test]
fn a_score_comes_back_with_every_reason() {
    let question = Question::full();
    let reasons = ReasonCode::ALL.iter().map(|code| Reason { code: *code, nats: -0.1 }).collect();
    let score = Score { reasons, ..gg_risk::score(&question.seen, &question.known()) };
    assert_eq!(format!("{:?}", there_and_back::<Score, v1::Score>(&score)), format!("{score:?}"));
}

#[test]
fn nanoseconds_count_upwards_before_1970_too() {
    let at = jiff::Timestamp::from_nanosecond(-1).unwrap();
    let wire = stamp(at);
    assert_eq!((wire.seconds, wire.nanos), (-1, 999_999_999));
    assert_eq!(time(Some(wire), "at"), Ok(at));
    for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)] {
        assert!(time(Some(prost_types::Timestamp { seconds, nanos }), "at").is_err());
    }
}
