//! What an event does with each band, and whom it trusts.
//!
//! A policy that exists may still be wrong in its figures: [`Policy::validate`] says so, with a
//! pointer for each fault, before it is stored.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::access::Prefix;
use crate::fields::FieldErrors;
use crate::id::GuestId;
use crate::risk::Band;

/// Most trusted networks of an event: a venue, a few offices, room for a company's list.
pub const TRUSTED_NETWORKS_MAX: usize = 64;
/// Most delegates of an event: assistants are known by name, not by the hundred.
pub const DELEGATES_MAX: usize = 64;
/// Most guests of one delegate: one office opens the links of its people, not of the whole list.
pub const DELEGATE_GUESTS_MAX: usize = 200;
/// Longest name of a delegate, in characters, as for a guest.
pub const DELEGATE_NAME_MAX: usize = 200;
/// Shortest trusted IPv4 prefix: anything wider would trust a good part of the world.
const TRUSTED_V4_BITS_MIN: u8 = 8;
/// Shortest trusted IPv6 prefix, for the same reason: a registry gives a provider a /29 to /32.
const TRUSTED_V6_BITS_MIN: u8 = 16;

/// The organiser's rules for one event.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Where the bands begin.
    pub thresholds: Thresholds,
    /// What is done in each band.
    pub actions: Actions,
    /// Networks whose newness is no evidence: the venue, an office.
    #[serde(with = "cidrs")]
    pub trusted_networks: Vec<IpNet>,
    /// Assistants who may open several guests' links.
    pub delegates: Vec<Delegate>,
    /// Whether the browser's attributes are compared. Without: cookie and agent family alone.
    pub fingerprint: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            actions: Actions::default(),
            trusted_networks: Vec::new(),
            delegates: Vec::new(),
            fingerprint: true,
        }
    }
}

impl Policy {
    /// Are the figures sound?
    ///
    /// # Errors
    /// Every fault by its pointer, such as `/thresholds/high`.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        self.thresholds.check(&mut errors);
        self.check_networks(&mut errors);
        self.check_delegates(&mut errors);
        errors.check()
    }

    /// The action for a band, before it is asked whether a code can be delivered.
    pub const fn action(&self, band: Band) -> Action {
        match band {
            Band::Low => self.actions.low,
            Band::Medium => self.actions.medium,
            Band::High => self.actions.high,
            Band::Block => self.actions.block,
        }
    }

    /// Is `prefix` in, or around, a trusted network? Exact addresses are not kept, so a trusted network
    /// narrower than a prefix trusts the whole prefix; all that it gains is softer network evidence.
    pub fn trusts(&self, prefix: Prefix) -> bool {
        let net = prefix.net();
        self.trusted_networks.iter().any(|trusted| trusted.contains(&net) || net.contains(trusted))
    }

    /// May one and the same assistant open the links of both guests?
    pub fn share_delegate(&self, one: GuestId, other: GuestId) -> bool {
        self.delegates.iter().any(|delegate| {
            let serves = |guest| delegate.guests.contains(&guest);
            serves(one) && serves(other)
        })
    }

    fn check_networks(&self, errors: &mut FieldErrors) {
        if self.trusted_networks.len() > TRUSTED_NETWORKS_MAX {
            errors.push("/trusted_networks", format!("has more than {TRUSTED_NETWORKS_MAX} networks"));
        }
        for (i, net) in self.trusted_networks.iter().enumerate() {
            let least = if net.addr().is_ipv4() { TRUSTED_V4_BITS_MIN } else { TRUSTED_V6_BITS_MIN };
            if net.prefix_len() < least {
                errors.push(format!("/trusted_networks/{i}"), format!("is wider than /{least}"));
            }
        }
    }

    fn check_delegates(&self, errors: &mut FieldErrors) {
        if self.delegates.len() > DELEGATES_MAX {
            errors.push("/delegates", format!("has more than {DELEGATES_MAX} delegates"));
        }
        for (i, delegate) in self.delegates.iter().enumerate() {
            let name = delegate.name.trim();
            if name.is_empty() || name.chars().nth(DELEGATE_NAME_MAX).is_some() {
                errors.push(
                    format!("/delegates/{i}/name"),
                    format!("must have 1 to {DELEGATE_NAME_MAX} characters"),
                );
            }
            if delegate.guests.is_empty() || delegate.guests.len() > DELEGATE_GUESTS_MAX {
                errors.push(
                    format!("/delegates/{i}/guests"),
                    format!("must name 1 to {DELEGATE_GUESTS_MAX} guests"),
                );
            }
        }
    }
}

/// Probabilities at which bands begin: each from its figure up.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Review from here.
    pub medium: f64,
    /// Suspicious from here.
    pub high: f64,
    /// Blocked from here, where a hard reason stands beside.
    pub block: f64,
}

impl Default for Thresholds {
    /// RISK.md 5.4.
    fn default() -> Self {
        Self { medium: 0.20, high: 0.60, block: 0.97 }
    }
}

impl Thresholds {
    /// The band of `p`, hard reasons aside.
    pub fn band(&self, p: f64) -> Band {
        if p >= self.block {
            Band::Block
        } else if p >= self.high {
            Band::High
        } else if p >= self.medium {
            Band::Medium
        } else {
            Band::Low
        }
    }

    fn check(&self, errors: &mut FieldErrors) {
        let named = [("medium", self.medium), ("high", self.high), ("block", self.block)];
        let mut below = 0.0;
        for (name, threshold) in named {
            if !(threshold > 0.0 && threshold < 1.0) {
                errors.push(format!("/thresholds/{name}"), "must lie between 0 and 1");
            } else if threshold <= below {
                errors.push(format!("/thresholds/{name}"), "must be above the threshold before it");
            }
            below = threshold;
        }
    }
}

/// What is done in each band.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Actions {
    /// Verified.
    pub low: Action,
    /// Review.
    pub medium: Action,
    /// Suspicious.
    pub high: Action,
    /// Blocked.
    pub block: Action,
}

impl Default for Actions {
    fn default() -> Self {
        Self { low: Action::Allow, medium: Action::Allow, high: Action::StepUp, block: Action::Block }
    }
}

/// What happens to whoever opens a link.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Comes in.
    Allow,
    /// Is asked for a code that goes to the invited contact.
    StepUp,
    /// May answer; the answer waits for the organiser's word.
    Hold,
    /// Stays out, with the way to a fresh link.
    Block,
}

impl Action {
    /// As it is stored, and the `decision` of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::StepUp => "step_up",
            Self::Hold => "hold",
            Self::Block => "block",
        }
    }

    /// The action of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Allow, Self::StepUp, Self::Hold, Self::Block]
            .into_iter()
            .find(|action| action.as_str() == word)
    }
}

/// An assistant, and the guests whose links he may open.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegate {
    /// What the organiser calls him.
    pub name: String,
    /// Whose links.
    pub guests: Vec<GuestId>,
}

/// A name never reaches a log.
impl std::fmt::Debug for Delegate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delegate").field("guests", &self.guests).finish_non_exhaustive()
    }
}

/// Networks as texts, `203.0.113.0/24`; a bare address is the network of itself.
mod cidrs {
    use std::net::IpAddr;

    use ipnet::IpNet;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(nets: &[IpNet], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(nets.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| parse(text).ok_or_else(|| wrong::<D>(text))).collect()
    }

    fn parse(text: &str) -> Option<IpNet> {
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        net.map(|net| net.trunc()).ok()
    }

    fn wrong<'de, D: Deserializer<'de>>(text: &str) -> D::Error {
        let shown: String = text.chars().take(64).collect();
        D::Error::custom(format!("'{shown}' is no network such as 203.0.113.0/24"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_let_in_all_but_suspicious_and_blocked() {
        let policy: Policy = serde_json::from_value(json!({})).unwrap();
        assert_eq!(policy, Policy::default());
        assert_eq!(policy.validate(), Ok(()));
        let actions = [Band::Low, Band::Medium, Band::High, Band::Block].map(|band| policy.action(band));
        assert_eq!(actions, [Action::Allow, Action::Allow, Action::StepUp, Action::Block]);
    }

    #[test]
    fn bands_begin_at_their_thresholds() {
        let thresholds = Thresholds::default();
        let bands = [0.0, 0.199, 0.2, 0.599, 0.6, 0.969, 0.97, 1.0].map(|p| thresholds.band(p));
        use Band::{Block, High, Low, Medium};
        assert_eq!(bands, [Low, Low, Medium, Medium, High, High, Block, Block]);
    }

    #[test]
    fn a_policy_is_written_as_it_is_read() {
        let guest = GuestId::from_uuid(uuid::Uuid::from_u128(7));
        let said = json!({
            "thresholds": {"medium": 0.3, "high": 0.7, "block": 0.98},
            "actions": {"low": "allow", "medium": "hold", "high": "step_up", "block": "block"},
            "trusted_networks": ["203.0.113.0/24", "2001:db8::/48"],
            "delegates": [{"name": "Mia", "guests": [guest]}],
            "fingerprint": false,
        });
        let policy: Policy = serde_json::from_value(said.clone()).unwrap();
        assert_eq!(policy.validate(), Ok(()));
        assert_eq!(serde_json::to_value(&policy).unwrap(), said);
    }

    #[test]
    fn every_unsound_figure_is_named() {
        let policy: Policy = serde_json::from_value(json!({
            "thresholds": {"medium": 0.7, "high": 0.6, "block": 1.5},
            "trusted_networks": ["203.0.113.7", "0.0.0.0/0", "::/0"],
            "delegates": [{"name": " ", "guests": []}],
        }))
        .unwrap();
        let errors = policy.validate().unwrap_err();
        let pointers: Vec<_> = errors.0.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/thresholds/high",
                "/thresholds/block",
                "/trusted_networks/1",
                "/trusted_networks/2",
                "/delegates/0/name",
                "/delegates/0/guests",
            ]
        );
    }

    #[test]
    fn not_a_number_is_no_threshold() {
        let thresholds = Thresholds { medium: f64::NAN, ..Thresholds::default() };
        assert!(Policy { thresholds, ..Policy::default() }.validate().is_err());
    }

    #[test]
    fn trust_covers_prefixes_in_and_around_the_network() {
        let trusting =
            |net: &str| Policy { trusted_networks: vec![net.parse().unwrap()], ..Policy::default() };
        let prefix: Prefix = "203.0.113.0/24".parse().unwrap();
        assert!(trusting("203.0.0.0/16").trusts(prefix));
        assert!(trusting("203.0.113.8/29").trusts(prefix));
        assert!(!trusting("203.0.112.0/24").trusts(prefix));
        assert!(!trusting("2001:db8::/32").trusts(prefix));
    }
}
