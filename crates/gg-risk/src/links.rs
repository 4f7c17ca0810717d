//! Links that were opened under one key, packed: of a million guests there are some millions.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use gg_domain::id::{GuestId, PartyId};
use jiff::{SignedDuration, Timestamp};
use smallvec::SmallVec;

use crate::keys::Already;
use crate::memory::LINKS_MAX;

/// A link that something opened, and when: 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Link {
    /// Microseconds since 1970.
    at: i64,
    /// The guest's number in [`People`].
    pub(crate) who: u32,
    /// On a device that is the guest's own there.
    pub(crate) own: bool,
}

/// Most keys have one link for ever, which stands in the table itself.
pub(crate) type Links = SmallVec<[Link; 1]>;

impl Link {
    pub(crate) fn new(who: u32, at: Timestamp, own: bool) -> Self {
        Self { at: at.as_microsecond(), who, own }
    }

    /// Microseconds since 1970.
    pub(crate) const fn at(self) -> i64 {
        self.at
    }

    /// Was it less than `window` before `now`?
    pub(crate) fn is_within(self, now: Timestamp, window: SignedDuration) -> bool {
        lives(self.at, now, window)
    }

    /// Was it less than `window` away from `then`, before or after?
    pub(crate) fn is_near(self, then: i64, window: SignedDuration) -> bool {
        i128::from(self.at.abs_diff(then)) < window.as_micros()
    }
}

/// Is a time in microseconds less than `window` before `now`?
pub(crate) fn lives(at: i64, now: Timestamp, window: SignedDuration) -> bool {
    i128::from(now.as_microsecond().saturating_sub(at)) < window.as_micros()
}

/// Guests by numbers, so that a link needs no ids.
#[derive(Debug, Default)]
pub(crate) struct People {
    numbers: HashMap<GuestId, u32, BuildHasherDefault<Already>>,
    all: Vec<(GuestId, PartyId)>,
}

impl People {
    /// A guest's number; his household is the one that he was last seen of.
    pub(crate) fn number(&mut self, guest: GuestId, party: PartyId) -> u32 {
        let next = u32::try_from(self.all.len()).expect("fewer guests than four thousand million");
        let number = *self.numbers.entry(guest).or_insert(next);
        match self.all.get_mut(number as usize) {
            Some(known) => known.1 = party,
            None => self.all.push((guest, party)),
        }
        number
    }

    /// The guest of a link, and his household.
    pub(crate) fn of(&self, link: Link) -> (GuestId, PartyId) {
        self.all[link.who as usize]
    }

    /// Households but one whose links were opened within `window` before `now`.
    pub(crate) fn households(
        &self,
        links: &[Link],
        but: PartyId,
        now: Timestamp,
        window: SignedDuration,
    ) -> u32 {
        let recent = links.iter().filter(|link| link.is_within(now, window));
        let parties: HashSet<PartyId> =
            recent.map(|link| self.of(*link).1).filter(|party| *party != but).collect();
        u32::try_from(parties.len()).unwrap_or(u32::MAX)
    }
}

/// Notes a link once a guest, the latest last; the longest unseen leaves where there is no room.
pub(crate) fn remember(links: &mut Links, mut link: Link) {
    link.own |= links.iter().any(|one| one.who == link.who && one.own);
    links.retain(|one| one.who != link.who);
    if links.len() >= LINKS_MAX {
        links.remove(0);
    }
    links.reserve_exact(1);
    links.push(link);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_takes_sixteen_bytes_and_a_key_with_one_no_other_memory() {
        assert_eq!((size_of::<Link>(), size_of::<Links>()), (16, 24));
        let mut links = Links::new();
        remember(&mut links, Link::new(1, Timestamp::UNIX_EPOCH, true));
        remember(&mut links, Link::new(1, Timestamp::UNIX_EPOCH, false));
        assert!(!links.spilled() && links[0].own);
    }

    #[test]
    fn a_household_counts_once_and_as_it_was_last_known() {
        let id = |n: u128| uuid::Uuid::from_u128(n);
        let mut people = People::default();
        let now = Timestamp::UNIX_EPOCH;
        let links: Vec<Link> = (1..=3)
            .map(|n| {
                Link::new(people.number(GuestId::from_uuid(id(n)), PartyId::from_uuid(id(n))), now, false)
            })
            .collect();
        people.number(GuestId::from_uuid(id(2)), PartyId::from_uuid(id(1)));

        let hour = SignedDuration::from_hours(1);
        assert_eq!(people.households(&links, PartyId::from_uuid(id(9)), now, hour), 2);
        assert_eq!(people.households(&links, PartyId::from_uuid(id(3)), now, hour), 1);
        assert_eq!(people.households(&links, PartyId::from_uuid(id(9)), now + hour, hour), 0);
    }
}
