//! Between our types and the messages of `proto/`: exact both ways, number for number and bit for bit.
//!
//! Structs are taken apart by name, so a field that is added to one of ours does not compile until it has its place on
//! the wire. What comes in is checked once, here; a [`Fault`] names the field as the `.proto` file does.

mod guest;
mod policy;
mod score;
mod snapshot;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use score::{label, label_number};

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// What is wrong with a message, and where: `snapshot.agent.os is required`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    field: String,
    why: String,
}

impl Fault {
    pub(crate) fn new(field: &str, why: impl Into<String>) -> Self {
        Self { field: field.to_owned(), why: why.into() }
    }

    fn within(self, outer: &str) -> Self {
        Self { field: format!("{outer}.{}", self.field), why: self.why }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.why)
    }
}

impl std::error::Error for Fault {}

/// A message that must be there, as the type of ours.
pub(crate) fn required<W, T: TryFrom<W, Error = Fault>>(wire: Option<W>, field: &str) -> Result<T, Fault> {
    optional(wire, field)?.ok_or_else(|| Fault::new(field, "is required"))
}

/// A message that may be there, as the type of ours.
pub(crate) fn optional<W, T: TryFrom<W, Error = Fault>>(
    wire: Option<W>,
    field: &str,
) -> Result<Option<T>, Fault> {
    wire.map(T::try_from).transpose().map_err(|fault| fault.within(field))
}

/// The same of a list.
fn list<W, T: TryFrom<W, Error = Fault>>(wire: Vec<W>, field: &str) -> Result<Vec<T>, Fault> {
    let item = |(i, item)| T::try_from(item).map_err(|fault: Fault| fault.within(&format!("{field}[{i}]")));
    wire.into_iter().enumerate().map(item).collect()
}

/// A text of a form.
pub(crate) fn text<T: FromStr>(text: &str, field: &str, form: &str) -> Result<T, Fault> {
    if text.is_empty() {
        return Err(Fault::new(field, "is required"));
    }
    text.parse().map_err(|_| Fault::new(field, format!("is not {form}")))
}

/// An id.
macro_rules! id {
    ($text:expr, $field:literal, $id:ident) => {
        $crate::wire::text($text, $field, "a UUID").map($id::from_uuid)
    };
}
pub(crate) use id;

fn finite(number: f64, field: &str) -> Result<f64, Fault> {
    if number.is_finite() { Ok(number) } else { Err(Fault::new(field, "is not a finite number")) }
}

fn chance(number: f64, field: &str) -> Result<f64, Fault> {
    if (0.0..=1.0).contains(&number) {
        Ok(number)
    } else {
        Err(Fault::new(field, "does not lie between 0 and 1"))
    }
}

/// A form that this engine reads: from 1 up to `newest`.
fn version(version: u32, newest: u8) -> Result<u8, Fault> {
    match u8::try_from(version) {
        Ok(0) => Err(Fault::new("version", "is required")),
        Ok(version) if version <= newest => Ok(version),
        _ => Err(Fault::new("version", format!("is newer than {newest}, which this engine reads"))),
    }
}

fn time(wire: Option<prost_types::Timestamp>, field: &str) -> Result<Timestamp, Fault> {
    moment(wire, field)?.ok_or_else(|| Fault::new(field, "is required"))
}

/// A time that may be there.
fn moment(wire: Option<prost_types::Timestamp>, field: &str) -> Result<Option<Timestamp>, Fault> {
    let Some(prost_types::Timestamp { seconds, nanos }) = wire else { return Ok(None) };
    let whole = Some(nanos).filter(|nanos| (0..NANOS_PER_SECOND).contains(nanos));
    let at = whole.and_then(|nanos| Timestamp::new(seconds, nanos).ok());
    at.map(Some).ok_or_else(|| Fault::new(field, "is not a time"))
}

const NANOS_PER_SECOND: i32 = 1_000_000_000;

/// On the wire nanoseconds count upwards, before 1970 too.
fn stamp(at: Timestamp) -> prost_types::Timestamp {
    let (seconds, nanos) = (at.as_second(), at.subsec_nanosecond());
    match nanos < 0 {
        true => prost_types::Timestamp { seconds: seconds - 1, nanos: nanos + NANOS_PER_SECOND },
        false => prost_types::Timestamp { seconds, nanos },
    }
}

/// A message where there is anything to say.
fn unless_default<'a, T: Default + PartialEq, W: From<&'a T>>(value: &'a T) -> Option<W> {
    (*value != T::default()).then(|| value.into())
}
