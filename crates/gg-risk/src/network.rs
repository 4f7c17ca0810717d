//! Is this one of the guest's networks, and what kind of line is it? (RISK.md 5.1, N and C)
//!
//! Back-off from prefix to network to city to country, each weighed by how common it is in the event: an
//! address that half the guests come from says little. Only the networks of devices that earned their
//! place count, so that a stranger does not make his own network the guest's. Levels that nobody looked up
//! say nothing.

use gg_domain::access::{NetClass, Prefix};
use gg_domain::risk::{GuestRisk, KnownNetwork, ReasonCode};
use gg_domain::snapshot::Snapshot;

use crate::baseline::{class_share, decayed, networks};
use crate::engine::Known;
use crate::evidence::Evidence;
use crate::population::Block;

/// ρ and λ of RISK.md 5.1; the address's own share went to its prefix, since exact addresses are not kept.
const ANYWHERE: f64 = 0.07;
const PREFIX: f64 = 0.42;
const ASN: f64 = 0.28;
const CITY: f64 = 0.15;
const COUNTRY: f64 = 0.10;
/// N's bounds, in nats.
const BOUNDS: (f64, f64) = (-5.0, 3.5);
/// How much of N is heard: addresses change all the time (RISK.md 5.1, w_net).
const WEIGHT: f64 = 0.7;
/// What of a new place is heard where the line hides places.
const HIDDEN: f64 = 0.5;
/// From here down the network is the guest's own rather than one of his town, in nats before its weight: a
/// common provider alone gives half of it.
pub(crate) const NEAR: f64 = -2.0;

/// Notes what the network says. In a trusted network newness and kind say nothing.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>) {
    let trusted = seen.net.prefix.is_some_and(|prefix| known.policy.trusts(prefix));
    let heard = |nats: f64| if trusted { nats.min(0.0) } else { nats };
    if let Some(nats) = familiarity(seen, known) {
        // Where a tunnel or a data centre stands says little of who uses it, and its kind is heard below.
        let hidden = matches!(seen.net.class, Some(NetClass::Vpn | NetClass::Tor | NetClass::Hosting));
        let weight = if hidden && nats > 0.0 { WEIGHT * HIDDEN } else { WEIGHT };
        evidence.note(code(seen, known.guest, nats), heard(weight * nats));
    }
    if let Some(class) = seen.net.class {
        let (code, nats) = kind(class);
        let own = class_share(known.guest, class, seen.at);
        // Where half the guests use a tunnel, one more says little.
        let rarity = if nats > 0.0 { rarity(known.event.population.share(Block::Class)) } else { 1.0 };
        evidence.note(code, heard(nats * rarity * (1.0 - own)));
    }
}

/// N before its weight: −ln of how much likelier this network is for the guest than for anybody. None
/// without a history.
fn familiarity(seen: &Snapshot, known: &Known<'_>) -> Option<f64> {
    let guest = known.guest;
    let all: f64 = networks(guest).map(|network| decayed(network, seen.at)).sum();
    if all <= 0.0 {
        return None;
    }
    let net = &seen.net;
    let population = &known.event.population;
    let own = |same: &dyn Fn(&KnownNetwork) -> bool| {
        let those: f64 = networks(guest).filter(|one| same(one)).map(|one| decayed(one, seen.at)).sum();
        those / (all + 0.5)
    };
    // A line often has an IPv4 and an IPv6 address: of a family never seen, the prefix is no news.
    let family = |prefix: Prefix| prefix.net().addr().is_ipv4();
    let comparable = net.prefix.is_some_and(|prefix| {
        networks(guest).filter_map(|one| one.net.prefix).any(|one| family(one) == family(prefix))
    });
    // What nobody looked up goes with the prefix: with a new one it is rather new than not.
    let prefix = own(&|one| one.net.prefix == net.prefix);
    let unknown = if comparable && prefix <= 0.0 { 0.4 } else { 1.0 };
    let level =
        |weight: f64, known: bool, share: f64, own: f64| weight * if known { own / share } else { unknown };
    let had = |level: fn(&KnownNetwork) -> bool| networks(guest).any(level);
    let ratio = ANYWHERE
        + level(
            PREFIX,
            comparable,
            population.share(Block::Prefix),
            own(&|one| one.net.prefix == net.prefix),
        )
        + level(
            ASN,
            net.asn.is_some() && had(|one| one.net.asn.is_some()),
            population.share(Block::Asn),
            own(&|one| one.net.asn == net.asn),
        )
        + level(
            CITY,
            net.city.is_some() && had(|one| one.net.city.is_some()),
            population.share(Block::City),
            own(&|one| one.net.city == net.city),
        )
        + level(
            COUNTRY,
            net.country.is_some() && had(|one| one.net.country.is_some()),
            population.share(Block::Country),
            own(&|one| one.net.country == net.country),
        );
    Some((-ratio.ln()).clamp(BOUNDS.0, BOUNDS.1))
}

/// How much a kind of line says that so many use: 1 for one in twenty, which RISK.md 5.1's figures suppose.
fn rarity(share: f64) -> f64 {
    const SUPPOSED: f64 = 0.05;
    (share.ln() / SUPPOSED.ln()).clamp(0.3, 1.5)
}

/// The name of what N says.
fn code(seen: &Snapshot, guest: &GuestRisk, nats: f64) -> ReasonCode {
    if nats <= 0.0 {
        return ReasonCode::NetHome;
    }
    let net = &seen.net;
    let mut countries = networks(guest).filter_map(|known| known.net.country.as_deref()).peekable();
    let new_country = net
        .country
        .as_deref()
        .is_some_and(|country| countries.peek().is_some() && countries.all(|known| known != country));
    if new_country {
        ReasonCode::NetNewCountry
    } else if net.asn.is_some() && networks(guest).all(|known| known.net.asn != net.asn) {
        ReasonCode::NetNewAsn
    } else {
        ReasonCode::NetNewAddress
    }
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

/// Is it evidence of where, rather than of what kind of line?
pub(crate) const fn is_place(code: ReasonCode) -> bool {
    matches!(
        code,
        ReasonCode::NetHome | ReasonCode::NetNewAddress | ReasonCode::NetNewAsn | ReasonCode::NetNewCountry
    )
}

/// Is it evidence of the network alone?
pub(crate) const fn is_network(code: ReasonCode) -> bool {
    is_place(code)
        || matches!(
            code,
            ReasonCode::NetOrdinary
                | ReasonCode::NetTor
                | ReasonCode::NetHosting
                | ReasonCode::NetVpn
                | ReasonCode::NetRelay
        )
}

/// Did the place speak for the guest by more than a little? `nats`: what was noted of it.
pub(crate) fn is_near(nats: f64) -> bool {
    nats <= WEIGHT * NEAR
}
