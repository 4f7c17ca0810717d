//! What a word makes of a guest's row: the organiser's, a code's, and what is taken back or begun anew. Pure.
//!
//! Each function is applied once for each cause; that is the caller's transaction to keep.

use gg_domain::risk::{Band, GuestRisk, Label, Refused};
use gg_domain::snapshot::Snapshot;

use crate::calibrate::unheard;
use crate::device::link;
use crate::update::{bind, brought_now, refuse, remember_network};

/// What the organiser's "not the guest" makes of the leak at least (RISK.md 5.3).
const LEAK_AFTER_NOT_GUEST: f64 = 0.9;

/// The row after the organiser's word, or a code, on the opening `seen`.
pub fn confirm(guest: &GuestRisk, seen: &Snapshot, label: Label) -> GuestRisk {
    let mut guest = guest.clone();
    match label {
        Label::Guest => {
            vouch(&mut guest, seen);
            guest.leak = GuestRisk::LEAK_PRIOR;
            guest.standing = None;
        }
        Label::NotGuest => {
            expel(&mut guest, seen);
            disown(&mut guest, seen);
            guest.leak = guest.leak.max(LEAK_AFTER_NOT_GUEST);
            // Kept while the engine is away: who made it slow gains nothing.
            guest.standing = guest.standing.max(Some(Band::High));
        }
    }
    guest
}

/// The row after the organiser's no to an opening of a link that is over: the device goes, and the link in force, which
/// nobody else has, stays as it is.
pub(crate) fn expelled(guest: &GuestRisk, seen: &Snapshot) -> GuestRisk {
    let mut guest = guest.clone();
    expel(&mut guest, seen);
    disown(&mut guest, seen);
    guest
}

/// Whoever comes with this cookie again is the one that the organiser spoke of.
fn disown(guest: &mut GuestRisk, seen: &Snapshot) {
    if let Some(id) = seen.device() {
        refuse(guest, Refused { id, heard: 0.0, disowned: true });
    }
}

/// The row after the organiser's word on the device of `seen` alone: it is the guest's from now on, and what the leak
/// filter heard of it (`z`, in nats) is taken back. Of who else holds the link that says nothing: suspicion that
/// others gave rise to stays, and so does the band that the link keeps while the engine is slow.
pub fn trust(guest: &GuestRisk, seen: &Snapshot, z: f64) -> GuestRisk {
    let mut guest = guest.clone();
    vouch(&mut guest, seen);
    guest.leak = forgiven(guest.leak, z);
    guest
}

/// The chance that the link has leaked without evidence `z`: never below a fresh link's, since what was heard before
/// anything could be compared was not told to the filter.
fn forgiven(leak: f64, z: f64) -> f64 {
    unheard(leak, z).max(leak.min(GuestRisk::LEAK_PRIOR))
}

/// The row without what a machine left in it that was taken for a person: the device it was bound as, and
/// what the leak filter heard of it (`z`, in nats). RISK.md 9.1: what first hits did is taken back.
pub fn take_back(guest: &GuestRisk, seen: &Snapshot, z: f64) -> GuestRisk {
    let mut guest = guest.clone();
    let first = guest.devices.first().is_some_and(|device| device.first_at == seen.at);
    expel(&mut guest, seen);
    if first && let Some(next) = guest.devices.first_mut() {
        (next.doubt, next.heard) = (0.0, 0.0);
    }
    if guest.first_human_at == Some(seen.at) {
        guest.first_human_at = guest.devices.iter().map(|device| device.first_at).min();
    }
    guest.new_devices.retain(|at| *at != seen.at);
    guest.accesses = guest.accesses.saturating_sub(1);
    if guest.accesses == 0 {
        guest.standing = None;
    }
    guest.leak = forgiven(guest.leak, z);
    guest
}

/// Forgets devices and the networks that they were seen on; the link stays as leaked as it was.
pub fn forget_devices(guest: &GuestRisk) -> GuestRisk {
    GuestRisk { devices: Vec::new(), new_devices: Vec::new(), refused: Vec::new(), ..guest.clone() }
}

/// Forgets devices, networks and suspicion.
pub fn reset(guest: &GuestRisk) -> GuestRisk {
    GuestRisk { leak: GuestRisk::LEAK_PRIOR, standing: None, ..forget_devices(guest) }
}

/// The guest got a new link: nobody else has it, and the devices stay theirs.
pub fn reissue(guest: &GuestRisk) -> GuestRisk {
    GuestRisk { leak: GuestRisk::LEAK_PRIOR, standing: None, new_devices: Vec::new(), ..guest.clone() }
}

/// The device of `seen` is the guest's, by somebody's word.
fn vouch(guest: &mut GuestRisk, seen: &Snapshot) {
    let device = bind(guest, seen, 1.0, true);
    device.trusted = true;
    device.weight = device.weight.max(1.0);
    remember_network(device, seen, 1.0);
    guest.first_human_at.get_or_insert(seen.at);
    guest.refused.retain(|one| Some(one.id) != seen.device());
}

/// Takes the device of `seen` out. Where the guest's own device only looks like it, its other cookies
/// show that, and it loses this cookie alone.
fn expel(guest: &mut GuestRisk, seen: &Snapshot) {
    let Some(index) = link(&brought_now(seen), guest, true).same() else { return };
    let device = &mut guest.devices[index];
    let others = device.cookies.iter().any(|cookie| Some(cookie.id) != seen.device());
    if others {
        device.cookies.retain(|cookie| Some(cookie.id) != seen.device());
    } else {
        guest.devices.remove(index);
    }
}
