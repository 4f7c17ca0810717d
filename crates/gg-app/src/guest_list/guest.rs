//! A guest as a row of a file tells of him.
//!
//! A file need not have every column: what it does not have says nothing, what it has and leaves empty says "none".

use std::fmt;

use gg_domain::email::EmailAddress;
use gg_domain::guest::GuestDetails;
use gg_domain::locale::Locale;
use gg_domain::name::PersonName;
use gg_domain::phone::PhoneNumber;

/// What a column can be.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Field {
    /// The guest's id, as an export wrote it.
    Id,
    /// The whole name.
    Name,
    /// The given name, joined with [`Field::LastName`].
    FirstName,
    /// The family name.
    LastName,
    /// The e-mail address.
    Email,
    /// The phone number, in international form.
    Phone,
    /// How many people the guest may bring.
    PlusOnesAllowed,
    /// The household that is invited together.
    Household,
    /// The language to write in.
    Locale,
    /// The organiser's notes.
    Notes,
}

impl Field {
    /// Every field, in the order of an export's columns.
    pub const ALL: [Self; 10] = [
        Self::Id,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Phone,
        Self::PlusOnesAllowed,
        Self::Household,
        Self::Locale,
        Self::Notes,
    ];

    /// The field's name in `map=` and in an export's header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::PlusOnesAllowed => "plus_ones_allowed",
            Self::Household => "household",
            Self::Locale => "locale",
            Self::Notes => "notes",
        }
    }

    /// The field with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// All names, for messages.
    pub(super) fn list() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

/// What a row says of one field.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Cell<T> {
    /// The file has no such column: the guest keeps what he has.
    #[default]
    Absent,
    /// The cell is empty: the guest loses what he has.
    Empty,
    /// The cell has a value.
    Value(T),
}

impl<T: Clone> Cell<T> {
    fn over(&self, old: Option<&T>) -> Option<T> {
        match self {
            Self::Absent => old.cloned(),
            Self::Empty => None,
            Self::Value(new) => Some(new.clone()),
        }
    }
}

/// A row's guest. The name is always there; the rest as the file has it.
#[derive(Clone, Eq, PartialEq)]
pub struct GuestDraft {
    /// The name.
    pub name: PersonName,
    /// The e-mail address.
    pub email: Cell<EmailAddress>,
    /// The phone number.
    pub phone: Cell<PhoneNumber>,
    /// How many people the guest may bring, 0 to [`PLUS_ONES_MAX`](gg_domain::guest::PLUS_ONES_MAX).
    pub plus_ones_allowed: Cell<i64>,
    /// The household, on one line.
    pub household: Cell<String>,
    /// The language to write in.
    pub locale: Cell<Locale>,
    /// The organiser's notes.
    pub notes: Cell<String>,
}

impl GuestDraft {
    /// The guest that this row makes where there was none.
    #[must_use]
    pub fn new_guest(&self) -> GuestDetails {
        GuestDetails {
            name: self.name.clone(),
            email: self.email.over(None),
            phone: self.phone.over(None),
            plus_ones_allowed: self.plus_ones_allowed.over(None).unwrap_or(0),
            household: self.household.over(None),
            locale: self.locale.over(None),
            notes: self.notes.over(None),
        }
    }

    /// The guest that `old` becomes by this row.
    #[must_use]
    pub fn over(&self, old: &GuestDetails) -> GuestDetails {
        GuestDetails {
            name: self.name.clone(),
            email: self.email.over(old.email.as_ref()),
            phone: self.phone.over(old.phone.as_ref()),
            plus_ones_allowed: self.plus_ones_allowed.over(Some(&old.plus_ones_allowed)).unwrap_or(0),
            household: self.household.over(old.household.as_ref()),
            locale: self.locale.over(old.locale.as_ref()),
            notes: self.notes.over(old.notes.as_ref()),
        }
    }
}

/// The fields in which two guests differ.
pub(super) fn differences(one: &GuestDetails, other: &GuestDetails) -> Vec<Field> {
    [
        (Field::Name, one.name != other.name),
        (Field::Email, one.email != other.email),
        (Field::Phone, one.phone != other.phone),
        (Field::PlusOnesAllowed, one.plus_ones_allowed != other.plus_ones_allowed),
        (Field::Household, one.household != other.household),
        (Field::Locale, one.locale != other.locale),
        (Field::Notes, one.notes != other.notes),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

impl fmt::Debug for GuestDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuestDraft(…)")
    }
}
