//! Where time, ids and randomness come from: handed in, so that a test can hold them still.
//!
//! Time is UTC in microseconds, since that is what both databases keep: a finer time would come
//! back from PostgreSQL changed.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::id::Id;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        whole_micros(Timestamp::now())
    }
}

/// A clock that a test holds, and moves.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_microsecond()))
    }

    /// Moves the clock by `by`, back too.
    pub fn advance(&self, by: SignedDuration) {
        let micros =
            i64::try_from(by.as_micros()).expect("a test moves its clock by less than 292,000 years");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Draws random bytes.
pub trait Randomness: Send + Sync {
    /// Fills `bytes` with bytes that nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator, asked for [`DRAWN_BYTES`] at a time: a call takes an id or two for each request,
/// and asking costs as much as all else about an id.
pub struct SystemRandomness;

/// Bytes that each thread draws at once.
const DRAWN_BYTES: usize = 512;

thread_local! {
    /// What was drawn, and how much of it was handed out; that is wiped.
    static DRAWN: RefCell<([u8; DRAWN_BYTES], usize)> = const { RefCell::new(([0; DRAWN_BYTES], DRAWN_BYTES)) };
}

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        let draw =
            |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system gives random bytes once it is up");
        if bytes.len() > DRAWN_BYTES {
            return draw(bytes);
        }
        DRAWN.with_borrow_mut(|(drawn, taken)| {
            if *taken + bytes.len() > DRAWN_BYTES {
                draw(drawn);
                *taken = 0;
            }
            let handed_out = &mut drawn[*taken..*taken + bytes.len()];
            bytes.copy_from_slice(handed_out);
            handed_out.fill(0);
            *taken += bytes.len();
        });
    }
}

/// A generator for tests: the same seed gives the same bytes (SplitMix64). Never for secrets.
pub struct SeededRandomness(AtomicU64);

impl SeededRandomness {
    /// A generator that starts at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(GAMMA, Ordering::SeqCst).wrapping_add(GAMMA);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The clock and the randomness of this process, and the ids made from both.
#[derive(Clone)]
pub struct Sources {
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    /// The last id's milliseconds since 1970 and its place among those of the same millisecond.
    last: Arc<AtomicU64>,
}

/// Bits of an id that count the ids of one millisecond; who makes more borrows from the next one.
const PLACE_BITS: u32 = 12;

impl Sources {
    /// Sources from a clock and a generator.
    pub fn new(clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self { clock, randomness, last: Arc::default() }
    }

    /// The machine's own.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemRandomness))
    }

    /// Now, in whole microseconds.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.randomness.fill(&mut bytes);
        bytes
    }

    /// A new id: UUIDv7 of now, greater than every one before it (RFC 9562, 5.7 and 6.2, method 1), so
    /// that what one transaction tells, and a file's guests, keep their order.
    pub fn id<T: Id>(&self) -> T {
        let now = u64::try_from(self.now().as_millisecond()).unwrap_or(0) << PLACE_BITS;
        let after = |last: u64| now.max(last + 1);
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last)));
        let tick = after(last.unwrap_or_else(|last| last));
        let mut random: [u8; 10] = self.bytes();
        random[..2].copy_from_slice(&tick.to_be_bytes()[6..]);
        T::from(uuid::Builder::from_unix_timestamp_millis(tick >> PLACE_BITS, &random).into_uuid())
    }

    /// A new random UUID (version 4): for what must not tell when it was made.
    pub fn random_id<T: From<Uuid>>(&self) -> T {
        T::from(uuid::Builder::from_random_bytes(self.bytes()).into_uuid())
    }
}

/// `at` without what is finer than a microsecond.
pub fn whole_micros(at: Timestamp) -> Timestamp {
    from_micros(at.as_microsecond())
}

/// The time that is `micros` microseconds after 1970; the nearest end of jiff's range where it has none.
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::GuestId;

    #[test]
    fn random_bytes_are_handed_out_once() {
        let sources = Sources::system();
        let ids: std::collections::HashSet<[u8; 16]> = (0..2_000).map(|_| sources.bytes::<16>()).collect();
        assert_eq!(ids.len(), 2_000);
        assert!(!ids.contains(&[0; 16]));
        assert_ne!(sources.bytes::<{ DRAWN_BYTES + 1 }>(), sources.bytes::<{ DRAWN_BYTES + 1 }>());
    }

    #[test]
    fn ids_of_later_times_sort_later() {
        let clock = Arc::new(FixedClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let sources = Sources::new(clock.clone(), Arc::new(SeededRandomness::new(7)));
        let first: GuestId = sources.id();
        clock.advance(SignedDuration::from_millis(1));

        let second: GuestId = sources.id();

        assert!(first < second);
        assert_eq!(first.uuid().get_version_num(), 7);
    }

    #[test]
    fn ids_of_one_millisecond_keep_their_order() {
        let clock = Arc::new(FixedClock::at("2026-11-24T12:00:00Z".parse().unwrap()));
        let sources = Sources::new(clock.clone(), Arc::new(SeededRandomness::new(7)));
        let ids: Vec<GuestId> = (0..10_000).map(|_| sources.id()).collect();
        clock.advance(SignedDuration::from_hours(-1));

        let last: GuestId = sources.id();

        assert!(ids.is_sorted_by(|one, next| one < next));
        assert!(ids.iter().all(|id| id.uuid().get_version_num() == 7));
        assert!(*ids.last().unwrap() < last);
    }

    #[test]
    fn time_is_kept_in_whole_microseconds() {
        let fine: Timestamp = "2026-11-24T12:00:00.123456789Z".parse().unwrap();

        assert_eq!(whole_micros(fine).to_string(), "2026-11-24T12:00:00.123456Z");
    }
}
