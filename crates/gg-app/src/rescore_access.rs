//! Judges what was let in unjudged, once the engine answers again (docs/adr/0007).
//!
//! Each opening once, whoever tries and how often: it is taken in the transaction that writes what came of it, and only
//! on the risk row that it was judged by. Those that wait are judged in order for each guest, since the leak filter
//! depends on it; an opening that the engine judged at once has gone before them.

use std::sync::Arc;

use gg_domain::access::{Act, Acts};
use gg_domain::actor::Actor;
use gg_domain::baseline::{BaselineChange, JudgedOpening};
use gg_domain::id::AccessId;
use gg_domain::snapshot::Snapshot;
use gg_risk::EventFacts;
use gg_store::{AccessRow, Conn, Json, LinkRow, Rejudged, UnscoredRow, WriteTx};
use jiff::Timestamp;

use crate::App;
use crate::baseline::baseline_of;
use crate::error::{Error, Result};
use crate::event_facts::facts_of;
use crate::facts::{self, AccessFigures};
use crate::label_access::rejudged;
use crate::open_invite::link_lives;
use crate::score_access::{policy, previews_since, treatment};

/// Openings looked at in one round: at the engine's worst a round takes as many deadlines.
const RESCORED_AT_ONCE: i64 = 64;
/// How often an opening that lost the race for the guest's row is judged in one round; the next round tries again.
const RESCORE_TRIES: usize = 8;
/// Who asks.
const JOB: Actor = Actor::System("rescore_access");

/// An opening as it waits, with what it is judged by.
struct Waiting {
    access: AccessRow,
    link: LinkRow,
    facts: EventFacts,
}

impl App {
    /// Judges of each guest the oldest opening that was let in unjudged, and tells it again under its id. One that the
    /// engine does not judge now waits for the next round, and the guest's later ones with it. Gives how many were judged:
    /// while there were any, more may wait.
    ///
    /// # Errors
    /// The store's; what was judged until then stays.
    pub async fn rescore_accesses(&self) -> Result<usize> {
        let waiting: Vec<UnscoredRow> = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                Ok(conn.unscored_accesses(&JOB, RESCORED_AT_ONCE).await?)
            })
            .await?;
        let oldest = waiting.first().map_or(0.0, |one| age(one.at, self.sources.now()));
        metrics::gauge!("guestguard_accesses_unscored_oldest_age").set(oldest);

        let mut judged = 0;
        for one in &waiting {
            if self.rescore(one.id).await? {
                judged += 1;
                metrics::histogram!("guestguard_rescore_lag_seconds").record(age(one.at, self.sources.now()));
            }
        }
        Ok(judged)
    }

    /// Judges one. `false`: nobody here did.
    async fn rescore(&self, access: AccessId) -> Result<bool> {
        for _ in 0..RESCORE_TRIES {
            let Some(waiting) = self.waiting(access).await? else { return Ok(false) };
            let Waiting { access: row, link, facts } = &waiting;
            let policy = policy(link);
            let snapshot = with_act(row);
            let Ok(score) = self.ask_scorer(link, &policy, &snapshot, facts).await else { return Ok(false) };

            let known = link.risk.as_ref().map(|risk| &risk.0);
            let action = treatment(&score, &policy, &snapshot, known, self.outlet.reaches(link));
            let judged = JudgedOpening { act: snapshot.act, score: score.clone(), decision: action };
            let change = BaselineChange::Opened(Box::new(judged));
            let again = Rejudged { degraded: true, ..rejudged(access, &score, action, snapshot) };
            let figures = AccessFigures { band: Some(score.band), reasons: score.reasons, degraded: true };

            match self.write_rescored(waiting, change, again, figures).await {
                Err(Error::Stale) => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(true),
            }
        }
        Ok(false)
    }

    /// What is known of an opening that waits; none where it does not, or not any more.
    async fn waiting(&self, access: AccessId) -> Result<Option<Waiting>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let Some(access) = conn.access(&JOB, access).await?.filter(AccessRow::is_unscored) else {
                    return Ok(None);
                };
                let (guest, at) = (access.guest_id, access.at);
                let Some(mut link) = conn.link(guest, access.generation, previews_since(at)).await? else {
                    return Ok(None);
                };
                // It was noted as the first opening when it was let in: to itself it is no earlier one.
                if let Some(Json(risk)) = &mut link.risk {
                    risk.first_human_at = risk.first_human_at.filter(|first| *first < at);
                }
                let facts = facts_of(&access);
                Ok(Some(Waiting { access, link, facts }))
            })
            .await
    }

    /// Takes the opening and writes what came of it, all or nothing. [`Error::Stale`]: something changed since it was read.
    async fn write_rescored(
        &self,
        waiting: Waiting,
        change: BaselineChange,
        again: Rejudged,
        figures: AccessFigures,
    ) -> Result<()> {
        let (sources, at) = (self.sources.clone(), self.sources.now());
        let given = Arc::new((waiting, change, again, figures));
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<()> {
                let (Waiting { access, link, .. }, change, again, figures) = &*given;
                tx.lock_guest(access.guest_id).await?.ok_or(Error::Stale)?;
                if !tx.take_unscored(access.id, access.act.is_some(), at).await? {
                    return Err(Error::Stale);
                }
                if link_lives(link) {
                    baseline_of(link).change(tx, change, Some(access.into()), at).await?;
                }
                tx.rejudge_access(again).await?;
                let (event, guest) = (access.event_id, access.guest_id);
                let fact = facts::access_checked(&sources, event, guest, access.id, figures, at);
                Ok(tx.append_feed(&fact).await?)
            })
            .await
    }
}

/// What was kept of the opening, with the act that followed while it waited.
fn with_act(access: &AccessRow) -> Snapshot {
    let snapshot = access.snapshot.0.clone();
    match access.act {
        Some(_) => Snapshot { act: Acts::Known(Some(Act::Answered)), ..snapshot },
        None => snapshot,
    }
}

/// Seconds since `at`.
fn age(at: Timestamp, now: Timestamp) -> f64 {
    now.duration_since(at).as_secs_f64().max(0.0)
}
