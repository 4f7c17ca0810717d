//! Makes values of what was written, and collects all that is wrong instead of stopping at the first.

use std::collections::BTreeSet;

use super::problem::{Problem, Problems};
use super::source::{Origin, Sources, Text};
use super::value::Setting;

pub(super) struct Reader {
    sources: Sources,
    defaults: Sources,
    read: BTreeSet<&'static str>,
}

impl Reader {
    pub(super) fn new(sources: Sources) -> Self {
        Self { sources, defaults: Sources::gather(None, []), read: BTreeSet::new() }
    }

    /// A setting that always has a value. A wrong one is noted, and the default stands in for it until `finish`.
    pub(super) fn one<T: Setting>(&mut self, key: &'static str) -> T {
        self.optional(key).unwrap_or_else(|| {
            let Text::One(default) = &self.defaults.written[key].text else {
                panic!("{key} has a list for default")
            };
            T::parse(default).expect("defaults fit: a test reads them all")
        })
    }

    /// A setting that may be absent: an empty text means that it is.
    pub(super) fn optional<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        self.read.insert(key);
        let written = &self.sources.written[key];
        match &written.text {
            Text::One(text) if text.is_empty() => None,
            Text::One(text) => {
                let text = text.clone();
                self.parsed(key, &text)
            }
            Text::Many(_) => {
                self.wrong::<T>(key, None, "write one value, not a list".to_owned());
                None
            }
        }
    }

    /// A list; a text is split at its commas.
    pub(super) fn list<T: Setting>(&mut self, key: &'static str) -> Vec<T> {
        self.read.insert(key);
        let items = match self.sources.written[key].text.clone() {
            Text::Many(items) => items,
            Text::One(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
        };
        items.iter().filter_map(|item| self.parsed(key, item)).collect()
    }

    /// A setting of a part that is not here yet: it must fit, and must be absent.
    pub(super) fn later<T: Setting>(&mut self, key: &'static str) {
        if self.optional::<T>(key).is_some() {
            self.refuse_as_later(key);
        }
    }

    /// Everything that was wrong, or nothing.
    pub(super) fn finish(self) -> Result<(), Problems> {
        debug_assert!(
            self.defaults.written.keys().all(|key| self.read.contains(key.as_str())),
            "a key of guestguard.example.toml is not read"
        );
        if self.sources.problems.is_empty() { Ok(()) } else { Err(Problems(self.sources.problems)) }
    }

    fn parsed<T: Setting>(&mut self, key: &'static str, text: &str) -> Option<T> {
        match T::parse(text) {
            Ok(value) => Some(value),
            Err(remedy) => {
                self.wrong::<T>(key, Some(text.to_owned()), remedy);
                None
            }
        }
    }

    fn wrong<T: Setting>(&mut self, key: &'static str, value: Option<String>, remedy: String) {
        let value = value.filter(|_| T::SHOWN);
        let origin = self.origin(key);
        self.sources.problems.push(Problem::WrongValue { key, origin, value, remedy });
    }

    fn refuse_as_later(&mut self, key: &'static str) {
        let origin = self.origin(key);
        self.sources.problems.push(Problem::NotSupportedYet { key, origin });
    }

    fn origin(&self, key: &str) -> Origin {
        self.sources.written[key].origin.clone()
    }
}
