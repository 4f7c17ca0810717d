//! What openings of all guests say together, kept in memory: the cache that stands for the store's
//! look-ups when a log is scored, and the list of what the store must answer (docs/RISK.md).
//!
//! Time only goes forward here. What is older than its window is dropped as the clock moves.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::BuildHasherDefault;

use gg_domain::access::{Act, Class, LinkAccess, NetClass};
use gg_domain::clock::from_micros;
use gg_domain::id::{GuestId, PartyId};
use gg_domain::risk::{ReasonCode, Score, Traits};
use gg_domain::snapshot::Snapshot;
use jiff::{SignedDuration, Timestamp};
use smallvec::SmallVec;

use crate::census::{Census, Scope};
use crate::engine::{EventFacts, Touched};
use crate::keys::{Already, address_key, block_key, cookie_key, key, kind_key, pair_key, place_key};
use crate::links::{Link, Links, People, lives, remember};
use crate::snapshot::traits;

/// Other guests' links that a device opened count for so long (RISK.md 5.1, G).
pub(crate) const TOUCHED_FOR: SignedDuration = SignedDuration::from_hours(48);
/// Households at one address, or from one block, within so long (RISK.md 5.1, G).
pub(crate) const ADDRESS_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Machines of one kind on several links within so long (RISK.md 9.4).
pub(crate) const ALIKE_FOR: SignedDuration = SignedDuration::from_hours(6);
/// Previews by one sender, before and after the one in question (RISK.md 9.3).
pub const SENDER_FOR: SignedDuration = SignedDuration::from_mins(10);
/// What a block of addresses did is remembered so long: vendors come with every mailing.
pub const BLOCK_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Devices, homes and previews are remembered so long: the graph's window and a day.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(72);
/// Most links remembered under one key: past a dozen the evidence grows no more.
pub(crate) const LINKS_MAX: usize = 16;
/// An opening above this chance makes nobody a housemate: Review begins there.
pub(crate) const HOUSEMATE_P_MAX: f64 = 0.2;
/// A line that so many households use is a venue or a hotel, no home.
pub(crate) const HOME_PARTIES: usize = 4;
/// Most openings of a block that may be taken back: a scanner is known by its third.
pub(crate) const PENDING_MAX: usize = 8;

type Table<V> = HashMap<u64, V, BuildHasherDefault<Already>>;

/// What a block of addresses did.
#[derive(Clone, Debug, Default)]
struct AddressBlock {
    links: Links,
    kept: bool,
    pending: Vec<TakenBack>,
}

/// An opening that was scored as a person's and was a machine's.
#[derive(Clone, Debug)]
pub struct TakenBack {
    /// Whose link.
    pub guest: GuestId,
    /// The opening.
    pub seen: Snapshot,
    /// What the leak filter heard, in nats.
    pub z: f64,
}

/// Everything that is remembered across guests.
#[derive(Debug, Default)]
pub struct Memory {
    people: People,
    devices: Table<Links>,
    addresses: Table<Links>,
    kinds: Table<Links>,
    senders: Table<Links>,
    blocks: Table<AddressBlock>,
    /// The latest preview of a link: when, in microseconds, and by which sender.
    previews: Table<(i64, u64)>,
    /// With the kind of machine of each link.
    homes: Table<SmallVec<[(Link, u64); 1]>>,
    housemates: HashSet<u64, BuildHasherDefault<Already>>,
    machine_cookies: HashSet<u64, BuildHasherDefault<Already>>,
    census: Census,
    oldest: [VecDeque<(i64, u64)>; KINDS],
}

/// Which table a key belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Device,
    Address,
    Machine,
    Sender,
    Block,
    Preview,
    Home,
}

/// Kinds there are.
const KINDS: usize = 7;

impl Kind {
    const ALL: [Self; KINDS] =
        [Self::Device, Self::Address, Self::Machine, Self::Sender, Self::Block, Self::Preview, Self::Home];

    /// How long a key is kept after its latest link: its window, and for devices, homes and blocks as long as
    /// a million guests leave room for.
    const fn kept_for(self) -> SignedDuration {
        match self {
            Self::Machine => ALIKE_FOR,
            Self::Address => ADDRESS_FOR,
            Self::Device | Self::Sender | Self::Preview | Self::Home => KEPT_FOR,
            Self::Block => BLOCK_FOR,
        }
    }
}

impl Memory {
    /// What is known across guests of an opening, before it is noted.
    pub fn facts(&self, access: &LinkAccess, seen: &Snapshot) -> EventFacts {
        let event = access.event;
        let now = access.at;
        let traits = traits(seen);
        let touched = self.touched(access, seen, &traits);
        let others = |links: Option<&Links>, within: SignedDuration| {
            links.map_or(0, |links| self.people.households(links, access.party, now, within))
        };
        let address = self.addresses.get(&address_key(access));
        let block = block_key(seen).and_then(|key| self.blocks.get(&key));
        let preview = self.previews.get(&key((5_u8, access.guest.uuid().as_u128())));
        EventFacts {
            touched,
            other_guests_own: seen.cookie.is_some_and(|cookie| {
                let links = self.devices.get(&cookie_key(cookie)).into_iter().flatten();
                links.into_iter().any(|link| link.own && self.people.of(*link).0 != access.guest)
            }),
            address_parties: others(address, ADDRESS_FOR),
            share_preview_at: preview.map(|(at, _)| from_micros(*at)),
            sender_links: preview.map_or(0, |(at, sender)| {
                let links = self.senders.get(sender).into_iter().flatten();
                let near = links.filter(|link| link.is_near(*at, SENDER_FOR)).count();
                u32::try_from(near).unwrap_or(u32::MAX)
            }),
            alike_parties: kind_key(event, &traits).map_or(0, |key| others(self.kinds.get(&key), ALIKE_FOR)),
            block_parties: others(block.map(|block| &block.links), ADDRESS_FOR),
            block_kept: block.is_some_and(|block| block.kept),
            cookie_of_machine: seen
                .cookie
                .is_some_and(|cookie| self.machine_cookies.contains(&cookie_key(cookie))),
            population: self.census.population(event, seen),
        }
    }

    /// Notes an opening that the gate took for `class` and, where it was human, scored. `new_look`: a device
    /// that the guest did not have, or one that looks otherwise now; only those are counted. Gives back
    /// openings that turn out to have been a machine's.
    pub fn note(
        &mut self,
        access: &LinkAccess,
        seen: &Snapshot,
        class: Class,
        score: Option<&Score>,
        new_look: bool,
    ) -> Vec<TakenBack> {
        self.forget(access.at);
        let who = self.people.number(access.guest, access.party);
        let link = Link::new(who, access.at, score.is_some_and(is_own));
        let taken_back = self.note_block(access, seen, class, score, link);
        match class {
            Class::Preview => self.note_preview(access, link),
            Class::Scanner => {}
            Class::Human => {
                let trusted = score.is_some_and(|score| score.p < HOUSEMATE_P_MAX);
                self.note_human(access, seen, link, new_look, trusted);
            }
        }
        if class != Class::Human
            && let Some(cookie) = access.new_device
        {
            self.machine_cookies.insert(cookie_key(cookie));
        }
        taken_back
    }

    fn touched(&self, access: &LinkAccess, seen: &Snapshot, traits: &Traits) -> Vec<Touched> {
        let by_cookie = seen.cookie.map(cookie_key);
        let by_traits = place_key(access.event, seen, traits);
        let mut touched: Vec<Touched> = Vec::new();
        for key in [by_cookie, by_traits].iter().flatten() {
            for link in self.devices.get(key).into_iter().flatten() {
                let (guest, party) = self.people.of(*link);
                let recent = link.is_within(access.at, TOUCHED_FOR);
                let household = party == access.party && Some(*key) == by_cookie;
                let other = guest != access.guest && touched.iter().all(|one| one.guest != guest);
                if other && (recent || household) {
                    let housemates = self.housemates.contains(&pair_key(guest, access.guest));
                    touched.push(Touched { guest, party: if housemates { access.party } else { party } });
                }
            }
        }
        touched
    }

    fn note_human(
        &mut self,
        access: &LinkAccess,
        seen: &Snapshot,
        link: Link,
        new_look: bool,
        trusted: bool,
    ) {
        let traits = traits(seen);
        if let Some(cookie) = seen.device() {
            self.remember(Kind::Device, cookie_key(cookie), link);
        }
        if let Some(key) = place_key(access.event, seen, &traits) {
            self.remember(Kind::Device, key, link);
        }
        if let Some(key) = kind_key(access.event, &traits) {
            self.remember(Kind::Machine, key, link);
        }
        if trusted {
            self.note_home(access, &traits, link);
        }
        if new_look {
            self.remember(Kind::Address, address_key(access), link);
            self.census.count(Scope::Event(access.event), seen);
            self.census.count(Scope::All, seen);
        }
    }

    /// Two guests on one home line, each on a machine of his own, live together, whatever the organiser
    /// knows. One machine on both links would be anybody's.
    fn note_home(&mut self, access: &LinkAccess, traits: &Traits, link: Link) {
        if access.network.class != Some(NetClass::Residential) {
            return;
        }
        let Some(machine) = kind_key(access.event, traits) else { return };
        let home = address_key(access);
        let here = self.homes.entry(home).or_default();
        let is_new = here.is_empty();
        here.retain(|(one, _)| one.is_within(access.at, KEPT_FOR) && one.who != link.who);
        let parties: HashSet<PartyId> = here.iter().map(|(one, _)| self.people.of(*one).1).collect();
        if parties.len() < HOME_PARTIES {
            for (one, _) in here.iter().filter(|(_, other)| *other != machine) {
                self.housemates.insert(pair_key(self.people.of(*one).0, access.guest));
            }
        }
        if here.len() < LINKS_MAX {
            here.reserve_exact(1);
            here.push((link, machine));
        }
        if is_new {
            self.later(Kind::Home, link.at(), home);
        }
    }

    fn note_preview(&mut self, access: &LinkAccess, link: Link) {
        let sender = key((6_u8, access.event.uuid().as_u128(), access.network.ip));
        let preview = key((5_u8, access.guest.uuid().as_u128()));
        if self.previews.insert(preview, (link.at(), sender)).is_none() {
            self.later(Kind::Preview, link.at(), preview);
        }
        self.remember(Kind::Sender, sender, link);
    }

    fn note_block(
        &mut self,
        access: &LinkAccess,
        seen: &Snapshot,
        class: Class,
        score: Option<&Score>,
        link: Link,
    ) -> Vec<TakenBack> {
        let Some(key) = block_key(seen) else { return Vec::new() };
        if class == Class::Preview {
            return Vec::new();
        }
        let ours = seen.cookie.is_some_and(|cookie| !self.machine_cookies.contains(&cookie_key(cookie)));
        let acted = access.strongest_act() >= Some(Act::Interacted);
        let block = self.blocks.entry(key).or_default();
        block.kept |= ours || acted;
        if block.kept {
            block.pending = Vec::new();
        }
        let is_new = block.links.is_empty();
        remember(&mut block.links, link);
        let mut taken_back = Vec::new();
        if class == Class::Scanner && !block.kept {
            taken_back.append(&mut block.pending);
        } else if let Some(score) = score
            && block.pending.len() < PENDING_MAX
            && !block.kept
        {
            block.pending.push(TakenBack { guest: access.guest, seen: seen.clone(), z: score.z });
        }
        if is_new {
            self.later(Kind::Block, link.at(), key);
        }
        taken_back
    }

    fn remember(&mut self, kind: Kind, key: u64, link: Link) {
        let table = match kind {
            Kind::Device => &mut self.devices,
            Kind::Address => &mut self.addresses,
            Kind::Machine => &mut self.kinds,
            Kind::Sender | Kind::Block | Kind::Preview | Kind::Home => &mut self.senders,
        };
        let links = table.entry(key).or_default();
        let is_new = links.is_empty();
        remember(links, link);
        if is_new {
            self.later(kind, link.at(), key);
        }
    }

    /// Looks at `key` again when what was noted at `at` has run out.
    fn later(&mut self, kind: Kind, at: i64, key: u64) {
        self.oldest[kind as usize].push_back((at, key));
    }

    /// Drops what is older than its window. Each key is looked at once a window, not once a link.
    fn forget(&mut self, now: Timestamp) {
        for kind in Kind::ALL {
            let window = kind.kept_for();
            while let Some((at, key)) = self.oldest[kind as usize].front().copied() {
                if lives(at, now, window) {
                    break;
                }
                self.oldest[kind as usize].pop_front();
                if let Some(latest) = self.latest(kind, key, now) {
                    self.later(kind, latest, key);
                }
            }
        }
    }

    /// When `key` was last noted; what ran out by `now` is dropped, with the key where nothing is left.
    fn latest(&mut self, kind: Kind, key: u64, now: Timestamp) -> Option<i64> {
        let window = kind.kept_for();
        let latest_of = |links: &mut Links| {
            links.retain(|link| link.is_within(now, window));
            links.iter().map(|link| link.at()).max()
        };
        let latest = match kind {
            Kind::Device => self.devices.get_mut(&key).and_then(latest_of),
            Kind::Address => self.addresses.get_mut(&key).and_then(latest_of),
            Kind::Machine => self.kinds.get_mut(&key).and_then(latest_of),
            Kind::Sender => self.senders.get_mut(&key).and_then(latest_of),
            Kind::Block => self.blocks.get_mut(&key).and_then(|block| latest_of(&mut block.links)),
            Kind::Preview => self.previews.get(&key).map(|(at, _)| *at).filter(|at| lives(*at, now, window)),
            Kind::Home => self.homes.get_mut(&key).and_then(|here| {
                here.retain(|(link, _)| link.is_within(now, window));
                here.iter().map(|(link, _)| link.at()).max()
            }),
        };
        if latest.is_none() {
            match kind {
                Kind::Device => drop(self.devices.remove(&key)),
                Kind::Address => drop(self.addresses.remove(&key)),
                Kind::Machine => drop(self.kinds.remove(&key)),
                Kind::Sender => drop(self.senders.remove(&key)),
                Kind::Block => drop(self.blocks.remove(&key)),
                Kind::Preview => drop(self.previews.remove(&key)),
                Kind::Home => drop(self.homes.remove(&key)),
            }
        }
        latest
    }
}

/// Was it opened by a device that is the guest's own: known, or the first of all?
pub(crate) fn is_own(score: &Score) -> bool {
    let has = |code| score.reasons.iter().any(|reason| reason.code == code);
    score.p < HOUSEMATE_P_MAX && (has(ReasonCode::DevKnown) || has(ReasonCode::FirstSeen))
}
