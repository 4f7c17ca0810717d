//! An e-mail address, checked as RFC 5321 and 6531 have it, without the forms that no mail server hands out.
//!
//! Quoted local parts, display names and address literals are refused: nobody is invited under them, and each has been
//! a way to smuggle a second recipient past a parser. A `+tag` is kept and tells two addresses apart: only some servers
//! ignore it. Debug shows no address and there is no Display.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::text::{self, TextError};

/// The most bytes of an address: RFC 5321's path of 256 without its angle brackets.
pub const EMAIL_BYTES_MAX: usize = 254;

/// Why an address was refused. Messages never repeat the address.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EmailError {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// More than [`EMAIL_BYTES_MAX`] bytes, or 64 before the `@`.
    #[error("is longer than an e-mail address can be")]
    TooLong,
    /// No `@`, or nothing on one side of it.
    #[error("is not an e-mail address: it needs a name, an @ and a domain")]
    Incomplete,
    /// A domain without a dot that is not `localhost`.
    #[error("is not an e-mail address: its domain has no dot")]
    NoTopLevel,
    /// A character that has no place in an address, such as a space, a control character, or an invisible one.
    #[error("contains a character that an e-mail address cannot have")]
    Character,
}

/// A checked address: trimmed, its domain in lower case, its local part as written.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Takes an address as typed.
    ///
    /// # Errors
    /// [`EmailError`] for whatever cannot be mailed to.
    pub fn parse(raw: &str) -> Result<Self, EmailError> {
        let composed: String = raw.trim().nfc().collect();
        if composed.len() > EMAIL_BYTES_MAX {
            return Err(EmailError::TooLong);
        }
        // One line without spaces, control characters or invisible ones, before anything looks at its structure.
        match text::line(&composed, EMAIL_BYTES_MAX) {
            Ok(line) if line == composed && !line.contains(' ') => {}
            Err(TextError::Empty) => return Err(EmailError::Empty),
            Ok(_) | Err(_) => return Err(EmailError::Character),
        }
        let (local, domain) = composed.rsplit_once('@').ok_or(EmailError::Incomplete)?;
        let address = format!("{local}@{}", domain.to_lowercase().nfc().collect::<String>());
        check(&address)?;
        Ok(Self(address))
    }

    /// The address, to be mailed to, shown or stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two spellings of one address are the same: all in lower case. RFC 5321 lets a server tell
    /// `Ada@` from `ada@`; none that people use does.
    #[must_use]
    pub fn key(&self) -> String {
        text::key(&self.0)
    }
}

fn check(address: &str) -> Result<(), EmailError> {
    use email_address::{EmailAddress as Grammar, Error, Options};

    let options = Options::default().without_display_text().without_domain_literal();
    Grammar::parse_with_options(address, options).map_err(|error| match error {
        Error::LocalPartTooLong | Error::DomainTooLong | Error::SubDomainTooLong => EmailError::TooLong,
        Error::MissingSeparator | Error::LocalPartEmpty | Error::DomainEmpty | Error::SubDomainEmpty => {
            EmailError::Incomplete
        }
        _ => EmailError::Character,
    })?;
    let (local, domain) = address.rsplit_once('@').ok_or(EmailError::Incomplete)?;
    // The grammar takes any symbol within a label; host names have letters, digits and hyphens (RFC 1123, 5890).
    let is_host = |c: char| {
        c.is_alphanumeric() || c == '-' || c == '.' || unicode_normalization::char::is_combining_mark(c)
    };
    if local.starts_with('"') || !domain.chars().all(is_host) {
        return Err(EmailError::Character);
    }
    if !domain.contains('.') && domain != "localhost" {
        return Err(EmailError::NoTopLevel);
    }
    Ok(())
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn email(raw: &str) -> EmailAddress {
        EmailAddress::parse(raw).unwrap_or_else(|error| panic!("{raw:?} {error}"))
    }

    #[test]
    fn address_is_trimmed_and_its_domain_lowered() {
        assert_eq!(email(" Ada.Lovelace@Example.ORG \r\n").as_str(), "Ada.Lovelace@example.org");
    }

    #[test]
    fn three_spellings_are_one_address() {
        for spelling in ["ada@example.org", "ADA@EXAMPLE.ORG", "\tAda@Example.org "] {
            assert_eq!(email(spelling).key(), "ada@example.org");
        }
        assert_eq!(email("jose\u{301}@müller.example").key(), email("José@MÜLLER.example").key());
    }

    #[test]
    fn tag_tells_two_addresses_apart() {
        assert_ne!(email("ada+1@example.org").key(), email("ada+2@example.org").key());
    }

    #[test]
    fn usual_and_unusual_addresses_are_taken() {
        for address in [
            "a@b.co",
            "o'brien+wedding@example.co.uk",
            "x!#$%&'*+-/=?^_`{|}~@example.org",
            "δοκιμή@παράδειγμα.ελ",
            "用户@例子.广告",
            "ada@xn--mnchen-3ya.de",
            "root@localhost",
        ] {
            assert_eq!(email(address).as_str(), address);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(65));
        let longer = format!("a@{}org", "example.".repeat(40));
        for (address, error) in [
            ("", EmailError::Empty),
            (" ", EmailError::Empty),
            ("ada", EmailError::Incomplete),
            ("@example.org", EmailError::Incomplete),
            ("ada@", EmailError::Incomplete),
            ("ada@example..org", EmailError::Incomplete),
            ("ada@gmail", EmailError::NoTopLevel),
            ("ada @example.org", EmailError::Character),
            ("ada@exam_ple.org", EmailError::Character),
            ("ada@-example.org", EmailError::Character),
            ("ada.@example.org", EmailError::Character),
            ("Ada <ada@example.org>", EmailError::Character),
            ("ada@[127.0.0.1]", EmailError::Character),
            ("\"ada@evil.example x\"@example.org", EmailError::Character),
            ("\"ada@evil.example\"@example.org", EmailError::Character),
            ("ada@example.org,eve@example.org", EmailError::Character),
            ("ada@example.org\r\nBcc: eve@example.org", EmailError::Character),
            ("ada\u{200b}@example.org", EmailError::Character),
            ("\u{202e}ada@example.org", EmailError::Character),
            ("ada@example.org\0", EmailError::Character),
            (&long, EmailError::TooLong),
            (&longer, EmailError::TooLong),
        ] {
            assert_eq!(EmailAddress::parse(address), Err(error), "{address:?}");
        }
    }

    #[test]
    fn address_is_not_shown_by_debug() {
        assert!(!format!("{:?}", email("ada@example.org")).contains("ada"));
    }

    proptest! {
        #[test]
        fn address_is_parsed_again_to_itself(raw in "\\PC{1,12}@[a-zA-Zß-ǿ.-]{1,12}\\.[a-z]{2,4}") {
            if let Ok(address) = EmailAddress::parse(&raw) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }

        #[test]
        fn address_never_holds_white_space_or_control(raw in any::<String>()) {
            if let Ok(address) = EmailAddress::parse(&format!("{raw}@example.org")) {
                prop_assert!(!address.as_str().chars().any(|c| c.is_whitespace() || c.is_control()));
            }
        }
    }
}
