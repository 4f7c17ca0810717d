//! One set of SQL on SQLite and PostgreSQL.
//!
//! [`Store`] runs closures: [`Store::write`] in a transaction that the store commits, and
//! [`Store::read`]. Every method on tenant data takes a [`gg_domain::actor::Actor`] first; to who
//! is not a member of an event, it and all in it do not exist.

mod accesses;
pub mod backup;
mod db;
mod error;
mod events;
mod feed;
mod guests;
mod invites;
mod migrate;
mod page;
mod rsvps;
mod sqlite;
mod value;

pub use accesses::{AccessRow, LinkRow, NewAccess, NewFetch, Rejudged, TimelineRow, TouchedRow, hour_start};
pub use db::{Conn, Query, Store, UseCase, WriteTx};
pub use error::{Result, StoreError};
pub use events::{EventRow, SummaryRow};
pub use feed::{FeedPosition, FeedRow, NewFeed};
pub use guests::{GuestFilter, GuestRow, LockedGuest};
pub use invites::InviteRow;
pub use migrate::{MIGRATIONS, Migration};
pub use page::{PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page, Paging};
pub use rsvps::{NewRsvp, RsvpHistoryRow, RsvpListRow, RsvpRow};
pub use value::Json;
