//! Six digits that confirm who holds the invited contact, and how often they may be asked for and tried.
//!
//! A code confirms a contact; it is no second factor (docs/adr/0012). Its limits follow NIST SP 800-63B: short life,
//! one use, few tries. They hold for a guest, whatever link, resend or instance is asked.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// Digits of a code: 20 bits, the least that ASVS 6.5.4 and NIST SP 800-63B ask for.
pub const CODE_DIGITS: usize = 6;
/// How many codes there are.
const CODES: u32 = 1_000_000;
/// A code is good for so long (NIST SP 800-63B asks for ten minutes at the most).
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Codes judged for one guest before he has to rest for [`TRIES_REST`]: who guesses finds one in 100,000 hours.
pub const TRIES_MAX: u32 = 10;
/// How long nothing may have been judged before tries are counted anew. Counted from the last one, so that no hour,
/// wherever it begins, holds more than [`TRIES_MAX`].
pub const TRIES_REST: SignedDuration = SignedDuration::from_hours(1);

/// How often a code is sent: a guest whose mail is slow asks three times; a text message costs money, and a number is
/// not to be flooded.
pub const CODES_SENT: Allowance = Allowance { guest_hour: 5, guest_day: 15, event_day: 2_000 };
/// How often a fresh link is sent: it is the same one until somebody uses it.
pub const FRESH_LINKS_SENT: Allowance = Allowance { guest_hour: 3, guest_day: 6, event_day: 1_000 };
/// How often somebody may ask, through one guest's link, for an invitation of his own: each is read by a person.
pub const WISHES_TAKEN: Allowance = Allowance { guest_hour: 3, guest_day: 5, event_day: 200 };

/// How long whoever found an event's day used up waits before he asks again.
const EVENT_WAIT: SignedDuration = SignedDuration::from_hours(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// What an [`Allowance`] looks back on at most.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A code. Its `Debug` says nothing: it is a secret while it lives.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code as somebody typed it: six ASCII digits and nothing else.
    ///
    /// # Errors
    /// [`BadCode`] for anything else; digits of other scripts too.
    pub fn parse(text: &str) -> Result<Self, BadCode> {
        let is_code = text.len() == CODE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(Self(text.to_owned())) } else { Err(BadCode) }
    }

    /// The code that random `bytes` make. 128 bits, taken modulo a million: no code is likelier than another by more
    /// than one part in 10^32, so none is thrown away.
    pub fn of(bytes: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(bytes) % u128::from(CODES);
        Self(format!("{number:0width$}", width = CODE_DIGITS))
    }

    /// The digits, for the message that carries them and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Not six digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("must be six digits, 0 to 9")]
pub struct BadCode;

/// How often something may be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// For one guest in an hour.
    pub guest_hour: usize,
    /// For one guest in a day.
    pub guest_day: usize,
    /// For all guests of an event in a day. Those who ask at the same moment may pass it by as many.
    pub event_day: usize,
}

/// What was asked for before.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// For this guest, within [`DAY`], the latest first.
    pub of_guest: Vec<Timestamp>,
    /// For the event's guests together, within [`DAY`].
    pub of_event: usize,
}

impl Allowance {
    /// How long to wait before the next; none where it may be now.
    pub fn wait(&self, asked: &Asked, now: Timestamp) -> Option<SignedDuration> {
        let until = |at: usize, life: SignedDuration| {
            let oldest = asked.of_guest.get(at.checked_sub(1)?)?;
            Some(oldest.duration_since(now) + life).filter(|wait| wait.is_positive())
        };
        let of_event = (asked.of_event >= self.event_day).then_some(EVENT_WAIT);
        [until(self.guest_hour, HOUR), until(self.guest_day, DAY), of_event].into_iter().flatten().max()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noon() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn ago(minutes: &[i64]) -> Asked {
        let of_guest = minutes.iter().map(|ago| noon() - SignedDuration::from_mins(*ago)).collect();
        Asked { of_guest, of_event: minutes.len() }
    }

    #[test]
    fn a_code_is_six_ascii_digits() {
        assert_eq!(Code::parse("012345").unwrap().expose(), "012345");
        for text in
            ["", "12345", "1234567", "12345a", " 12345", "１２３４５６", "٠١٢٣٤٥", "12345\u{0}", "+12345"]
        {
            assert_eq!(Code::parse(text), Err(BadCode), "{text:?}");
        }
    }

    #[test]
    fn a_code_keeps_its_leading_zeros_and_is_not_told_by_debug() {
        let code = Code::of(7_u128.to_be_bytes());

        assert_eq!(code.expose(), "000007");
        assert_eq!(format!("{code:?}"), "Code(…)");
    }

    #[test]
    fn the_fourth_within_the_hour_waits_until_the_first_is_an_hour_old() {
        let three = Allowance { guest_hour: 3, guest_day: 5, event_day: 100 };

        assert_eq!(three.wait(&ago(&[1, 20]), noon()), None);
        assert_eq!(three.wait(&ago(&[1, 20, 45]), noon()), Some(SignedDuration::from_mins(15)));
        assert_eq!(three.wait(&ago(&[1, 20, 60]), noon()), None);
    }

    #[test]
    fn a_day_and_an_event_have_an_end_too() {
        let three = Allowance { guest_hour: 3, guest_day: 5, event_day: 6 };
        let day = ago(&[1, 70, 100, 200, 23 * 60]);

        assert_eq!(three.wait(&day, noon()), Some(HOUR));
        assert_eq!(three.wait(&Asked { of_event: 6, ..Asked::default() }, noon()), Some(EVENT_WAIT));
    }

    proptest! {
        #[test]
        fn whoever_waits_as_long_as_he_is_told_may(minutes in proptest::collection::vec(0_i64..2_000, 0..20)) {
            let mut minutes = minutes;
            minutes.sort_unstable();
            let asked = Asked { of_event: 0, ..ago(&minutes) };
            if let Some(wait) = CODES_SENT.wait(&asked, noon()) {
                prop_assert_eq!(CODES_SENT.wait(&asked, noon() + wait), None);
            }
        }

        #[test]
        fn every_code_that_is_made_can_be_typed(bytes: [u8; 16]) {
            let code = Code::of(bytes);
            prop_assert_eq!(Code::parse(code.expose()), Ok(code));
        }
    }
}
