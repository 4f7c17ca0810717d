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

/// How often messages that wait are looked for: whoever asked for six digits stands before the page, and looking where
/// there are none costs one look into an empty index.
const DELIVER_EVERY: Duration = Duration::from_secs(1);

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
    let mut fails = false;
    let judge = async {
        loop {
            every.tick().await;
            while round(&app, &mut fails).await {}
        }
    };
    stop.run_until_cancelled(judge).await;
}

/// Hands over messages that wait. Let go at any moment: each is handed over once.
pub async fn deliver(app: App, stop: CancellationToken) {
    let mut every = interval(DELIVER_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut fails = false;
    let hand_over = async {
        loop {
            every.tick().await;
            loop {
                match app.deliver_messages().await {
                    Ok(0) => break,
                    Ok(_) => fails = false,
                    Err(error) => {
                        if !fails {
                            tracing::warn!(%error, "messages that wait cannot be handed over for now");
                        }
                        fails = true;
                        break;
                    }
                }
            }
        }
    };
    stop.run_until_cancelled(hand_over).await;
}

/// One round; whether the next one should follow at once. That it `fails` is said once, and not each second.
async fn round(app: &App, fails: &mut bool) -> bool {
    match app.rescore_accesses().await {
        Ok(judged) => {
            *fails = false;
            if judged > 0 {
                tracing::info!(accesses = judged, "openings that were let in unjudged are judged");
            }
            judged > 0
        }
        Err(error) => {
            if !*fails {
                tracing::warn!(%error, "openings that were let in unjudged cannot be judged for now");
            }
            *fails = true;
            false
        }
    }
}
