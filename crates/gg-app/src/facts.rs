//! Facts for the live feed, as use cases tell them: figures beside ids, never names.

use gg_domain::clock::Sources;
use gg_domain::feed::FeedKind;
use gg_domain::id::{AccessId, EventId, GuestId, RsvpId};
use gg_domain::message::{Channel, MessageState};
use gg_domain::risk::{Band, Reason};
use gg_store::NewFeed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Figures of `access.checked`. A band of `None` means: a machine's after all, or a test.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct AccessFigures {
    /// The band.
    pub band: Option<Band>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Let in unjudged.
    pub degraded: bool,
}

/// Figures of `rsvp.created` and `rsvp.updated`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct RsvpFigures {
    /// Waits for the organiser's word.
    pub pending: bool,
}

/// Figures of `notification.updated`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct NotificationFigures {
    /// The way; none where there was none.
    pub channel: Option<String>,
    /// What became of it.
    pub status: String,
}

/// A guest was added.
pub(crate) fn guest_created(sources: &Sources, event: EventId, guest: GuestId, at: Timestamp) -> NewFeed {
    fact(sources, FeedKind::GuestCreated, event, guest, at)
}

/// A guest's link was opened by a human for the first time.
pub(crate) fn guest_opened(sources: &Sources, event: EventId, guest: GuestId, at: Timestamp) -> NewFeed {
    fact(sources, FeedKind::GuestOpened, event, guest, at)
}

/// An opening was judged.
pub(crate) fn access_checked(
    sources: &Sources,
    event: EventId,
    guest: GuestId,
    access: AccessId,
    figures: &AccessFigures,
    at: Timestamp,
) -> NewFeed {
    let figures = serde_json::to_string(figures).expect("figures are plain numbers and words");
    NewFeed { access: Some(access), figures, ..fact(sources, FeedKind::AccessChecked, event, guest, at) }
}

/// A message to a guest went on its way, was handed over, or could not be.
pub(crate) fn notified(
    sources: &Sources,
    event: EventId,
    guest: GuestId,
    channel: Option<Channel>,
    status: MessageState,
    at: Timestamp,
) -> NewFeed {
    let figures = NotificationFigures {
        channel: channel.map(|channel| channel.as_str().to_string()),
        status: status.as_str().to_string(),
    };
    let figures = serde_json::to_string(&figures).expect("figures are plain numbers and words");
    NewFeed { figures, ..fact(sources, FeedKind::NotificationUpdated, event, guest, at) }
}

/// An answer was given, changed, released or (`rsvp` none) taken out.
pub(crate) fn rsvp_given(
    sources: &Sources,
    event: EventId,
    guest: GuestId,
    rsvp: Option<RsvpId>,
    first: bool,
    pending: bool,
    at: Timestamp,
) -> NewFeed {
    let kind = if first { FeedKind::RsvpCreated } else { FeedKind::RsvpUpdated };
    let figures =
        serde_json::to_string(&RsvpFigures { pending }).expect("figures are plain numbers and words");
    NewFeed { rsvp, figures, ..fact(sources, kind, event, guest, at) }
}

fn fact(sources: &Sources, kind: FeedKind, event: EventId, guest: GuestId, at: Timestamp) -> NewFeed {
    let id: Uuid = sources.id::<EventId>().uuid();
    NewFeed { id, event, kind, guest, access: None, rsvp: None, figures: "{}".into(), at }
}
