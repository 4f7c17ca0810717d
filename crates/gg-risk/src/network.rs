//! Is this one of the guest's networks, and what kind of line is it?
//!
//! First form of RISK.md 5.1's N and C: back-off from prefix to network to country, without a population
//! to say how shared each is. Addresses change all the time, so all of it is small, and on a known device
//! smaller still (see the engine).

use gg_domain::access::NetClass;
use gg_domain::risk::{GuestRisk, ReasonCode};
use gg_domain::snapshot::Snapshot;

use crate::baseline::{class_share, knows_prefix, networks};
use crate::engine::Known;
use crate::evidence::Evidence;

/// A prefix that the guest uses.
const HOME: f64 = -1.2;
/// A prefix that the guest uses and that hundreds share: mobile, relay, tunnel.
const HOME_SHARED: f64 = -0.6;
/// Another prefix of a network that the guest uses: providers renumber, phones roam.
const SAME_NETWORK: f64 = -0.4;
/// A new network, or a new address of which nobody knows the network.
const NEW_NETWORK: f64 = 1.2;
/// A new address of the other kind (IPv6 after IPv4): the same line often has both.
const NEW_FAMILY: f64 = 0.6;
/// A new country.
const NEW_COUNTRY: f64 = 1.9;

/// Notes what the network says. In a trusted network newness and kind say nothing.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>) {
    let trusted = seen.net.prefix.is_some_and(|prefix| known.policy.trusts(prefix));
    let heard = |nats: f64| if trusted { nats.min(0.0) } else { nats };
    if let Some((code, nats)) = familiarity(seen, known.guest) {
        evidence.note(code, heard(nats));
    }
    if let Some(class) = seen.net.class {
        let (code, nats) = kind(class);
        let own = class_share(known.guest, class, seen.at);
        evidence.note(code, heard(nats * (1.0 - own)));
    }
}

fn familiarity(seen: &Snapshot, guest: &GuestRisk) -> Option<(ReasonCode, f64)> {
    let net = &seen.net;
    networks(guest).next()?;
    if net.prefix.is_some_and(|prefix| knows_prefix(guest, prefix)) {
        let shared = matches!(net.class, Some(NetClass::Mobile | NetClass::Relay | NetClass::Vpn));
        return Some((ReasonCode::NetHome, if shared { HOME_SHARED } else { HOME }));
    }
    if net.asn.is_some_and(|asn| networks(guest).any(|known| known.net.asn == Some(asn))) {
        return Some((ReasonCode::NetHome, SAME_NETWORK));
    }
    let mut countries = networks(guest).filter_map(|known| known.net.country.as_deref()).peekable();
    if let Some(country) = net.country.as_deref()
        && countries.peek().is_some()
        && countries.all(|known| known != country)
    {
        return Some((ReasonCode::NetNewCountry, NEW_COUNTRY));
    }
    if net.asn.is_some() {
        return Some((ReasonCode::NetNewAsn, NEW_NETWORK));
    }
    let is_v4 = net.prefix?.net().addr().is_ipv4();
    let mut prefixes = networks(guest).filter_map(|known| known.net.prefix);
    let same_family = prefixes.any(|prefix| prefix.net().addr().is_ipv4() == is_v4);
    Some((ReasonCode::NetNewAddress, if same_family { NEW_NETWORK } else { NEW_FAMILY }))
}

/// RISK.md 5.1, C.
const fn kind(class: NetClass) -> (ReasonCode, f64) {
    match class {
        NetClass::Residential => (ReasonCode::NetOrdinary, -0.15),
        NetClass::Mobile => (ReasonCode::NetOrdinary, 0.0),
        NetClass::Corporate => (ReasonCode::NetOrdinary, -0.5),
        NetClass::Relay => (ReasonCode::NetRelay, -0.3),
        NetClass::Vpn => (ReasonCode::NetVpn, 0.9),
        NetClass::Hosting => (ReasonCode::NetHosting, 2.2),
        NetClass::Tor => (ReasonCode::NetTor, 3.0),
    }
}

/// Is it evidence of the network alone?
pub(crate) const fn is_network(code: ReasonCode) -> bool {
    matches!(
        code,
        ReasonCode::NetHome
            | ReasonCode::NetNewAddress
            | ReasonCode::NetNewAsn
            | ReasonCode::NetNewCountry
            | ReasonCode::NetOrdinary
            | ReasonCode::NetTor
            | ReasonCode::NetHosting
            | ReasonCode::NetVpn
            | ReasonCode::NetRelay
    )
}
