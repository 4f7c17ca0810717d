//! Tries a policy, or another model, on what has already happened. Writes nothing.
//!
//! The pages and the API look at the latest openings of an event, the command at all of them; both go through each
//! guest's record from its beginning (`replay_accesses.rs`), since what is known of a guest comes of it.

use std::collections::BTreeSet;

use gg_domain::actor::Actor;
use gg_domain::id::{AccessId, EventId, GuestId};
use gg_domain::policy::Policy;
use gg_risk::Model;
use gg_store::{Conn, JudgedRow, Page, Paging};

use crate::App;
use crate::error::{Error, Result};
use crate::plan_event::member;
use crate::record::{Next, Record};
use crate::replay_accesses::{Otherwise, Replay, Trial};

/// Openings looked back on, the latest first: a full day of a large wedding, and one page to read.
pub const TRIED_ACCESSES_MAX: i64 = 1_000;
/// Changes of one guest that are gone through while somebody waits: a link that was opened more often is passed around.
const TRIED_CHANGES_MAX: i64 = 5_000;
/// Changes of all guests together that are gone through while somebody waits: some seconds at most.
const TRIED_CHANGES_TOTAL: i64 = 20_000;
/// Guests gone through in one read: there are few readers, and each opening of a link needs one.
const GUESTS_AT_ONCE: usize = 4;
/// Who replays a whole event.
const JOB: Actor = Actor::System("replay_accesses");

/// The openings of a guest that were judged again, and those of them that would have been treated otherwise.
type Again = (BTreeSet<AccessId>, Vec<Otherwise>);

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
        let trial = Trial { policy, model: Model::IN_FORCE };
        let latest = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.judged_accesses(event, TRIED_ACCESSES_MAX).await?)
            })
            .await?;
        let asked: BTreeSet<AccessId> = latest.iter().map(|row| row.id).collect();
        let mut found = BTreeSet::new();
        // Each guest once, who opened last first: where not all can be gone through, the oldest are left out.
        let guests: Vec<JudgedRow> = latest.into_iter().filter(|row| found.insert(row.guest_id)).collect();

        let mut tried = Tried::default();
        let mut left = TRIED_CHANGES_TOTAL;
        for some in guests.chunks(GUESTS_AT_ONCE) {
            let (again, after) = self.try_some(some.to_vec(), trial.clone(), left).await?;
            left = after;
            for (judged, otherwise) in again {
                tried.accesses += judged.intersection(&asked).count();
                tried.otherwise.extend(otherwise.into_iter().filter(|one| asked.contains(&one.access)));
            }
        }
        tried.unrecorded = asked.len() - tried.accesses;
        tried.otherwise.sort_by_key(|one| std::cmp::Reverse((one.at, one.access)));
        Ok(tried)
    }

    /// Judges some guests' openings again, in a read of its own: others read in between. `left`: changes that may still
    /// be gone through; what is left of them afterwards is told.
    async fn try_some(&self, guests: Vec<JudgedRow>, trial: Trial, left: i64) -> Result<(Vec<Again>, i64)> {
        let outlet_open = self.outlet.is_open();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let (mut again, mut left) = (Vec::with_capacity(guests.len()), left);
                for row in &guests {
                    let replay = Replay::of(row.guest_id, row.party_id, &trial, outlet_open && row.reachable);
                    let record = Record::of(conn, row.guest_id).await?;
                    let changes = record.last() - record.first();
                    if changes <= TRIED_CHANGES_MAX.min(left) {
                        left -= changes;
                        again.push(replayed(conn, record, replay).await?);
                    }
                }
                Ok((again, left))
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
                    let record = Record::of(conn, one.guest_id).await?;
                    let (judged, otherwise) = replayed(conn, record, replay).await?;
                    let all = usize::try_from(conn.judged_count(one.guest_id).await?).unwrap_or(0);
                    let unrecorded = all.saturating_sub(judged.len());
                    rows.push(Tried { accesses: judged.len(), unrecorded, otherwise });
                }
                Ok(Page { rows, next })
            })
            .await
    }
}

/// Goes through a guest's record, where no change is missing.
async fn replayed(conn: &mut Conn, mut record: Record, mut replay: Replay<'_>) -> Result<Again> {
    loop {
        match record.next(conn).await? {
            Next::End => return Ok(replay.end()),
            Next::Missing(_) => return Ok((BTreeSet::new(), Vec::new())),
            Next::Some(changes) => changes.iter().for_each(|one| replay.step(one)),
        }
    }
}
