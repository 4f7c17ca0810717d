//! The language a guest is written to in: a BCP 47 tag such as `de` or `pt-BR`.
//!
//! Only the shape is checked, not the registry: an unknown language falls back where texts are chosen, and a list of
//! languages in the code would be out of date.

/// The most bytes of a tag: the longest that RFC 5646 4.4.1 asks software to take.
pub const LOCALE_BYTES_MAX: usize = 35;

/// A tag that is no BCP 47 tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("is not a language code such as en or pt-BR")]
pub struct LocaleError;

/// A language tag in its usual case: `en`, `pt-BR`, `zh-Hant-TW`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Locale(String);

impl Locale {
    /// Takes a tag in any case, with `-` or `_` between its parts.
    ///
    /// # Errors
    /// [`LocaleError`] when the first part is not two or three letters, or another not 1 to 8 letters and digits.
    pub fn parse(raw: &str) -> Result<Self, LocaleError> {
        let raw = raw.trim();
        if raw.len() > LOCALE_BYTES_MAX {
            return Err(LocaleError);
        }
        let mut tag = String::with_capacity(raw.len());
        for (i, part) in raw.split(['-', '_']).enumerate() {
            let fits = match i {
                0 => matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_alphabetic()),
                _ => matches!(part.len(), 1..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()),
            };
            if !fits {
                return Err(LocaleError);
            }
            if i > 0 {
                tag.push('-');
            }
            tag.push_str(&usual_case(i, part));
        }
        Ok(Self(tag))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 5646 2.1.1: regions in capitals, scripts in title case, all else in lower case.
fn usual_case(position: usize, part: &str) -> String {
    let lower = part.to_ascii_lowercase();
    match (position, part.len()) {
        (1.., 2) => part.to_ascii_uppercase(),
        (1.., 4) => lower[..1].to_ascii_uppercase() + &lower[1..],
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_is_written_in_its_usual_case() {
        for (raw, tag) in
            [(" EN ", "en"), ("pt_br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")]
        {
            assert_eq!(Locale::parse(raw).as_ref().map(Locale::as_str), Ok(tag));
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for raw in [
            "",
            "e",
            "english",
            "en-",
            "en--US",
            "en US",
            "e1",
            "de_DE.UTF-8",
            "ünd",
            &"en-abcdefgh".repeat(4),
        ] {
            assert_eq!(Locale::parse(raw), Err(LocaleError), "{raw:?}");
        }
    }
}
