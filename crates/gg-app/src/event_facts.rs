//! What the event's other openings say of one that is being judged, and what it leaves for those after it: the
//! store's rows as the engine wants them (docs/RISK.md, "What the store answers").

use gg_domain::access::{Class, LinkAccess};
use gg_domain::risk::Score;
use gg_domain::snapshot::Snapshot;
use gg_risk::{EventFacts, LookedUp, Notes, Previewed, Shared, Sighting, SightingKeys};
use gg_store::{AccessRow, Conn, LinkRow, Noted, SightingRow, SightingWrite};
use jiff::Timestamp;

use crate::census::Populations;
use crate::error::Result;

/// What was looked up of an opening, and what the engine is told of it.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    keys: SightingKeys,
    up: LookedUp,
    /// What the engine is told.
    pub(crate) facts: EventFacts,
}

/// Looks up what is known across guests of an opening.
pub(crate) async fn look_up(
    conn: &mut Conn,
    populations: &Populations,
    link: &LinkRow,
    access: &LinkAccess,
    seen: &Snapshot,
) -> Result<Looked> {
    let keys = SightingKeys::of(access, seen);
    let sightings = conn.sightings(keys.all().map(|key| key.map(u64::cast_signed))).await?;
    let shared = match access.device {
        Some(device) => {
            let since = access.at.checked_sub(gg_risk::KEPT_FOR).unwrap_or(Timestamp::MIN);
            conn.touched(access.event, device, access.guest, access.party, since).await?
        }
        None => Vec::new(),
    };
    let strangers = sightings.iter().any(|row| row.guest_id != access.guest) || !shared.is_empty();
    let housemates = if strangers { conn.housemates(access.guest).await? } else { Vec::new() };
    let previewed = match link.share_preview_at {
        Some(at) => {
            let links = conn.sender_links(access.event, access.guest, at, gg_risk::SENDER_FOR).await?;
            Some(Previewed { at, sender_links: links })
        }
        None => None,
    };
    let up = LookedUp {
        shared: shared
            .into_iter()
            .map(|row| Shared { guest: row.guest_id, party: row.party_id, own: row.own, at: row.at })
            .collect(),
        sightings: sightings.iter().map(sighting).collect(),
        housemates,
        previewed,
    };
    let population = populations.of(conn, access.event, seen, access.at).await?;
    let facts = up.facts(access, &keys, population);
    Ok(Looked { keys, up, facts })
}

impl Looked {
    /// What the opening leaves for those after it.
    pub(crate) fn notes(
        &self,
        access: &LinkAccess,
        seen: &Snapshot,
        class: Class,
        score: Option<&Score>,
        new_look: bool,
    ) -> Notes {
        self.up.notes(access, seen, &self.keys, class, score, new_look)
    }
}

/// The facts that an opening was judged by; nothing is known of one from before they were kept.
pub(crate) fn facts_of(access: &AccessRow) -> EventFacts {
    facts_from(access.facts.as_deref())
}

/// Facts as they are kept.
pub(crate) fn facts_from(kept: Option<&str>) -> EventFacts {
    kept.and_then(|facts| serde_json::from_str(facts).ok()).unwrap_or_default()
}

/// Notes as the store writes them.
pub(crate) fn noted(notes: &Notes) -> Noted {
    let write = |one: &gg_risk::NewSighting| SightingWrite {
        key: one.key.cast_signed(),
        machine: one.machine.map(u64::cast_signed),
        kept: one.kept,
        access: one.access,
    };
    Noted {
        sightings: notes.sightings.iter().map(write).collect(),
        evicted: notes.evicted.iter().map(|(key, guest)| (key.cast_signed(), *guest)).collect(),
        housemates: notes.housemates.clone(),
    }
}

const fn sighting(row: &SightingRow) -> Sighting {
    Sighting {
        key: row.key.cast_unsigned(),
        guest: row.guest_id,
        party: row.party_id,
        machine: match row.machine {
            Some(machine) => Some(machine.cast_unsigned()),
            None => None,
        },
        kept: row.kept,
        access: row.access_id,
        at: row.at,
    }
}
