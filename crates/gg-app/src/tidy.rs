//! Deletes what has outlived its use: raw signals, who was seen with whom, sessions that ended, keys of repeated writes,
//! codes, wishes that were settled or that nobody took up.

use gg_store::{PRUNE_SLICES, WriteTx};
use jiff::{SignedDuration, Timestamp};

use crate::App;
use crate::error::Result;
use crate::step_up::day_before;

/// Exact addresses and raw headers are kept so long; what was decided of them stays. So long too waits what a stranger asked
/// the organiser for.
const SIGNALS_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Rows deleted in one transaction: an answer waits for a few milliseconds at the most.
const ROWS_AT_ONCE: i64 = 500;

impl App {
    /// Deletes what has outlived its use.
    ///
    /// # Errors
    /// The store's.
    pub async fn tidy(&self) -> Result<()> {
        let now = self.sources.now();
        let day_ago = day_before(now);
        let old = now.checked_sub(SIGNALS_LIFE).unwrap_or(Timestamp::MIN);
        loop {
            let pruned = self.store.write(async move |tx: &mut WriteTx| -> Result<_> {
                let signals = tx.prune_access_signals(old, ROWS_AT_ONCE).await?;
                let asked = tx.prune_codes(day_ago, ROWS_AT_ONCE).await?
                    + tx.prune_wishes(day_ago, old, ROWS_AT_ONCE).await?;
                Ok(signals + asked + tx.prune_idempotency_keys(now, ROWS_AT_ONCE).await?)
            });
            if pruned.await? == 0 {
                break;
            }
        }
        let unseen = now.checked_sub(gg_risk::BLOCK_FOR).unwrap_or(Timestamp::MIN);
        for slice in 0..PRUNE_SLICES {
            self.store
                .write(async move |tx: &mut WriteTx| -> Result<_> {
                    Ok(tx.prune_sightings(slice, unseen).await.map(drop)?)
                })
                .await?;
        }
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> { Ok(tx.prune_sessions(now).await.map(drop)?) })
            .await
    }
}
