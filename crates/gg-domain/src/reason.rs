//! Why an opening scored as it did: one list of codes, stable for ever, each with a sentence.

use serde::{Deserialize, Serialize};

/// One piece of evidence and its weight.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reason {
    /// What spoke.
    pub code: ReasonCode,
    /// How loudly, in nats (natural log-odds): positive against the guest, negative for.
    pub nats: f64,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident $code:literal $sentence:literal),+ $(,)?) => {
        /// What can speak for or against a guest. Codes are part of the API: added, never renamed.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum ReasonCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)+
        }

        impl ReasonCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As it is stored and sent, `DEV_NEW`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What the organiser reads, after "Opened …": plain words, no accusation.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)+ }
            }
        }
    };
}

reasons! {
    /// First opening of this link.
    FirstSeen "FIRST_SEEN" "for the first time",
    /// A known device, by cookie or by its traits.
    DevKnown "DEV_KNOWN" "on a device that we know as theirs",
    /// A device known from others of the same household.
    DevHousehold "DEV_HOUSEHOLD" "on a device that others of their household use",
    /// Another guest's own device.
    DevOtherGuest "DEV_OTHER_GUEST" "on the device of another guest of this event",
    /// A device never seen on this link.
    DevNew "DEV_NEW" "on a device never seen before",
    /// A device that came before and has not yet earned its place.
    DevUnproven "DEV_UNPROVEN" "on a device that came before, but was never near their others",
    /// The organiser said that this device is not the guest's.
    DevDisowned "DEV_DISOWNED" "on a device that you said is not theirs",
    /// A second phone, or what people have beside their phone.
    DevSecondPhone "DEV_SECOND_PHONE" "on another phone than the one that we know as theirs",
    /// A known device with an older browser than before.
    DevDowngrade "DEV_DOWNGRADE" "with an older browser than this device had before",
    /// Looks like a known device but brought no cookie of it.
    DevReplayNoCookie "DEV_REPLAY_NO_COOKIE" "on what looks like their device, without the cookie that it was given",
    /// A cookie of a known device on another machine.
    DevCookieMoved "DEV_COOKIE_MOVED" "with the cookie of a device that it does not look like",
    /// Another language or time zone than all of the guest's devices.
    DevOtherLocale "DEV_OTHER_LOCALE" "in another language or time zone than theirs",
    /// A network known as the guest's.
    NetHome "NET_HOME" "on a network that they use",
    /// A new address; which network it belongs to is unknown.
    NetNewAddress "NET_NEW_ADDRESS" "from an address new to them",
    /// A new network.
    NetNewAsn "NET_NEW_ASN" "on a network new to them",
    /// A new country.
    NetNewCountry "NET_NEW_COUNTRY" "from a country new to them",
    /// A home or office line.
    NetOrdinary "NET_ORDINARY" "from an ordinary home or office line",
    /// Tor.
    NetTor "NET_TOR" "through Tor, which hides where one is",
    /// A data centre.
    NetHosting "NET_HOSTING" "from a data centre",
    /// A tunnel.
    NetVpn "NET_VPN" "through a VPN",
    /// A relay.
    NetRelay "NET_RELAY" "through a privacy relay, as many phones do",
    /// One device on the links of several households.
    GraphMultiGuest "GRAPH_MULTI_GUEST" "on a device that opened other guests' links too",
    /// One machine, by rare traits, on the links of several households.
    GraphRareTraits "GRAPH_RARE_TRAITS" "on a machine of a rare kind that opened other guests' links within hours",
    /// A machine that serves these guests.
    DelegateKnown "DELEGATE_KNOWN" "on a machine that opens links for several of these guests",
    /// Many links from one address.
    IpFanout "IP_FANOUT" "from an address that opened many guests' links",
    /// Many new devices within a day.
    LinkSpread "LINK_SPREAD" "on one of several new devices within a day",
    /// A chat drew a card of this link.
    SharePreview "SHARE_PREVIEW" "soon after the link was pasted into a chat",
    /// The clock's zone is not the country's.
    TzMismatch "TZ_MISMATCH" "with a clock that does not fit the country",
    /// No script ran.
    SigMissing "SIG_MISSING" "in a browser that told nothing of itself",
    /// What the browser says of itself does not fit together.
    SigContradiction "SIG_CONTRADICTION" "in a browser whose details do not fit together",
    /// A program drives the browser.
    AutomationFlag "AUTOMATION_FLAG" "in a browser that a program drives",
    /// A program without a browser.
    AgentLibrary "AGENT_LIBRARY" "by a program rather than a browser",
    /// How likely the link had leaked already. Apart from the sum.
    LinkLeakedPrior "LINK_LEAKED_PRIOR" "on a link that seems to be passed around",
    /// Scored without the engine.
    Degraded "DEGRADED" "while checking was slow; it will be checked again",
}

/// What `reasons` say of their opening, in nats: the sum of those that are evidence. Each is whole thousandths, and so is
/// the sum: as a short decimal it is read back as it was written.
pub fn evidence(reasons: &[Reason]) -> f64 {
    let sum: f64 = reasons.iter().filter(|reason| reason.code.is_evidence()).map(|reason| reason.nats).sum();
    (sum * 1_000.0).round() / 1_000.0
}

impl Reason {
    /// What the organiser reads of this piece of evidence: what was not seen speaks for the guest, in words of its own.
    pub fn sentence(&self) -> &'static str {
        self.code.sentence_for().filter(|_| self.nats < 0.0).unwrap_or(self.code.sentence())
    }
}

impl ReasonCode {
    /// What is read where it speaks for the guest, of those that speak either way.
    pub const fn sentence_for(self) -> Option<&'static str> {
        match self {
            Self::GraphMultiGuest => Some("on a device that opened nobody else's link"),
            Self::SharePreview => Some("with no sign that the link was pasted into a chat"),
            _ => None,
        }
    }

    /// Part of the sum `z`? All but what stands beside it: the leak's prior, and a slow engine.
    pub const fn is_evidence(self) -> bool {
        !matches!(self, Self::LinkLeakedPrior | Self::Degraded)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_spoken_as_it_is_written_and_has_a_sentence_of_its_own() {
        let mut sentences = HashSet::new();
        for code in ReasonCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!(code.as_str().bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{code:?}");
            assert!(sentences.insert(code.sentence()), "{code:?}");
        }
    }

    #[test]
    fn sentences_follow_opened_and_use_no_jargon() {
        for code in ReasonCode::ALL {
            let sentence = code.sentence();
            assert!(sentence.starts_with(|c: char| c.is_lowercase()) && !sentence.ends_with('.'));
            for jargon in ["fingerprint", "ASN", "token", "fraud", "suspicious", "!"] {
                assert!(!sentence.contains(jargon), "{code:?}");
            }
        }
    }

    #[test]
    fn codes_of_the_contract_are_all_there() {
        let contract = "DEV_KNOWN DEV_NEW DEV_DOWNGRADE DEV_REPLAY_NO_COOKIE NET_HOME NET_NEW_ASN \
            NET_NEW_COUNTRY NET_TOR NET_HOSTING NET_VPN NET_RELAY GRAPH_MULTI_GUEST IP_FANOUT LINK_SPREAD \
            SHARE_PREVIEW TZ_MISMATCH SIG_MISSING AUTOMATION_FLAG LINK_LEAKED_PRIOR FIRST_SEEN DEGRADED";
        for code in contract.split_whitespace() {
            assert!(ReasonCode::ALL.iter().any(|known| known.as_str() == code), "{code}");
        }
    }
}
