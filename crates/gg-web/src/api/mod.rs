//! The JSON API, a folder for each noun.
pub mod invites;
