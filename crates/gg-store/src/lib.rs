//! One set of SQL on SQLite and PostgreSQL.
//!
//! [`Store`] runs closures: [`Store::write`] in a transaction that the store commits, and
//! [`Store::read`]. Every method on tenant data takes a [`gg_domain::actor::Actor`] first; to who
//! is not a member of an event, it and all in it do not exist.

mod db;
mod error;
mod migrate;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod value;

pub use db::{Conn, Query, Store, UseCase, WriteTx};
pub use error::{Result, StoreError};
pub use migrate::{MIGRATIONS, Migration};
pub use value::Json;
