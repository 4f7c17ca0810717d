//! Answers: the list of an event, a guest's own with its history, and the organiser's record of one.

mod list;
mod read;
mod record;

use std::collections::BTreeMap;

use gg_domain::actor::{Permission, Role};
use gg_domain::id::GuestId;
use gg_domain::rsvp::Source;
use gg_store::{RsvpHistoryRow, RsvpListRow, RsvpRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::route::{Routes, route};

/// The operations on answers.
pub fn routes() -> Routes {
    Routes::new()
        .merge(route(Permission::ReadGuests, routes!(list::list_rsvps)))
        .merge(route(Permission::ReadGuests, routes!(read::read_rsvp)))
        .merge(route(Permission::WriteGuests, routes!(record::record_rsvp)))
}

/// One who comes along.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PlusOne {
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Kojo Mensah")]
    pub name: String,
}

/// Whose word an answer is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RsvpSource {
    /// The guest's, through his link.
    Guest,
    /// The organiser's record of an answer that came another way.
    Organiser,
}

/// A guest's answer as it counts now. At the door, `note` and `answers` are null.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rsvp {
    /// Whose.
    pub guest_id: Uuid,
    /// Coming? Null while there is no answer.
    #[schema(required)]
    pub attending: Option<bool>,
    /// Who comes along.
    pub plus_ones: Vec<PlusOne>,
    /// A word to the host.
    #[schema(required)]
    pub note: Option<String>,
    /// Answers to the event's questions; null while there is no answer.
    #[schema(required)]
    pub answers: Option<BTreeMap<String, String>>,
    /// Whose word it is; null while there is no answer.
    #[schema(required)]
    pub source: Option<RsvpSource>,
    /// It waits for the organiser's word.
    pub pending: bool,
    /// When it was given; null while there is no answer.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// A guest's answer, and all that he ever answered, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RsvpWithHistory {
    /// The answer that counts.
    #[serde(flatten)]
    rsvp: Rsvp,
    /// Every answer. None is ever overwritten; they are erased with the guest alone.
    history: Vec<PastRsvp>,
}

/// An answer of the history. At the door, `note` and `answers` are null.
#[derive(Debug, Serialize, ToSchema)]
pub struct PastRsvp {
    /// Coming?
    attending: bool,
    /// Who comes along.
    plus_ones: Vec<PlusOne>,
    /// A word to the host.
    #[schema(required)]
    note: Option<String>,
    /// Answers to the event's questions.
    #[schema(required)]
    answers: Option<BTreeMap<String, String>>,
    /// Whose word it was.
    source: RsvpSource,
    /// The opening that it came with; null where none.
    #[schema(required)]
    access_id: Option<Uuid>,
    /// When.
    at: Timestamp,
}

impl From<Source> for RsvpSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Guest => Self::Guest,
            Source::Organiser => Self::Organiser,
        }
    }
}

impl Rsvp {
    /// No answer.
    fn none(guest: GuestId) -> Self {
        Self {
            guest_id: guest.uuid(),
            attending: None,
            plus_ones: Vec::new(),
            note: None,
            answers: None,
            source: None,
            pending: false,
            updated_at: None,
        }
    }

    /// The answer that counts, as `role` may see it.
    pub fn seen_by(role: Role, row: RsvpRow) -> Self {
        let seen = role.sees_contacts();
        Self {
            guest_id: row.guest_id.uuid(),
            attending: Some(row.attending),
            plus_ones: named(row.plus_ones.0),
            note: row.note.filter(|_| seen),
            answers: seen.then_some(row.answers.0),
            source: Some(row.source.into()),
            pending: row.pending,
            updated_at: Some(row.updated_at),
        }
    }

    fn listed(role: Role, row: RsvpListRow) -> Self {
        let seen = role.sees_contacts();
        Self {
            guest_id: row.guest_id.uuid(),
            attending: row.attending,
            plus_ones: named(row.plus_ones.map(|names| names.0).unwrap_or_default()),
            note: row.note.filter(|_| seen),
            answers: row.answers.map(|answers| answers.0).filter(|_| seen),
            source: row.source.map(RsvpSource::from),
            pending: row.pending.unwrap_or(false),
            updated_at: row.updated_at,
        }
    }
}

impl PastRsvp {
    fn seen_by(role: Role, row: RsvpHistoryRow) -> Self {
        let seen = role.sees_contacts();
        Self {
            attending: row.attending,
            plus_ones: named(row.plus_ones.0),
            note: row.note.filter(|_| seen),
            answers: seen.then_some(row.answers.0),
            source: row.source.into(),
            access_id: row.access_id.map(gg_domain::id::AccessId::uuid),
            at: row.at,
        }
    }
}

fn named(names: Vec<String>) -> Vec<PlusOne> {
    names.into_iter().map(|name| PlusOne { name }).collect()
}
