//! Tries a policy, or another model, on what has already happened. Writes nothing.
//!
//! The pages and the API look at the latest openings of an event, the command at all of them; both go through each
//! guest's record from its beginning (`replay_accesses.rs`), since what is known of a guest comes of it.

use std::collections::{BTreeMap, BTreeSet};

use gg_domain::actor::Actor;
use gg_domain::id::{AccessId, EventId, GuestId, PartyId};
use gg_domain::policy::Policy;
use gg_risk::Model;
use gg_store::{Conn, Page, Paging};

use crate::App;
use crate::error::{Error, Result};
use crate::plan_event::member;
use crate::record::{Next, Record};
use crate::replay_accesses::{Otherwise, Replay, Trial};

/// Openings looked back on, the latest first: a full day of a large wedding, and one page to read.
pub const TRIED_ACCESSES_MAX: i64 = 1_000;
/// Changes of one guest that are gone through while somebody waits: a link that was opened more often is passed around.
const TRIED_CHANGES_MAX: i64 = 5_000;
/// Who replays a whole event.
const JOB: Actor = Actor::System("replay_accesses");

/// What a try found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tried {
    /// How many openings were judged again.
    pub accesses: usize,
    /// How many could not be: what was known of them then was not kept, or is too much to go through now.
    pub unrecorded: usize,
    /// Those that would have been treated otherwise, the latest first.
    pub otherwise: Vec<Otherwise>,
}

impl App {
    /// Who of the latest openings would have been treated otherwise under `policy`.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn try_policy(&self, actor: Actor, event: EventId, policy: Policy) -> Result<Tried> {
        policy.validate()?;
        let outlet_open = self.outlet.is_open();
        let trial = Trial { policy, model: Model::IN_FORCE };
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                let latest = conn.judged_accesses(event, TRIED_ACCESSES_MAX).await?;
                let asked: BTreeSet<AccessId> = latest.iter().map(|row| row.id).collect();
                let guests: BTreeMap<GuestId, (PartyId, bool)> =
                    latest.iter().map(|row| (row.guest_id, (row.party_id, row.reachable))).collect();

                let mut tried = Tried::default();
                for (guest, (party, reachable)) in guests {
                    let replay = Replay::of(guest, party, &trial, outlet_open && reachable);
                    let (judged, otherwise) = replayed(conn, guest, replay, TRIED_CHANGES_MAX).await?;
                    tried.accesses += judged.intersection(&asked).count();
                    tried.otherwise.extend(otherwise.into_iter().filter(|one| asked.contains(&one.access)));
                }
                tried.unrecorded = asked.len() - tried.accesses;
                tried.otherwise.sort_by_key(|one| std::cmp::Reverse((one.at, one.access)));
                Ok(tried)
            })
            .await
    }

    /// The openings of a page of an event's guests, judged again: under `policy`, or the event's own. For a command.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NotFound`].
    pub async fn replay_accesses(
        &self,
        event: EventId,
        policy: Option<Policy>,
        model: Model,
        paging: Paging<GuestId>,
    ) -> Result<Page<Tried, GuestId>> {
        if let Some(policy) = &policy {
            policy.validate()?;
        }
        let outlet_open = self.outlet.is_open();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                conn.event(&JOB, event).await?.ok_or(Error::NotFound)?;
                let policy = match policy.clone() {
                    Some(policy) => policy,
                    None => conn.policy(event).await?,
                };
                let trial = Trial { policy, model };
                let guests = conn.stored_baselines(&JOB, Some(event), paging).await?;
                let more = i64::try_from(guests.len()).unwrap_or(0) >= paging.limit;
                let next = guests.last().map(|last| last.guest_id).filter(|_| more);

                let mut rows = Vec::with_capacity(guests.len());
                for one in guests {
                    let replay = Replay::of(one.guest_id, one.party_id, &trial, outlet_open && one.reachable);
                    let (judged, otherwise) = replayed(conn, one.guest_id, replay, i64::MAX).await?;
                    let all = usize::try_from(conn.judged_count(one.guest_id).await?).unwrap_or(0);
                    let unrecorded = all.saturating_sub(judged.len());
                    rows.push(Tried { accesses: judged.len(), unrecorded, otherwise });
                }
                Ok(Page { rows, next })
            })
            .await
    }
}

/// Goes through a guest's record, where it has at most `most` changes and none is missing.
async fn replayed(
    conn: &mut Conn,
    guest: GuestId,
    mut replay: Replay<'_>,
    most: i64,
) -> Result<(BTreeSet<AccessId>, Vec<Otherwise>)> {
    let mut record = Record::of(conn, guest).await?;
    if record.last() - record.first() > most {
        return Ok((BTreeSet::new(), Vec::new()));
    }
    loop {
        match record.next(conn).await? {
            Next::End => return Ok(replay.end()),
            Next::Missing(_) => return Ok((BTreeSet::new(), Vec::new())),
            Next::Some(changes) => changes.iter().for_each(|one| replay.step(one)),
        }
    }
}
