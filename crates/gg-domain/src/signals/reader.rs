//! Reads the members of `signals`: a wrong type is noted, an absurd value counts as missing.

use serde_json::Value;

use crate::fields::FieldErrors;

/// Longest text of a member, in characters: the longest real WebGL renderer is under 200.
pub const SIGNAL_TEXT_MAX: usize = 512;
/// Most languages that a browser may list: real ones list at most a dozen.
pub const SIGNAL_LANGUAGES_MAX: usize = 32;
/// Longest time that a page is believed to have been visible, in ms: 30 days, then it is no time.
const VISIBLE_MS_MAX: f64 = 30.0 * 86_400_000.0;

/// Takes members one by one and notes what is wrong with each.
pub(super) struct Reader<G> {
    get: G,
    pub(super) errors: FieldErrors,
}

impl<'a, G: Fn(&str) -> Option<&'a Value>> Reader<G> {
    /// Of the members that `get` finds.
    pub(super) fn of(get: G) -> Self {
        Self { get, errors: FieldErrors::default() }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match (self.get)(name)? {
            Value::Null => None,
            Value::String(text) => self.bounded(|| format!("/signals/{name}"), text),
            _ => self.refuse(name, "must be a text or null"),
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Option<f64> {
        match (self.get)(name)? {
            Value::Null => None,
            Value::Number(number) => number.as_f64().filter(|number| number.is_finite()),
            _ => self.refuse(name, "must be a number or null"),
        }
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match (self.get)(name)? {
            Value::Null => None,
            Value::Bool(flag) => Some(*flag),
            _ => self.refuse(name, "must be true, false or null"),
        }
    }

    /// A whole number from `least` to `most`; anything else that is a number counts as missing.
    pub(super) fn count(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let number = self.number(name)?.round();
        (f64::from(least)..=f64::from(most)).contains(&number).then(|| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
            let count = number as u32;
            count
        })
    }

    pub(super) fn tz_offset(&mut self) -> Option<i32> {
        /// Minutes of a day: no zone is farther from UTC.
        const DAY: f64 = 1_440.0;
        let minutes = self.number("tz_offset")?.round();
        (-DAY..=DAY).contains(&minutes).then(|| {
            #[expect(clippy::cast_possible_truncation, reason = "checked just above")]
            let minutes = minutes as i32;
            minutes
        })
    }

    pub(super) fn visible_ms(&mut self) -> Option<u64> {
        // Down, and no less than nought: what was not quite long enough does not become so by rounding.
        let ms = self.number("visible_ms")?.floor().max(0.0);
        (0.0..=VISIBLE_MS_MAX).contains(&ms).then(|| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
            let ms = ms as u64;
            ms
        })
    }

    pub(super) fn languages(&mut self) -> Option<Vec<String>> {
        let items = match (self.get)("languages")? {
            Value::Null => return None,
            Value::Array(items) if items.len() <= SIGNAL_LANGUAGES_MAX => items,
            Value::Array(_) => {
                return self.refuse("languages", &format!("has more than {SIGNAL_LANGUAGES_MAX} languages"));
            }
            _ => return self.refuse("languages", "must be a list of texts or null"),
        };
        let mut languages = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            match item {
                Value::String(text) => {
                    languages.extend(self.bounded(|| format!("/signals/languages/{i}"), text));
                }
                _ => self.errors.push(format!("/signals/languages/{i}"), "must be a text"),
            }
        }
        (!languages.is_empty()).then_some(languages)
    }

    /// The text without control characters, which PostgreSQL's JSON refuses; empty is missing.
    fn bounded(&mut self, pointer: impl Fn() -> String, text: &str) -> Option<String> {
        if text.len() > SIGNAL_TEXT_MAX && text.chars().nth(SIGNAL_TEXT_MAX).is_some() {
            self.errors.push(pointer(), format!("is longer than {SIGNAL_TEXT_MAX} characters"));
            return None;
        }
        let mut text = text.to_owned();
        if text.chars().any(char::is_control) {
            text.retain(|c| !c.is_control());
        }
        (!text.is_empty()).then_some(text)
    }

    fn refuse<T>(&mut self, name: &str, detail: &str) -> Option<T> {
        self.errors.push(format!("/signals/{name}"), detail);
        None
    }
}
