//! What kind of line an address is on: what the operator's databases say, else a short list of ours.
//!
//! Unknown stays unknown. To call every unlisted line a home would be right for most guests and wrong for each
//! tunnel that no list has, and "home" speaks for the guest; unknown says nothing either way. It costs a tenth of
//! a nat on homes, and openings that share a carrier's address are compared by their looks as if it were a home's.

use std::sync::LazyLock;

use gg_domain::access::NetClass;

use crate::record::Record;

/// Rises with every change of the list.
pub const LIST_VERSION: &str = "2026-11-24";

/// `lists/asns.tsv`, by number.
static ASNS: LazyLock<Vec<(u32, NetClass)>> = LazyLock::new(|| read(include_str!("../lists/asns.tsv")));

/// What the databases said of an address.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kinds {
    tor: bool,
    tunnel: bool,
    hosting: bool,
    named: Option<NetClass>,
}

impl Kinds {
    /// Adds what one record says. A home through which a proxy was seen stays the home it is: its people are
    /// far more than its proxy's customers.
    pub(crate) fn hear(&mut self, record: &Record<'_>) {
        self.tor |= record.is_tor_exit_node;
        self.tunnel |= record.is_anonymous_vpn || record.is_public_proxy;
        self.hosting |= record.is_hosting_provider;
        self.named = self.named.or_else(|| named(record));
    }

    /// The kind: relays first, since databases call them tunnels; then what hides most (RISK.md 3.2).
    pub(crate) fn class(self, asn: Option<u32>) -> Option<NetClass> {
        let listed = asn.and_then(listed);
        if listed == Some(NetClass::Relay) {
            listed
        } else if self.tor {
            Some(NetClass::Tor)
        } else if self.tunnel {
            Some(NetClass::Vpn)
        } else if self.hosting {
            // A tunnel's servers stand in a data centre: the narrower word holds.
            listed.filter(|class| *class == NetClass::Vpn).or(Some(NetClass::Hosting))
        } else {
            self.named.or(listed)
        }
    }
}

fn listed(asn: u32) -> Option<NetClass> {
    ASNS.binary_search_by_key(&asn, |(number, _)| *number).ok().map(|at| ASNS[at].1)
}

/// MaxMind's and DB-IP's words for who is on a line, the narrower one first.
fn named(record: &Record<'_>) -> Option<NetClass> {
    match record.user().unwrap_or_default() {
        "residential" => return Some(NetClass::Residential),
        "cellular" => return Some(NetClass::Mobile),
        "hosting" | "content_delivery_network" | "search_engine_spider" => return Some(NetClass::Hosting),
        "business" | "government" | "military" | "college" | "school" | "library" => {
            return Some(NetClass::Corporate);
        }
        "consumer_privacy_network" => return Some(NetClass::Relay),
        _ => {}
    }
    match record.connection().unwrap_or_default() {
        "Cellular" => Some(NetClass::Mobile),
        "Corporate" => Some(NetClass::Corporate),
        "Cable/DSL" | "Satellite" => Some(NetClass::Residential),
        _ => None,
    }
}

fn read(list: &str) -> Vec<(u32, NetClass)> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let mut read: Vec<_> = lines.filter_map(entry).collect();
    read.sort_by_key(|(asn, _)| *asn);
    read
}

/// A number, a kind and whose, with tabs between.
fn entry(line: &str) -> Option<(u32, NetClass)> {
    let mut parts = line.split('\t');
    let asn = parts.next()?.parse().ok()?;
    let class = match parts.next()? {
        "relay" => NetClass::Relay,
        "tor" => NetClass::Tor,
        "vpn" => NetClass::Vpn,
        "hosting" => NetClass::Hosting,
        "mobile" => NetClass::Mobile,
        _ => return None,
    };
    parts.next().filter(|whose| !whose.is_empty())?;
    Some((asn, class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_understood_and_no_number_stands_twice() {
        let list = include_str!("../lists/asns.tsv");
        let lines = list.lines().filter(|line| !line.starts_with('#')).count();
        let mut numbers: Vec<u32> = ASNS.iter().map(|(asn, _)| *asn).collect();
        numbers.dedup();

        assert!(lines > 100 && list.contains(&format!("Version {LIST_VERSION}.")));
        assert_eq!((numbers.len(), ASNS.len()), (lines, lines));
    }

    #[test]
    fn a_relay_is_a_relay_whatever_a_database_calls_it() {
        let kinds = Kinds { tunnel: true, hosting: true, ..Kinds::default() };

        assert_eq!(kinds.class(Some(36_183)), Some(NetClass::Relay));
        assert_eq!(kinds.class(Some(64_500)), Some(NetClass::Vpn));
        assert_eq!(kinds.class(None), Some(NetClass::Vpn));
    }

    #[test]
    fn what_nobody_names_is_unknown_rather_than_a_home() {
        assert_eq!(Kinds::default().class(Some(64_500)), None);
        assert_eq!(Kinds::default().class(None), None);
        assert_eq!(Kinds::default().class(Some(24_940)), Some(NetClass::Hosting));
    }

    #[test]
    fn a_carrier_or_a_security_network_is_no_data_centre() {
        // Public lists of "bad" networks have them.
        for carrier in [174, 6_939, 4_323, 8_075, 15_169] {
            assert_eq!(listed(carrier), None, "{carrier}");
        }
        assert_eq!(listed(29_465), Some(NetClass::Mobile));
    }
}
