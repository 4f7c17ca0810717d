//! What is done beside serving, every so often, until the server drains.

use std::time::Duration;

use gg_app::App;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often what has outlived its use is deleted.
const TIDY_EVERY: Duration = Duration::from_secs(600);
/// How often openings that were let in unjudged are looked for: what is known of a guest may be behind by 5 s (RISK.md
/// 5.3), and looking where there are none costs one look into an empty index.
const RESCORE_EVERY: Duration = Duration::from_secs(1);

/// Deletes what has outlived its use, a little at a time.
pub async fn tidy(app: App, stop: CancellationToken) {
    let mut every = interval(TIDY_EVERY);
    while stop.run_until_cancelled(every.tick()).await.is_some() {
        if let Err(error) = app.tidy().await {
            tracing::warn!(%error, "what has outlived its use could not be deleted");
        }
    }
}

/// Judges what was let in unjudged. Let go at any moment: each opening is judged whole or not at all.
pub async fn rescore(app: App, stop: CancellationToken) {
    let mut every = interval(RESCORE_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let judge = async {
        loop {
            every.tick().await;
            while round(&app).await {}
        }
    };
    stop.run_until_cancelled(judge).await;
}

/// One round; whether the next one should follow at once.
async fn round(app: &App) -> bool {
    match app.rescore_accesses().await {
        Ok(round) => {
            if round.judged > 0 {
                tracing::info!(accesses = round.judged, "openings that were let in unjudged are judged");
            }
            round.more
        }
        Err(error) => {
            tracing::warn!(%error, "openings that were let in unjudged could not be judged");
            false
        }
    }
}
