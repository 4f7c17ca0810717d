//! What other openings say of this one: one device on many links, many devices on one link, a link
//! that was pasted into a chat.

use std::collections::HashSet;

use gg_domain::access::NetClass;
use gg_domain::id::PartyId;
use gg_domain::risk::ReasonCode;
use gg_domain::snapshot::Snapshot;
use jiff::SignedDuration;

use crate::baseline::{DAY, networks, new_devices_within_a_day};
use crate::engine::Known;
use crate::evidence::Evidence;
use crate::population::Block;

/// Other households whose links this device touched: 0, 1, 2, 3, 4 and more (RISK.md 5.1, G).
const GRAPH: [f64; 5] = [-0.1, 0.9, 2.2, 3.2, 4.5];
/// A known device with one other household's link: friends help each other.
const GRAPH_KNOWN_MAX: f64 = 0.3;
/// From so many other households on, one device on their links is a hard reason (RISK.md 5.4).
pub(crate) const GRAPH_HARD: usize = 3;
/// Share of the graph's evidence that stays against a machine on a network which this guest uses himself:
/// an office's machine that opens its people's links (RISK.md 9.6).
const DELEGATE_REST: f64 = 0.25;
/// The same for an office line that is not known to be the guest's: thieves harvest from home, on the
/// road, through tunnels; assistants sit in offices.
const OFFICE_REST: f64 = 0.6;
/// A machine of a rare kind on other households' links within hours: 0, 1, 2, 3, 4 and more.
const RARE: [f64; 5] = [0.0, 0.4, 1.6, 2.6, 3.2];
/// A kind is rare when so many of its like are expected among a hundred devices; commoner kinds say less.
const RARE_SHARE: f64 = 0.01;
/// Earlier new devices on this link within a day: 0, 1, … 4 and more. Light, since the leak filter hears
/// the same (RISK.md 5.1, V at .3).
const SPREAD: [f64; 5] = [0.0, 0.12, 0.36, 0.6, 0.84];
/// Households at one address in a day from which they are many, very many, or a venue.
const FANOUT: (u32, u32, u32) = (3, 6, 12);
/// A link pasted into a chat within the hours before: strong at first, weak after (RISK.md 9.3).
const PASTED: [(SignedDuration, f64); 3] =
    [(SignedDuration::from_hours(6), 2.0), (DAY, 1.0), (SignedDuration::from_hours(72), 0.4)];
/// A new device on a link that nobody pasted anywhere (RISK.md 5.1, Sh).
const NOT_PASTED: f64 = -0.15;
/// A sender who previews so many guests' links within minutes is the organiser sending again.
const SENDER_LINKS: u32 = 3;

/// Notes what other openings say.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>, device_known: bool) {
    graph(evidence, seen, known, device_known);
    if !device_known {
        evidence.note(ReasonCode::IpFanout, fanout(seen, known));
    }
    if !device_known && !known.guest.devices.is_empty() {
        let earlier = new_devices_within_a_day(known.guest, seen.at).min(SPREAD.len() - 1);
        evidence.note(ReasonCode::LinkSpread, SPREAD[earlier]);
        evidence.note(ReasonCode::SharePreview, pasted(seen, known));
    }
}

/// Households, not guests: couples share. Those whom one assistant serves are no strangers either.
pub(crate) fn strange_households(known: &Known<'_>) -> usize {
    let strangers = known.event.touched.iter().filter(|touched| {
        touched.party != known.party && !known.policy.share_delegate(known.guest_id, touched.guest)
    });
    strangers.map(|touched| touched.party).collect::<HashSet<PartyId>>().len()
}

fn graph(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>, device_known: bool) {
    let households = strange_households(known);
    let nats = GRAPH[households.min(GRAPH.len() - 1)];
    let nats = if (device_known || known.event.other_guests_own) && households <= 1 {
        nats.min(GRAPH_KNOWN_MAX)
    } else {
        nats
    };
    evidence.note(ReasonCode::GraphMultiGuest, nats);
    let rare = RARE[usize::try_from(known.event.alike_parties).unwrap_or(usize::MAX).min(RARE.len() - 1)];
    let rare = if nats > 0.0 { 0.0 } else { rare * rarity(known) };
    evidence.note(ReasonCode::GraphRareTraits, rare);
    if nats > 0.0 {
        evidence.note(ReasonCode::DelegateKnown, -nats * (1.0 - delegate_rest(seen, known, device_known)));
    }
}

/// What of the graph stays: on the guest's own network, and on a device that is his, little.
fn delegate_rest(seen: &Snapshot, known: &Known<'_>, device_known: bool) -> f64 {
    let shared =
        matches!(seen.net.class, Some(NetClass::Mobile | NetClass::Vpn | NetClass::Tor | NetClass::Relay));
    let own_network = !shared
        && seen.net.prefix.is_some()
        && networks(known.guest).any(|network| network.net.prefix == seen.net.prefix);
    if own_network || device_known {
        DELEGATE_REST
    } else if seen.net.class == Some(NetClass::Corporate) {
        OFFICE_REST
    } else {
        1.0
    }
}

/// How much a set of traits says, 0 to 1: all where one in a hundred devices has it.
fn rarity(known: &Known<'_>) -> f64 {
    let population = &known.event.population;
    let share = population.share(Block::Os)
        * population.share(Block::Hardware)
        * population.share(Block::Canvas)
        * population.share(Block::Fonts);
    (RARE_SHARE / share).clamp(0.0, 1.0)
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
        return NOT_PASTED;
    };
    let age = seen.at.duration_since(pasted);
    if pasted < opened || age.is_negative() || known.event.sender_links >= SENDER_LINKS {
        return NOT_PASTED;
    }
    PASTED.iter().find(|(within, _)| age < *within).map_or(NOT_PASTED, |(_, nats)| *nats)
}
