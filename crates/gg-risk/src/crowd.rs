//! What other openings say of this one: one device on many links, many devices on one link, a link
//! that was pasted into a chat.

use std::collections::HashSet;

use gg_domain::access::NetClass;
use gg_domain::risk::ReasonCode;
use gg_domain::snapshot::Snapshot;
use jiff::SignedDuration;

use crate::baseline::{DAY, new_devices_within_a_day};
use crate::engine::Known;
use crate::evidence::Evidence;

/// Other households whose links this device touched: 0, 1, 2, 3, 4 and more (RISK.md 5.1, G).
const GRAPH: [f64; 5] = [-0.1, 0.9, 2.2, 3.2, 4.5];
/// A known device with one other household's link: friends help each other.
const GRAPH_KNOWN_MAX: f64 = 0.3;
/// Earlier new devices on this link within a day: 0, 1, … 4 and more. Light, since the leak filter hears
/// the same (RISK.md 5.1, V at about a third).
const SPREAD: [f64; 5] = [0.0, 0.1, 0.4, 0.7, 1.0];
/// Households at one address in a day from which they are many, very many, or a venue.
const FANOUT: (u32, u32, u32) = (3, 6, 12);
/// A link pasted into a chat within the hours before: strong at first, weak after (RISK.md 9.3).
const PASTED_JUST_NOW: (SignedDuration, f64) = (SignedDuration::from_hours(6), 1.5);
const PASTED_TODAY: (SignedDuration, f64) = (DAY, 0.7);

/// Notes what other openings say.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>, device_known: bool) {
    evidence.note(ReasonCode::GraphMultiGuest, graph(known, device_known));
    evidence.note(ReasonCode::IpFanout, fanout(seen, known));
    if !device_known && !known.guest.devices.is_empty() {
        let earlier = new_devices_within_a_day(known.guest, seen.at).min(SPREAD.len() - 1);
        evidence.note(ReasonCode::LinkSpread, SPREAD[earlier]);
        evidence.note(ReasonCode::SharePreview, pasted(seen, known));
    }
}

/// Households, not guests: couples share. Those whom one assistant serves are no strangers either.
fn graph(known: &Known<'_>, device_known: bool) -> f64 {
    let strangers = known.event.touched.iter().filter(|touched| {
        touched.party != known.party && !known.policy.share_delegate(known.guest_id, touched.guest)
    });
    let households: HashSet<_> = strangers.map(|touched| touched.party).collect();
    let nats = GRAPH[households.len().min(GRAPH.len() - 1)];
    if device_known && households.len() <= 1 { nats.min(GRAPH_KNOWN_MAX) } else { nats }
}

fn fanout(seen: &Snapshot, known: &Known<'_>) -> f64 {
    let (many, very_many, venue) = FANOUT;
    let own_line = matches!(seen.net.class, Some(NetClass::Residential | NetClass::Hosting | NetClass::Vpn));
    let trusted = seen.net.prefix.is_some_and(|prefix| known.policy.trusts(prefix));
    match known.event.address_parties {
        parties if !own_line || trusted || parties < many || parties > venue => 0.0,
        parties if parties < very_many => 0.8,
        _ => 1.5,
    }
}

fn pasted(seen: &Snapshot, known: &Known<'_>) -> f64 {
    let (Some(pasted), Some(opened)) = (known.event.share_preview_at, known.guest.first_human_at) else {
        return 0.0;
    };
    let age = seen.at.duration_since(pasted);
    if pasted < opened || age.is_negative() {
        0.0
    } else if age < PASTED_JUST_NOW.0 {
        PASTED_JUST_NOW.1
    } else if age < PASTED_TODAY.0 {
        PASTED_TODAY.1
    } else {
        0.0
    }
}
