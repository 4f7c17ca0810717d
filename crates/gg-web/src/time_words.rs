//! Times as people say them, in the zone of the event that they belong to; the exact moment stands behind each.
//!
//! And the way back: what somebody chose in a `datetime-local` field is the time on the wall where the event is.
//! Twice a year a wall clock skips an hour or shows one twice: a skipped time is refused, a double one is the first.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::view::When;

/// The form of a `datetime-local` field's value.
const LOCAL_FORM: &str = "%Y-%m-%dT%H:%M";
/// Younger than this is "just now": the reader has just seen it happen.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(10);
/// Older than this is said as a day: "23 hours ago" still helps, "25 hours ago" has to be counted back.
const AGO_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Older than this is said with its date: before that the name of the day tells.
const WEEKDAY_MAX_DAYS: i32 = 6;

/// Why a time on a wall clock is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WallTimeError {
    /// Not of the form.
    #[error("choose a day and a time")]
    Form,
    /// The clocks of the zone skip it.
    #[error("the clocks are put forward over this time, so it does not exist: choose one an hour later")]
    Skipped,
}

/// The zone of that IANA name; UTC where this program does not know it.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// "Saturday 12 December 2026, 15:00".
pub fn moment(at: Timestamp, zone: &TimeZone) -> When {
    let there = at.to_zoned(zone.clone());
    When { said: there.strftime("%A %-d %B %Y, %H:%M").to_string(), exact: exact(&there) }
}

/// "one minute ago", "yesterday, 14:02", "Monday, 14:02", "3 December, 14:02", "3 December 2025, 14:02".
pub fn ago(at: Timestamp, now: Timestamp, zone: &TimeZone) -> When {
    let (there, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let said = since(now.duration_since(at)).unwrap_or_else(|| day_and_time(&there, &today));
    When { said, exact: exact(&there) }
}

/// The time of day to the second where it was today, else the day too: "14:02:51", "3 Dec 14:02".
pub fn clock(at: Timestamp, now: Timestamp, zone: &TimeZone) -> When {
    let (there, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = if there.date() == today.date() { "%H:%M:%S" } else { "%-d %b %H:%M" };
    When { said: there.strftime(form).to_string(), exact: exact(&there) }
}

/// The value of a `datetime-local` field.
pub fn to_local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime(LOCAL_FORM).to_string()
}

/// The moment at which a wall clock in `zone` shows what a `datetime-local` field says.
///
/// # Errors
/// [`WallTimeError`].
pub fn from_local(text: &str, zone: &TimeZone) -> Result<Timestamp, WallTimeError> {
    let wall: DateTime = text.trim().parse().map_err(|_| WallTimeError::Form)?;
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(WallTimeError::Skipped);
    }
    ambiguous.earlier().map_err(|_| WallTimeError::Form)
}

/// The zones that a form offers: those named after places.
pub fn zones() -> Vec<String> {
    const NO_PLACES: [&str; 5] = ["Etc/", "SystemV/", "US/", "posix/", "right/"];
    let names = jiff::tz::db().available().map(|name| name.to_string());
    let mut names: Vec<String> =
        names.filter(|name| name.contains('/') && !NO_PLACES.iter().any(|no| name.starts_with(no))).collect();
    names.sort();
    names
}

fn exact(there: &Zoned) -> String {
    there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn since(age: SignedDuration) -> Option<String> {
    let counted = |n: i64, one: &str, many: &str| {
        if n == 1 { format!("one {one} ago") } else { format!("{n} {many} ago") }
    };
    if age < JUST_NOW {
        // A clock of another machine may run ahead a little.
        Some("just now".into())
    } else if age < SignedDuration::from_mins(1) {
        Some(counted(age.as_secs(), "second", "seconds"))
    } else if age < SignedDuration::from_hours(1) {
        Some(counted(age.as_mins(), "minute", "minutes"))
    } else if age < AGO_MAX {
        Some(counted(age.as_hours(), "hour", "hours"))
    } else {
        None
    }
}

fn day_and_time(there: &Zoned, today: &Zoned) -> String {
    let days = today.date().duration_since(there.date()).as_hours() / 24;
    let form = if days == 1 {
        "yesterday, %H:%M"
    } else if days <= i64::from(WEEKDAY_MAX_DAYS) {
        "%A, %H:%M"
    } else if there.year() == today.year() {
        "%-d %B, %H:%M"
    } else {
        "%-d %B %Y, %H:%M"
    };
    there.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_said_in_the_event_s_own_zone() {
        let when = moment(at("2026-12-12T15:00:00Z"), &zone("Europe/Berlin"));
        assert_eq!(when.said, "Saturday 12 December 2026, 16:00");
        assert_eq!(when.exact, "2026-12-12T16:00:00+01:00");
    }

    #[test]
    fn the_past_is_said_as_people_say_it() {
        let now = at("2026-12-09T12:00:00Z");
        let said = |text| ago(at(text), now, &TimeZone::UTC).said;
        for (text, words) in [
            ("2026-12-09T12:00:03Z", "just now"),
            ("2026-12-09T11:59:55Z", "just now"),
            ("2026-12-09T11:59:15Z", "45 seconds ago"),
            ("2026-12-09T11:58:59Z", "one minute ago"),
            ("2026-12-09T11:01:00Z", "59 minutes ago"),
            ("2026-12-09T10:59:00Z", "one hour ago"),
            ("2026-12-08T12:00:01Z", "23 hours ago"),
            ("2026-12-08T11:00:00Z", "yesterday, 11:00"),
            ("2026-12-05T14:02:00Z", "Saturday, 14:02"),
            ("2026-12-02T14:02:00Z", "2 December, 14:02"),
            ("2025-12-03T14:02:00Z", "3 December 2025, 14:02"),
        ] {
            assert_eq!(said(text), words, "{text}");
        }
    }

    #[test]
    fn a_row_of_another_day_says_the_day() {
        let now = at("2026-12-09T12:00:00Z");
        assert_eq!(clock(at("2026-12-09T09:08:07Z"), now, &TimeZone::UTC).said, "09:08:07");
        assert_eq!(clock(at("2026-12-03T14:02:00Z"), now, &TimeZone::UTC).said, "3 Dec 14:02");
    }

    #[test]
    fn what_a_field_says_comes_back_as_it_was() {
        let accra = zone("Africa/Accra");
        for text in ["2026-12-12T15:00", "2026-12-12T00:00"] {
            assert_eq!(to_local(from_local(text, &accra).unwrap(), &accra), text);
        }
        assert_eq!(
            from_local("2026-07-04T18:30", &zone("America/New_York")).unwrap(),
            at("2026-07-04T22:30:00Z")
        );
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_refused() {
        let skipped = from_local("2026-03-29T02:30", &zone("Europe/Berlin"));
        assert_eq!(skipped, Err(WallTimeError::Skipped));
        assert_eq!(
            from_local("2026-03-29T03:00", &zone("Europe/Berlin")).unwrap(),
            at("2026-03-29T01:00:00Z")
        );
    }

    #[test]
    fn of_a_time_that_the_clocks_show_twice_the_first_is_meant() {
        let first = from_local("2026-10-25T02:30", &zone("Europe/Berlin")).unwrap();
        assert_eq!(first, at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "tomorrow", "2026-13-01T10:00", "2026-12-12T25:00"] {
            assert_eq!(from_local(text, &TimeZone::UTC), Err(WallTimeError::Form), "{text}");
        }
    }

    #[test]
    fn zones_are_places() {
        let zones = zones();
        assert!(zones.len() > 300 && zones.contains(&"Africa/Accra".to_string()));
        assert!(!zones.iter().any(|name| name.starts_with("Etc/")));
    }
}
