//! What can be wrong with a guest list: the file as a whole, or one cell of it.
//!
//! Messages say what to do, since whoever reads them has the file open in a spreadsheet. None repeats a cell.

use super::{COLUMNS_MAX, FILE_BYTES_MAX, Field, ROWS_MAX};

/// Why a file was refused as a whole.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FileError {
    /// More than [`FILE_BYTES_MAX`].
    #[error("the file is larger than {} MiB", FILE_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// More than [`ROWS_MAX`] rows.
    #[error("the file has more than {ROWS_MAX} rows: split it")]
    TooManyRows,
    /// More than [`COLUMNS_MAX`] columns in the header.
    #[error("the header has more than {COLUMNS_MAX} columns: delete those that are not about guests")]
    TooManyColumns,
    /// No line with text in it.
    #[error("the file is empty: its first line names the columns, such as name,email,phone")]
    Empty,
    /// XLSX, ODS, Numbers (all zip archives) or the older XLS.
    #[error("the file is an Excel workbook or another archive: save it as CSV (UTF-8) and import that")]
    Workbook,
    /// Gzip.
    #[error("the file is compressed with gzip: unpack it and import the CSV inside")]
    Compressed,
    /// Bytes that no text has.
    #[error("line {line} contains NUL bytes: the file is not a CSV text")]
    Binary {
        /// Where the first one stands, counted from 1.
        line: usize,
    },
    /// Bytes that are not what their byte order mark says.
    #[error("the file says it is {encoding} and is not: save it again as CSV (UTF-8)")]
    Garbled {
        /// The encoding that the file claims.
        encoding: &'static str,
    },
    /// Bytes that are no UTF-8, in a file that otherwise is.
    #[error(
        "line {line} has bytes that are no text, though the rest is UTF-8: save the file again as CSV (UTF-8)"
    )]
    NotUtf8 {
        /// Where the first ones stand, counted from 1.
        line: usize,
    },
    /// The caller said an encoding that nobody knows.
    #[error("there is no such charset: send the file as text/csv; charset=utf-8, or leave the charset out")]
    UnknownCharset,
    /// A quotation mark that is never closed would swallow every row after it.
    #[error("the row at line {line} opens a quotation mark that is never closed")]
    OpenQuote {
        /// Where that row starts, counted from 1.
        line: usize,
    },
    /// No column is a name.
    #[error("no column is the guest's name: head one \"name\", or say which it is with map=name:HEADER")]
    NoNameColumn,
    /// Two columns could be the same field.
    #[error("two columns are headed \"{header}\": rename one of them")]
    DoubleHeader {
        /// The header of both.
        header: String,
    },
    /// `map=` without a colon.
    #[error("map \"{entry}\" is not of the form field:header")]
    MapForm {
        /// What was given.
        entry: String,
    },
    /// `map=` with a field that guests do not have.
    #[error("map names the unknown field \"{field}\": known are {}", Field::list())]
    UnknownField {
        /// What was given.
        field: String,
    },
    /// `map=` with a header that the file does not have.
    #[error("map names the header \"{header}\", which the file does not have")]
    MissingHeader {
        /// What was given.
        header: String,
    },
    /// Two `map=` for one field, or for one column.
    #[error("map names \"{name}\" twice")]
    MappedTwice {
        /// The field or the header.
        name: String,
    },
}

impl FileError {
    /// The line that the fault is on, where it is on one.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        match self {
            Self::Binary { line } | Self::OpenQuote { line } | Self::NotUtf8 { line } => Some(*line),
            _ => None,
        }
    }

    /// Is the fault in the `map` parameters rather than in the file?
    #[must_use]
    pub const fn is_of_map(&self) -> bool {
        matches!(
            self,
            Self::MapForm { .. }
                | Self::UnknownField { .. }
                | Self::MissingHeader { .. }
                | Self::MappedTwice { .. }
        )
    }
}

/// What is wrong with one cell, or with a row as a whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowError {
    /// The line where the record starts, counted from 1 with the header.
    pub line: usize,
    /// The header's text of the column.
    pub column: String,
    /// What is wrong and what would be right.
    pub detail: String,
}
