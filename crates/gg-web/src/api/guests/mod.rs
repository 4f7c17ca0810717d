//! Guests: added, listed, read, changed, erased; imported and exported; and what happened to each one's link.

mod add;
mod change;
mod decisions;
mod erase;
mod export;
mod forget;
mod import;
mod list;
mod read;
mod reset;
mod timeline;

use gg_domain::actor::{Permission, Role};
use gg_store::GuestRow;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::route::{Routes, route};

/// The operations on guests.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::WriteGuests, routes!(add::add_guest)))
        .merge(route(Permission::ReadGuests, routes!(list::list_guests)))
        .merge(route(Permission::ReadGuests, routes!(read::read_guest)))
        .merge(route(Permission::WriteGuests, routes!(change::change_guest)))
        .merge(route(Permission::WriteGuests, routes!(erase::erase_guest)))
        .merge(route(Permission::WriteGuests, routes!(import::import_guests)))
        .merge(route(Permission::ExportGuests, routes!(export::export_guests)))
        .merge(route(Permission::ReadGuests, routes!(timeline::read_timeline)))
        .merge(route(Permission::WriteGuests, routes!(forget::forget_devices)))
        .merge(route(Permission::WriteGuests, routes!(reset::reset_baseline)))
        .merge(route(Permission::ReadGuests, routes!(decisions::list_decisions)))
}

/// A guest. At the door, contacts and notes are null.
#[derive(Debug, Serialize, ToSchema)]
pub struct Guest {
    /// His id.
    pub id: Uuid,
    /// His event.
    pub event_id: Uuid,
    /// His name, as he is spoken to.
    #[schema(example = "Efua Mensah")]
    pub name: String,
    /// Where mail reaches him.
    #[schema(required)]
    pub email: Option<String>,
    /// Where messages reach him, in international form.
    #[schema(required)]
    pub phone: Option<String>,
    /// How many he may bring.
    pub plus_ones_allowed: i64,
    /// His household's name: guests of one event with the same one are a party.
    #[schema(required)]
    pub household: Option<String>,
    /// The language he is written to, BCP 47.
    #[schema(required)]
    pub locale: Option<String>,
    /// Your notes; no guest sees them.
    #[schema(required)]
    pub notes: Option<String>,
    /// Coming? Null while there is no answer.
    #[schema(required)]
    pub attending: Option<bool>,
    /// His answer waits for your word.
    pub pending: bool,
    /// The band in which his link stands; null while nobody has opened it.
    #[schema(required)]
    pub band: Option<Band>,
    /// When his link was last opened by a person.
    #[schema(required)]
    pub last_opened_at: Option<Timestamp>,
    /// When he was added.
    pub created_at: Timestamp,
    /// When he was last changed.
    pub updated_at: Timestamp,
}

/// How sure we are that it was the guest.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Verified.
    Low,
    /// Review.
    Medium,
    /// Suspicious.
    High,
    /// Blocked.
    Block,
}

impl From<gg_domain::risk::Band> for Band {
    fn from(band: gg_domain::risk::Band) -> Self {
        use gg_domain::risk::Band as Known;
        match band {
            Known::Low => Self::Low,
            Known::Medium => Self::Medium,
            Known::High => Self::High,
            Known::Block => Self::Block,
        }
    }
}

impl Band {
    /// The band of a stored word.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        gg_domain::risk::Band::parse(word).map(Self::from)
    }
}

impl Guest {
    /// A guest as `role` may see him.
    pub fn seen_by(role: Role, row: GuestRow) -> Self {
        let seen = role.sees_contacts();
        Self {
            id: row.id.uuid(),
            event_id: row.event_id.uuid(),
            name: row.name.as_str().to_string(),
            email: row.email.filter(|_| seen).map(|email| email.as_str().to_string()),
            phone: row.phone.filter(|_| seen).map(|phone| phone.as_str().to_string()),
            plus_ones_allowed: row.plus_ones_allowed,
            household: row.household,
            locale: row.locale.map(|locale| locale.as_str().to_string()),
            notes: row.notes.filter(|_| seen),
            attending: row.attending,
            pending: row.pending.unwrap_or(false),
            band: row.band.as_deref().and_then(Band::of_word),
            last_opened_at: row.seen_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }

    /// A guest as he who may change him sees him.
    pub fn seen_by_writer(row: GuestRow) -> Self {
        Self::seen_by(Role::Editor, row)
    }
}
