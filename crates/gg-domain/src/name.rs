//! The name of a guest or of a companion, as the organiser wrote it and as it is matched.
//!
//! Names are personal data: Debug shows none, and there is no Display; showing one is said aloud with `as_str`.

use std::fmt;

use crate::text::{self, TextError};

/// The most characters of a name: four times the longest that passports print.
pub const NAME_CHARS_MAX: usize = 200;

/// A person's name: 1 to [`NAME_CHARS_MAX`] characters, one line, nothing invisible in it.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct PersonName(String);

impl PersonName {
    /// Takes a name as typed; surrounding and doubled white space goes.
    ///
    /// # Errors
    /// [`TextError`] when empty, too long, or with control or invisible characters ([`text::line`]).
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        text::line(raw, NAME_CHARS_MAX).map(Self)
    }

    /// The name, to be shown or stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two spellings of one name are the same ([`text::key`]).
    #[must_use]
    pub fn key(&self) -> String {
        text::key(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(raw: &str) -> PersonName {
        PersonName::parse(raw).unwrap_or_else(|error| panic!("{raw:?} {error}"))
    }

    #[test]
    fn name_is_kept_as_written_without_needless_spaces() {
        assert_eq!(name("  Ada   King, Countess of Lovelace ").as_str(), "Ada King, Countess of Lovelace");
    }

    #[test]
    fn names_match_whatever_their_case_and_spaces() {
        assert_eq!(name("ada  LOVELACE").key(), name("Ada Lovelace").key());
        assert_ne!(name("Ada Lovelace").key(), name("Ada Byron").key());
    }

    #[test]
    fn empty_name_is_refused() {
        assert_eq!(PersonName::parse("  "), Err(TextError::Empty));
    }

    #[test]
    fn name_is_not_shown_by_debug() {
        assert!(!format!("{:?}", name("Ada")).contains("Ada"));
    }
}
