//! Who was seen under a key, and what else is asked across guests when an opening is judged: looked up, never behind.
//!
//! A key is kept for a few guests, so that a venue's address costs no more to read than a home's. Rows are small, and
//! gone within a week.

use gg_domain::id::{AccessId, EventId, GuestId, PartyId};
use jiff::{SignedDuration, Timestamp};

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{args, row};

/// Rows read for one opening: five keys of sixteen guests each, and room for a crowd that came at the same moment; what is
/// beyond sixteen leaves with the next opening that reads it. (Numbering rows by key costs more than all else here.)
const SIGHTINGS_MAX: i64 = 800;
/// Housemates read of one guest: a line that more share is no home.
const HOUSEMATES_MAX: i64 = 32;
/// Slices of the keys' range that are pruned one by one: each is read through in a few milliseconds.
pub const PRUNE_SLICES: u32 = 64;

row! {
    /// A guest seen under a key.
    pub struct SightingRow {
        /// Under which.
        pub key: i64,
        /// Whose link was opened.
        pub guest_id: GuestId,
        /// Of which party.
        pub party_id: PartyId,
        /// Which kind of machine.
        pub machine: Option<i64>,
        /// A cookie of ours came back, or somebody acted.
        pub kept: bool,
        /// The opening that may be taken back.
        pub access_id: Option<AccessId>,
        /// When last.
        pub at: Timestamp,
    }
}

/// What is kept of a guest under one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SightingWrite {
    /// Under which.
    pub key: i64,
    /// Which kind of machine.
    pub machine: Option<i64>,
    /// A cookie of ours came back, or somebody acted.
    pub kept: bool,
    /// The opening that may be taken back.
    pub access: Option<AccessId>,
}

impl Conn {
    /// Who was seen under these keys, most 800 rows.
    pub async fn sightings(&mut self, keys: [Option<i64>; 5]) -> Result<Vec<SightingRow>> {
        const SQL: &str =
            "select s.sighting_key, s.guest_id, g.party_id, s.machine, s.kept, s.access_id, s.at
            from sightings s join guests g on g.id = s.guest_id
            where s.sighting_key in ($1, $2, $3, $4, $5) limit $6";
        let [a, b, c, d, e] = keys;
        self.all(SQL, args![a, b, c, d, e, SIGHTINGS_MAX]).await
    }

    /// Guests who were found to live with this one.
    pub async fn housemates(&mut self, guest: GuestId) -> Result<Vec<GuestId>> {
        const SQL: &str = "select other_id from housemates where guest_id = $1 limit $2";
        let rows: Vec<(GuestId,)> = self.all(SQL, args![guest, HOUSEMATES_MAX]).await?;
        Ok(rows.into_iter().map(|(guest,)| guest).collect())
    }

    /// Of how many guests who fetched this guest's preview at `at` fetched previews within `around` of it.
    pub async fn sender_links(
        &mut self,
        event: EventId,
        guest: GuestId,
        at: Timestamp,
        around: SignedDuration,
    ) -> Result<u32> {
        const SQL: &str = "select cast(count(distinct guest_id) as bigint) from fetches
            where event_id = $1 and class = 'preview' and at > $3 and at < $4 and network in
                (select network from fetches where guest_id = $2 and at = $5 and class = 'preview')";
        let from = at.checked_sub(around).unwrap_or(Timestamp::MIN);
        let to = at.checked_add(around).unwrap_or(Timestamp::MAX);
        let (links,): (i64,) = self.one(SQL, args![event, guest, from, to, at]).await?;
        Ok(u32::try_from(links).unwrap_or(u32::MAX))
    }
}

impl WriteTx {
    /// Notes a guest under keys, in place of those who leave, and who lives with him.
    pub async fn note_sightings(
        &mut self,
        guest: GuestId,
        at: Timestamp,
        seen: &[SightingWrite],
        evicted: &[(i64, GuestId)],
        housemates: &[GuestId],
    ) -> Result<()> {
        const EVICT: &str = "delete from sightings where sighting_key = $1 and guest_id = $2";
        const NOTE: &str =
            "insert into sightings (sighting_key, guest_id, machine, kept, access_id, at)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (sighting_key, guest_id) do update set machine = $3, kept = $4, access_id = $5, at = $6";
        // Of guests who are still there: one who was erased since is no reason to lose an opening.
        const HOUSEMATE: &str = "insert into housemates (guest_id, other_id)
            select one.id, other.id from guests one, guests other
            where (one.id = $1 and other.id = $2) or (one.id = $2 and other.id = $1)
            on conflict do nothing";
        for (key, other) in evicted {
            self.execute(EVICT, args![key, other]).await?;
        }
        for one in seen {
            self.execute(NOTE, args![one.key, guest, one.machine, one.kept, one.access, at]).await?;
        }
        for other in housemates {
            self.execute(HOUSEMATE, args![guest, other]).await?;
        }
        Ok(())
    }

    /// Somebody did with an opening what people do: what else came from its block of addresses is no scanner's.
    pub async fn keep_sightings(&mut self, guest: GuestId, access: AccessId) -> Result<()> {
        const SQL: &str = "update sightings set kept = true, access_id = null
            where guest_id = $1 and access_id = $2";
        self.execute(SQL, args![guest, access]).await.map(|_| ())
    }

    /// An opening was taken back: nobody needs to look at it again.
    pub async fn forget_sighted_access(&mut self, guest: GuestId, access: AccessId) -> Result<()> {
        const SQL: &str = "update sightings set access_id = null where guest_id = $1 and access_id = $2";
        self.execute(SQL, args![guest, access]).await.map(|_| ())
    }

    /// Deletes what was last seen before `before`, in one of [`PRUNE_SLICES`] slices.
    pub async fn prune_sightings(&mut self, slice: u32, before: Timestamp) -> Result<u64> {
        const SQL: &str = "delete from sightings where sighting_key between $1 and $2 and at < $3";
        let width = u64::MAX / u64::from(PRUNE_SLICES) + 1;
        let from = width.wrapping_mul(u64::from(slice));
        let (from, to) = (ordered(from), ordered(from.wrapping_add(width - 1)));
        self.execute(SQL, args![from, to, before]).await
    }
}

/// Position in the whole range as the number that stands there: from the least to the greatest.
const fn ordered(position: u64) -> i64 {
    (position ^ (1 << 63)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_cover_every_key_once() {
        let width = u64::MAX / u64::from(PRUNE_SLICES) + 1;
        assert_eq!(ordered(0), i64::MIN);
        assert_eq!(ordered(width.wrapping_mul(u64::from(PRUNE_SLICES)).wrapping_sub(1)), i64::MAX);
        for slice in 1..PRUNE_SLICES {
            let from = width.wrapping_mul(u64::from(slice));
            assert_eq!(ordered(from.wrapping_sub(1)).wrapping_add(1), ordered(from));
        }
    }
}
