//! An opening that nobody made: what a server is asked to see whether it scores.

use gg_domain::access::Acts;
use gg_domain::id::{GuestId, PartyId};
use gg_domain::policy::Policy;
use gg_domain::risk::GuestRisk;
use gg_domain::snapshot::{Agent, Machine, SNAPSHOT_VERSION, SeenNetwork, Snapshot};
use gg_risk::{EventFacts, Known};
use jiff::Timestamp;

use crate::client::request;
use crate::v1;

/// The first opening of a guest of whom nothing is known, in a browser that tells nothing.
pub(crate) fn trial() -> v1::ScoreRequest {
    let seen = Snapshot {
        v: SNAPSHOT_VERSION,
        at: Timestamp::UNIX_EPOCH,
        cookie: None,
        set_cookie: None,
        act: Acts::Unknown,
        net: SeenNetwork::default(),
        agent: Agent::default(),
        hints: None,
        header_language: None,
        script: false,
        machine: Machine::default(),
        webdriver: None,
        visible_ms: None,
        interacted: None,
    };
    let (guest, policy, event) = (GuestRisk::default(), Policy::default(), EventFacts::default());
    let nobody = uuid::Uuid::nil();
    let known = Known {
        guest_id: GuestId::from_uuid(nobody),
        party: PartyId::from_uuid(nobody),
        guest: &guest,
        policy: &policy,
        event: &event,
    };
    request(&seen, &known)
}
