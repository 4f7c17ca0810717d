//! What the feed says beside the messages themselves: where a connection starts, the `resync` envelope, and why a
//! connection was closed. The ranges of the close codes tell a client whether to come back.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;

use super::frame::Violation;
use super::{EventId, Position};

/// Why a feed ends.
///
/// | codes | who | come back? |
/// | --- | --- | --- |
/// | 1000 | the client left | as it likes |
/// | 1002, 1007, 1008, 1009 | the client broke the protocol or its limits | no: it would do so again |
/// | 1012, 4000 to 4099 | the server could not go on now | yes, with jittered back-off and `after` |
/// | 4100 to 4199 | there is nothing more to see | no |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// The client closed it: 1000.
    Left,
    /// Not RFC 6455: 1002.
    Protocol,
    /// Text that is not UTF-8: 1007.
    NotUtf8,
    /// More frames than a listener needs, or one that never ends: 1008.
    TooMuch,
    /// A message of more than 16 KiB: 1009.
    TooBig,
    /// The server restarts: 1012.
    Restart,
    /// The client took nothing for the write time-out: 4000.
    TooSlow,
    /// No answer to a ping: 4001.
    Silent,
    /// The stored messages cannot be read now: 4002.
    Unavailable,
    /// The event was deleted: 4100.
    EventGone,
    /// The right to watch was withdrawn, or its session or key ended: 4101.
    AccessEnded,
}

impl Close {
    /// Its code on the wire.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::Left => 1000,
            Self::Protocol => 1002,
            Self::NotUtf8 => 1007,
            Self::TooMuch => 1008,
            Self::TooBig => 1009,
            Self::Restart => 1012,
            Self::TooSlow => 4000,
            Self::Silent => 4001,
            Self::Unavailable => 4002,
            Self::EventGone => 4100,
            Self::AccessEnded => 4101,
        }
    }

    /// Its reason on the wire, for people who look.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Left => "bye",
            Self::Protocol => "not the websocket protocol",
            Self::NotUtf8 => "text is not utf-8",
            Self::TooMuch => "too many frames",
            Self::TooBig => "message is too big",
            Self::Restart => "server restarts",
            Self::TooSlow => "nothing was read in time",
            Self::Silent => "ping was not answered",
            Self::Unavailable => "messages cannot be read now",
            Self::EventGone => "event is gone",
            Self::AccessEnded => "access has ended",
        }
    }

    /// Whether a client that comes back with its last `seq` is likely to be served.
    #[must_use]
    pub fn reconnect(self) -> bool {
        matches!(self.code(), 1012 | 4000..=4099)
    }
}

impl From<Violation> for Close {
    fn from(violation: Violation) -> Self {
        match violation {
            Violation::Protocol => Self::Protocol,
            Violation::NotUtf8 => Self::NotUtf8,
            Violation::TooBig => Self::TooBig,
        }
    }
}

/// Why a client is told `resync`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResyncReason {
    /// Its queue overflowed; what it missed follows from storage.
    Overflow,
    /// It asked for what comes after a number that was never given out.
    Ahead,
    /// It asked in the numbering of another epoch.
    Epoch,
    /// What it asked for is no longer kept.
    Retention,
}

/// Where a feed starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// With everything numbered above this.
    After(i64),
    /// With `resync`, and then everything numbered above this.
    Resync(i64, ResyncReason),
}

/// Decides where a feed starts for a client that has everything up to `after`, by the numbering of `epoch`.
pub(super) fn start(after: Option<i64>, epoch: Option<&str>, position: &Position) -> Start {
    let Some(after) = after else { return Start::After(position.highest) };
    if epoch.is_some_and(|epoch| epoch != position.epoch) {
        return Start::Resync(position.highest, ResyncReason::Epoch);
    }
    if after > position.highest {
        return Start::Resync(position.highest, ResyncReason::Ahead);
    }
    // Compared without adding one: `after` comes from outside and may be the lowest of all numbers.
    if after < position.lowest.saturating_sub(1).max(0) {
        return Start::Resync(position.highest, ResyncReason::Retention);
    }
    Start::After(after)
}

/// The `resync` envelope. It has the `seq` from which the feed goes on, and is not counted itself.
pub(super) fn resync(event: EventId, epoch: &str, seq: i64, reason: ResyncReason, now: Timestamp) -> Bytes {
    #[derive(Serialize)]
    struct Envelope<'a> {
        r#type: &'static str,
        event_id: EventId,
        payload: Payload,
        timestamp: Timestamp,
        seq: i64,
        epoch: &'a str,
    }
    #[derive(Serialize)]
    struct Payload {
        reason: ResyncReason,
    }

    let payload = Payload { reason };
    let envelope = Envelope { r#type: "resync", event_id: event, payload, timestamp: now, seq, epoch };
    serde_json::to_vec(&envelope).expect("strings and numbers are always JSON").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(lowest: i64, highest: i64) -> Position {
        Position { epoch: "e1".into(), lowest, highest }
    }

    #[test]
    fn without_after_the_feed_starts_now() {
        assert_eq!(start(None, None, &kept(1, 7)), Start::After(7));
        assert_eq!(start(None, None, &kept(0, 0)), Start::After(0));
        assert_eq!(start(None, Some("old"), &kept(1, 7)), Start::After(7));
    }

    #[test]
    fn what_is_kept_is_sent_first() {
        assert_eq!(start(Some(0), None, &kept(1, 7)), Start::After(0));
        assert_eq!(start(Some(7), Some("e1"), &kept(1, 7)), Start::After(7));
        assert_eq!(start(Some(4), None, &kept(5, 7)), Start::After(4));
        assert_eq!(start(Some(0), None, &kept(0, 0)), Start::After(0));
    }

    #[test]
    fn what_is_not_kept_is_answered_by_resync_with_the_highest() {
        use ResyncReason::{Ahead, Epoch, Retention};
        assert_eq!(start(Some(8), None, &kept(1, 7)), Start::Resync(7, Ahead));
        assert_eq!(start(Some(1), None, &kept(0, 0)), Start::Resync(0, Ahead));
        assert_eq!(start(Some(i64::MAX), None, &kept(1, 7)), Start::Resync(7, Ahead));
        assert_eq!(start(Some(3), None, &kept(5, 7)), Start::Resync(7, Retention));
        assert_eq!(start(Some(-1), None, &kept(1, 7)), Start::Resync(7, Retention));
        assert_eq!(start(Some(i64::MIN), None, &kept(0, 0)), Start::Resync(0, Retention));
        assert_eq!(start(Some(3), Some("e0"), &kept(1, 7)), Start::Resync(7, Epoch));
    }

    #[test]
    fn resync_has_the_envelope_of_every_message() {
        let now = "2026-05-01T12:00:00.5Z".parse().expect("a time");
        let json = resync(EventId::nil(), "e1", 7, ResyncReason::Overflow, now);
        assert_eq!(
            json,
            r#"{"type":"resync","event_id":"00000000-0000-0000-0000-000000000000","payload":{"reason":"overflow"},"timestamp":"2026-05-01T12:00:00.5Z","seq":7,"epoch":"e1"}"#
        );
    }

    #[test]
    fn ranges_of_the_codes_say_whether_to_come_back() {
        for close in [Close::Restart, Close::TooSlow, Close::Silent, Close::Unavailable] {
            assert!(close.reconnect(), "{close:?}");
        }
        for close in [Close::Left, Close::Protocol, Close::TooMuch, Close::EventGone, Close::AccessEnded] {
            assert!(!close.reconnect(), "{close:?}");
        }
    }
}
