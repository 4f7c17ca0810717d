//! What is read out of a guest's row: how often, where, and since when.

use gg_domain::access::NetClass;
use gg_domain::risk::{GuestRisk, KnownDevice, KnownNetwork};
use jiff::{SignedDuration, Timestamp};

/// Networks are half forgotten after this many days (RISK.md 5.1).
const NETWORK_HALF_LIFE_DAYS: f64 = 60.0;
/// A day, the window of new devices.
pub(crate) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Above this chance the link counts as leaked, and whoever comes is not taken for the first.
const LEAKED: f64 = 0.5;
/// A device against which less than this spoke when it came has earned its place, in nats.
const DOUBTED_FROM: f64 = 0.3;

/// Is no device bound yet (or any more), on a link that is not known to be passed around?
pub(crate) fn is_fresh(guest: &GuestRisk) -> bool {
    guest.devices.is_empty() && guest.leak < LEAKED
}

/// Has the device earned its place: vouched for, proven by an act, seen where the guest's others are, or
/// the first of all? What only ever opened has not, however often (RISK.md 9.5).
pub(crate) fn is_established(device: &KnownDevice) -> bool {
    device.trusted || device.proven_at.is_some() || device.doubt < DOUBTED_FROM
}

/// Weight of `network` at `now`: halved every 60 days. A clock that ran back forgets nothing.
pub(crate) fn decayed(network: &KnownNetwork, now: Timestamp) -> f64 {
    let days = now.duration_since(network.at).as_secs_f64() / 86_400.0;
    network.weight * (-days.max(0.0) / NETWORK_HALF_LIFE_DAYS).exp2()
}

/// Every network that an established device of the guest was seen on.
pub(crate) fn networks(guest: &GuestRisk) -> impl Iterator<Item = &KnownNetwork> {
    guest.devices.iter().filter(|device| is_established(device)).flat_map(|device| &device.networks)
}

/// Share of the guest's own openings that came over lines of this class, 0 to 1.
pub(crate) fn class_share(guest: &GuestRisk, class: NetClass, now: Timestamp) -> f64 {
    let all: f64 = networks(guest).map(|network| decayed(network, now)).sum();
    let those = networks(guest).filter(|network| network.net.class == Some(class));
    let those: f64 = those.map(|network| decayed(network, now)).sum();
    if all > 0.0 { those / (all + 0.5) } else { 0.0 }
}

/// Devices new to the link within the day before `now`.
pub(crate) fn new_devices_within_a_day(guest: &GuestRisk, now: Timestamp) -> usize {
    guest.new_devices.iter().filter(|at| now.duration_since(**at) < DAY).count()
}
