//! Ids: a newtype over UUIDv7 for each noun, so that an event is never taken for a guest.
//!
//! An id is made by [`crate::clock::Sources::id`] alone. It tells when it was made (the first 48
//! bits are milliseconds), so it is never a secret and never the only thing that opens a door.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What every id is: a UUIDv7 that knows which noun it names.
pub trait Id: Copy + From<Uuid> + Into<Uuid> {}

/// A list of several nouns is paged by the bare id of whatever stands in it.
impl Id for Uuid {}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl Id for $name {}

        impl $name {
            /// The id with these bits, as it was stored or travelled.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The bits.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

id! {
    /// An organiser's account.
    AccountId,
    /// A signed-in browser of an organiser.
    SessionId,
    /// A key for the API.
    ApiKeyId,
    /// An event.
    EventId,
    /// A guest of one event.
    GuestId,
    /// A household of one event; every guest belongs to one, even alone.
    PartyId,
    /// One generation of a guest's link.
    InviteId,
    /// One opening of a link that was judged (or taken for a machine's).
    AccessId,
    /// One row of a guest's history of answers.
    RsvpId,
    /// One GET or HEAD of a link.
    FetchId,
    /// What an organiser decided about a guest.
    DecisionId,
    /// An invitation to help with an event.
    MemberInviteId,
    /// A message to a guest, in the outbox.
    MessageId,
    /// Six digits that were asked for.
    StepUpCodeId,
    /// What somebody who was stopped asks the organiser for.
    WishId,
    /// An import of a guest list that is under way or just done.
    ImportId,
    /// A browser, by the random id in its signed cookie.
    DeviceId,
    /// This installation: the audience that every token is made for.
    DeploymentId,
}
