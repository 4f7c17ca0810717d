//! What tests share: both databases, and a clock and randomness that a test holds.
//!
//! Tests of the store and of use cases run on real databases, always both. A missing server fails
//! them and says how to get one: a test that is skipped is a test that nobody has.

#[cfg(feature = "app")]
mod app;
mod away;
mod each_database;
mod test_db;

#[cfg(feature = "app")]
pub use app::PASSWORD;
pub use away::Away;
pub use each_database::{on_postgres, on_sqlite};
pub use test_db::{TestDb, noon};
