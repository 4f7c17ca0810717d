//! A guest's link: its generations, and how long it lives.

use jiff::{SignedDuration, Timestamp};

/// A link lives so long after its event ends.
pub const LINK_LIFE_AFTER_EVENT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// An access serves answers for so long.
pub const ACCESS_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// The organiser's "try the link" opens for so long.
pub const TRY_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// What became of one generation of a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InviteState {
    /// It opens the guest's page.
    Living,
    /// It opens the guest's page too: sent to take the place of one that is in other hands, and not yet used. Its first
    /// use by a person makes it the living one and ends the other.
    Fresh,
    /// A newer one took its place.
    Rotated,
    /// The organiser took it back.
    Revoked,
}

impl InviteState {
    /// Whether a link whose row says `state` opens the guest's page.
    pub fn opens(state: &str) -> bool {
        state == Self::Living.as_str() || state == Self::Fresh.as_str()
    }

    /// The state's word, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Living => "living",
            Self::Fresh => "fresh",
            Self::Rotated => "rotated",
            Self::Revoked => "revoked",
        }
    }
}

/// Whether a link of an event that ends at `ends_at` has outlived it at `now`.
pub fn link_expired(ends_at: Timestamp, now: Timestamp) -> bool {
    now >= ends_at.saturating_add(LINK_LIFE_AFTER_EVENT).unwrap_or(Timestamp::MAX)
}

/// Whether an access of `at` is too old at `now` to answer with.
pub fn access_expired(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > ACCESS_LIFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_dies_thirty_days_after_the_event() {
        let ends: Timestamp = "2026-12-12T21:00:00Z".parse().unwrap();

        assert!(!link_expired(ends, "2027-01-11T20:59:59Z".parse().unwrap()));
        assert!(link_expired(ends, "2027-01-11T21:00:00Z".parse().unwrap()));
    }
}
