//! An organiser's account: what a password must be, and how long a session lives.

use jiff::SignedDuration;
use zeroize::Zeroizing;

use crate::email::EmailAddress;

/// Fewest characters of a password: 15 while there is no second factor (NIST 800-63B rev. 4, 3.1.1.1).
pub const PASSWORD_CHARS_MIN: usize = 15;
/// Most bytes of a password: any passphrase fits, and hashing stays cheap.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// Fewest different characters: `aaaaaaaaaaaaaaaa` is long and still no password.
const PASSWORD_DISTINCT_MIN: usize = 5;
/// A session that is not used for so long ends.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A session ends after so long, used or not.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// A password that was typed, wiped from memory when dropped. Its `Debug` says nothing.
pub struct Password(Zeroizing<String>);

impl Password {
    /// What somebody typed to sign in: any text.
    pub fn typed(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// A password to be set for the account of `email`.
    ///
    /// # Errors
    /// [`PasswordError`] where it is too short, too long or too easily guessed.
    pub fn choose(text: String, email: &EmailAddress) -> Result<Self, PasswordError> {
        let password = Self::typed(text);
        let chars = password.0.chars().count();
        if chars < PASSWORD_CHARS_MIN {
            return Err(PasswordError::Short);
        }
        if password.0.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::Long);
        }
        let mut distinct: Vec<char> = password.0.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < PASSWORD_DISTINCT_MIN || password.0.trim().eq_ignore_ascii_case(email.as_str()) {
            return Err(PasswordError::Easy);
        }
        Ok(password)
    }

    /// The text, to be hashed.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Why a password was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`PASSWORD_CHARS_MIN`] characters.
    #[error("use at least 15 characters: a few words in a row are easy to remember and hard to guess")]
    Short,
    /// More than [`PASSWORD_BYTES_MAX`] bytes.
    #[error("use at most 1,024 bytes")]
    Long,
    /// A single character over and over, or the e-mail address itself.
    #[error("this is too easily guessed: a few unrelated words in a row are better")]
    Easy,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_a_pattern_nor_the_address() {
        let email = EmailAddress::parse("ama.mensah@example.org").unwrap();
        let choose = |text: &str| Password::choose(text.to_string(), &email).map(|_| ());

        assert_eq!(choose("four words in a row"), Ok(()));
        assert_eq!(choose("fourteen chars"), Err(PasswordError::Short));
        assert_eq!(choose("aaaaaaaaaaaaaaaaaaaa"), Err(PasswordError::Easy));
        assert_eq!(choose("Ama.Mensah@example.org"), Err(PasswordError::Easy));
        assert_eq!(choose(&"pass phrase ".repeat(100)), Err(PasswordError::Long));
    }
}
