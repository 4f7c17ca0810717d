//! What a guest's browser says of itself: the `fp` of the access log, `signals` of an access.
//!
//! Every member may be missing. A wrong type is refused with its pointer, since only a broken client
//! sends one; an absurd value (a screen of no pixels, −3 cores) counts as missing, since honest
//! browsers that guard their owner's privacy send those, and nobody is turned away for his browser.

mod reader;
mod screen;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::reader::Reader;
pub use self::reader::{SIGNAL_LANGUAGES_MAX, SIGNAL_TEXT_MAX};
pub use self::screen::{Screen, ScreenError};
use crate::fields::FieldErrors;

/// Most members of the object, unknown ones included: ours are 20, the rest is room for what comes.
pub const SIGNAL_MEMBERS_MAX: usize = 128;

/// What the browser said. Missing members are `None`.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Signals {
    /// `navigator.platform`, such as `iPhone`, `Win32`, `Linux armv81`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Screen in CSS pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
    /// Device pixels for one CSS pixel, above 0 and at most 32.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixel_ratio: Option<f64>,
    /// Bits for one pixel, 1 to 128.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color_depth: Option<u32>,
    /// Fingers that the screen tells apart, at most 256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touch_points: Option<u32>,
    /// Logical processors, 1 to 4,096.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cores: Option<u32>,
    /// Memory in GiB, above 0 and at most 4,096.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<f64>,
    /// IANA time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Minutes east of UTC, within a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tz_offset: Option<i32>,
    /// Languages, the preferred first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    /// Hash of a drawn canvas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canvas: Option<String>,
    /// Hash of a rendered sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<String>,
    /// Hash of the fonts found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fonts: Option<String>,
    /// Who made the graphics unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webgl_vendor: Option<String>,
    /// What the graphics unit is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webgl_renderer: Option<String>,
    /// The browser says that a program drives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webdriver: Option<bool>,
    /// Number of plug-ins, at most 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<u32>,
    /// How long the page has been visible, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_ms: Option<u64>,
    /// Whether the page was touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interacted: Option<bool>,
}

impl Signals {
    /// Reads `signals` of an access call; `null` is a browser where no script ran.
    ///
    /// # Errors
    /// Every member of a wrong type or above its limit, by pointers such as `/signals/screen`.
    pub fn parse(value: &Value) -> Result<Option<Self>, FieldErrors> {
        let members = match value {
            Value::Null => return Ok(None),
            Value::Object(members) if members.len() <= SIGNAL_MEMBERS_MAX => members,
            Value::Object(_) => {
                let detail = format!("has more than {SIGNAL_MEMBERS_MAX} members");
                return Err(FieldErrors::one("/signals", detail));
            }
            _ => return Err(FieldErrors::one("/signals", "must be an object or null")),
        };

        Self::read(|name| members.get(name)).map(Some)
    }

    /// Reads the members that `get` finds, however they are kept.
    ///
    /// # Errors
    /// As [`Signals::parse`].
    pub fn read<'a>(get: impl Fn(&str) -> Option<&'a Value>) -> Result<Self, FieldErrors> {
        let mut read = Reader::of(get);
        let signals = Self {
            platform: read.text("platform"),
            screen: read.text("screen").and_then(|text| text.parse().ok()),
            pixel_ratio: read.number("pixel_ratio").filter(|ratio| *ratio > 0.0 && *ratio <= 32.0),
            color_depth: read.count("color_depth", 1, 128),
            touch_points: read.count("touch_points", 0, 256),
            cores: read.count("cores", 1, 4_096),
            memory: read.number("memory").filter(|gib| *gib > 0.0 && *gib <= 4_096.0),
            timezone: read.text("timezone"),
            tz_offset: read.tz_offset(),
            languages: read.languages(),
            canvas: read.text("canvas"),
            audio: read.text("audio"),
            fonts: read.text("fonts"),
            webgl_vendor: read.text("webgl_vendor"),
            webgl_renderer: read.text("webgl_renderer"),
            webdriver: read.flag("webdriver"),
            plugins: read.count("plugins", 0, 10_000),
            visible_ms: read.visible_ms(),
            interacted: read.flag("interacted"),
        };
        read.errors.check()?;
        Ok(signals)
    }

    /// Did a script run and say anything? `{}` proves no more than `null`.
    pub fn prove_script(&self) -> bool {
        *self != Self::default()
    }

    /// Does it say anything of the machine, beyond how the page was used?
    pub fn describe_device(&self) -> bool {
        let Self { platform, screen, timezone, languages, canvas, fonts, webgl_renderer, .. } = self;
        screen.is_some()
            || [platform, timezone, canvas, fonts, webgl_renderer].iter().any(|text| text.is_some())
            || languages.is_some()
    }
}

/// Signals tell a person from others: logs see how the page was used and no more.
impl fmt::Debug for Signals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signals")
            .field("webdriver", &self.webdriver)
            .field("visible_ms", &self.visible_ms)
            .field("interacted", &self.interacted)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn null_is_a_browser_without_script_and_an_empty_object_proves_none() {
        assert_eq!(Signals::parse(&Value::Null), Ok(None));
        let empty = Signals::parse(&json!({"later": {"deep": [1]}})).unwrap().unwrap();
        assert!(!empty.prove_script());
    }

    #[test]
    fn every_wrong_type_is_named_by_its_pointer() {
        let wrong = json!({
            "platform": 1, "screen": ["390x844"], "pixel_ratio": "3", "touch_points": true, "timezone": {},
            "languages": ["en", 7], "canvas": 0, "webdriver": "false", "visible_ms": "2000", "interacted": 1,
            "unknown": 3,
        });
        let errors = Signals::parse(&wrong).unwrap_err();
        let pointers: Vec<_> = errors.0.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/signals/platform",
                "/signals/screen",
                "/signals/pixel_ratio",
                "/signals/touch_points",
                "/signals/timezone",
                "/signals/languages/1",
                "/signals/canvas",
                "/signals/webdriver",
                "/signals/visible_ms",
                "/signals/interacted",
            ]
        );
        for not_an_object in [json!([]), json!("x"), json!(1), json!(false)] {
            let errors = Signals::parse(&not_an_object).unwrap_err();
            assert_eq!(errors.0[0].pointer, "/signals");
        }
    }

    #[test]
    fn texts_lists_and_objects_beyond_their_limit_are_refused() {
        let long = "f".repeat(SIGNAL_TEXT_MAX + 1);
        let many: Vec<_> = (0..=SIGNAL_LANGUAGES_MAX).map(|_| "en").collect();
        let errors = Signals::parse(&json!({"fonts": long, "languages": many})).unwrap_err();
        let pointers: Vec<_> = errors.0.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/signals/languages", "/signals/fonts"]);

        let crowd: Map<_, _> = (0..=SIGNAL_MEMBERS_MAX).map(|i| (i.to_string(), Value::Null)).collect();
        assert!(Signals::parse(&Value::Object(crowd)).is_err());
    }

    #[test]
    fn absurd_values_count_as_missing() {
        let absurd = json!({
            "screen": "0x-4", "pixel_ratio": -1, "color_depth": 1e300, "cores": 0, "memory": -8,
            "tz_offset": 99999, "visible_ms": 1e300, "canvas": "", "languages": [], "plugins": 1e9,
        });
        assert_eq!(Signals::parse(&absurd), Ok(Some(Signals::default())));
    }

    #[test]
    fn a_real_browser_is_read_whole_and_written_the_same() {
        let said = json!({
            "platform": "iPhone", "screen": "390x844", "pixel_ratio": 3.0, "color_depth": 24, "touch_points": 5,
            "cores": 4, "timezone": "Europe/Berlin", "tz_offset": 60, "languages": ["de-DE", "en"],
            "canvas": "a1", "audio": "b2", "fonts": "c3", "webgl_vendor": "Apple Inc.",
            "webgl_renderer": "Apple GPU", "webdriver": false, "plugins": 5, "visible_ms": 2100,
            "interacted": true,
        });
        let signals = Signals::parse(&said).unwrap().unwrap();
        assert_eq!(signals.screen, Some(Screen { width: 390, height: 844 }));
        assert_eq!(serde_json::to_value(&signals).unwrap(), said);
    }

    #[test]
    fn what_was_not_seen_for_long_enough_is_not_rounded_up() {
        let seen = |ms: f64| Signals::parse(&json!({"visible_ms": ms})).unwrap().unwrap().visible_ms;
        assert_eq!((seen(1499.6), seen(-5.0)), (Some(1499), Some(0)));
    }

    #[test]
    fn control_characters_are_dropped() {
        let signals = Signals::parse(&json!({"platform": "i\u{0}Pho\nne"})).unwrap().unwrap();
        assert_eq!(signals.platform.as_deref(), Some("iPhone"));
    }

    #[test]
    fn debug_says_nothing_of_the_device() {
        let signals = Signals { canvas: Some("secret".into()), ..Signals::default() };
        assert!(!format!("{signals:?}").contains("secret"));
    }
}
