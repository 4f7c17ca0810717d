//! A telephone number in the one form that every carrier takes: E.164, `+` and 7 to 15 digits.
//!
//! Numbers come as people write them (spaces, dots, brackets, a trunk zero in brackets, the direction marks that phones
//! put around what is copied) and are kept in one spelling, so that equal numbers are equal text. A number without its
//! country is refused rather than guessed: a wrong guess sends somebody's invitation to a stranger.

use std::fmt;

/// The fewest digits: the shortest subscriber numbers with a country code (Niue, Saint Helena) have seven.
pub const PHONE_DIGITS_MIN: usize = 7;
/// The most digits (ITU-T E.164, 6.2.1).
pub const PHONE_DIGITS_MAX: usize = 15;

/// Why a number was refused. Messages never repeat the number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// No `+` or `00` and country code in front.
    #[error("needs its country code, as in +44 20 7946 0958")]
    NoCountry,
    /// Fewer than [`PHONE_DIGITS_MIN`] or more than [`PHONE_DIGITS_MAX`] digits.
    #[error("is not a phone number: it needs {PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} digits")]
    Length,
    /// A letter or sign that no number has.
    #[error("contains a character that a phone number cannot have")]
    Character,
    /// `4.47911E+11`: what a spreadsheet makes of a long number.
    #[error("was shortened by a spreadsheet: format the column as text and write the number again")]
    Shortened,
}

/// A number in international form: `+` and digits alone.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Takes a number as typed.
    ///
    /// # Errors
    /// [`PhoneError`] for what is not an international number.
    pub fn parse(raw: &str) -> Result<Self, PhoneError> {
        let raw = raw.trim_matches(is_padding);
        let raw = raw.strip_prefix("tel:").unwrap_or(raw);
        if raw.is_empty() {
            return Err(PhoneError::Empty);
        }
        if is_scientific(raw) {
            return Err(PhoneError::Shortened);
        }
        // The trunk zero that is dialled only within the country: +44 (0)20 is +44 20.
        let written = raw.replacen("(0)", "", 1);
        let mut bare = String::with_capacity(written.len());
        for c in written.chars() {
            match c {
                '0'..='9' => bare.push(c),
                '+' if bare.is_empty() => bare.push(c),
                _ if is_padding(c) || is_separator(c) => {}
                _ => return Err(PhoneError::Character),
            }
        }
        let digits =
            bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")).ok_or(PhoneError::NoCountry)?;
        if digits.starts_with('0') {
            return Err(PhoneError::NoCountry);
        }
        if !(PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digits.len()) {
            return Err(PhoneError::Length);
        }
        Ok(Self(format!("+{digits}")))
    }

    /// The number as `+` and digits, to be called, shown or stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

/// White space and the direction marks that address books copy along.
fn is_padding(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

const fn is_separator(c: char) -> bool {
    matches!(c, '.' | '-' | '(' | ')' | '[' | ']' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{00B7}')
}

fn is_scientific(raw: &str) -> bool {
    let Some((mantissa, exponent)) = raw.split_once(['e', 'E']) else { return false };
    mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        && exponent.strip_prefix('+').is_some_and(|digits| digits.parse::<u8>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn number_is_kept_in_one_spelling() {
        for spelling in [
            "+442079460958",
            " +44 20 7946 0958 ",
            "0044 (20) 7946-0958",
            "+44.20.7946.0958",
            "+44 (0)20 7946 0958",
            "+44 (0) 20/7946\u{a0}0958",
            "tel:+44-20-7946-0958",
            "\u{202a}+44 20 7946\u{2011}0958\u{202c}",
        ] {
            assert_eq!(
                PhoneNumber::parse(spelling).as_ref().map(PhoneNumber::as_str),
                Ok("+442079460958"),
                "{spelling:?}"
            );
        }
    }

    #[test]
    fn what_is_no_international_number_is_refused() {
        for (number, error) in [
            ("", PhoneError::Empty),
            (" \u{200e}", PhoneError::Empty),
            ("020 7946 0958", PhoneError::NoCountry),
            ("442079460958", PhoneError::NoCountry),
            ("+0442079460958", PhoneError::NoCountry),
            ("000442079460958", PhoneError::NoCountry),
            ("+441234", PhoneError::Length),
            ("+", PhoneError::Length),
            ("+4420794609581234", PhoneError::Length),
            ("+44 20 7946 0958 ext 5", PhoneError::Character),
            ("+44+2079460958", PhoneError::Character),
            ("+44 20 7946 0958; +44 20 7946 0959", PhoneError::Character),
            ("+٤٤٢٠٧٩٤٦٠٩٥٨", PhoneError::Character),
            ("none", PhoneError::Character),
            ("4.47911E+11", PhoneError::Shortened),
            ("4,47911E+11", PhoneError::Shortened),
        ] {
            assert_eq!(PhoneNumber::parse(number), Err(error), "{number:?}");
        }
    }

    #[test]
    fn number_is_not_shown_by_debug() {
        let number = PhoneNumber::parse("+442079460958").expect("a number");
        assert_eq!(format!("{number:?}"), "PhoneNumber(…)");
    }

    proptest! {
        #[test]
        fn number_is_plus_and_digits_whatever_was_typed(raw in "(\\+|00)?[0-9 ().+-]{0,24}") {
            if let Ok(number) = PhoneNumber::parse(&raw) {
                let digits = number.as_str().strip_prefix('+').expect("starts with +");
                prop_assert!((PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digits.len()));
                prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0'));
                prop_assert_eq!(PhoneNumber::parse(number.as_str()), Ok(number.clone()));
            }
        }

        #[test]
        fn nothing_typed_makes_it_panic(raw in any::<String>()) {
            let _ = PhoneNumber::parse(&raw);
        }
    }
}
