//! An event's policy: read, set, and tried on what has happened.

mod dry_run;
mod read;
mod set;

use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::id::GuestId;
use gg_domain::policy::{self as domain, Action, Actions, Thresholds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::extract::object;
use crate::route::{Routes, route};

/// The operations on policies.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::ReadPolicy, routes!(read::read_policy)))
        .merge(route(Permission::WritePolicy, routes!(set::set_policy)))
        .merge(route(Permission::WritePolicy, routes!(dry_run::try_policy)))
}

/// The organiser's rules for one event. What is left out is as it is by default.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Where the bands begin.
    #[serde(deserialize_with = "object")]
    thresholds: PolicyThresholds,
    /// What is done in each band.
    #[serde(deserialize_with = "object")]
    actions: PolicyActions,
    /// Networks whose newness is no evidence: the venue, an office.
    #[schema(max_items = 64, example = json!(["203.0.113.0/24"]))]
    trusted_networks: Vec<String>,
    /// Assistants who may open several guests' links.
    #[schema(max_items = 64)]
    delegates: Vec<PolicyDelegate>,
    /// Whether browsers are compared by more than their cookie.
    fingerprint: bool,
}

impl crate::extract::Input for Policy {}

/// Chances at which bands begin, each from its figure up, rising.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyThresholds {
    /// Review from here.
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0, example = 0.2)]
    medium: f64,
    /// Suspicious from here.
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0, example = 0.6)]
    high: f64,
    /// Blocked from here, where a hard reason stands beside.
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0, example = 0.97)]
    block: f64,
}

/// What is done in each band.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyActions {
    /// Verified.
    low: ActionWord,
    /// Review.
    medium: ActionWord,
    /// Suspicious.
    high: ActionWord,
    /// Blocked.
    block: ActionWord,
}

/// What happens to who opens a link.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionWord {
    /// Comes in.
    Allow,
    /// Is asked for a code that goes to the invited contact; comes in while no code can be delivered.
    StepUp,
    /// May answer; the answer waits for the organiser's word.
    Hold,
    /// Stays out, with the way to a fresh link.
    Block,
}

/// An assistant, and the guests whose links he may open.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDelegate {
    /// What you call him.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Whose links.
    #[schema(min_items = 1, max_items = 200)]
    guests: Vec<Uuid>,
}

/// A name never reaches a log.
impl std::fmt::Debug for PolicyDelegate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PolicyDelegate").field("guests", &self.guests).finish_non_exhaustive()
    }
}

impl Default for Policy {
    fn default() -> Self {
        domain::Policy::default().into()
    }
}

impl Default for PolicyThresholds {
    fn default() -> Self {
        Thresholds::default().into()
    }
}

impl Default for PolicyActions {
    fn default() -> Self {
        Actions::default().into()
    }
}

impl Policy {
    /// The policy as the domain knows it; whether its figures are sound, it judges itself.
    ///
    /// # Errors
    /// Networks that are none, each by its pointer.
    fn read(self) -> Result<domain::Policy, FieldErrors> {
        let mut errors = FieldErrors::default();
        let networks = self.trusted_networks.iter().enumerate();
        let trusted_networks = networks
            .filter_map(|(i, text)| errors.take(&format!("/trusted_networks/{i}"), network(text)))
            .collect();
        errors.check()?;
        let delegates = self.delegates.into_iter().map(|delegate| domain::Delegate {
            name: delegate.name,
            guests: delegate.guests.into_iter().map(GuestId::from).collect(),
        });
        let PolicyThresholds { medium, high, block } = self.thresholds;
        Ok(domain::Policy {
            thresholds: Thresholds { medium, high, block },
            actions: self.actions.into(),
            trusted_networks,
            delegates: delegates.collect(),
            fingerprint: self.fingerprint,
        })
    }
}

/// A network as text; a bare address is the network of itself.
pub(crate) fn network(text: &str) -> Result<ipnet::IpNet, &'static str> {
    let net =
        text.parse::<ipnet::IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from));
    net.map(|net| net.trunc()).map_err(|_| "give a network such as 203.0.113.0/24 or 2001:db8::/32")
}

impl From<domain::Policy> for Policy {
    fn from(policy: domain::Policy) -> Self {
        let delegates = policy.delegates.into_iter().map(|delegate| PolicyDelegate {
            name: delegate.name,
            guests: delegate.guests.into_iter().map(GuestId::uuid).collect(),
        });
        Self {
            thresholds: policy.thresholds.into(),
            actions: policy.actions.into(),
            trusted_networks: policy.trusted_networks.iter().map(ToString::to_string).collect(),
            delegates: delegates.collect(),
            fingerprint: policy.fingerprint,
        }
    }
}

impl From<Thresholds> for PolicyThresholds {
    fn from(Thresholds { medium, high, block }: Thresholds) -> Self {
        Self { medium, high, block }
    }
}

impl From<Actions> for PolicyActions {
    fn from(Actions { low, medium, high, block }: Actions) -> Self {
        Self { low: low.into(), medium: medium.into(), high: high.into(), block: block.into() }
    }
}

impl From<PolicyActions> for Actions {
    fn from(PolicyActions { low, medium, high, block }: PolicyActions) -> Self {
        Self { low: low.into(), medium: medium.into(), high: high.into(), block: block.into() }
    }
}

impl From<Action> for ActionWord {
    fn from(action: Action) -> Self {
        match action {
            Action::Allow => Self::Allow,
            Action::StepUp => Self::StepUp,
            Action::Hold => Self::Hold,
            Action::Block => Self::Block,
        }
    }
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Self {
        match word {
            ActionWord::Allow => Self::Allow,
            ActionWord::StepUp => Self::StepUp,
            ActionWord::Hold => Self::Hold,
            ActionWord::Block => Self::Block,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_the_default_policy() {
        let policy: Policy = serde_json::from_str("{}").unwrap();
        assert_eq!(policy.read().unwrap(), domain::Policy::default());
    }

    #[test]
    fn networks_that_are_none_are_each_named() {
        let policy = Policy {
            trusted_networks: ["203.0.113.7", "venue", "203.0.113.0/33"].map(String::from).to_vec(),
            ..Policy::default()
        };
        let pointers: Vec<String> =
            policy.read().unwrap_err().0.into_iter().map(|error| error.pointer).collect();
        assert_eq!(pointers, ["/trusted_networks/1", "/trusted_networks/2"]);
    }
}
