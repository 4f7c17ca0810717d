//! Nouns and rules of GuestGuard, pure: no I/O, no clock, no randomness of its own.

pub mod access;
pub mod fields;
pub mod id;
pub mod policy;
pub mod reason;
pub mod risk;
pub mod signals;
pub mod snapshot;
