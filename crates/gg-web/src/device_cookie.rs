//! The cookie by which a browser is known again: a random id of this site, signed, out of any script's reach.
//!
//! It is handed out with an opening that was scored or an answer, never by a GET. Events know the browser by an id
//! of their own, derived from this one (`Secrets::event_device`), so two events cannot compare notes.

use axum::http::HeaderValue;
use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gg_app::Secrets;
use gg_domain::id::DeviceId;
use uuid::Uuid;

use crate::cookie;

/// Seconds that it lives: 400 days, the longest that browsers keep one (RFC 6265bis, 5.5).
const LIFE_S: u32 = 400 * 86_400;
/// Bytes of an id.
const ID_LEN: usize = 16;
/// Bytes of id and tag.
const VALUE_LEN: usize = 32;
/// Keeps this use of the secret apart from others.
const LABEL: &str = "device-cookie";

/// The cookie's name: with https a sibling host cannot put its own in our place (`__Host-`).
const fn name(secure: bool) -> &'static str {
    if secure { "__Host-gg_device" } else { "gg_device" }
}

/// The device whose signed cookie is in `jar`.
pub fn read(jar: &CookieJar, secrets: &Secrets, secure: bool) -> Option<DeviceId> {
    let mut value = [0; VALUE_LEN];
    let read = URL_SAFE_NO_PAD.decode_slice(jar.get(name(secure))?.value(), &mut value).ok()?;
    let (id, tag) = value.split_at(ID_LEN);
    if read != VALUE_LEN || !secrets.tag_holds(LABEL, id, tag) {
        return None;
    }
    Uuid::from_slice(id).ok().map(DeviceId::from_uuid)
}

/// The `Set-Cookie` that hands `device` to a browser.
pub fn hand_out(device: DeviceId, secrets: &Secrets, secure: bool) -> HeaderValue {
    let id = device.uuid().into_bytes();
    let value = URL_SAFE_NO_PAD.encode([id, secrets.tag(LABEL, &id)].concat());
    cookie::set(name(secure), &value, "/", LIFE_S, secure)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use super::*;

    const DEVICE: DeviceId = DeviceId::from_uuid(Uuid::from_u128(0x7a3f));

    fn jar(name: &str, value: &str) -> CookieJar {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("{name}={value}").parse().unwrap());
        CookieJar::from_headers(&headers)
    }

    fn value(secrets: &Secrets) -> String {
        let cookie = hand_out(DEVICE, secrets, true);
        let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
        pair.split_once('=').unwrap().1.to_owned()
    }

    #[test]
    fn a_browser_is_known_by_the_cookie_that_it_was_handed() {
        let secrets = Secrets::for_tests([1; 32]);
        assert_eq!(read(&jar("__Host-gg_device", &value(&secrets)), &secrets, true), Some(DEVICE));
    }

    #[test]
    fn a_cookie_that_others_made_is_none() {
        let secrets = Secrets::for_tests([1; 32]);
        let right = value(&secrets);
        let turned: String = right.chars().rev().collect();
        for wrong in
            ["", "x", &right[1..], &turned, &value(&Secrets::for_tests([2; 32])), &format!("{right}=")]
        {
            assert_eq!(read(&jar("__Host-gg_device", wrong), &secrets, true), None, "{wrong}");
        }
    }

    #[test]
    fn with_https_the_name_that_any_sibling_host_could_set_counts_for_nothing() {
        let secrets = Secrets::for_tests([1; 32]);
        assert_eq!(read(&jar("gg_device", &value(&secrets)), &secrets, true), None);
    }

    #[test]
    fn no_script_reads_it_and_no_other_site_sends_it_along() {
        let secrets = Secrets::for_tests([1; 32]);
        let cookie = hand_out(DEVICE, &secrets, true);
        let cookie = cookie.to_str().unwrap();
        for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=34560000"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!hand_out(DEVICE, &secrets, false).to_str().unwrap().contains("Secure"));
    }
}
