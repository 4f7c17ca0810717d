//! How often callers may call: each link, key and account by itself, and never an address alone.
//!
//! A venue's guests share an address, and so do thousands behind one carrier. Only bad tokens, bad API keys and
//! failed sign-ins are limited by address too, as the class of addresses that one household or one
//! hoster gets (/24 of IPv4, /48 of IPv6).

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use gg_domain::access::Prefix;
use gg_domain::id::{DeviceId, GuestId};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::problem::Problem;

/// Openings of one link an hour, and in one burst: a household that reloads at every meal stays far below, and
/// whoever opens a thousand times to raise the guest's band is stopped.
const OPENINGS_AN_HOUR: u32 = 600;
/// Answers through one link a minute, and in one burst: each may be a change of mind.
const ANSWERS_A_MINUTE: u32 = 240;
/// Codes and new links asked for and codes tried through one link a minute: how many are sent and judged stands in the
/// database, and this keeps whoever goes on asking away from it.
const ASKINGS_A_MINUTE: u32 = 120;
/// Calls of one API key or session a second, for long.
const CREDENTIAL_A_SECOND: u32 = 1_000;
/// Calls of one at once: a program that makes a link for each of 5,000 guests, and reads them back.
const CREDENTIAL_AT_ONCE: u32 = 20_000;
/// Tries to sign in to one account an hour from one class of addresses: who tries from elsewhere cannot
/// shut the owner out.
const SIGN_INS_AN_HOUR: u32 = 30;
/// Tries to sign in of one class of addresses an hour, to whatever accounts.
const SIGN_INS_OF_PREFIX_AN_HOUR: u32 = 300;
/// Bad tokens of one class of addresses a minute.
const BAD_TOKENS_A_MINUTE: u32 = 600;
/// Bad API keys of one class of addresses a minute: a program with an old key soon stops.
const BAD_KEYS_A_MINUTE: u32 = 600;
/// Keys kept in one limiter before those at rest are let go.
const KEYS_KEPT_MAX: usize = 100_000;

/// A guest's link, by its generation: whoever holds an older one uses up nothing of the one that lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    /// Whose.
    pub guest: GuestId,
    /// Which of his.
    pub generation: u32,
}

/// The limiters of this process.
pub struct Limits {
    openings: DefaultKeyedRateLimiter<Link>,
    own_openings: DefaultKeyedRateLimiter<(Link, DeviceId)>,
    answers: DefaultKeyedRateLimiter<Link>,
    askings: DefaultKeyedRateLimiter<Link>,
    credentials: DefaultKeyedRateLimiter<uuid::Uuid>,
    sign_ins: DefaultKeyedRateLimiter<(String, Option<Prefix>)>,
    sign_in_prefixes: DefaultKeyedRateLimiter<Option<Prefix>>,
    bad_tokens: DefaultKeyedRateLimiter<Option<Prefix>>,
    bad_keys: DefaultKeyedRateLimiter<Option<Prefix>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            openings: RateLimiter::keyed(Quota::per_hour(positive(OPENINGS_AN_HOUR))),
            own_openings: RateLimiter::keyed(Quota::per_hour(positive(OPENINGS_AN_HOUR))),
            answers: RateLimiter::keyed(Quota::per_minute(positive(ANSWERS_A_MINUTE))),
            askings: RateLimiter::keyed(Quota::per_minute(positive(ASKINGS_A_MINUTE))),
            credentials: RateLimiter::keyed(
                Quota::per_second(positive(CREDENTIAL_A_SECOND)).allow_burst(positive(CREDENTIAL_AT_ONCE)),
            ),
            sign_ins: RateLimiter::keyed(Quota::per_hour(positive(SIGN_INS_AN_HOUR))),
            sign_in_prefixes: RateLimiter::keyed(Quota::per_hour(positive(SIGN_INS_OF_PREFIX_AN_HOUR))),
            bad_tokens: RateLimiter::keyed(Quota::per_minute(positive(BAD_TOKENS_A_MINUTE))),
            bad_keys: RateLimiter::keyed(Quota::per_minute(positive(BAD_KEYS_A_MINUTE))),
        }
    }
}

impl Limits {
    /// One opening of a link.
    ///
    /// # Errors
    /// 429 where there were too many: a device of the guest's own may still come by
    /// [`Limits::own_opening`].
    pub fn opening(&self, link: Link) -> Result<(), Problem> {
        check(&self.openings, &link)
    }

    /// One opening by a device that the guest is believed to use, counted apart, so that nobody uses up a
    /// guest's link for him.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn own_opening(&self, link: Link, device: DeviceId) -> Result<(), Problem> {
        check(&self.own_openings, &(link, device))
    }

    /// One answer through a link.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn answer(&self, link: Link) -> Result<(), Problem> {
        check(&self.answers, &link)
    }

    /// One call for a code, with one, or for a new link.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn asking(&self, link: Link) -> Result<(), Problem> {
        check(&self.askings, &link)
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
        let prefix = ip.map(Prefix::of);
        check(&self.sign_in_prefixes, &prefix)?;
        check(&self.sign_ins, &(email.trim().to_lowercase(), prefix))
    }

    /// One bad token from `ip`.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn bad_token(&self, ip: Option<IpAddr>) -> Result<(), Problem> {
        check(&self.bad_tokens, &ip.map(Prefix::of))
    }

    /// One call with an API key that is none, from `ip`.
    ///
    /// # Errors
    /// 429 where there were too many.
    pub fn bad_key(&self, ip: Option<IpAddr>) -> Result<(), Problem> {
        check(&self.bad_keys, &ip.map(Prefix::of))
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const LINK: Link = Link { guest: GuestId::from_uuid(Uuid::from_u128(1)), generation: 1 };

    #[test]
    fn who_uses_up_a_link_uses_up_no_other_and_not_the_guests_own_device() {
        let limits = Limits::default();
        for _ in 0..OPENINGS_AN_HOUR {
            limits.opening(LINK).unwrap();
        }
        assert_eq!(limits.opening(LINK).unwrap_err().status, 429);
        assert!(limits.opening(Link { guest: GuestId::from_uuid(Uuid::from_u128(2)), ..LINK }).is_ok());
        assert!(limits.opening(Link { generation: 2, ..LINK }).is_ok(), "the link that took its place");
        assert!(limits.own_opening(LINK, DeviceId::from_uuid(Uuid::from_u128(3))).is_ok());
    }

    #[test]
    fn bad_tokens_and_keys_are_counted_by_the_network_around_the_address() {
        let limits = Limits::default();
        type Check = fn(&Limits, Option<IpAddr>) -> Result<(), Problem>;
        let checks: [(u32, Check); 2] =
            [(BAD_TOKENS_A_MINUTE, Limits::bad_token), (BAD_KEYS_A_MINUTE, Limits::bad_key)];
        for (a_minute, check) in checks {
            for last in 0..a_minute {
                let last = u8::try_from(last % 256).unwrap();
                check(&limits, Some(IpAddr::from([203, 0, 113, last]))).unwrap();
            }
            assert!(check(&limits, Some(IpAddr::from([203, 0, 113, 7]))).is_err());
            assert!(check(&limits, Some(IpAddr::from([203, 0, 114, 7]))).is_ok());
        }
    }
}
