//! One opening of a link, as it arrived: who, when, from where, with what. Raw: what is kept for ever
//! of it is [`crate::snapshot::Snapshot`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{AccessId, DeviceId, EventId, GuestId, PartyId};
use crate::signals::Signals;

/// Longest header kept, in characters: in-app browsers send agents of 400, client hints are shorter.
pub const HEADER_CHARS_MAX: usize = 1_024;

/// One opening of a guest's link.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkAccess {
    /// This opening.
    pub id: AccessId,
    /// When it arrived.
    pub at: Timestamp,
    /// The event of the link.
    pub event: EventId,
    /// The guest whose link it is; not necessarily who opens it.
    pub guest: GuestId,
    /// The guest's household, as the organiser knows it.
    pub party: PartyId,
    /// Where it came from.
    pub network: Network,
    /// What the browser sent along.
    pub headers: Headers,
    /// What the browser's script said; `None` where none ran.
    pub signals: Option<Signals>,
    /// The device cookie that was presented (ours, its signature checked).
    pub device: Option<DeviceId>,
    /// The device cookie that the answer hands out.
    pub new_device: Option<DeviceId>,
    /// The strongest human act known now.
    pub act: Acts,
    /// GET or HEAD; an access call counts as GET.
    pub method: Method,
}

impl LinkAccess {
    /// The strongest human act: what is known of it, or the page's own word that it was touched.
    pub fn strongest_act(&self) -> Option<Act> {
        let said = self.signals.as_ref().is_some_and(|signals| signals.interacted == Some(true));
        let known = match self.act {
            Acts::Known(act) => act,
            Acts::Unknown => None,
        };
        known.max(said.then_some(Act::Interacted))
    }

    /// The device that this opening is of: the cookie brought, else the one handed out.
    pub fn device_now(&self) -> Option<DeviceId> {
        self.device.or(self.new_device)
    }
}

/// What a person did, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Touched the page.
    Interacted,
    /// Answered the invitation.
    Answered,
    /// Entered the code that was sent to the invited contact.
    Verified,
}

impl Act {
    /// As it is stored, and the `act` of the access log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interacted => "interacted",
            Self::Answered => "answered",
            Self::Verified => "verified",
        }
    }
}

/// Whether human acts are known for this access, and the strongest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acts {
    /// Nobody watched for acts (an old log).
    #[default]
    Unknown,
    /// The strongest act seen, or none.
    Known(Option<Act>),
}

/// How the link was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Method {
    /// GET, and the access call.
    #[default]
    Get,
    /// HEAD: asks whether the link lives. No browser of a person does.
    Head,
}

/// What the gate takes an opening for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A person, or a program that does not say what it is: scored.
    Human,
    /// A chat or social network that draws a card of the link.
    Preview,
    /// A mail filter that looks for malware.
    Scanner,
}

/// What the timeline calls a GET or HEAD of a link.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FetchClass {
    /// A chat or social network: gets the neutral card.
    Preview,
    /// A mail filter: gets the neutral card.
    Scanner,
    /// A browser, or what passes for one: gets the page.
    Browser,
}

impl Class {
    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Preview => "preview",
            Self::Scanner => "scanner",
        }
    }
}

impl FetchClass {
    /// As it is stored and shown in the timeline.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Scanner => "scanner",
            Self::Browser => "browser",
        }
    }
}

/// What the browser sent along, each header cut to [`HEADER_CHARS_MAX`].
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers {
    /// `User-Agent`.
    pub ua: Option<String>,
    /// `Accept-Language`.
    pub accept_language: Option<String>,
    /// `Sec-CH-UA`.
    pub sec_ch_ua: Option<String>,
    /// `Sec-CH-UA-Mobile`.
    pub sec_ch_ua_mobile: Option<String>,
    /// `Sec-CH-UA-Platform`.
    pub sec_ch_ua_platform: Option<String>,
    /// `Accept`; says nothing on an access call and is left out there.
    pub accept: Option<String>,
    /// `Sec-Fetch-Mode`; says nothing on an access call and is left out there.
    pub sec_fetch_mode: Option<String>,
}

impl Headers {
    /// The headers that matter here, of those that `get` finds by their lower-case names.
    pub fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let take = |name: &str| {
            let clean: String =
                get(name)?.chars().filter(|c| !c.is_control()).take(HEADER_CHARS_MAX).collect();
            let clean = clean.trim();
            (!clean.is_empty()).then(|| clean.to_owned())
        };
        Self {
            ua: take("user-agent"),
            accept_language: take("accept-language"),
            sec_ch_ua: take("sec-ch-ua"),
            sec_ch_ua_mobile: take("sec-ch-ua-mobile"),
            sec_ch_ua_platform: take("sec-ch-ua-platform"),
            accept: take("accept"),
            sec_fetch_mode: take("sec-fetch-mode"),
        }
    }

    /// The agent, empty where none was sent.
    pub fn agent(&self) -> &str {
        self.ua.as_deref().unwrap_or_default()
    }
}

/// Headers tell a person from others: logs see only that there were some.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headers").field("has_agent", &self.ua.is_some()).finish_non_exhaustive()
    }
}

/// What kind of line an address is on, where a database or list says so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetClass {
    /// A home.
    Residential,
    /// A mobile carrier; hundreds share an address.
    Mobile,
    /// An office.
    Corporate,
    /// A privacy relay that keeps city or country (iCloud Private Relay).
    Relay,
    /// A commercial tunnel.
    Vpn,
    /// A data centre.
    Hosting,
    /// A Tor exit.
    Tor,
}

/// Where an opening came from. All but the address may be unknown; in a log the address too.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Network {
    /// The exact address: short-lived, never in a snapshot.
    pub ip: Option<IpAddr>,
    /// Number of the network.
    pub asn: Option<u32>,
    /// City, as the database names it.
    pub city: Option<String>,
    /// ISO 3166 alpha-2, upper case.
    pub country: Option<String>,
    /// Kind of line.
    pub class: Option<NetClass>,
}

impl Network {
    /// An address of which no database says more.
    pub fn at(ip: IpAddr) -> Self {
        Self { ip: Some(ip), ..Self::default() }
    }

    /// The /24 or /48 around the address.
    pub fn prefix(&self) -> Option<Prefix> {
        self.ip.map(Prefix::of)
    }
}

/// An address tells a person from others: logs see the network's number at most.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("asn", &self.asn).field("class", &self.class).finish_non_exhaustive()
    }
}

/// The /24 (IPv4) or /48 (IPv6) around an address: what is kept of it, written `203.0.113.0/24`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(IpNet);

impl Prefix {
    /// Bits kept of an IPv4 address.
    pub const V4_BITS: u8 = 24;
    /// Bits kept of an IPv6 address: what a site is given, so that hosts within it look alike.
    pub const V6_BITS: u8 = 48;

    /// The prefix of `ip`. An IPv4 address in IPv6 clothes (`::ffff:…`) is IPv4.
    pub fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self::v4(ip),
            IpAddr::V6(ip) => Self::v6(ip),
        }
    }

    fn v4(ip: Ipv4Addr) -> Self {
        Self(IpNet::V4(Ipv4Net::new_assert(ip, Self::V4_BITS).trunc()))
    }

    fn v6(ip: Ipv6Addr) -> Self {
        Self(IpNet::V6(Ipv6Net::new_assert(ip, Self::V6_BITS).trunc()))
    }

    /// The prefix as a network.
    pub const fn net(self) -> IpNet {
        self.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prefix(…)")
    }
}

/// A text that is no prefix.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("prefix is not a /24 of IPv4 or a /48 of IPv6")]
pub struct PrefixError;

impl FromStr for Prefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Self, PrefixError> {
        let net: IpNet = text.parse().map_err(|_| PrefixError)?;
        let prefix = Self::of(net.addr());
        if prefix.0 == net { Ok(prefix) } else { Err(PrefixError) }
    }
}

impl Serialize for Prefix {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_forgets_the_host() {
        let of = |ip: &str| Prefix::of(ip.parse().unwrap()).to_string();
        assert_eq!(of("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(of("::ffff:203.0.113.77"), "203.0.113.0/24");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
    }

    #[test]
    fn a_prefix_is_read_as_it_was_written_and_no_other_network_passes() {
        for text in ["203.0.113.0/24", "2001:db8:1::/48"] {
            assert_eq!(text.parse::<Prefix>().unwrap().to_string(), text);
        }
        for text in ["203.0.113.7/24", "203.0.0.0/16", "203.0.113.7/32", "x", ""] {
            assert_eq!(text.parse::<Prefix>(), Err(PrefixError));
        }
    }

    #[test]
    fn headers_are_cut_cleaned_and_empty_ones_are_missing() {
        let long = "ü".repeat(HEADER_CHARS_MAX + 9);
        let headers = Headers::read(|name| match name {
            "user-agent" => Some(&long),
            "accept-language" => Some(" de\t,en "),
            "accept" => Some("  "),
            _ => None,
        });
        assert_eq!(headers.agent().chars().count(), HEADER_CHARS_MAX);
        assert_eq!(headers.accept_language.as_deref(), Some("de,en"));
        assert_eq!(headers.accept, None);
    }

    #[test]
    fn debug_shows_neither_address_nor_agent() {
        let network = Network { asn: Some(64500), ..Network::at("203.0.113.77".parse().unwrap()) };
        let headers = Headers { ua: Some("Mozilla/5.0 (secret)".into()), ..Headers::default() };
        let shown = format!("{network:?} {headers:?} {:?}", network.prefix());
        assert!(!shown.contains("203.0") && !shown.contains("secret"), "{shown}");
        assert!(shown.contains("64500"));
    }

    #[test]
    fn the_stronger_of_known_act_and_the_pages_word_counts() {
        assert!(Some(Act::Verified) > Some(Act::Answered) && Some(Act::Interacted) > None);
    }
}
