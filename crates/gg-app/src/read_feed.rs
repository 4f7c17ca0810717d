//! Reads the feed: rows become envelopes, in the view of who asks.
//!
//! One renderer serves the live feed and the activity, so that both say the same to the letter.

use gg_domain::actor::{Actor, Role};
use gg_domain::feed::FeedKind;
use gg_domain::id::EventId;
use gg_domain::risk::{Band, Reason};
use gg_store::{Conn, FeedPosition, FeedRow, ToldOpening, WriteTx};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::App;
use crate::error::{Error, Result};
use crate::facts::{AccessFigures, NotificationFigures, RsvpFigures};
use crate::plan_event::member;

/// Most messages that one call of the activity gives.
pub const ACTIVITY_LIMIT_MAX: i64 = 500;

/// A message of the feed: the seed's envelope, its number, and the epoch of its numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// To which event.
    pub event_id: EventId,
    /// What there is to tell of it.
    pub payload: Payload,
    /// When.
    pub timestamp: Timestamp,
    /// Its number in the event's feed.
    pub seq: i64,
    /// The epoch of the numbers.
    pub epoch: String,
}

/// What there is to tell.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Payload {
    /// Of an opening.
    Access {
        /// Its id: an opening that is judged again comes again under the same.
        access_id: Option<uuid::Uuid>,
        /// Whose link.
        guest_id: uuid::Uuid,
        /// His name; null after he was erased.
        guest_name: Option<String>,
        /// Its band; null where it was a machine's after all.
        band: Option<Band>,
        /// The band's word for people.
        label: Option<&'static str>,
        /// Why.
        reasons: Vec<Reason>,
        /// Let in unjudged.
        degraded: bool,
    },
    /// Of an answer.
    Rsvp {
        /// Whose.
        guest_id: uuid::Uuid,
        /// His name; null after he was erased.
        guest_name: Option<String>,
        /// Coming? Null where no answer is left.
        attending: Option<bool>,
        /// Who comes along.
        plus_ones: Vec<Companion>,
        /// A word to the host; null at the door.
        note: Option<String>,
        /// Answers to the event's questions; null at the door.
        answers: Option<BTreeMap<String, String>>,
        /// Whose word it is.
        source: Option<&'static str>,
        /// Waits for the organiser's word.
        pending: bool,
        /// When it was given.
        updated_at: Option<Timestamp>,
    },
    /// Of a message to a guest.
    Notification {
        /// To whom.
        guest_id: uuid::Uuid,
        /// His name; null after he was erased.
        guest_name: Option<String>,
        /// The way on which it goes; null where there was none.
        channel: Option<String>,
        /// What became of it.
        status: String,
    },
    /// Of a guest alone.
    Guest {
        /// Who.
        guest_id: uuid::Uuid,
        /// His name; null after he was erased.
        guest_name: Option<String>,
    },
}

/// One who comes along.
#[derive(Clone, Debug, Serialize)]
pub struct Companion {
    /// The name.
    pub name: String,
}

impl App {
    /// An event's messages after number `after`, the oldest first, in the view of the actor's role.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn activity(
        &self,
        actor: Actor,
        event: EventId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Envelope>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let role = member(conn, &actor, event).await?;
                envelopes(conn, event, role, after, limit).await
            })
            .await
    }

    /// An event's last `limit` openings and answers, the newest first, and where its feed stood: a live feed that goes
    /// on from there tells none of them again and leaves none out.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn latest_activity(
        &self,
        actor: Actor,
        event: EventId,
        limit: i64,
    ) -> Result<(Vec<Envelope>, FeedPosition)> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let role = member(conn, &actor, event).await?;
                let position = conn.feed_position(event).await?.ok_or(Error::NotFound)?;
                let rows = conn.feed_before(event, position.highest, limit).await?;
                let rows = rows.into_iter().map(|row| envelope(event, role, &position.epoch, row)).collect();
                Ok((rows, position))
            })
            .await
    }

    /// The openings that an event's messages from number `since` on speak of, each as it is now.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn openings_told(&self, actor: Actor, event: EventId, since: i64) -> Result<Vec<ToldOpening>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.openings_told(event, since).await?)
            })
            .await
    }

    /// An event's messages for the live feed's own reading: who asks was judged at the upgrade.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an event that is gone.
    pub async fn feed_after(
        &self,
        event: EventId,
        role: Role,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Envelope>> {
        self.store.read(async move |conn: &mut Conn| envelopes(conn, event, role, after, limit).await).await
    }

    /// Where an event's feed stands.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an event that is gone.
    pub async fn feed_position(&self, event: EventId) -> Result<FeedPosition> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                conn.feed_position(event).await?.ok_or(Error::NotFound)
            })
            .await
    }

    /// What the account behind a session or an API key is to an event, once neither has ended.
    ///
    /// # Errors
    /// The store's.
    pub async fn credential_role(&self, event: EventId, credential: uuid::Uuid) -> Result<Option<Role>> {
        let now = self.sources.now();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                Ok(conn.credential_role(event, credential, now).await?)
            })
            .await
    }

    /// Numbers what has committed for the feeds without a number (PostgreSQL), and says how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn number_feed(&self) -> Result<usize> {
        if self.store.is_sqlite() {
            return Ok(0);
        }
        self.store.write(async move |tx: &mut WriteTx| -> Result<_> { Ok(tx.number_feed().await?) }).await
    }
}

async fn envelopes(
    conn: &mut Conn,
    event: EventId,
    role: Role,
    after: i64,
    limit: i64,
) -> Result<Vec<Envelope>> {
    let position = conn.feed_position(event).await?.ok_or(Error::NotFound)?;
    let rows = conn.feed_after(event, after, limit).await?;
    Ok(rows.into_iter().map(|row| envelope(event, role, &position.epoch, row)).collect())
}

fn envelope(event: EventId, role: Role, epoch: &str, row: FeedRow) -> Envelope {
    let (kind, seq, timestamp) = (row.kind.as_str(), row.seq, row.at);
    Envelope { kind, event_id: event, payload: payload(role, row), timestamp, seq, epoch: epoch.to_string() }
}

fn payload(role: Role, row: FeedRow) -> Payload {
    let guest_id = row.guest_id.uuid();
    let guest_name = row.guest_name.as_ref().map(|name| name.as_str().to_string());
    match row.kind {
        FeedKind::AccessChecked => {
            let none = AccessFigures { band: None, reasons: Vec::new(), degraded: false };
            let figures: AccessFigures = serde_json::from_str(&row.figures).unwrap_or(none);
            Payload::Access {
                access_id: row.access_id.map(gg_domain::id::AccessId::uuid),
                guest_id,
                guest_name,
                band: figures.band,
                label: figures.band.map(Band::label),
                reasons: figures.reasons,
                degraded: figures.degraded,
            }
        }
        FeedKind::RsvpCreated | FeedKind::RsvpUpdated => {
            let figures: RsvpFigures =
                serde_json::from_str(&row.figures).unwrap_or(RsvpFigures { pending: false });
            let names = row.plus_ones.map(|names| names.0).unwrap_or_default();
            Payload::Rsvp {
                guest_id,
                guest_name,
                attending: row.attending,
                plus_ones: names.into_iter().map(|name| Companion { name }).collect(),
                note: row.note.filter(|_| role.sees_contacts()),
                answers: row.answers.map(|answers| answers.0).filter(|_| role.sees_contacts()),
                source: row.source.map(gg_domain::rsvp::Source::as_str),
                pending: figures.pending,
                updated_at: row.answered_at,
            }
        }
        FeedKind::NotificationUpdated => {
            let none = NotificationFigures { channel: None, status: String::new() };
            let figures: NotificationFigures = serde_json::from_str(&row.figures).unwrap_or(none);
            Payload::Notification { guest_id, guest_name, channel: figures.channel, status: figures.status }
        }
        FeedKind::GuestOpened | FeedKind::GuestCreated => Payload::Guest { guest_id, guest_name },
    }
}
