//! Nouns and rules of GuestGuard, pure: no I/O, no clock, no randomness of its own.

pub mod email;
pub mod locale;
pub mod name;
pub mod phone;
pub mod text;
