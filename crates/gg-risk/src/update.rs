//! What is remembered after an opening or an act; words are in `word.rs`. Pure, and hard to poison:
//! a device earns weight by how surely it was the guest's, and little until a human act follows.
//!
//! Each function is applied once for each cause; that is the caller's transaction to keep.

use gg_domain::access::{Act, Acts, NetClass};
use gg_domain::risk::{
    Band, DEVICE_COOKIES_MAX, DEVICE_NETWORKS_MAX, GuestRisk, KNOWN_DEVICES_MAX, KnownCookie, KnownDevice,
    KnownNetwork, Label, NEW_DEVICES_MAX, REFUSED_MAX, ReasonCode, Refused, Score,
};
use gg_domain::snapshot::Snapshot;
use jiff::Timestamp;

use crate::baseline::{DAY, decayed, is_established, is_fresh};
use crate::device::{Linkage, link};
use crate::network::{is_near, is_place};
use crate::snapshot::{known_act, traits};
use crate::word::confirm;

/// A stranger above this chance is not taken in (RISK.md 5.3).
const STRANGER_MAX: f64 = 0.35;
/// The first opening by a person is taken in unless it is surely a stranger's: 1 − .3 (RISK.md 5.3).
const FIRST_STRANGER_MAX: f64 = 0.7;
/// A network used by whom is rather a stranger is not remembered (RISK.md 5.3).
const NETWORK_STRANGER_MAX: f64 = 0.5;
/// Weight of an opening until an act follows (RISK.md 5.3).
const UNPROVEN_SHARE: f64 = 0.25;
/// Weight of a device that only ever opened, however often it comes (RISK.md 9.5).
const UNPROVEN_WEIGHT_MAX: f64 = 1.0;
/// What a device may carry with it at most, in nats: an odd first visit is not held against it for ever.
const DOUBT_MAX: f64 = 3.0;
/// From here on the filter is at its end: what it hears more leaves no trace that could be taken out again.
const LEAK_SURE: f64 = 0.98;

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

fn open(guest: &GuestRisk, seen: &Snapshot, score: &Score) -> GuestRisk {
    let linkage = link(seen, guest, true);
    let refused = guest.refused.iter().find(|one| Some(one.id) == seen.device()).copied();
    let disowned = refused.is_some_and(|one| one.disowned);
    let admitted = !disowned && (linkage.same().is_some() || score.raw < stranger_max(guest));
    // Where the filter was sure before it came, it heard nothing new: told again, the same speaks as it did.
    let sure = score.band == Band::Block && guest.leak >= LEAK_SURE;

    let mut guest = GuestRisk { v: GuestRisk::VERSION, ..guest.clone() };
    guest.accesses = guest.accesses.saturating_add(1);
    guest.first_human_at.get_or_insert(seen.at);
    guest.last_at = guest.last_at.max(Some(seen.at));
    guest.leak = score.leak;
    guest.standing = guest.standing.max(Some(score.band));
    guest.refused.retain(|one| Some(one.id) != seen.device());
    let left_out = !(admitted && binds(seen)) && linkage.same().is_none();
    if (left_out || disowned)
        && let Some(id) = seen.device()
    {
        let heard = if sure || disowned { 0.0 } else { weighed(score.z.max(0.0)) };
        refuse(&mut guest, Refused { id, heard, disowned });
    }
    let compared = !guest.devices.is_empty() || binds(seen);
    if compared && !linkage.is_known() && seen.cookie.is_none() {
        note_new_device(&mut guest, seen.at);
    }

    if let Some(index) = linkage.same() {
        let device = &mut guest.devices[index];
        let (kept, missed) = device.habit;
        device.habit = match linkage {
            Linkage::Cookie(_) => (kept.saturating_add(1), missed),
            _ if device.traits.in_app != seen.agent.in_app => (kept, missed),
            _ => (kept, missed.saturating_add(1)),
        };
    }
    let newcomer = linkage.same().is_none() && !guest.devices.is_empty();
    if admitted && binds(seen) {
        let proven = known_act(seen) >= Some(Act::Answered);
        let share = if proven || seen.act == Acts::Unknown { 1.0 } else { UNPROVEN_SHARE };
        let weight = (1.0 - score.raw) * share;
        let device = bind(&mut guest, seen, weight, proven);
        if seen.act != Acts::Unknown && device.proven_at.is_none() {
            device.weight = device.weight.min(UNPROVEN_WEIGHT_MAX);
        }
        if score.raw < NETWORK_STRANGER_MAX {
            remember_network(device, seen, weight);
        }
        if newcomer {
            device.doubt = device_doubt(score);
        }
        // Seen where the guest's other devices are: it is one of them.
        if is_near(nats(score, is_place)) {
            device.doubt = 0.0;
        }
        device.heard = if is_established(device) { 0.0 } else { weighed(score.z.max(0.0)) };
    }
    guest
}

/// What spoke against the device itself, in nats: its newness and its details, not where it was.
fn device_doubt(score: &Score) -> f64 {
    let of_device = |code| {
        matches!(
            code,
            ReasonCode::DevNew
                | ReasonCode::DevOtherLocale
                | ReasonCode::DevSecondPhone
                | ReasonCode::SigContradiction
                | ReasonCode::SigMissing
                | ReasonCode::AgentLibrary
                | ReasonCode::SharePreview
                | ReasonCode::TzMismatch
        )
    };
    weighed(nats(score, of_device).clamp(0.0, DOUBT_MAX))
}

fn nats(score: &Score, which: impl Fn(ReasonCode) -> bool) -> f64 {
    score.reasons.iter().filter(|reason| which(reason.code)).map(|reason| reason.nats).sum()
}

/// An answer came after: the held-back weight is given, and what did not bind yet binds now.
fn prove(guest: &GuestRisk, seen: &Snapshot, score: &Score) -> GuestRisk {
    let known = link(&brought_now(seen), guest, true).same();
    let proven = known.is_some_and(|index| guest.devices[index].proven_at == Some(seen.at));
    if proven || (known.is_none() && score.raw >= stranger_max(guest)) {
        return guest.clone();
    }

    let mut guest = guest.clone();
    let held_back = if known.is_some() { 1.0 - UNPROVEN_SHARE } else { 1.0 };
    let weight = (1.0 - score.raw) * held_back;
    let device = bind(&mut guest, seen, weight, true);
    if score.raw < NETWORK_STRANGER_MAX {
        remember_network(device, seen, weight);
    }
    guest
}

/// How sure a stranger a new device may be and still be taken in.
fn stranger_max(guest: &GuestRisk) -> f64 {
    if is_fresh(guest) { FIRST_STRANGER_MAX } else { STRANGER_MAX }
}

/// An opening that told neither how long it was seen nor whether it was touched binds only once an
/// answer follows; in an old log, where nobody watched, it binds as it is.
fn binds(seen: &Snapshot) -> bool {
    let told = seen.visible_ms.is_some() || seen.interacted.is_some() || known_act(seen).is_some();
    // A browser that a program drives proves nothing by opening; its answer counts as everybody's.
    let driven = seen.webdriver == Some(true);
    // A data centre's machine that never came back proves nothing: unlisted scanners come first of all.
    let rented = matches!(seen.net.class, Some(NetClass::Hosting))
        && seen.cookie.is_none()
        && known_act(seen).is_none();
    (!driven && !rented && (told || seen.act == Acts::Unknown)) || known_act(seen) >= Some(Act::Answered)
}

/// The device of `seen` with `weight` more, made where it is new; the least sure one leaves for it.
/// `proven`: a human act stands behind this opening.
pub(crate) fn bind<'a>(
    guest: &'a mut GuestRisk,
    seen: &Snapshot,
    weight: f64,
    proven: bool,
) -> &'a mut KnownDevice {
    let index = link(&brought_now(seen), guest, true).same().unwrap_or_else(|| {
        make_room(guest);
        guest.devices.push(new_device(seen));
        guest.devices.len() - 1
    });
    let device = &mut guest.devices[index];
    device.weight = weighed(device.weight + weight);
    if proven {
        device.proven_at = device.proven_at.max(Some(seen.at));
    }
    if seen.at >= device.last_at {
        device.last_at = seen.at;
        if seen.script || device.traits.hardware.is_none() {
            device.traits = traits(seen);
        }
    }
    remember_cookie(device, seen, proven);
    device
}

fn new_device(seen: &Snapshot) -> KnownDevice {
    KnownDevice {
        cookies: Vec::new(),
        weight: 0.0,
        first_at: seen.at,
        last_at: seen.at,
        proven_at: None,
        trusted: false,
        doubt: 0.0,
        heard: 0.0,
        habit: (0, 0),
        traits: traits(seen),
        networks: Vec::new(),
    }
}

/// The opening as one that brought the cookie which it was given: so an act after it finds its device.
pub(crate) fn brought_now(seen: &Snapshot) -> Snapshot {
    Snapshot { cookie: seen.device(), ..seen.clone() }
}

/// The latest cookie stands last; a proven one does not leave for one that proved nothing.
fn remember_cookie(device: &mut KnownDevice, seen: &Snapshot, proven: bool) {
    let Some(id) = seen.device() else { return };
    let was_proven = device.cookies.iter().any(|known| known.id == id && known.proven);
    device.cookies.retain(|known| known.id != id);
    device.cookies.push(KnownCookie { id, proven: proven || was_proven });
    if device.cookies.len() > DEVICE_COOKIES_MAX {
        let least = device.cookies.iter().position(|known| !known.proven).unwrap_or(0);
        device.cookies.remove(least);
    }
}

pub(crate) fn remember_network(device: &mut KnownDevice, seen: &Snapshot, weight: f64) {
    let net = &seen.net;
    if net.prefix.is_none() && net.asn.is_none() {
        return;
    }
    match device.networks.iter_mut().find(|known| known.net == *net) {
        Some(known) => {
            known.weight = weighed(decayed(known, seen.at) + weight);
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
            let weight = weighed(weight);
            device.networks.push(KnownNetwork { net: net.clone(), weight, at: seen.at });
        }
    }
}

/// To a thousandth, for the same reason as chances (see `calibrate`): a rebuilt row is the identical row.
fn weighed(weight: f64) -> f64 {
    (weight * 1e3).round() / 1e3
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

fn note_new_device(guest: &mut GuestRisk, at: Timestamp) {
    guest.new_devices.retain(|then| at.duration_since(*then) < DAY);
    guest.new_devices.push(at);
    if guest.new_devices.len() > NEW_DEVICES_MAX {
        guest.new_devices.remove(0);
    }
}

/// Remembers a device that was not taken in, once; the oldest leaves, the organiser's word last.
pub(crate) fn refuse(guest: &mut GuestRisk, new: Refused) {
    guest.refused.retain(|one| one.id != new.id);
    if guest.refused.len() >= REFUSED_MAX {
        let oldest = guest.refused.iter().position(|one| !one.disowned).unwrap_or(0);
        guest.refused.remove(oldest);
    }
    guest.refused.push(new);
}
