//! From storage to the hub: what was committed is numbered, rendered once a view and published.
//!
//! The relay is woken by each commit that fed the feed, and sweeps besides, since another process
//! (a command beside the server, another web) may have committed. It tells the hub nothing that is
//! not stored, and may tell it twice: the hub leaves out what it knows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use gg_app::{App, Envelope, Error};
use gg_domain::actor::Role;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::hub::{Feeds, Hub};
use super::{Close, EventId, FeedError, FeedMessage, FeedSource, Position, View};

/// How long a message of another process may wait.
const SWEEP_EVERY: Duration = Duration::from_millis(250);
/// How long a feed outlives the right to watch it (CONTRACT.md: 5 s).
const RIGHTS_EVERY: Duration = Duration::from_secs(3);
/// Messages read at a time.
const BATCH: i64 = 256;
/// Messages told again when somebody begins to watch: what came while nobody did.
const TOLD_AGAIN: i64 = 32;

/// Reads an event's messages for the hub.
pub struct AppFeed(pub App);

impl FeedSource for AppFeed {
    fn position(&self, event: EventId) -> BoxFuture<'_, Result<Position, FeedError>> {
        Box::pin(async move {
            let position = self.0.feed_position(event.into()).await.map_err(|error| unread(&error))?;
            Ok(Position { epoch: position.epoch, lowest: position.lowest, highest: position.highest })
        })
    }

    fn after(
        &self,
        event: EventId,
        view: View,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<FeedMessage>, FeedError>> {
        Box::pin(async move {
            let limit = i64::try_from(limit).unwrap_or(BATCH);
            let envelopes = self.0.feed_after(event.into(), role(view), after, limit).await;
            Ok(envelopes.map_err(|error| unread(&error))?.iter().map(message).collect())
        })
    }
}

/// Publishes to `hub` what commits, until `shutdown`.
pub async fn relay(app: App, hub: Arc<Hub>, shutdown: CancellationToken) {
    let source = AppFeed(app.clone());
    let mut told: HashMap<(EventId, View), i64> = HashMap::new();
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rights_at = Instant::now() + RIGHTS_EVERY;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = app.store.fed() => {}
            _ = sweep.tick() => {}
        }
        if let Err(error) = app.number_feed().await {
            tracing::warn!(%error, "the feed waits for the database");
            continue;
        }
        let watching = hub.watching();
        told.retain(|watched, _| watching.contains(watched));
        for (event, view) in watching {
            tell(&source, &hub, &mut told, event, view).await;
        }
        if Instant::now() >= rights_at {
            end_without_right(&app, &hub).await;
            rights_at = Instant::now() + RIGHTS_EVERY;
        }
    }
}

async fn tell(
    source: &AppFeed,
    hub: &Hub,
    told: &mut HashMap<(EventId, View), i64>,
    event: EventId,
    view: View,
) {
    let mut after = match told.get(&(event, view)) {
        Some(seq) => *seq,
        None => match source.position(event).await {
            Ok(position) => (position.highest - TOLD_AGAIN).max(0),
            Err(FeedError::EventGone) => return hub.end(Feeds::Event(event), Close::EventGone),
            Err(FeedError::Unavailable) => return,
        },
    };
    loop {
        let messages = match source.after(event, view, after, usize::try_from(BATCH).unwrap_or(1)).await {
            Ok(messages) => messages,
            Err(FeedError::EventGone) => return hub.end(Feeds::Event(event), Close::EventGone),
            Err(FeedError::Unavailable) => return,
        };
        let Some(last) = messages.last() else { break };
        after = last.seq;
        hub.publish(event, view, &messages);
        if i64::try_from(messages.len()).unwrap_or(0) < BATCH {
            break;
        }
    }
    told.insert((event, view), after);
}

/// Ends the feeds of sessions and keys that have ended, and of who is a member no longer.
async fn end_without_right(app: &App, hub: &Hub) {
    for (event, credential) in hub.watchers() {
        match app.credential_role(event.into(), credential).await {
            Ok(Some(_)) => {}
            Ok(None) => hub.end(Feeds::Member(event, credential), Close::AccessEnded),
            Err(error) => tracing::warn!(%error, "the rights of open feeds could not be checked"),
        }
    }
}

const fn role(view: View) -> Role {
    match view {
        View::Full => Role::Owner,
        View::Door => Role::Door,
    }
}

fn message(envelope: &Envelope) -> FeedMessage {
    let json = serde_json::to_vec(envelope).expect("an envelope is plain words and numbers");
    FeedMessage { seq: envelope.seq, json: Bytes::from(json) }
}

fn unread(error: &Error) -> FeedError {
    if matches!(error, Error::NotFound) { FeedError::EventGone } else { FeedError::Unavailable }
}
