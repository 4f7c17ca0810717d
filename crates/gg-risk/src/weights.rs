//! How much each reason is heard, by what the device is to the guest. Made by
//! `crates/gg-simulator/examples/fit.rs` when the model was `full-1`; see docs/RISK.md, "Fit". Since then what one
//! machine on many links says is held at 1, since worlds without assistants overrate it, and so is what is carried from
//! an earlier opening, which was weighed then. The same program run again on `full-2` moves the rest by a few
//! hundredths, and was not taken over: it made a tenth more false alarms and found no more.
//!
//! A reason's nats are set where it is made, and argued there; this table turns each up or down, what
//! speaks against the guest and what speaks for him apart. 1 is as argued, and stands for what is not
//! listed. No weight is negative: a refit can silence a reason, never turn it round.

use gg_domain::risk::ReasonCode;

/// What the device is to the guest: evidence weighs otherwise on a known phone than on a new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Standing {
    /// No device is known yet.
    #[default]
    Fresh,
    /// A known device that earned its place, by its cookie.
    Earned,
    /// What only looks like one.
    Alike,
    /// One that came before and has not.
    Unproven,
    /// One never seen.
    New,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 5] = [Self::Fresh, Self::Earned, Self::Unproven, Self::New, Self::Alike];
}

/// Standing, code, weight of what it says against the guest, weight of what it says for him.
pub type Weight = (Standing, ReasonCode, f64, f64);

/// The table in force.
pub(crate) const FITTED: &[Weight] = &[
    (Standing::Fresh, ReasonCode::FirstSeen, 1.00, 0.50),
    (Standing::Fresh, ReasonCode::NetHome, 1.00, 0.50),
    (Standing::Fresh, ReasonCode::NetOrdinary, 1.00, 0.50),
    (Standing::Fresh, ReasonCode::NetTor, 1.73, 1.00),
    (Standing::Fresh, ReasonCode::NetHosting, 1.75, 1.00),
    (Standing::Fresh, ReasonCode::NetVpn, 1.71, 1.00),
    (Standing::Fresh, ReasonCode::NetRelay, 1.00, 0.83),
    (Standing::Fresh, ReasonCode::GraphMultiGuest, 1.00, 0.50),
    (Standing::Fresh, ReasonCode::DelegateKnown, 1.00, 1.36),
    (Standing::Fresh, ReasonCode::IpFanout, 1.21, 1.00),
    (Standing::Fresh, ReasonCode::SigMissing, 1.25, 1.00),
    (Standing::Fresh, ReasonCode::SigContradiction, 1.74, 1.00),
    (Standing::Fresh, ReasonCode::AutomationFlag, 1.32, 1.00),
    (Standing::Earned, ReasonCode::DevKnown, 1.00, 0.54),
    (Standing::Earned, ReasonCode::DevDowngrade, 0.94, 1.00),
    (Standing::Earned, ReasonCode::NetHome, 1.00, 0.59),
    (Standing::Earned, ReasonCode::NetNewAddress, 0.86, 1.00),
    (Standing::Earned, ReasonCode::NetNewAsn, 0.50, 1.00),
    (Standing::Earned, ReasonCode::NetOrdinary, 1.00, 1.04),
    (Standing::Earned, ReasonCode::NetTor, 1.41, 1.00),
    (Standing::Earned, ReasonCode::NetVpn, 1.37, 1.00),
    (Standing::Earned, ReasonCode::NetRelay, 1.00, 0.94),
    (Standing::Earned, ReasonCode::GraphMultiGuest, 1.00, 0.94),
    (Standing::Earned, ReasonCode::GraphRareTraits, 0.69, 1.00),
    (Standing::Unproven, ReasonCode::NetHome, 1.00, 0.71),
    (Standing::Unproven, ReasonCode::NetNewAsn, 0.50, 1.00),
    (Standing::Unproven, ReasonCode::NetOrdinary, 1.00, 1.60),
    (Standing::Unproven, ReasonCode::NetHosting, 0.89, 1.00),
    (Standing::Unproven, ReasonCode::NetVpn, 1.47, 1.00),
    (Standing::Unproven, ReasonCode::NetRelay, 1.00, 1.11),
    (Standing::Unproven, ReasonCode::GraphMultiGuest, 0.83, 1.06),
    (Standing::Unproven, ReasonCode::GraphRareTraits, 0.95, 1.00),
    (Standing::Unproven, ReasonCode::DelegateKnown, 1.00, 1.12),
    (Standing::New, ReasonCode::DevHousehold, 1.00, 0.68),
    (Standing::New, ReasonCode::DevOtherGuest, 1.00, 1.14),
    (Standing::New, ReasonCode::DevNew, 0.95, 0.95),
    (Standing::New, ReasonCode::DevSecondPhone, 1.23, 0.50),
    (Standing::New, ReasonCode::DevOtherLocale, 1.09, 0.53),
    (Standing::New, ReasonCode::NetHome, 1.00, 0.66),
    (Standing::New, ReasonCode::NetNewAsn, 0.68, 1.00),
    (Standing::New, ReasonCode::NetNewCountry, 0.95, 1.00),
    (Standing::New, ReasonCode::NetOrdinary, 1.00, 1.75),
    (Standing::New, ReasonCode::NetTor, 1.33, 1.00),
    (Standing::New, ReasonCode::NetHosting, 0.96, 1.00),
    (Standing::New, ReasonCode::NetVpn, 1.75, 1.00),
    (Standing::New, ReasonCode::NetRelay, 1.00, 1.29),
    (Standing::New, ReasonCode::GraphMultiGuest, 1.00, 0.92),
    (Standing::New, ReasonCode::DelegateKnown, 1.00, 1.75),
    (Standing::New, ReasonCode::IpFanout, 0.55, 1.00),
    (Standing::New, ReasonCode::LinkSpread, 0.54, 1.00),
    (Standing::New, ReasonCode::SharePreview, 1.46, 0.90),
    (Standing::New, ReasonCode::TzMismatch, 0.93, 1.00),
    (Standing::New, ReasonCode::SigMissing, 0.66, 1.00),
    (Standing::New, ReasonCode::SigContradiction, 1.75, 1.00),
    (Standing::New, ReasonCode::AutomationFlag, 1.18, 1.00),
    (Standing::Alike, ReasonCode::DevKnown, 1.00, 0.50),
    (Standing::Alike, ReasonCode::DevReplayNoCookie, 0.88, 1.00),
    (Standing::Alike, ReasonCode::NetHome, 1.00, 0.50),
    (Standing::Alike, ReasonCode::NetNewAddress, 0.90, 1.00),
    (Standing::Alike, ReasonCode::NetNewAsn, 0.50, 1.00),
    (Standing::Alike, ReasonCode::NetNewCountry, 1.14, 1.00),
    (Standing::Alike, ReasonCode::NetOrdinary, 1.00, 0.78),
    (Standing::Alike, ReasonCode::NetTor, 1.06, 1.00),
    (Standing::Alike, ReasonCode::NetHosting, 0.96, 1.00),
    (Standing::Alike, ReasonCode::NetVpn, 1.75, 1.00),
    (Standing::Alike, ReasonCode::NetRelay, 1.00, 1.12),
    (Standing::Alike, ReasonCode::GraphMultiGuest, 1.00, 0.50),
    (Standing::Alike, ReasonCode::DelegateKnown, 1.00, 0.93),
];
