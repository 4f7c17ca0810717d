//! What is read of a record: the members that GeoLite2, GeoIP2 and DB-IP share, all of which may be absent.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, de};

/// A longer name of a city is none, in bytes: the longest real one has 85.
const CITY_BYTES_MAX: usize = 120;

/// A record of any of the databases.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Record<'a> {
    #[serde(deserialize_with = "number")]
    autonomous_system_number: Option<u32>,
    #[serde(borrow)]
    city: Place<'a>,
    #[serde(borrow)]
    country: Place<'a>,
    #[serde(borrow)]
    traits: Traits<'a>,
    connection_type: Option<&'a str>,
    pub(crate) is_anonymous_vpn: bool,
    pub(crate) is_hosting_provider: bool,
    pub(crate) is_public_proxy: bool,
    pub(crate) is_tor_exit_node: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place<'a> {
    iso_code: Option<&'a str>,
    #[serde(borrow)]
    names: Names<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names<'a> {
    en: Option<&'a str>,
}

/// GeoIP2 Enterprise and DB-IP's larger databases keep the kind of line here, and the number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Traits<'a> {
    #[serde(deserialize_with = "number")]
    autonomous_system_number: Option<u32>,
    connection_type: Option<&'a str>,
    user_type: Option<&'a str>,
}

impl Record<'_> {
    pub(crate) fn asn(&self) -> Option<u32> {
        self.autonomous_system_number.or(self.traits.autonomous_system_number).filter(|asn| *asn > 0)
    }

    pub(crate) fn city(&self) -> Option<String> {
        self.city.names.en.filter(|name| !name.is_empty() && name.len() <= CITY_BYTES_MAX).map(str::to_owned)
    }

    /// ISO 3166 alpha-2, in capitals; what has another form is none.
    pub(crate) fn country(&self) -> Option<String> {
        let code = self.country.iso_code?;
        let two_letters = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
        two_letters.then(|| code.to_ascii_uppercase())
    }

    /// Does it say that the line hides who is on it?
    pub(crate) const fn hides(&self) -> bool {
        self.is_anonymous_vpn || self.is_hosting_provider || self.is_public_proxy || self.is_tor_exit_node
    }

    /// `Cable/DSL`, `Cellular`, `Corporate` …
    pub(crate) fn connection(&self) -> Option<&str> {
        self.connection_type.or(self.traits.connection_type)
    }

    /// `residential`, `cellular`, `business`, `hosting` …
    pub(crate) fn user(&self) -> Option<&str> {
        self.traits.user_type
    }
}

/// A number of a network in whatever width its file has it: MaxMind writes 32 bits, other writers the fewest that do.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Number;

    impl Visitor<'_> for Number {
        type Value = Option<u32>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the number of a network")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            u32::try_from(number)
                .map(Some)
                .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            u32::try_from(number)
                .map(Some)
                .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
        }
    }
    deserializer.deserialize_any(Number)
}
