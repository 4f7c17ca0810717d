//! The cookie by which a browser is known again: a random id of this site, signed, out of any script's reach.
//!
//! It is handed out with an opening that was scored or an answer, never by a GET. Events know the browser by an id
//! of their own, derived from this one (`Secrets::event_device`), so two events cannot compare notes.

use axum::http::{HeaderMap, HeaderValue};
use gg_app::Secrets;
use gg_domain::id::DeviceId;

use crate::cookie;
use crate::extract::identity;
use crate::state::Site;

const NAME: &str = "gg_device";
/// Seconds that it lives: 400 days, the longest that browsers keep one (RFC 6265bis, 5.5).
const LIFE_S: u32 = 400 * 86_400;

/// The device whose cookie came along, if we wrote it.
pub fn read(headers: &HeaderMap, secrets: &Secrets, site: &Site) -> Option<DeviceId> {
    secrets.device_of(identity::cookie(headers, &site.cookie(NAME))?)
}

/// The `Set-Cookie` that hands `device` to a browser.
pub fn hand_out(device: DeviceId, secrets: &Secrets, site: &Site) -> HeaderValue {
    cookie::set(&site.cookie(NAME), &secrets.device_cookie(device), "/", LIFE_S, site.secure)
}

#[cfg(test)]
mod tests {
    use axum::http::header;
    use uuid::Uuid;

    use super::*;

    const DEVICE: DeviceId = DeviceId::from_uuid(Uuid::from_u128(0x7a3f));

    fn site(secure: bool) -> Site {
        let metrics = Box::new(String::new);
        Site { origins: Vec::new(), secure, trusted_proxies: Vec::new(), metrics, demo_token: None }
    }

    fn sent(pair: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, pair.parse().unwrap());
        headers
    }

    #[test]
    fn a_browser_is_known_by_the_cookie_that_it_was_handed() {
        let (secrets, site) = (Secrets::derive(b"one"), site(true));
        let cookie = hand_out(DEVICE, &secrets, &site);
        let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
        assert_eq!(read(&sent(pair), &secrets, &site), Some(DEVICE));
        assert_eq!(read(&sent(pair), &Secrets::derive(b"two"), &site), None);
    }

    #[test]
    fn with_https_the_name_that_any_sibling_host_could_set_counts_for_nothing() {
        let secrets = Secrets::derive(b"one");
        let pair = format!("gg_device={}", secrets.device_cookie(DEVICE));
        assert_eq!(read(&sent(&pair), &secrets, &site(false)), Some(DEVICE));
        assert_eq!(read(&sent(&pair), &secrets, &site(true)), None);
    }

    #[test]
    fn no_script_reads_it_and_no_other_sites_form_sends_it() {
        let secrets = Secrets::derive(b"one");
        let cookie = hand_out(DEVICE, &secrets, &site(true));
        let cookie = cookie.to_str().unwrap();
        for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=34560000"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!hand_out(DEVICE, &secrets, &site(false)).to_str().unwrap().contains("Secure"));
    }
}
