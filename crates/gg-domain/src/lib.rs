//! Nouns and rules of GuestGuard, pure.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time, ids and randomness are
//! handed in ([`clock::Sources`]). A value that exists is valid: everything is parsed once, at the
//! edge, and wrong states do not compile.

pub mod access;
pub mod account;
pub mod actor;
pub mod baseline;
pub mod clock;
pub mod decision;
pub mod email;
pub mod event;
pub mod feed;
pub mod fields;
pub mod guest;
pub mod id;
pub mod invite;
pub mod locale;
pub mod message;
pub mod name;
pub mod phone;
pub mod policy;
pub mod precision;
pub mod reason;
pub mod risk;
pub mod rsvp;
pub mod signals;
pub mod snapshot;
pub mod step_up;
pub mod text;
pub mod token;
pub mod wish;
