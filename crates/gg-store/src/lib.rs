//! One set of SQL on SQLite and PostgreSQL.
//!
//! [`Store`] runs closures: [`Store::write`] in a transaction that the store commits, and
//! [`Store::read`]. Every method on tenant data takes a [`gg_domain::actor::Actor`] first; to who
//! is not a member of an event, it and all in it do not exist.

mod access_batch;
mod accesses;
mod accounts;
mod api_keys;
pub mod backup;
mod baseline_records;
mod baselines;
mod db;
mod decisions;
mod deployment;
mod error;
mod events;
mod feed;
mod fetches;
mod guest_risk;
mod guests;
mod idempotency;
mod invite_page;
mod invites;
mod judged;
mod looks;
mod members;
mod migrate;
mod outbox;
mod page;
mod postgres;
mod ready;
mod rsvps;
mod sessions;
mod setup;
mod sightings;
mod sqlite;
mod step_up;
#[cfg(feature = "testing")]
pub mod testing;
mod timeline;
mod unscored;
mod value;
mod wishes;

pub use accesses::{AccessRow, AccessWrite, LinkRow, NewAccess, Noted, Rejudged, hour_start};
pub use accounts::{Account, PasswordHash};
pub use api_keys::{ApiKey, Scopes};
pub use baseline_records::{BaselineChangeRow, OpeningRow, StoredBaseline};
pub use baselines::RiskChange;
pub use db::{Conn, Query, Store, UseCase, WriteTx};
pub use decisions::{DecisionRow, NewDecision};
pub use deployment::{Deployment, KeyUse, SealedKey};
pub use error::{Result, StoreError};
pub use events::{EventRow, SummaryRow};
pub use feed::{FeedPosition, FeedRow, NewFeed, ToldOpening};
pub use fetches::NewFetch;
pub use guest_risk::TouchedRow;
pub use guests::{GuestFilter, GuestNameRow, GuestRow, LockedGuest, Standing};
pub use idempotency::{Answered, Claim, IDEMPOTENCY_LIFE, IDEMPOTENCY_RUNS_MAX, KeyOwner};
pub use invite_page::InvitePageRow;
pub use invites::{BeginsLink, InviteRow};
pub use judged::{JudgedRow, LabelledRow};
pub use looks::LookRow;
pub use members::{Denied, Member, MemberInvite, Removal};
pub use migrate::{MIGRATIONS, Migration};
pub use outbox::{MessageRow, NewMessage};
pub use page::{PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page, Paging};
pub use rsvps::{NewRsvp, RsvpHistoryRow, RsvpListRow, RsvpRow};
pub use sessions::{SESSION_TOUCH_EVERY, SESSIONS_MAX, Session, SessionOwner};
pub use sightings::{PRUNE_SLICES, SightingRow, SightingWrite};
pub use step_up::{CODE_NONCE_LEN, NewCode, TriedCode};
pub use timeline::TimelineRow;
pub use unscored::UnscoredRow;
pub use value::Json;
pub use wishes::WishRow;
