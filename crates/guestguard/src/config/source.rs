//! Where settings come from: the example file compiled in, the settings file, the environment, the later before
//! the earlier. Here they are only text with a place; `reader` makes values of them.
//!
//! The keys of the example file are all that there are, so a setting that is not documented cannot exist.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::problem::Problem;

/// The documented settings with their defaults.
pub const EXAMPLE: &str = include_str!("../../../../guestguard.example.toml");

/// Every variable of ours begins so.
const ENV_PREFIX: &str = "GUESTGUARD_";

/// Variables of ours that are no settings: `scripts/services` hands them to the tests.
const ENV_OF_TESTS: [&str; 1] = ["GUESTGUARD_TEST_POSTGRES_URL"];

/// A settings file is some hundred lines; more is another file by mistake.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Names further apart than this (Jaro-Winkler, 0 to 1) are not offered as what was meant.
const LIKENESS_MIN: f64 = 0.75;

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: the default holds.
    Default,
    /// In the settings file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// In the environment.
    Env {
        /// The variable.
        name: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Env { name } => f.write_str(name),
        }
    }
}

/// A setting as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) text: Text,
    pub(super) origin: Origin,
    /// Its place in the example file, for output in that order.
    pub(super) place: usize,
}

/// One text, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    One(String),
    Many(Vec<String>),
}

/// All settings by key (`section.name`), and what was wrong already.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) written: BTreeMap<String, Written>,
    pub(super) problems: Vec<Problem>,
}

impl Sources {
    /// Defaults, then the file, then the environment.
    pub(super) fn gather(file: Option<&Path>, env: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let table = DeTable::parse(EXAMPLE).expect("the example file is TOML: a test reads it");
        let mut written = BTreeMap::new();
        flatten(table.get_ref(), "", &mut |key, text, place| {
            let text =
                text.expect("the example file holds texts, truths and lists of texts: a test reads it");
            written.insert(key, Written { text, origin: Origin::Default, place });
        });
        let mut sources = Self { written, problems: Vec::new() };
        if let Some(path) = file {
            sources.add_file(path);
        }
        sources.add_env(env);
        sources
    }

    fn add_file(&mut self, path: &Path) {
        let problem = |detail: String| Problem::File { path: path.to_owned(), detail };
        let text = match read(path) {
            Ok(text) => text,
            Err(detail) => return self.problems.push(problem(detail)),
        };
        let table = match DeTable::parse(&text) {
            Ok(table) => table,
            Err(error) => {
                let line = error.span().map(|span| format!("line {}: ", line_at(&text, span.start)));
                let detail = format!("{}{}", line.unwrap_or_default(), error.message());
                return self.problems.push(problem(detail));
            }
        };
        flatten(table.get_ref(), "", &mut |key, value, place| {
            let line = line_at(&text, place);
            match value {
                Some(value) => self.set(key, value, Origin::File { path: path.to_owned(), line }),
                None => self
                    .problems
                    .push(problem(format!("line {line}: {key} takes a text, a truth or a list of texts"))),
            }
        });
    }

    fn add_env(&mut self, env: impl IntoIterator<Item = (OsString, OsString)>) {
        let mut ours: Vec<_> = env
            .into_iter()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(ENV_PREFIX) && !ENV_OF_TESTS.contains(&name.as_str()))
            .collect();
        ours.sort();
        let keys: BTreeMap<String, String> =
            self.written.keys().map(|key| (variable(key), key.clone())).collect();
        for (name, value) in ours {
            let origin = Origin::Env { name: name.clone() };
            match (keys.get(&name), value.into_string()) {
                (Some(key), Ok(text)) => self.set(key.clone(), Text::One(text), origin),
                (Some(_), Err(_)) => self.problems.push(Problem::NotText { origin }),
                (None, _) => {
                    let nearest = nearest(&name, keys.keys());
                    self.problems.push(Problem::UnknownKey { key: name, origin, nearest });
                }
            }
        }
    }

    fn set(&mut self, key: String, text: Text, origin: Origin) {
        match self.written.get_mut(&key) {
            Some(written) => (written.text, written.origin) = (text, origin),
            None => {
                let nearest = nearest(&key, self.written.keys());
                self.problems.push(Problem::UnknownKey { key, origin, nearest });
            }
        }
    }
}

/// The variable that sets a key: `smtp.url` is `GUESTGUARD_SMTP_URL`.
pub(super) fn variable(key: &str) -> String {
    format!("{ENV_PREFIX}{}", key.replace('.', "_").to_ascii_uppercase())
}

/// Hands every key of the table on, with its text and the byte where its key stands; no text for other types.
fn flatten(table: &DeTable<'_>, section: &str, each: &mut impl FnMut(String, Option<Text>, usize)) {
    for (key, value) in table {
        let name = if section.is_empty() {
            key.get_ref().to_string()
        } else {
            format!("{section}.{}", key.get_ref())
        };
        match value.get_ref() {
            DeValue::Table(inner) if section.is_empty() => flatten(inner, &name, each),
            value => each(name, text_of(value), key.span().start),
        }
    }
}

fn text_of(value: &DeValue<'_>) -> Option<Text> {
    let scalar = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        DeValue::Array(items) => {
            items.iter().map(|item| scalar(item.get_ref())).collect::<Option<_>>().map(Text::Many)
        }
        value => scalar(value).map(Text::One),
    }
}

fn read(path: &Path) -> Result<String, String> {
    let length = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if length > FILE_BYTES_MAX {
        return Err(format!("has {length} bytes; a settings file has at most {FILE_BYTES_MAX}"));
    }
    std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Option<String> {
    known
        .map(|key| (strsim::jaro_winkler(name, key), key))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, key)| key.clone())
}
