//! What can be wrong with the settings, and how it is told: key, place, what to do.

use std::fmt;
use std::path::PathBuf;

use super::source::Origin;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The settings file cannot be read, or is not TOML.
    File {
        /// The file.
        path: PathBuf,
        /// What is the matter, with its line where there is one.
        detail: String,
    },
    /// No setting has this name.
    UnknownKey {
        /// Its name as it was written.
        key: String,
        /// Where it was written.
        origin: Origin,
        /// The known name that looks most like it.
        nearest: Option<String>,
    },
    /// The value of a variable is not UTF-8.
    NotText {
        /// The variable.
        origin: Origin,
    },
    /// The setting cannot have this value.
    WrongValue {
        /// Its name.
        key: &'static str,
        /// Where it was written.
        origin: Origin,
        /// The value, unless it may be secret.
        value: Option<String>,
        /// What to write instead.
        remedy: String,
    },
    /// The setting belongs to a part that this build does not have.
    NotSupportedYet {
        /// Its name.
        key: &'static str,
        /// Where it was written.
        origin: Origin,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, detail } => write!(f, "{}: {detail}", path.display()),
            Self::UnknownKey { key, origin, nearest } => {
                match origin {
                    Origin::Env { .. } => write!(f, "{key}: no such setting")?,
                    origin => write!(f, "{key} ({origin}): no such setting")?,
                }
                match nearest {
                    Some(nearest) => write!(f, "; did you mean {nearest}?"),
                    None => write!(f, "; guestguard.example.toml has them all"),
                }
            }
            Self::NotText { origin } => write!(f, "{origin}: the value is not UTF-8; write it as text"),
            Self::WrongValue { key, origin, value, remedy } => {
                write!(f, "{key} ({origin}): ")?;
                match value {
                    Some(value) => write!(f, "`{}` does not fit; {remedy}", value.escape_debug()),
                    None => write!(f, "the value does not fit; {remedy}"),
                }
            }
            Self::NotSupportedYet { key, origin } => {
                write!(f, "{key} ({origin}): not supported by this build yet; take it out")
            }
        }
    }
}

/// Everything that is wrong, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "1 setting is wrong:")?,
            n => write!(f, "{n} settings are wrong:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}
