//! Takes back openings that were scored as a person's and turn out to have been a scanner's: what they did to the
//! guest is undone, they leave the count, and the organiser is told (RISK.md 9.1).
//!
//! The opening that showed it stands whatever comes of this; each is taken back in a transaction of its own, and once.

use gg_domain::access::Act;
use gg_domain::actor::Actor;
use gg_domain::baseline::BaselineChange;
use gg_domain::id::AccessId;
use gg_domain::reason::evidence;
use gg_domain::snapshot::Snapshot;
use gg_store::{AccessRow, WriteTx};

use crate::App;
use crate::baseline::Baseline;
use crate::error::{Error, Result};
use crate::facts::{self, AccessFigures};
use crate::open_invite::link_lives;

/// Who asks.
const JOB: Actor = Actor::System("take_back");
/// How often one that met an opening of the same guest is tried.
const TRIES: usize = 8;

impl App {
    /// Takes back what can be of `accesses`: not one with which somebody answered, or on which the organiser gave his
    /// word. What fails is logged and stays as it was judged.
    pub(crate) async fn take_back(&self, accesses: &[AccessId]) {
        for access in accesses {
            if let Err(error) = self.take_back_one(*access).await {
                tracing::warn!(%error, access.id = %access, "a scanner's opening was not taken back");
            }
        }
    }

    async fn take_back_one(&self, access: AccessId) -> Result<()> {
        let (sources, at) = (self.sources.clone(), self.sources.now());
        for _ in 0..TRIES {
            let sources = sources.clone();
            let done = self.store.write(async move |tx: &mut WriteTx| -> Result<()> {
                let Some(row) = tx.access(&JOB, access).await? else { return Ok(()) };
                tx.lock_guest(row.guest_id).await?.ok_or(Error::NotFound)?;
                // Several openings show the same: of those who wait for the lock, the first takes back.
                let Some(row) = tx.access(&JOB, access).await? else { return Ok(()) };
                if !was_nobodys(tx, &row).await? {
                    return Ok(tx.forget_sighted_access(row.guest_id, access).await?);
                }
                let link = tx.link(row.guest_id, row.generation, row.at).await?;
                // Of a link that is over, the filter of the one in force has heard nothing.
                let heard = link.as_ref().is_some_and(link_lives);
                let z = if heard { evidence(&row.reasons.0) } else { 0.0 };
                let baseline = Baseline::read(tx, &JOB, row.event_id, row.guest_id).await?;
                baseline.change(tx, &BaselineChange::TakenBack { z }, Some((&row).into()), at).await?;
                tx.forget_sighted_access(row.guest_id, access).await?;
                if let Some(device) = row.snapshot.0.device() {
                    tx.untouch_device(row.event_id, device, row.guest_id).await?;
                }
                tx.unscore_access(access).await?;
                let figures = AccessFigures { band: None, reasons: Vec::new(), degraded: false };
                let fact = facts::access_checked(&sources, row.event_id, row.guest_id, access, &figures, at);
                Ok(tx.append_feed(&fact).await?)
            });
            match done.await {
                Err(Error::Stale) => {}
                other => return other,
            }
        }
        Err(Error::Store(gg_store::StoreError::Contended))
    }
}

/// Scored as a person's, and nobody has acted with it, nor spoken on it.
async fn was_nobodys(tx: &mut WriteTx, row: &AccessRow) -> Result<bool> {
    let scored = row.band.is_some() && !row.test && !row.is_unscored();
    let untouched = !row.spoken && row.act.is_none() && !acted(&row.snapshot.0);
    if !scored || !untouched {
        return Ok(false);
    }
    let history = tx.rsvp_history(&JOB, row.guest_id).await?;
    Ok(history.iter().all(|answer| answer.access_id != Some(row.id)))
}

fn acted(seen: &Snapshot) -> bool {
    matches!(seen.act, gg_domain::access::Acts::Known(Some(act)) if act >= Act::Interacted)
}
