//! What somebody who was stopped at a link asks the organiser for.

use crate::email::EmailAddress;
use crate::fields::FieldErrors;
use crate::name::PersonName;
use crate::phone::PhoneNumber;
use crate::text;

/// Most characters of a word to the organiser.
pub const NOTE_CHARS_MAX: usize = 500;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WishKind {
    /// A new link for the guest himself, who has no contact that one could be sent to.
    FreshLink,
    /// An invitation of one's own, by somebody to whom a guest's link was passed on.
    OwnInvitation,
}

impl WishKind {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::FreshLink, Self::OwnInvitation];

    /// The kind's word, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FreshLink => "fresh_link",
            Self::OwnInvitation => "own_invitation",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Who asks for an invitation of his own, as he wrote it.
#[derive(Clone, Default)]
pub struct AskerInput {
    /// His name.
    pub name: String,
    /// Where he can be reached: an e-mail address or a number.
    pub contact: String,
    /// A word to the organiser.
    pub note: String,
}

/// Who asks for an invitation of his own, judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asker {
    /// His name.
    pub name: PersonName,
    /// Where mail reaches him.
    pub email: Option<EmailAddress>,
    /// Where messages reach him.
    pub phone: Option<PhoneNumber>,
    /// A word to the organiser.
    pub note: Option<String>,
}

impl Asker {
    /// Judges every field.
    ///
    /// # Errors
    /// Every fault found, with its pointer.
    pub fn parse(input: &AskerInput) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("/name", PersonName::parse(&input.name));
        let contact = input.contact.trim();
        let (email, phone) = match contact {
            "" => (None, None),
            // Whoever writes an @ means an address.
            contact if contact.contains('@') => (errors.take("/contact", EmailAddress::parse(contact)), None),
            contact => (None, errors.take("/contact", PhoneNumber::parse(contact))),
        };
        let note = match input.note.trim() {
            "" => None,
            note => errors.take("/note", text::block(note, NOTE_CHARS_MAX)),
        };
        match name {
            Some(name) if errors.0.is_empty() => Ok(Self { name, email, phone, note }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(name: &str, contact: &str, note: &str) -> Result<Asker, FieldErrors> {
        Asker::parse(&AskerInput { name: name.into(), contact: contact.into(), note: note.into() })
    }

    #[test]
    fn a_name_is_enough() {
        let asker = asker(" Yaw  Addo ", "", "").unwrap();

        assert_eq!(
            (asker.name.as_str(), asker.email, asker.phone, asker.note),
            ("Yaw Addo", None, None, None)
        );
    }

    #[test]
    fn a_contact_is_an_address_or_a_number() {
        assert!(asker("Yaw", "yaw@example.org", "").unwrap().email.is_some());
        assert!(asker("Yaw", "+233 20 123 4567", "").unwrap().phone.is_some());
    }

    #[test]
    fn every_fault_is_named() {
        let errors = asker(" ", "020 123", &"x".repeat(NOTE_CHARS_MAX + 1)).unwrap_err();
        let pointers: Vec<&str> = errors.0.iter().map(|error| error.pointer.as_str()).collect();

        assert_eq!(pointers, ["/name", "/contact", "/note"]);
    }
}
