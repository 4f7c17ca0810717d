//! Writes a `Set-Cookie` header, in the one form in which ours are set: no script reads them, no other site's form
//! sends them.

use axum::http::HeaderValue;

/// `name=value`, sent back under `path` for `life` seconds, over https alone where `secure`.
///
/// # Panics
/// Where a part is no ASCII word: they are all ours, none is input.
pub(crate) fn set(name: &str, value: &str, path: &str, life: u32, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={life}{secure}");
    let mut cookie = HeaderValue::from_str(&cookie).expect("cookies of ours are base64url and plain words");
    cookie.set_sensitive(true);
    cookie
}
