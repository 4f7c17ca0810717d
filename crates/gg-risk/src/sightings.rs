//! What a store keeps of an opening so that later ones can be judged by it, and what its rows say: the same facts
//! that [`crate::Memory`] holds for a log, asked of a database instead. Pure; the caller reads and writes.
//!
//! Who was seen under a key is kept once a guest. Keys are hashes, so rows tell nothing but that openings share
//! something.

use std::cmp::Reverse;
use std::collections::HashSet;

use gg_domain::access::{Act, Class, LinkAccess, NetClass};
use gg_domain::id::{AccessId, GuestId, PartyId};
use gg_domain::risk::Score;
use gg_domain::snapshot::Snapshot;
use jiff::{SignedDuration, Timestamp};

use crate::engine::{EventFacts, Touched};
use crate::keys::{address_key, block_key, home_key, kind_key, place_key};
use crate::memory::{
    ADDRESS_FOR, ALIKE_FOR, BLOCK_FOR, HOME_PARTIES, HOUSEMATE_P_MAX, KEPT_FOR, LINKS_MAX, PENDING_MAX,
    TOUCHED_FOR, is_own,
};
use crate::population::Population;
use crate::snapshot::traits;

/// How far what is kept of a guest under a key may lag behind: windows are hours.
const RENOTED_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// What an opening is looked up and kept under. None where it does not tell enough.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SightingKeys {
    /// This very machine on this prefix.
    pub place: Option<u64>,
    /// This kind of machine, anywhere.
    pub kind: Option<u64>,
    /// This address.
    pub address: Option<u64>,
    /// This home line.
    pub home: Option<u64>,
    /// This prefix of a data centre.
    pub block: Option<u64>,
}

impl SightingKeys {
    /// How many there are at most.
    pub const MAX: usize = 5;

    /// Those of an opening.
    pub fn of(access: &LinkAccess, seen: &Snapshot) -> Self {
        let traits = traits(seen);
        let home = access.network.class == Some(NetClass::Residential);
        let kind = kind_key(access.event, &traits);
        Self {
            place: place_key(access.event, seen, &traits),
            kind,
            address: Some(address_key(access)),
            home: kind.filter(|_| home).map(|_| home_key(access)),
            block: block_key(seen),
        }
    }

    /// All of them.
    pub const fn all(&self) -> [Option<u64>; Self::MAX] {
        [self.place, self.kind, self.address, self.home, self.block]
    }
}

/// A guest seen under a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sighting {
    /// Under which.
    pub key: u64,
    /// Whose link was opened.
    pub guest: GuestId,
    /// Of which household.
    pub party: PartyId,
    /// On a home line: which kind of machine.
    pub machine: Option<u64>,
    /// From a data centre: a cookie of ours came back, or somebody acted as people do.
    pub kept: bool,
    /// From a data centre of which nobody knows better: the opening, which may be taken back, or acted with.
    pub access: Option<AccessId>,
    /// When last.
    pub at: Timestamp,
}

/// Another guest whose link the device opened, by its cookie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shared {
    /// Whose link.
    pub guest: GuestId,
    /// Of which household.
    pub party: PartyId,
    /// There it was the first device, or a known one.
    pub own: bool,
    /// When last.
    pub at: Timestamp,
}

/// The latest preview of a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Previewed {
    /// When.
    pub at: Timestamp,
    /// Guests' links that the same sender previewed within [`SENDER_FOR`] of it.
    ///
    /// [`SENDER_FOR`]: crate::SENDER_FOR
    pub sender_links: u32,
}

/// All that was looked up for an opening.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LookedUp {
    /// By the cookie that it brought.
    pub shared: Vec<Shared>,
    /// By its keys.
    pub sightings: Vec<Sighting>,
    /// Guests who live with this one.
    pub housemates: Vec<GuestId>,
    /// The latest preview of this link.
    pub previewed: Option<Previewed>,
}

/// What is kept of a guest under one key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewSighting {
    /// Under which.
    pub key: u64,
    /// See [`Sighting::machine`].
    pub machine: Option<u64>,
    /// See [`Sighting::kept`].
    pub kept: bool,
    /// See [`Sighting::access`].
    pub access: Option<AccessId>,
}

/// What an opening leaves for those after it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Notes {
    /// The guest, under these keys.
    pub sightings: Vec<NewSighting>,
    /// Those who leave for him: a key is kept for a number of guests.
    pub evicted: Vec<(u64, GuestId)>,
    /// Guests who turn out to live with this one.
    pub housemates: Vec<GuestId>,
    /// The device is the guest's own.
    pub own: bool,
    /// Openings that turn out to have been a machine's.
    pub taken_back: Vec<AccessId>,
}

impl LookedUp {
    /// The facts that an opening is judged by.
    pub fn facts(&self, access: &LinkAccess, keys: &SightingKeys, population: Population) -> EventFacts {
        let within = |at: Timestamp, window: SignedDuration| access.at.duration_since(at) < window;
        let households = |key: Option<u64>, window: SignedDuration| {
            let others = self.under(key).filter(|one| one.party != access.party && within(one.at, window));
            count(others.map(|one| one.party))
        };
        EventFacts {
            touched: self.touched(access, keys),
            other_guests_own: self.shared.iter().any(|one| one.own && one.guest != access.guest),
            address_parties: households(keys.address, ADDRESS_FOR),
            share_preview_at: self.previewed.map(|previewed| previewed.at),
            sender_links: self.previewed.map_or(0, |previewed| previewed.sender_links),
            alike_parties: households(keys.kind, ALIKE_FOR),
            block_parties: households(keys.block, ADDRESS_FOR),
            block_kept: self.block_kept(access.at, keys),
            // No machine is given a cookie of ours: what the gate takes for one is answered without.
            cookie_of_machine: false,
            population,
        }
    }

    fn under(&self, key: Option<u64>) -> impl Iterator<Item = &Sighting> {
        self.sightings.iter().filter(move |one| Some(one.key) == key)
    }

    fn block_kept(&self, now: Timestamp, keys: &SightingKeys) -> bool {
        self.under(keys.block).any(|one| one.kept && now.duration_since(one.at) < BLOCK_FOR)
    }

    fn touched(&self, access: &LinkAccess, keys: &SightingKeys) -> Vec<Touched> {
        let recent = |at: Timestamp| access.at.duration_since(at) < TOUCHED_FOR;
        let by_cookie = self.shared.iter().filter(|one| recent(one.at) || one.party == access.party);
        let by_looks = self.under(keys.place).filter(|one| recent(one.at));
        let all =
            by_cookie.map(|one| (one.guest, one.party)).chain(by_looks.map(|one| (one.guest, one.party)));
        let mut touched: Vec<Touched> = Vec::new();
        for (guest, party) in all.filter(|(guest, _)| *guest != access.guest) {
            if touched.iter().all(|one| one.guest != guest) {
                let party = if self.housemates.contains(&guest) { access.party } else { party };
                touched.push(Touched { guest, party });
            }
        }
        touched
    }

    /// What the opening leaves, that the gate took for `class` and the engine, where it was a person's, gave `score`.
    /// `new_look`: on a device that the guest did not have, or one that looks otherwise now.
    pub fn notes(
        &self,
        access: &LinkAccess,
        seen: &Snapshot,
        keys: &SightingKeys,
        class: Class,
        score: Option<&Score>,
        new_look: bool,
    ) -> Notes {
        let judged = score.filter(|score| !score.degraded);
        let mut notes = Notes { own: judged.is_some_and(is_own), ..Notes::default() };
        if class != Class::Preview {
            self.note_block(&mut notes, access, seen, keys, class);
        }
        if class == Class::Human && score.is_some() {
            let address = keys.address.filter(|_| new_look);
            for key in [keys.place, keys.kind, address].into_iter().flatten() {
                self.note(&mut notes, access, NewSighting { key, machine: None, kept: false, access: None });
            }
            if judged.is_some_and(|score| score.p < HOUSEMATE_P_MAX) {
                self.note_home(&mut notes, access, keys);
            }
        }
        notes
    }

    fn note(&self, notes: &mut Notes, access: &LinkAccess, new: NewSighting) {
        if self.is_noted(access, new) {
            return;
        }
        let mut others: Vec<&Sighting> =
            self.under(Some(new.key)).filter(|one| one.guest != access.guest).collect();
        // Those who came at the same moment did not see each other: all beyond the number leave.
        others.sort_by_key(|one| Reverse((one.kept, one.at)));
        notes.evicted.extend(others.iter().skip(LINKS_MAX - 1).map(|one| (new.key, one.guest)));
        notes.sightings.push(new);
    }

    /// Does it stand there as it would be written, or hardly older? Reloads come within a minute.
    fn is_noted(&self, access: &LinkAccess, new: NewSighting) -> bool {
        self.under(Some(new.key)).any(|one| {
            let same = (one.machine, one.kept, one.access) == (new.machine, new.kept, new.access);
            one.guest == access.guest && same && access.at.duration_since(one.at) < RENOTED_AFTER
        })
    }

    fn note_block(
        &self,
        notes: &mut Notes,
        access: &LinkAccess,
        seen: &Snapshot,
        keys: &SightingKeys,
        class: Class,
    ) {
        let Some(key) = keys.block else { return };
        let ours = seen.cookie.is_some() || access.strongest_act() >= Some(Act::Interacted);
        let own = self.under(Some(key)).find(|one| one.guest == access.guest);
        let kept = ours || own.is_some_and(|own| own.kept);
        let block_kept = kept || self.block_kept(access.at, keys);
        // Whoever acts with it later shows that people are there; if nobody does, it may be taken back.
        let access_id = if block_kept { None } else { Some(access.id) };
        self.note(notes, access, NewSighting { key, machine: None, kept, access: access_id });
        if class == Class::Scanner && !block_kept {
            let scored = self.under(Some(key)).filter_map(|one| one.access);
            notes.taken_back.extend(scored.take(PENDING_MAX));
        }
    }

    /// Two guests on one home line, each on a machine of his own, live together. One machine on both links would be
    /// anybody's.
    fn note_home(&self, notes: &mut Notes, access: &LinkAccess, keys: &SightingKeys) {
        let (Some(key), Some(machine)) = (keys.home, keys.kind) else { return };
        let here: Vec<&Sighting> = self
            .under(Some(key))
            .filter(|one| one.guest != access.guest && access.at.duration_since(one.at) < KEPT_FOR)
            .collect();
        if here.iter().map(|one| one.party).collect::<HashSet<_>>().len() < HOME_PARTIES {
            let others = here.iter().filter(|one| one.machine != Some(machine));
            notes.housemates.extend(others.map(|one| one.guest));
        }
        let new = NewSighting { key, machine: Some(machine), kept: false, access: None };
        if here.len() < LINKS_MAX && !self.is_noted(access, new) {
            notes.sightings.push(new);
        }
    }
}

fn count(parties: impl Iterator<Item = PartyId>) -> u32 {
    u32::try_from(parties.collect::<HashSet<_>>().len()).unwrap_or(u32::MAX)
}
