//! Databases as operators supply them: what is read, what stops the start, what no bytes can do.
#![cfg(test)]

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use gg_domain::access::NetClass;
use gg_networks::{Files, Networks, NetworksError, STALE_AFTER_DAYS};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mmdb").join(name)
}

fn all() -> Networks {
    let named = |name| Some(fixture(name));
    Networks::open(&Files {
        asn: named("asn.mmdb"),
        city: named("city.mmdb"),
        country: named("country.mmdb"),
        anonymous: named("anonymous.mmdb"),
    })
    .unwrap()
}

fn asn_in(path: PathBuf) -> Result<Networks, NetworksError> {
    Networks::open(&Files { asn: Some(path), ..Files::default() })
}

/// Number, city, country, kind.
fn known(networks: &Networks, ip: &str) -> (Option<u32>, Option<String>, Option<String>, Option<NetClass>) {
    let ip: IpAddr = ip.parse().unwrap();
    let network = networks.of(ip);
    assert_eq!(network.ip, Some(ip.to_canonical()));
    (network.asn, network.city, network.country, network.class)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn an_address_gets_number_city_country_and_kind() {
    let networks = all();

    assert_eq!(known(&networks, "192.0.2.7"), (Some(64500), some("Accra"), some("GH"), None));
    assert_eq!(known(&networks, "198.51.100.7"), (Some(24940), None, some("DE"), Some(NetClass::Hosting)));
    assert_eq!(known(&networks, "192.0.2.200").3, Some(NetClass::Tor));
    assert_eq!(
        known(&networks, "2001:db8:1::7"),
        (Some(36183), some("Köln"), some("DE"), Some(NetClass::Relay))
    );
    assert_eq!(known(&networks, "2001:db8:2::7").3, Some(NetClass::Vpn));
}

#[test]
fn a_relay_that_the_database_calls_a_tunnel_is_a_relay() {
    assert_eq!(known(&all(), "203.0.113.9").3, Some(NetClass::Relay));
}

#[test]
fn a_home_through_which_a_proxy_was_seen_is_not_called_a_tunnel() {
    assert_eq!(known(&all(), "192.0.2.70").3, None);
}

#[test]
fn an_address_in_the_clothes_of_the_other_family_is_the_same_address() {
    assert_eq!(known(&all(), "::ffff:192.0.2.7").1, some("Accra"));
}

#[test]
fn a_name_that_is_no_city_is_none_and_a_country_is_in_capitals() {
    assert_eq!(known(&all(), "203.0.113.9"), (Some(36183), None, some("FR"), Some(NetClass::Relay)));
}

#[test]
fn the_kind_that_a_source_names_is_taken_the_narrower_word_first() {
    let networks =
        Networks::open(&Files { city: Some(fixture("enterprise.mmdb")), ..Files::default() }).unwrap();

    assert_eq!(
        known(&networks, "192.0.2.7"),
        (Some(64501), some("Accra"), some("GH"), Some(NetClass::Mobile))
    );
}

#[test]
fn without_a_database_the_address_is_all_that_is_known() {
    for ip in ["192.0.2.7", "2001:db8::1", "127.0.0.1", "10.1.2.3"] {
        assert_eq!(known(&Networks::default(), ip), (None, None, None, None));
        assert_eq!(known(&all(), ip).3, None, "{ip}");
    }
}

#[test]
fn a_file_that_is_missing_or_none_is_named() {
    let missing = asn_in(fixture("nowhere.mmdb")).unwrap_err().to_string();
    assert!(missing.contains("nowhere.mmdb: cannot be read"), "{missing}");
    let folder = asn_in(fixture("")).unwrap_err().to_string();
    assert!(folder.ends_with("is no file"), "{folder}");
}

#[test]
fn a_file_of_another_kind_says_what_it_is_and_what_the_setting_takes() {
    let said = asn_in(fixture("city.mmdb")).unwrap_err().to_string();
    assert!(said.contains("type DBIP-City-Lite; network.asn_db takes one of type ASN"), "{said}");
    let said = asn_in(fixture("make.py")).unwrap_err().to_string();
    assert!(said.contains("is damaged, or no MaxMind database"), "{said}");
    let said = asn_in(fixture("other-layout.mmdb")).unwrap_err().to_string();
    assert!(said.contains("no record says what network.asn_db is there for"), "{said}");
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_refused() {
    let whole = std::fs::read(fixture("asn.mmdb")).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    for kept in 0..whole.len() {
        std::fs::write(file.path(), &whole[..kept]).unwrap();
        assert!(asn_in(file.path().to_owned()).is_err(), "{kept} of {} bytes", whole.len());
    }
}

#[test]
fn an_old_database_is_stale_and_a_clock_that_runs_behind_makes_none_so() {
    let networks =
        Networks::open(&Files { country: Some(fixture("stale.mmdb")), ..Files::default() }).unwrap();
    let [database] = networks.databases() else { panic!("one database") };
    let days = |days: i64| database.built_at() + SignedDuration::from_hours(24 * days);

    assert_eq!(database.built_at(), "2020-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(database.age_days(days(91)), 91);
    assert!(database.is_stale(days(STALE_AFTER_DAYS + 1)) && !database.is_stale(days(STALE_AFTER_DAYS)));
    assert_eq!(database.age_days(days(-5)), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Opens, or says why not; what opens answers every address. Bytes changed at random reach what random bytes
    /// do not.
    #[test]
    fn no_bytes_make_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        file in 0..4usize, v4: [u8; 4], v6: [u8; 16],
    ) {
        let mut bytes = std::fs::read(fixture(["asn.mmdb", "city.mmdb", "anonymous.mmdb", "enterprise.mmdb"][file])).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        survives(&bytes, v4.into(), v6.into());
    }

    #[test]
    fn no_random_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..4_000), marked: bool) {
        let mut bytes = bytes;
        if marked {
            bytes.splice(bytes.len() / 2..bytes.len() / 2, *b"\xab\xcd\xefMaxMind.com");
        }
        survives(&bytes, [192, 0, 2, 7].into(), [0; 16].into());
    }
}

fn survives(bytes: &[u8], v4: IpAddr, v6: IpAddr) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let path = || Some(file.path().to_owned());
    let tried = [
        Files { asn: path(), ..Files::default() },
        Files { city: path(), ..Files::default() },
        Files { anonymous: path(), ..Files::default() },
    ];
    for files in &tried {
        if let Ok(networks) = Networks::open(files) {
            for ip in [
                v4,
                v6,
                [192, 0, 2, 7].into(),
                [0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7].into(),
            ] {
                let network = networks.of(ip);
                assert!(network.country.is_none_or(|country| country.len() == 2));
            }
        }
    }
}
