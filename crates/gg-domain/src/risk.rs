//! What scoring says of an opening, and what is remembered of a guest to say it.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::DeviceId;
use crate::snapshot::{Browser, DeviceKind, Mark, Os, OsVersion, SeenNetwork};

pub use crate::reason::{Reason, ReasonCode};

/// Most devices remembered of a guest: people use one to three, the rest is room for households.
pub const KNOWN_DEVICES_MAX: usize = 8;
/// Most cookies remembered of one device: a browser, an app's window, and one that was cleared.
pub const DEVICE_COOKIES_MAX: usize = 3;
/// Most networks remembered of one device: home, office, mobile, and one more.
pub const DEVICE_NETWORKS_MAX: usize = 4;
/// Most devices remembered that were not taken in: who returns is told from who is new.
pub const REFUSED_MAX: usize = 4;
/// Most first sightings remembered within a day: past five the evidence grows no more.
pub const NEW_DEVICES_MAX: usize = 5;

/// How sure we are, in four words. Ordered: `Low < Block`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Verified.
    Low,
    /// Review.
    Medium,
    /// Suspicious.
    High,
    /// Blocked.
    Block,
}

impl Band {
    /// As it is stored, and the `band` of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Block => "block",
        }
    }

    /// The band of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Block].into_iter().find(|band| band.as_str() == word)
    }

    /// The word that people see.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Low => "Verified",
            Self::Medium => "Review",
            Self::High => "Suspicious",
            Self::Block => "Blocked",
        }
    }
}

/// Which model scored, such as `first-1`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelVersion(pub Cow<'static, str>);

impl fmt::Display for ModelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What scoring says of one opening.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Score {
    /// Calibrated chance that this was not the guest, 0 to 1.
    pub p: f64,
    /// The same before calibration; what updates weigh with.
    pub raw: f64,
    /// The evidence of this opening in nats, positive against the guest: the sum of the reasons.
    pub z: f64,
    /// Chance that the link has leaked, after this opening, 0 to 1.
    pub leak: f64,
    /// The band under the event's policy.
    pub band: Band,
    /// What spoke, the strongest first. Those that [`ReasonCode::is_evidence`] sum to `z`.
    pub reasons: Vec<Reason>,
    /// Which model said so.
    pub model: ModelVersion,
    /// Scored without the engine: let in, and scored again later.
    pub degraded: bool,
}

/// The organiser's word on an opening.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// It was the guest.
    Guest,
    /// It was not.
    NotGuest,
}

impl Label {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::NotGuest => "not_guest",
        }
    }

    /// The label of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Guest, Self::NotGuest].into_iter().find(|label| label.as_str() == word)
    }
}

/// What is remembered of a guest: one row, changed by pure functions alone. Its names are short and its
/// times microseconds where it is stored, since there is one for every guest: a kibibyte at most for most.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GuestRisk {
    /// Form of this row.
    pub v: u8,
    /// Devices, each with the networks that it was seen on.
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<KnownDevice>,
    /// Chance that the link has leaked, 0 to 1.
    #[serde(rename = "pi")]
    pub leak: f64,
    /// Openings scored, reloads included.
    #[serde(rename = "n")]
    pub accesses: u32,
    /// The first opening by a person.
    #[serde(
        rename = "t0",
        default,
        skip_serializing_if = "Option::is_none",
        with = "jiff::fmt::serde::timestamp::microsecond::optional"
    )]
    pub first_human_at: Option<Timestamp>,
    /// The latest opening.
    #[serde(
        rename = "t1",
        default,
        skip_serializing_if = "Option::is_none",
        with = "jiff::fmt::serde::timestamp::microsecond::optional"
    )]
    pub last_at: Option<Timestamp>,
    /// When devices new to this link first came, the latest last.
    #[serde(rename = "tn", default, skip_serializing_if = "Vec::is_empty", with = "micros")]
    pub new_devices: Vec<Timestamp>,
    /// Devices that were not taken in (rather strangers', or such that proved nothing), the latest last.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// The worst band since the link is this link, or since somebody confirmed: kept while degraded.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Band>,
}

impl GuestRisk {
    /// Form of the row written now. A row of form 1 is read as one whose devices were never doubted.
    pub const VERSION: u8 = 2;
    /// Chance that a fresh link has leaked (RISK.md 5.2, π₀).
    pub const LEAK_PRIOR: f64 = 0.005;
}

/// Times in a list as microseconds.
mod micros {
    use jiff::Timestamp;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(times: &[Timestamp], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(times.iter().map(|at| at.as_microsecond()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Timestamp>, D::Error> {
        let micros = Vec::<i64>::deserialize(deserializer)?;
        micros.into_iter().map(|at| Timestamp::from_microsecond(at).map_err(D::Error::custom)).collect()
    }
}

/// A guest of whom nothing is known.
impl Default for GuestRisk {
    fn default() -> Self {
        Self {
            v: Self::VERSION,
            devices: Vec::new(),
            leak: Self::LEAK_PRIOR,
            accesses: 0,
            first_human_at: None,
            last_at: None,
            new_devices: Vec::new(),
            refused: Vec::new(),
            standing: None,
        }
    }
}

/// A device that the guest is believed to use.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownDevice {
    /// Its cookies, the latest last.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<KnownCookie>,
    /// Openings that count for it, each by how surely it was the guest's.
    #[serde(rename = "w")]
    pub weight: f64,
    /// First opening.
    #[serde(rename = "t0", with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub first_at: Timestamp,
    /// Latest opening.
    #[serde(rename = "t1", with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub last_at: Timestamp,
    /// Latest opening that a human act followed.
    #[serde(
        rename = "tp",
        default,
        skip_serializing_if = "Option::is_none",
        with = "jiff::fmt::serde::timestamp::microsecond::optional"
    )]
    pub proven_at: Option<Timestamp>,
    /// Confirmed by a code or by the organiser.
    #[serde(rename = "ok", default, skip_serializing_if = "std::ops::Not::not")]
    pub trusted: bool,
    /// What spoke against the device itself when it came first, in nats: kept until it has earned its place.
    #[serde(rename = "q", default, skip_serializing_if = "is_nothing")]
    pub doubt: f64,
    /// What the leak filter has heard of it already, in nats: the same is not told twice.
    #[serde(rename = "h", default, skip_serializing_if = "is_nothing")]
    pub heard: f64,
    /// Openings with a cookie that it had been given, and such without: its habit.
    #[serde(rename = "j", default, skip_serializing_if = "is_no_habit")]
    pub habit: (u8, u8),
    /// What it looked like at its latest opening.
    #[serde(rename = "x")]
    pub traits: Traits,
    /// Where it was seen.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<KnownNetwork>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_nothing(nats: &f64) -> bool {
    *nats == 0.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_no_habit(habit: &(u8, u8)) -> bool {
    *habit == (0, 0)
}

/// A device that was not taken in.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Refused {
    /// The cookie that it was given.
    pub id: DeviceId,
    /// What the leak filter has heard of it, in nats.
    #[serde(rename = "h")]
    pub heard: f64,
    /// The organiser said that it is not the guest's.
    #[serde(rename = "no", default, skip_serializing_if = "std::ops::Not::not")]
    pub disowned: bool,
}

/// A cookie of a device. Looks can be copied, so each cookie earns its own trust.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KnownCookie {
    /// Which.
    pub id: DeviceId,
    /// A human act (an answer, a code, the organiser's word) followed an opening with it.
    #[serde(rename = "ok", default, skip_serializing_if = "std::ops::Not::not")]
    pub proven: bool,
}

/// A network that a device was seen on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownNetwork {
    /// Which.
    #[serde(flatten)]
    pub net: SeenNetwork,
    /// Openings from there, halved every 60 days.
    #[serde(rename = "w")]
    pub weight: f64,
    /// When `weight` was last brought up to date.
    #[serde(rename = "t", with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
}

/// What two openings are compared by. Absent is unknown, not different.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Traits {
    /// Operating system.
    pub os: Os,
    /// Browser family.
    #[serde(rename = "br")]
    pub browser: Browser,
    /// The browser's major version.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub major: Option<u32>,
    /// The system's version.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub os_version: Option<OsVersion>,
    /// An app's own window.
    #[serde(rename = "in", default, skip_serializing_if = "std::ops::Not::not")]
    pub in_app: bool,
    /// Kind of device.
    #[serde(rename = "k")]
    pub kind: DeviceKind,
    /// The hardware: platform, processors, memory, graphics, fingers; the screen too on what is held.
    #[serde(rename = "h", alias = "hw", default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<Mark>,
    /// Drawn canvas.
    #[serde(rename = "c", alias = "cv", default, skip_serializing_if = "Option::is_none")]
    pub canvas: Option<Mark>,
    /// Rendered sound.
    #[serde(rename = "a", alias = "au", default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Mark>,
    /// Fonts found.
    #[serde(rename = "f", alias = "fo", default, skip_serializing_if = "Option::is_none")]
    pub fonts: Option<Mark>,
    /// IANA time zone.
    #[serde(rename = "z", alias = "tz", default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Preferred language.
    #[serde(rename = "la", default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Traits tell a person from others.
impl fmt::Debug for Traits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traits").field("os", &self.os).field("browser", &self.browser).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_ordered_and_each_has_its_word() {
        let bands = [Band::Low, Band::Medium, Band::High, Band::Block];
        assert!(bands.is_sorted());
        assert_eq!(bands.map(Band::label), ["Verified", "Review", "Suspicious", "Blocked"]);
        for band in bands {
            assert_eq!(serde_json::to_value(band).unwrap(), band.as_str());
            assert_eq!(Band::parse(band.as_str()), Some(band));
        }
    }

    #[test]
    fn a_row_of_the_first_form_is_still_read() {
        let device = r#"{"w":1.0,"t0":1,"t1":2,"x":{"os":"ios","br":"safari","k":"phone","cv":"00000000000000ff","tz":"UTC"}}"#;
        let row: GuestRisk =
            serde_json::from_str(&format!(r#"{{"v":1,"d":[{device}],"pi":0.01,"n":3}}"#)).unwrap();
        assert_eq!((row.devices[0].doubt, row.devices[0].habit), (0.0, (0, 0)));
        let traits = &row.devices[0].traits;
        assert_eq!(
            (traits.os_version, traits.canvas, traits.timezone.as_deref()),
            (None, Some(Mark(255)), Some("UTC"))
        );
    }

    #[test]
    fn a_row_of_a_guest_is_read_as_it_was_written() {
        let row = serde_json::to_string(&GuestRisk::default()).unwrap();
        assert_eq!(serde_json::from_str::<GuestRisk>(&row).unwrap(), GuestRisk::default());
    }
}
