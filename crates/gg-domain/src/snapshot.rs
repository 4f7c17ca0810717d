//! What is kept for ever of an opening: every attribute that is compared, enough to score it again
//! with another model; never the exact address, never a raw header.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Acts, NetClass, Prefix};
use crate::id::DeviceId;
use crate::signals::Screen;

/// The form of [`Snapshot`] written now. A reader takes every form up to it.
pub const SNAPSHOT_VERSION: u8 = 1;

/// One opening, reduced to what scoring looks at.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`SNAPSHOT_VERSION`] when it was taken.
    pub v: u8,
    /// When the opening arrived.
    pub at: Timestamp,
    /// The device cookie brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie: Option<DeviceId>,
    /// The device cookie handed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_cookie: Option<DeviceId>,
    /// The strongest human act known then.
    #[serde(default)]
    pub act: Acts,
    /// Where it came from.
    pub net: SeenNetwork,
    /// What the agent string says.
    pub agent: Agent,
    /// What the client hints say; `None` where none were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<Hints>,
    /// The first language of the `Accept-Language` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_language: Option<String>,
    /// Did a script run and say anything?
    pub script: bool,
    /// What the script said of the machine; empty in the "no fingerprint" mode.
    #[serde(default)]
    pub machine: Machine,
    /// The browser says that a program drives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webdriver: Option<bool>,
    /// How long the page had been visible, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_ms: Option<u64>,
    /// Whether the page was touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interacted: Option<bool>,
}

impl Snapshot {
    /// The device that this opening is of: the cookie brought, else the one handed out.
    pub fn device(&self) -> Option<DeviceId> {
        self.cookie.or(self.set_cookie)
    }
}

/// A snapshot tells a person from others: logs see when and whether, not who.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("at", &self.at)
            .field("agent", &self.agent)
            .field("script", &self.script)
            .finish_non_exhaustive()
    }
}

/// Where an opening came from, without the address.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SeenNetwork {
    /// The /24 or /48.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Prefix>,
    /// Number of the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// ISO 3166 alpha-2.
    #[serde(rename = "cc", default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Kind of line.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub class: Option<NetClass>,
}

/// A network may tell a person from others: logs see its number and kind.
impl fmt::Debug for SeenNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenNetwork")
            .field("asn", &self.asn)
            .field("class", &self.class)
            .finish_non_exhaustive()
    }
}

/// What an agent string says.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Agent {
    /// Operating system.
    pub os: Os,
    /// Its version, where the browser does not freeze it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_version: Option<OsVersion>,
    /// Browser family.
    pub browser: Browser,
    /// The browser's major version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub major: Option<u32>,
    /// An app's own window (mail, chat, social), with a cookie jar of its own.
    #[serde(default)]
    pub in_app: bool,
    /// Kind of device.
    pub kind: DeviceKind,
    /// A browser without a window, by its own word.
    #[serde(default)]
    pub headless: bool,
}

/// Operating systems that are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// iPhone and iPad (an iPad that asks for desktop pages says macOS).
    Ios,
    /// Android.
    Android,
    /// Windows.
    Windows,
    /// macOS.
    Macos,
    /// Linux on a desktop.
    Linux,
    /// ChromeOS.
    Chromeos,
    /// Any other, or not said.
    #[default]
    Other,
}

/// Browser families that are told apart. Built on Chrome but not Chrome is its own family.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Browser {
    /// Safari, and the web view of iOS.
    Safari,
    /// Chrome, Chromium and the web view of Android.
    Chrome,
    /// Edge.
    Edge,
    /// Firefox.
    Firefox,
    /// Samsung Internet.
    Samsung,
    /// Opera.
    Opera,
    /// A program's HTTP library: curl, python-requests and their kin.
    Library,
    /// Any other, or not said.
    #[default]
    Other,
}

/// Kinds of device that are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// Held in the hand.
    Phone,
    /// Held in both.
    Tablet,
    /// On a desk or a lap.
    Desktop,
    /// Not said.
    #[default]
    Unknown,
}

/// A version of an operating system, `17.4`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct OsVersion(pub u32, pub u32);

/// What the low-entropy client hints say.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Hints {
    /// `Sec-CH-UA-Mobile` is `?1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<bool>,
    /// `Sec-CH-UA-Platform`, lower case, without quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Major version of the `Chromium` brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chromium: Option<u32>,
    /// A brand says that it has no window.
    #[serde(default)]
    pub headless: bool,
}

/// What a script said of the machine. Hashes stand for long texts that are only compared.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Machine {
    /// `navigator.platform`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Screen in CSS pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
    /// Device pixels for one CSS pixel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_ratio: Option<f64>,
    /// Bits for one pixel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color_depth: Option<u32>,
    /// Fingers told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touch_points: Option<u32>,
    /// Logical processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cores: Option<u32>,
    /// Memory in GiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<f64>,
    /// IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Minutes east of UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tz_offset: Option<i32>,
    /// The first few languages, the preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Hash of the canvas hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canvas: Option<Mark>,
    /// Hash of the sound hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Mark>,
    /// Hash of the fonts hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fonts: Option<Mark>,
    /// Who made the graphics unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webgl_vendor: Option<String>,
    /// What the graphics unit is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webgl_renderer: Option<String>,
    /// Number of plug-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugins: Option<u32>,
}

/// A machine tells a person from others.
impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

/// Sixty-four bits that stand for a text which is only compared, written in 16 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(pub u64);

impl Mark {
    /// The mark of `parts` in order (FNV-1a, 64 bits, Fowler/Noll/Vo; a separator that no UTF-8 text
    /// holds between parts). Stable across versions: it is stored.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        let mut hash = OFFSET;
        for part in parts {
            for byte in part.bytes().chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
            }
        }
        Self(hash)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(…)")
    }
}

impl FromStr for Mark {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl Serialize for Mark {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_published_hash_and_parts_do_not_run_together() {
        // FNV-1a of "a" is af63dc4c8601ec8c; one more round with the separator.
        assert_eq!(Mark::of([]).to_string(), "cbf29ce484222325");
        let a = 0xaf63_dc4c_8601_ec8c_u64;
        assert_eq!(Mark::of(["a"]).0, (a ^ 0xff).wrapping_mul(0x0100_0000_01b3));
        assert_ne!(Mark::of(["ab", "c"]), Mark::of(["a", "bc"]));
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Mark(0x0000_00ff_1234_5678);
        let text = serde_json::to_string(&mark).unwrap();
        assert_eq!(text, "\"000000ff12345678\"");
        assert_eq!(serde_json::from_str::<Mark>(&text).unwrap(), mark);
    }
}
