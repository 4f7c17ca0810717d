//! What is remembered after an opening, an act, a word of the organiser. Pure, and hard to poison:
//! a device earns weight by how surely it was the guest's, and little until a human act follows.
//!
//! Each function is applied once for each cause; that is the caller's transaction to keep.

use gg_domain::access::{Act, Acts};
use gg_domain::risk::{
    DEVICE_COOKIES_MAX, DEVICE_NETWORKS_MAX, GuestRisk, KNOWN_DEVICES_MAX, KnownDevice, KnownNetwork, Label,
    NEW_DEVICES_MAX, Score,
};
use gg_domain::snapshot::Snapshot;
use jiff::Timestamp;

use crate::baseline::{DAY, decayed};
use crate::device::link;
use crate::snapshot::{known_act, traits};

/// A stranger above this chance is not taken in (RISK.md 5.3).
const STRANGER_MAX: f64 = 0.35;
/// The first opening by a person is taken in unless it is surely a stranger's: 1 − .3 (RISK.md 5.3).
const FIRST_STRANGER_MAX: f64 = 0.7;
/// A network used by whom is rather a stranger is not remembered (RISK.md 5.3).
const NETWORK_STRANGER_MAX: f64 = 0.5;
/// Weight of an opening until an act follows (RISK.md 5.3).
const UNPROVEN_SHARE: f64 = 0.25;
/// What the organiser's "not the guest" makes of the leak at least (RISK.md 5.3).
const LEAK_AFTER_NOT_GUEST: f64 = 0.9;

/// Why the row changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// An opening that was scored: counted, weighed, and the device taken in as far as it goes.
    Opened,
    /// An act that followed an opening counted before: its device gets the weight that was held back.
    Followed(Act),
}

/// The row after `seen`, scored as `score` against `guest`. A degraded score changes nothing: the opening
/// is applied when it has been scored again.
pub fn update(guest: &GuestRisk, seen: &Snapshot, score: &Score, admission: Admission) -> GuestRisk {
    if score.degraded {
        return guest.clone();
    }
    match admission {
        Admission::Opened => open(guest, seen, score),
        Admission::Followed(Act::Verified) => confirm(guest, seen, Label::Guest),
        Admission::Followed(Act::Answered) => prove(guest, seen, score),
        Admission::Followed(Act::Interacted) => guest.clone(),
    }
}

/// The row after the organiser's word, or a code, on the opening `seen`.
pub fn confirm(guest: &GuestRisk, seen: &Snapshot, label: Label) -> GuestRisk {
    let mut guest = guest.clone();
    match label {
        Label::Guest => {
            let device = bind(&mut guest, seen, 1.0);
            device.trusted = true;
            device.proven_at = Some(seen.at);
            device.weight = device.weight.max(1.0);
            remember_network(device, seen, 1.0);
            guest.first_human_at.get_or_insert(seen.at);
            guest.leak = GuestRisk::LEAK_PRIOR;
            guest.standing = None;
        }
        Label::NotGuest => {
            expel(&mut guest, seen);
            guest.leak = guest.leak.max(LEAK_AFTER_NOT_GUEST);
        }
    }
    guest
}

/// Forgets devices and the networks that they were seen on; the link stays as leaked as it was.
pub fn forget_devices(guest: &GuestRisk) -> GuestRisk {
    GuestRisk { devices: Vec::new(), new_devices: Vec::new(), first_human_at: None, ..guest.clone() }
}

/// Forgets devices, networks and suspicion.
pub fn reset(guest: &GuestRisk) -> GuestRisk {
    GuestRisk { leak: GuestRisk::LEAK_PRIOR, standing: None, ..forget_devices(guest) }
}

/// The guest got a new link: nobody else has it, and the devices stay theirs.
pub fn reissue(guest: &GuestRisk) -> GuestRisk {
    GuestRisk { leak: GuestRisk::LEAK_PRIOR, standing: None, new_devices: Vec::new(), ..guest.clone() }
}

fn open(guest: &GuestRisk, seen: &Snapshot, score: &Score) -> GuestRisk {
    let mut guest = guest.clone();
    let known = link(seen, &guest, true).is_known();
    let first = guest.first_human_at.is_none();

    guest.accesses = guest.accesses.saturating_add(1);
    guest.first_human_at.get_or_insert(seen.at);
    guest.last_at = guest.last_at.max(Some(seen.at));
    guest.leak = score.leak;
    guest.standing = guest.standing.max(Some(score.band));
    if !known && seen.cookie.is_none() {
        note_new_device(&mut guest, seen.at);
    }

    let surely = 1.0 - score.raw;
    let admitted = known || score.raw < STRANGER_MAX || (first && score.raw <= FIRST_STRANGER_MAX);
    if admitted && binds(seen) {
        let proven = known_act(seen) >= Some(Act::Answered);
        let share = if proven || seen.act == Acts::Unknown { 1.0 } else { UNPROVEN_SHARE };
        let device = bind(&mut guest, seen, surely * share);
        if proven {
            device.proven_at = Some(seen.at);
        }
        if score.raw < NETWORK_STRANGER_MAX {
            remember_network(device, seen, surely * share);
        }
    }
    guest
}

/// An answer came after: the held-back weight is given, and what did not bind yet binds now.
fn prove(guest: &GuestRisk, seen: &Snapshot, score: &Score) -> GuestRisk {
    let mut guest = guest.clone();
    let known = link(&brought_now(seen), &guest, true).index();
    let proven = known.is_some_and(|index| guest.devices[index].proven_at == Some(seen.at));
    if proven || (known.is_none() && score.raw > FIRST_STRANGER_MAX) {
        return guest;
    }
    let held_back = if known.is_some() { 1.0 - UNPROVEN_SHARE } else { 1.0 };
    let weight = (1.0 - score.raw) * held_back;
    let device = bind(&mut guest, seen, weight);
    device.proven_at = Some(seen.at);
    if score.raw < NETWORK_STRANGER_MAX {
        remember_network(device, seen, weight);
    }
    guest
}

/// An opening that told neither how long it was seen nor whether it was touched binds only once an
/// answer follows; in an old log, where nobody watched, it binds as it is.
fn binds(seen: &Snapshot) -> bool {
    let told = seen.visible_ms.is_some() || seen.interacted.is_some();
    told || seen.act == Acts::Unknown || known_act(seen) >= Some(Act::Answered)
}

/// The device of `seen` with `weight` more, made where it is new; the least sure one leaves for it.
fn bind<'a>(guest: &'a mut GuestRisk, seen: &Snapshot, weight: f64) -> &'a mut KnownDevice {
    let index = link(&brought_now(seen), guest, true).index().unwrap_or_else(|| {
        make_room(guest);
        guest.devices.push(KnownDevice {
            cookies: Vec::new(),
            weight: 0.0,
            first_at: seen.at,
            last_at: seen.at,
            proven_at: None,
            trusted: false,
            traits: traits(seen),
            networks: Vec::new(),
        });
        guest.devices.len() - 1
    });
    let device = &mut guest.devices[index];
    device.weight += weight;
    if seen.at >= device.last_at {
        device.last_at = seen.at;
        if seen.script || device.traits.hardware.is_none() {
            device.traits = traits(seen);
        }
    }
    remember_cookie(device, seen);
    device
}

/// The opening as one that brought the cookie which it was given: so an act after it finds its device.
fn brought_now(seen: &Snapshot) -> Snapshot {
    Snapshot { cookie: seen.device(), ..seen.clone() }
}

fn remember_cookie(device: &mut KnownDevice, seen: &Snapshot) {
    let Some(cookie) = seen.device() else { return };
    device.cookies.retain(|known| *known != cookie);
    device.cookies.push(cookie);
    if device.cookies.len() > DEVICE_COOKIES_MAX {
        device.cookies.remove(0);
    }
}

fn remember_network(device: &mut KnownDevice, seen: &Snapshot, weight: f64) {
    let net = &seen.net;
    if net.prefix.is_none() && net.asn.is_none() {
        return;
    }
    match device.networks.iter_mut().find(|known| known.net == *net) {
        Some(known) => {
            known.weight = decayed(known, seen.at) + weight;
            known.at = known.at.max(seen.at);
        }
        None => {
            if device.networks.len() >= DEVICE_NETWORKS_MAX {
                let faintest = (0..device.networks.len())
                    .min_by(|a, b| {
                        let weight = |i: usize| decayed(&device.networks[i], seen.at);
                        weight(*a).total_cmp(&weight(*b))
                    })
                    .expect("the list is full, so it has a least");
                device.networks.remove(faintest);
            }
            device.networks.push(KnownNetwork { net: net.clone(), weight, at: seen.at });
        }
    }
}

fn make_room(guest: &mut GuestRisk) {
    while guest.devices.len() >= KNOWN_DEVICES_MAX {
        let rank = |device: &KnownDevice| (device.trusted, device.proven_at.is_some());
        let least = (0..guest.devices.len())
            .min_by(|a, b| {
                let (a, b) = (&guest.devices[*a], &guest.devices[*b]);
                rank(a).cmp(&rank(b)).then(a.weight.total_cmp(&b.weight))
            })
            .expect("the list is full, so it has a least");
        guest.devices.remove(least);
    }
}

/// Takes the device of `seen` out. Where the guest's own device only looks like it, its other cookies
/// show that, and it loses this cookie alone.
fn expel(guest: &mut GuestRisk, seen: &Snapshot) {
    let Some(index) = link(&brought_now(seen), guest, true).index() else { return };
    let device = &mut guest.devices[index];
    let others = device.cookies.iter().any(|cookie| Some(*cookie) != seen.device());
    if others {
        device.cookies.retain(|cookie| Some(*cookie) != seen.device());
    } else {
        guest.devices.remove(index);
    }
}

fn note_new_device(guest: &mut GuestRisk, at: Timestamp) {
    guest.new_devices.retain(|then| at.duration_since(*then) < DAY);
    guest.new_devices.push(at);
    if guest.new_devices.len() > NEW_DEVICES_MAX {
        guest.new_devices.remove(0);
    }
}
