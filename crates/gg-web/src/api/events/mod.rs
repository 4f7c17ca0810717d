//! Events: made, listed, read, changed, deleted, and their numbers.

mod change;
mod create;
mod delete;
mod list;
mod read;
mod reasons;
mod summary;

use gg_domain::actor::{Permission, Role};
use gg_store::EventRow;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::members::RoleName;
use crate::route::{Routes, route};

/// The operations on events.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::WriteEvent, routes!(create::create_event)))
        .merge(route(Permission::Account, routes!(list::list_events)))
        .merge(route(Permission::ReadEvent, routes!(read::read_event)))
        .merge(route(Permission::WriteEvent, routes!(change::change_event)))
        .merge(route(Permission::DeleteEvent, routes!(delete::delete_event)))
        .merge(route(Permission::ReadEvent, routes!(summary::read_summary)))
        .merge(route(Permission::ReadEvent, routes!(reasons::weigh_reasons)))
}

/// An event, and what the caller is to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Its id.
    pub id: Uuid,
    /// Its name, on one line.
    #[schema(example = "Ama & Kojo’s wedding")]
    pub name: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The IANA zone in which its times are told.
    #[schema(example = "Africa/Accra")]
    pub time_zone: String,
    /// Where.
    #[schema(required)]
    pub venue: Option<String>,
    /// How many heads fit; null is never full.
    #[schema(required)]
    pub capacity: Option<i64>,
    /// The last moment for answers; null is until the event ends.
    #[schema(required)]
    pub rsvp_deadline: Option<Timestamp>,
    /// Heads that hold seats.
    pub seats_taken: i64,
    /// What the caller is to it.
    pub role: RoleName,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Editor => Self::Editor,
            Role::Door => Self::Door,
            Role::Viewer => Self::Viewer,
        }
    }
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.name,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            time_zone: row.time_zone,
            venue: row.venue,
            capacity: row.capacity,
            rsvp_deadline: row.rsvp_deadline,
            seats_taken: row.seats_taken,
            // A row comes to members alone.
            role: row.role.unwrap_or(Role::Viewer).into(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
