//! A guest of one event, and the household he belongs to.

use crate::email::EmailAddress;
use crate::fields::FieldErrors;
use crate::locale::Locale;
use crate::name::PersonName;
use crate::phone::PhoneNumber;
use crate::text;

/// Most plus-ones one guest may bring: a coach party is several guests.
pub const PLUS_ONES_MAX: i64 = 50;
/// Most characters of a household's name.
pub const HOUSEHOLD_CHARS_MAX: usize = 200;
/// Most characters of the organiser's notes on a guest.
pub const NOTES_CHARS_MAX: usize = 4000;

/// A guest as somebody described him: text and numbers yet to be judged.
#[derive(Clone, Default)]
pub struct GuestInput {
    /// His name, as it is spoken to.
    pub name: String,
    /// Where mail reaches him.
    pub email: Option<String>,
    /// Where messages reach him, in international form.
    pub phone: Option<String>,
    /// How many he may bring; none where absent.
    pub plus_ones_allowed: Option<i64>,
    /// The household's name: guests of one event with the same one are a party.
    pub household: Option<String>,
    /// The language he is written to, BCP 47.
    pub locale: Option<String>,
    /// The organiser's notes, never shown to guests.
    pub notes: Option<String>,
}

/// What a guest is, judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuestDetails {
    /// His name.
    pub name: PersonName,
    /// Where mail reaches him.
    pub email: Option<EmailAddress>,
    /// Where messages reach him.
    pub phone: Option<PhoneNumber>,
    /// How many he may bring, 0 to [`PLUS_ONES_MAX`].
    pub plus_ones_allowed: i64,
    /// His household, by name; alone where absent.
    pub household: Option<String>,
    /// The language he is written to.
    pub locale: Option<Locale>,
    /// The organiser's notes.
    pub notes: Option<String>,
}

impl GuestDetails {
    /// Judges every field.
    ///
    /// # Errors
    /// Every fault found, with its pointer.
    pub fn parse(input: &GuestInput) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("/name", PersonName::parse(&input.name));
        let email = given(input.email.as_deref()).map(|raw| errors.take("/email", EmailAddress::parse(raw)));
        let phone = given(input.phone.as_deref()).map(|raw| errors.take("/phone", PhoneNumber::parse(raw)));
        let household = given(input.household.as_deref())
            .map(|raw| errors.take("/household", text::line(raw, HOUSEHOLD_CHARS_MAX)));
        let locale = given(input.locale.as_deref()).map(|raw| errors.take("/locale", Locale::parse(raw)));
        let notes =
            given(input.notes.as_deref()).map(|raw| errors.take("/notes", text::block(raw, NOTES_CHARS_MAX)));
        let plus_ones_allowed = input.plus_ones_allowed.unwrap_or(0);
        if !(0..=PLUS_ONES_MAX).contains(&plus_ones_allowed) {
            errors.push("/plus_ones_allowed", "give a whole number from 0 to 50");
        }
        errors.clone().check()?;
        Ok(Self {
            name: name.ok_or(errors)?,
            email: email.flatten(),
            phone: phone.flatten(),
            plus_ones_allowed,
            household: household.flatten(),
            locale: locale.flatten(),
            notes: notes.flatten(),
        })
    }

    /// The guest as input again: what a change is laid over.
    pub fn to_input(&self) -> GuestInput {
        GuestInput {
            name: self.name.as_str().to_string(),
            email: self.email.as_ref().map(|email| email.as_str().to_string()),
            phone: self.phone.as_ref().map(|phone| phone.as_str().to_string()),
            plus_ones_allowed: Some(self.plus_ones_allowed),
            household: self.household.clone(),
            locale: self.locale.as_ref().map(|locale| locale.as_str().to_string()),
            notes: self.notes.clone(),
        }
    }
}

fn given(raw: Option<&str>) -> Option<&str> {
    raw.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_needs_a_name_only() {
        let guest = GuestDetails::parse(&GuestInput { name: "Efua Mensah".into(), ..GuestInput::default() });

        assert_eq!(guest.unwrap().plus_ones_allowed, 0);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let input = GuestInput {
            name: String::new(),
            email: Some("not an address".into()),
            phone: Some("12".into()),
            plus_ones_allowed: Some(-1),
            ..GuestInput::default()
        };
        let pointers: Vec<String> =
            GuestDetails::parse(&input).unwrap_err().0.into_iter().map(|error| error.pointer).collect();

        assert_eq!(pointers, ["/name", "/email", "/phone", "/plus_ones_allowed"]);
    }

    #[test]
    fn input_made_of_a_guest_gives_the_same_guest() {
        let input = GuestInput {
            name: "Kweku  Mensah".into(),
            email: Some("Kweku@Example.org".into()),
            phone: Some("+233 20 123 4567".into()),
            plus_ones_allowed: Some(2),
            household: Some("Mensah".into()),
            locale: Some("en-gh".into()),
            notes: Some("vegetarian\nno nuts".into()),
        };
        let guest = GuestDetails::parse(&input).unwrap();

        assert_eq!(GuestDetails::parse(&guest.to_input()).unwrap(), guest);
    }
}
