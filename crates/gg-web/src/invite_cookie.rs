//! The cookie that lets the token leave the address bar: a browser that opened its link finds the page at `/invite`
//! for a day.
//!
//! It holds the token itself and is sent to `/invite` alone. No script reads it, and it opens what the link in the
//! mailbox beside it opens anyway.

use axum::http::{HeaderMap, HeaderValue};

use crate::cookie;
use crate::extract::identity;

const NAME: &str = "gg_invite";
/// Where the page is found, and the only address that the cookie is sent to.
pub const PATH: &str = "/invite";
/// Where an answer leads. The query says that who lands there has just sent one: no new opening for the page's script,
/// and a word of thanks where the browser keeps no cookie.
pub const SENT: &str = "/invite?sent";
/// Seconds that it lives: a day, as long as an opening serves answers.
const LIFE_S: u32 = 86_400;

/// The token whose page is open in this browser.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    identity::cookie(headers, NAME)
}

/// The `Set-Cookie` that keeps `token`, which must be a living one.
pub fn hand_out(token: &str, secure: bool) -> HeaderValue {
    cookie::set(NAME, token, PATH, LIFE_S, secure)
}
