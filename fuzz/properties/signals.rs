//! What holds of any bytes taken for a browser's signals; called by the fuzz target and by the test that replays its
//! corpus.

use gg_domain::access::{Acts, Headers, LinkAccess, Method, Network};
use gg_domain::id::{AccessId, EventId, GuestId, PartyId};
use gg_domain::policy::Policy;
use gg_domain::risk::GuestRisk;
use gg_domain::signals::Signals;
use gg_risk::{Admission, EventFacts, Known, gate, score, snapshot, update};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// Reads the bytes as `signals` of an opening; what is understood is judged twice, as a first opening and as one of
/// the same device that comes again.
///
/// # Panics
/// Where signals are kept that are read otherwise again, a fault is not told by its pointer, or a score is no chance.
pub(crate) fn holds(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let signals = match Signals::parse(&value) {
        Ok(signals) => signals,
        Err(wrong) => {
            assert!(!wrong.0.is_empty(), "refused without a word");
            return wrong
                .0
                .iter()
                .for_each(|error| assert!(error.pointer.starts_with("/signals"), "{error:?}"));
        }
    };
    if let Some(signals) = &signals {
        let written = serde_json::to_value(signals).expect("signals are JSON");
        assert_eq!(Signals::parse(&written).as_ref(), Ok(&Some(signals.clone())), "written and read again");
    }

    let opening = opening(signals);
    let seen = snapshot(&opening, true);
    let kept = serde_json::to_string(&seen).expect("a snapshot is JSON");
    assert_eq!(serde_json::from_str(&kept).ok().as_ref(), Some(&seen), "stored and loaded again");
    let (policy, event) = (Policy::default(), EventFacts::default());
    let mut guest = GuestRisk::default();
    for _ in 0..2 {
        let _ = gate(&opening, &seen, &guest, &event, false);
        let known = Known {
            guest_id: opening.guest,
            party: opening.party,
            guest: &guest,
            policy: &policy,
            event: &event,
        };
        let score = score(&seen, &known);
        assert!((0.0..=1.0).contains(&score.p) && score.z.is_finite(), "{score:?}");
        guest = update(&guest, &seen, &score, Admission::Opened);
    }
}

fn opening(signals: Option<Signals>) -> LinkAccess {
    let id = Uuid::from_u128;
    LinkAccess {
        id: AccessId::from_uuid(id(1)),
        at: Timestamp::UNIX_EPOCH,
        event: EventId::from_uuid(id(2)),
        guest: GuestId::from_uuid(id(3)),
        party: PartyId::from_uuid(id(4)),
        network: Network::default(),
        headers: Headers::default(),
        signals,
        device: None,
        new_device: None,
        act: Acts::Known(None),
        method: Method::Get,
    }
}
