//! An event: when, where, for how many, and until when guests may answer.

use jiff::{SignedDuration, Timestamp};

use crate::clock::whole_micros;
use crate::fields::FieldErrors;
use crate::text;

/// Most characters of an event's name.
pub const EVENT_NAME_CHARS_MAX: usize = 200;
/// Most characters of a venue.
pub const VENUE_CHARS_MAX: usize = 300;
/// Most seats an event may have: above any hall, below any overflow.
pub const CAPACITY_MAX: i64 = 1_000_000;
/// How long an event lasts where nobody said.
const DEFAULT_LENGTH: SignedDuration = SignedDuration::from_hours(6);
/// The longest event: a month's festival.
const LENGTH_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);
/// The years in which an event may start.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2200;

/// An event as somebody described it: all of it text and numbers yet to be judged.
#[derive(Clone, Debug, Default)]
pub struct EventInput {
    /// Its name.
    pub name: String,
    /// RFC 3339.
    pub starts_at: String,
    /// RFC 3339; six hours after the start where absent.
    pub ends_at: Option<String>,
    /// An IANA time zone such as `Africa/Accra`.
    pub time_zone: String,
    /// Where.
    pub venue: Option<String>,
    /// How many heads fit; without limit where absent.
    pub capacity: Option<i64>,
    /// RFC 3339; until the event ends where absent.
    pub rsvp_deadline: Option<String>,
}

/// What an event is, judged and consistent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventDetails {
    /// Its name, on one line.
    pub name: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends, after the start.
    pub ends_at: Timestamp,
    /// The IANA name of the zone in which its times are told.
    pub time_zone: String,
    /// Where.
    pub venue: Option<String>,
    /// How many heads fit; `None` is never full.
    pub capacity: Option<i64>,
    /// The last moment for answers; `None` until the event ends.
    pub rsvp_deadline: Option<Timestamp>,
}

impl EventDetails {
    /// Judges every field, and then the fields together.
    ///
    /// # Errors
    /// Every fault found, with its pointer.
    pub fn parse(input: &EventInput) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("/name", text::line(&input.name, EVENT_NAME_CHARS_MAX));
        let venue = optional(input.venue.as_deref())
            .map(|venue| errors.take("/venue", text::line(venue, VENUE_CHARS_MAX)));
        let starts_at = errors.take("/starts_at", time(&input.starts_at));
        let ends_at = optional(input.ends_at.as_deref()).map(|at| errors.take("/ends_at", time(at)));
        let deadline =
            optional(input.rsvp_deadline.as_deref()).map(|at| errors.take("/rsvp_deadline", time(at)));
        let time_zone = errors.take("/time_zone", zone(&input.time_zone));
        if input.capacity.is_some_and(|seats| !(1..=CAPACITY_MAX).contains(&seats)) {
            errors.push("/capacity", "give a whole number from 1 to 1,000,000, or nothing for no limit");
        }
        if let (Some(starts), Some(Some(ends))) = (starts_at, ends_at) {
            if ends <= starts {
                errors.push("/ends_at", "the event must end after it starts");
            } else if ends.duration_since(starts) > LENGTH_MAX {
                errors.push("/ends_at", "an event lasts 31 days at the most");
            }
        }
        let (Some(name), Some(starts_at), Some(time_zone)) = (name, starts_at, time_zone) else {
            return Err(errors);
        };
        let ends_at = ends_at.flatten().unwrap_or(starts_at + DEFAULT_LENGTH);
        if deadline.flatten().is_some_and(|deadline| deadline > ends_at) {
            errors.push("/rsvp_deadline", "answers must close before the event ends");
        }
        errors.check()?;
        Ok(Self {
            name,
            starts_at,
            ends_at,
            time_zone,
            venue: venue.flatten(),
            capacity: input.capacity,
            rsvp_deadline: deadline.flatten(),
        })
    }

    /// The event as input again: what a change is laid over.
    pub fn to_input(&self) -> EventInput {
        EventInput {
            name: self.name.clone(),
            starts_at: self.starts_at.to_string(),
            ends_at: Some(self.ends_at.to_string()),
            time_zone: self.time_zone.clone(),
            venue: self.venue.clone(),
            capacity: self.capacity,
            rsvp_deadline: self.rsvp_deadline.map(|at| at.to_string()),
        }
    }

    /// The last moment at which a guest may answer.
    pub fn answers_close(&self) -> Timestamp {
        answers_close(self.rsvp_deadline, self.ends_at)
    }
}

/// The last moment at which a guest may answer: the deadline, or the event's end where there is none.
pub fn answers_close(deadline: Option<Timestamp>, ends_at: Timestamp) -> Timestamp {
    deadline.unwrap_or(ends_at)
}

/// Reads an RFC 3339 time, kept in UTC and whole microseconds.
///
/// # Errors
/// A sentence that says what would be right.
pub fn time(raw: &str) -> Result<Timestamp, &'static str> {
    const REMEDY: &str = "give a time like 2026-12-12T15:00:00Z, between the years 2000 and 2200";
    let at: Timestamp = raw.trim().parse().map_err(|_| REMEDY)?;
    let year = at.to_zoned(jiff::tz::TimeZone::UTC).year();
    if YEARS.contains(&year) { Ok(whole_micros(at)) } else { Err(REMEDY) }
}

/// Reads an IANA time zone's name.
fn zone(raw: &str) -> Result<String, &'static str> {
    const REMEDY: &str = "give an IANA time zone, like Africa/Accra or Europe/Paris";
    let zone = jiff::tz::TimeZone::get(raw.trim()).map_err(|_| REMEDY)?;
    zone.iana_name().map(str::to_string).ok_or(REMEDY)
}

fn optional(raw: Option<&str>) -> Option<&str> {
    raw.map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wedding() -> EventInput {
        EventInput {
            name: "Ama & Kojo’s wedding".into(),
            starts_at: "2026-12-12T15:00:00Z".into(),
            time_zone: "Africa/Accra".into(),
            ..EventInput::default()
        }
    }

    fn pointers(input: &EventInput) -> Vec<String> {
        EventDetails::parse(input).unwrap_err().0.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn an_event_needs_a_name_a_start_and_a_zone_only() {
        let event = EventDetails::parse(&wedding()).unwrap();

        assert_eq!(event.ends_at.to_string(), "2026-12-12T21:00:00Z");
        assert_eq!(event.answers_close(), event.ends_at);
        assert_eq!(EventDetails::parse(&event.to_input()).unwrap(), event);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let input = EventInput {
            name: " ".into(),
            starts_at: "tomorrow".into(),
            time_zone: "Mars/Olympus".into(),
            capacity: Some(0),
            ..wedding()
        };

        assert_eq!(pointers(&input), ["/name", "/starts_at", "/time_zone", "/capacity"]);
    }

    #[test]
    fn fields_are_judged_together() {
        let backwards = EventInput { ends_at: Some("2026-12-12T14:00:00Z".into()), ..wedding() };
        let late = EventInput { rsvp_deadline: Some("2027-01-01T00:00:00Z".into()), ..wedding() };

        assert_eq!(pointers(&backwards), ["/ends_at"]);
        assert_eq!(pointers(&late), ["/rsvp_deadline"]);
    }

    #[test]
    fn a_time_with_an_offset_is_kept_in_utc() {
        let input = EventInput { starts_at: "2026-12-12T16:00:00+01:00".into(), ..wedding() };

        assert_eq!(EventDetails::parse(&input).unwrap().starts_at.to_string(), "2026-12-12T15:00:00Z");
    }
}
