//! What an organiser decided about a guest: kept with who and when, for whoever asks later.

use serde::{Deserialize, Serialize};

/// A decision about a guest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// An opening was the guest.
    WasGuest,
    /// An opening was not the guest.
    WasNotGuest,
    /// The device of an opening is the guest's.
    DeviceTrusted,
    /// Devices are forgotten; the link stays as suspicious as it was.
    DevicesForgotten,
    /// Devices, networks and suspicion are forgotten.
    BaselineReset,
    /// A link was made.
    LinkIssued,
    /// A new link was made, and the older ones are dead.
    LinkReissued,
    /// The link leads nowhere any more.
    LinkRevoked,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 8] = [
        Self::WasGuest,
        Self::WasNotGuest,
        Self::DeviceTrusted,
        Self::DevicesForgotten,
        Self::BaselineReset,
        Self::LinkIssued,
        Self::LinkReissued,
        Self::LinkRevoked,
    ];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WasGuest => "was_guest",
            Self::WasNotGuest => "was_not_guest",
            Self::DeviceTrusted => "device_trusted",
            Self::DevicesForgotten => "devices_forgotten",
            Self::BaselineReset => "baseline_reset",
            Self::LinkIssued => "link_issued",
            Self::LinkReissued => "link_reissued",
            Self::LinkRevoked => "link_revoked",
        }
    }

    /// The decision of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_read_as_it_is_written() {
        for decision in Decision::ALL {
            assert_eq!(Decision::parse(decision.as_str()), Some(decision));
            assert_eq!(serde_json::to_value(decision).unwrap(), decision.as_str());
        }
    }
}
