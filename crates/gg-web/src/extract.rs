//! What handlers are given: who calls and what he may, bodies and parameters that were judged.

pub(crate) mod body;
mod client_ip;
pub mod identity;
pub mod if_match;
mod object;
mod path;
mod words;

pub use body::{Input, Json, Text};
pub use client_ip::ClientIp;
pub use identity::{Caller, SessionCookie, Signed, Viewer};
pub(crate) use object::object;
pub use path::{Id, Query};
