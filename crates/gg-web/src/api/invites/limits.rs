//! How often links may be used.
//!
//! A living link is limited by itself, never by address: a venue shares one. The devices that its guest is believed
//! to use are counted apart, so that nobody uses up a guest's link for him. Dead links are limited by address class,
//! and those limits touch dead links alone: guests behind the same address still come in.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gg_domain::access::Prefix;
use gg_domain::id::{DeviceId, GuestId};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

/// Openings of one link an hour: a household of eight that reloads at every meal stays far below, and a thief who
/// opens a thousand times to raise the guest's band is stopped.
pub const OPENINGS_AN_HOUR: NonZeroU32 = NonZeroU32::new(300).unwrap();
/// Answers through one link an hour; each may be a change of mind, none is needed twice.
pub const ANSWERS_AN_HOUR: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
/// Dead links from one /24 or /48 at once: an office whose links were all replaced on the same day.
pub const DEAD_LINKS_AT_ONCE: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
/// Dead links from one /24 or /48 a second beyond that. A tag of 128 bits is not guessed at any rate: this only
/// bounds the work.
pub const DEAD_LINKS_A_SECOND: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Uses after which counters that are full again are forgotten: a counter is 100 bytes, so memory stays below a
/// mebibyte beyond what is in use within the hour.
const SWEEP_EVERY: u32 = 10_000;

/// Come back later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooMany {
    /// After so many seconds, at least one.
    pub retry_after: u64,
}

/// The counters of this process.
pub struct LinkLimits {
    clock: DefaultClock,
    openings: DefaultKeyedRateLimiter<GuestId>,
    own_openings: DefaultKeyedRateLimiter<(GuestId, DeviceId)>,
    answers: DefaultKeyedRateLimiter<GuestId>,
    dead: DefaultKeyedRateLimiter<Prefix>,
    uses: AtomicU32,
}

impl Default for LinkLimits {
    fn default() -> Self {
        let dead = Quota::per_second(DEAD_LINKS_A_SECOND).allow_burst(DEAD_LINKS_AT_ONCE);
        Self {
            clock: DefaultClock::default(),
            openings: DefaultKeyedRateLimiter::keyed(Quota::per_hour(OPENINGS_AN_HOUR)),
            own_openings: DefaultKeyedRateLimiter::keyed(Quota::per_hour(OPENINGS_AN_HOUR)),
            answers: DefaultKeyedRateLimiter::keyed(Quota::per_hour(ANSWERS_AN_HOUR)),
            dead: DefaultKeyedRateLimiter::keyed(dead),
            uses: AtomicU32::new(0),
        }
    }
}

impl std::fmt::Debug for LinkLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkLimits").finish_non_exhaustive()
    }
}

impl LinkLimits {
    /// Counts an opening of a guest's link.
    ///
    /// # Errors
    /// [`TooMany`] past [`OPENINGS_AN_HOUR`]: a device of the guest's own may still come by
    /// [`LinkLimits::own_opening`].
    pub fn opening(&self, guest: GuestId) -> Result<(), TooMany> {
        self.sweep();
        self.judge(&self.openings, &guest)
    }

    /// Counts an opening by a device that the guest is believed to use.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn own_opening(&self, guest: GuestId, device: DeviceId) -> Result<(), TooMany> {
        self.judge(&self.own_openings, &(guest, device))
    }

    /// Counts an answer through a guest's link.
    ///
    /// # Errors
    /// [`TooMany`] past [`ANSWERS_AN_HOUR`].
    pub fn answer(&self, guest: GuestId) -> Result<(), TooMany> {
        self.sweep();
        self.judge(&self.answers, &guest)
    }

    /// Counts a dead link from `ip`.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn dead(&self, ip: IpAddr) -> Result<(), TooMany> {
        self.sweep();
        self.judge(&self.dead, &Prefix::of(ip))
    }

    fn judge<K: std::hash::Hash + Eq + Clone>(
        &self,
        limit: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), TooMany> {
        limit.check_key(key).map_err(|refusal| {
            let wait: Duration = refusal.wait_time_from(self.clock.now());
            TooMany { retry_after: wait.as_secs().saturating_add(1) }
        })
    }

    fn sweep(&self) {
        if self.uses.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.openings.retain_recent();
            self.own_openings.retain_recent();
            self.answers.retain_recent();
            self.dead.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const GUEST: GuestId = GuestId::from_uuid(Uuid::from_u128(1));

    fn use_up(limits: &LinkLimits) {
        for _ in 0..OPENINGS_AN_HOUR.get() {
            limits.opening(GUEST).unwrap();
        }
    }

    #[test]
    fn a_link_that_is_used_up_says_when_to_come_back() {
        let limits = LinkLimits::default();
        use_up(&limits);
        let refused = limits.opening(GUEST).unwrap_err();
        assert!((1..=13).contains(&refused.retry_after), "{refused:?}");
    }

    #[test]
    fn who_uses_up_a_link_uses_up_no_other_and_not_the_guests_own_device() {
        let limits = LinkLimits::default();
        use_up(&limits);
        assert_eq!(limits.opening(GuestId::from_uuid(Uuid::from_u128(2))), Ok(()));
        assert_eq!(limits.own_opening(GUEST, DeviceId::from_uuid(Uuid::from_u128(3))), Ok(()));
    }

    #[test]
    fn dead_links_are_counted_by_the_network_around_the_address() {
        let limits = LinkLimits::default();
        for last in 0..DEAD_LINKS_AT_ONCE.get() {
            limits.dead(IpAddr::from([203, 0, 113, u8::try_from(last % 256).unwrap()])).unwrap();
        }
        assert!(limits.dead(IpAddr::from([203, 0, 113, 7])).is_err());
        assert_eq!(limits.dead(IpAddr::from([203, 0, 114, 7])), Ok(()));
    }
}
