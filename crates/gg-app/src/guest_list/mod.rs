//! Guest lists as files: reading whatever a spreadsheet saved, deciding what it changes, writing it back.
//!
//! Pure from end to end. [`parse()`] turns bytes into checked rows and a list of what is wrong with the others;
//! [`plan`] compares rows with the guests that an event has and says who is new, who changes and who stays; [`Export`]
//! writes a list that `parse` reads back unchanged. The use case loads, calls these, and saves.

mod encoding;
mod error;
mod export;
mod guard;
mod guest;
mod mapping;
mod matching;
mod parse;
mod records;
mod row;
mod sniff;
mod usual_names;

pub use encoding::recoded;
pub use error::{FileError, RowError};
pub use export::{Answer, EXPORT_HEADERS, Export, Opening, export};
pub use guest::{Cell, Field, GuestDraft};
pub use mapping::{Column, MapEntry, usual_field};
pub use matching::{Create, Known, Plan, Update, plan};
pub use parse::{Parsed, parse, peek};
pub use row::Row;

/// The largest file, in bytes: 100,000 guests of 100 bytes each.
pub const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The most rows under the header; larger events than a stadium come in several files.
pub const ROWS_MAX: usize = 100_000;
/// The most columns. Address books export fewer than 100; more is a file that is no guest list.
pub const COLUMNS_MAX: usize = 200;
/// The longest cell, in bytes: a spreadsheet's own limit is 32,767 characters.
pub const CELL_BYTES_MAX: usize = 64 * 1024;
/// The most faults that are listed; further bad rows are counted only, so that an answer stays below 2 MB.
pub const ERRORS_LISTED_MAX: usize = 10_000;
