//! How often callers may call: each link, key and account by itself, and never an address alone.
//!
//! A venue's guests share an address, and so do thousands behind one carrier. Only bad tokens and
//! failed sign-ins are limited by address too, as the class of addresses that one household or one
//! hoster gets (/24 of IPv4, /48 of IPv6).

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use gg_domain::access::Prefix;
use gg_domain::id::GuestId;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::problem::Problem;

/// Openings and answers of one link a minute: a family round a table, each on his own phone, reloading.
const LINK_A_MINUTE: u32 = 240;
/// Calls of one API key or session a second, and in one burst.
const CREDENTIAL_A_SECOND: u32 = 500;
/// Failed sign-ins of one account an hour.
const SIGN_INS_AN_HOUR: u32 = 30;
/// Failed sign-ins of one class of addresses an hour.
const SIGN_INS_OF_PREFIX_AN_HOUR: u32 = 300;
/// Bad tokens of one class of addresses a minute.
const BAD_TOKENS_A_MINUTE: u32 = 600;
/// Keys kept in one limiter before those at rest are let go.
const KEYS_KEPT_MAX: usize = 100_000;

/// The limiters of this process.
pub struct Limits {
    links: DefaultKeyedRateLimiter<GuestId>,
    credentials: DefaultKeyedRateLimiter<uuid::Uuid>,
    sign_ins: DefaultKeyedRateLimiter<String>,
    sign_in_prefixes: DefaultKeyedRateLimiter<Option<Prefix>>,
    bad_tokens: DefaultKeyedRateLimiter<Option<Prefix>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            links: RateLimiter::keyed(Quota::per_minute(positive(LINK_A_MINUTE))),
            credentials: RateLimiter::keyed(Quota::per_second(positive(CREDENTIAL_A_SECOND))),
            sign_ins: RateLimiter::keyed(Quota::per_hour(positive(SIGN_INS_AN_HOUR))),
            sign_in_prefixes: RateLimiter::keyed(Quota::per_hour(positive(SIGN_INS_OF_PREFIX_AN_HOUR))),
            bad_tokens: RateLimiter::keyed(Quota::per_minute(positive(BAD_TOKENS_A_MINUTE))),
        }
    }
}

impl Limits {
    /// One opening or answer of a guest's link.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn link(&self, guest: GuestId) -> Result<(), Problem> {
        check(&self.links, &guest)
    }

    /// One call of a session or an API key.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn credential(&self, credential: uuid::Uuid) -> Result<(), Problem> {
        check(&self.credentials, &credential)
    }

    /// One try to sign in to the account of an address, from `ip`.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn sign_in(&self, email: &str, ip: Option<IpAddr>) -> Result<(), Problem> {
        check(&self.sign_in_prefixes, &ip.map(Prefix::of))?;
        check(&self.sign_ins, &email.trim().to_lowercase())
    }

    /// One bad token from `ip`.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn bad_token(&self, ip: Option<IpAddr>) -> Result<(), Problem> {
        check(&self.bad_tokens, &ip.map(Prefix::of))
    }
}

fn check<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Problem> {
    if limiter.len() > KEYS_KEPT_MAX {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|wait| {
        let wait = wait.wait_time_from(DefaultClock::default().now());
        Problem::too_many_requests(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1))
    })
}

const fn positive(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("a limit is above nought")
}
