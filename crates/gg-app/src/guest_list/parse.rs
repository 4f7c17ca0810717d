//! A file into rows that are checked cell by cell, and a list of what is wrong with the others.
//!
//! The whole file is read before anything is said, so that an organiser mends all of it at once. A row with a fault is
//! no row; every other row stands by itself.

use super::mapping::{self, Column, MapEntry};
use super::records::{Record, Records};
use super::row::{self, Row};
use super::{COLUMNS_MAX, ERRORS_LISTED_MAX, Field, FileError, ROWS_MAX, RowError};
use super::{encoding, guard, sniff};

/// A file as it was understood.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The encoding it was in, by its WHATWG name, such as `UTF-8` or `windows-1252`.
    pub encoding: &'static str,
    /// What parts its cells.
    pub delimiter: char,
    /// Its columns, in the file's order.
    pub columns: Vec<Column>,
    /// The rows without a fault, in the file's order.
    pub rows: Vec<Row>,
    /// The faults, in the file's order; no more than [`ERRORS_LISTED_MAX`].
    pub errors: Vec<RowError>,
    /// How many rows have a fault, listed or not.
    pub rows_refused: usize,
}

impl Parsed {
    /// Does the file say anything of this field?
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|column| column.field == Some(field))
    }
}

/// Reads a guest list: any usual encoding and delimiter, columns by `map` and by their usual names.
///
/// # Errors
/// [`FileError`] where the file cannot be read as a list at all. Faults of single rows are in [`Parsed::errors`].
pub fn parse(bytes: &[u8], map: &[MapEntry]) -> Result<Parsed, FileError> {
    let (text, encoding) = encoding::decode(bytes)?;
    let layout = sniff::layout(&text);
    let records = Records::new(&text[layout.start..], layout.delimiter, layout.line);
    let mut records = records.filter(|record| !record.as_ref().is_ok_and(Record::is_blank));

    let header = records.next().ok_or(FileError::Empty)??;
    let mut parsed = Parsed {
        encoding,
        delimiter: layout.delimiter.into(),
        columns: columns(&header, map)?,
        rows: Vec::new(),
        errors: Vec::new(),
        rows_refused: 0,
    };
    for (i, record) in records.enumerate() {
        let record = record?;
        if i == ROWS_MAX {
            return Err(FileError::TooManyRows);
        }
        match row::read(&parsed.columns, &record) {
            Ok(row) => parsed.rows.push(row),
            Err(errors) => {
                let room = ERRORS_LISTED_MAX - parsed.errors.len();
                parsed.errors.extend(errors.into_iter().take(room));
                parsed.rows_refused += 1;
            }
        }
    }
    Ok(parsed)
}

/// The first rows of a file as they stand, header first, before any column is taken for anything: for a file whose
/// columns nobody can tell yet.
///
/// # Errors
/// [`FileError`] where it cannot be read as a list at all.
pub fn peek(bytes: &[u8], rows: usize) -> Result<Vec<Vec<String>>, FileError> {
    let (text, _) = encoding::decode(bytes)?;
    let layout = sniff::layout(&text);
    let records = Records::new(&text[layout.start..], layout.delimiter, layout.line);
    let records = records.filter(|record| !record.as_ref().is_ok_and(Record::is_blank));
    let mut seen = Vec::new();
    for record in records.take(rows + 1) {
        let record = record?;
        if record.width > COLUMNS_MAX {
            return Err(FileError::TooManyColumns);
        }
        seen.push(record.cells.iter().map(|cell| guard::take_off(cell.trim()).to_owned()).collect());
    }
    if seen.is_empty() { Err(FileError::Empty) } else { Ok(seen) }
}

fn columns(header: &Record<'_>, map: &[MapEntry]) -> Result<Vec<Column>, FileError> {
    if header.width > COLUMNS_MAX {
        return Err(FileError::TooManyColumns);
    }
    let headers: Vec<&str> = header.cells.iter().map(|cell| guard::take_off(cell.trim())).collect();
    mapping::columns(&headers, map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_list::FILE_BYTES_MAX;
    use proptest::prelude::*;

    fn read(text: &str) -> Parsed {
        parse(text.as_bytes(), &[]).expect("a list")
    }

    /// Line, column and detail of every fault.
    fn faults(text: &str) -> Vec<(usize, String, String)> {
        read(text).errors.into_iter().map(|error| (error.line, error.column, error.detail)).collect()
    }

    fn fault(line: usize, column: &str, detail: &str) -> (usize, String, String) {
        (line, column.to_owned(), detail.to_owned())
    }

    #[test]
    fn the_first_rows_are_seen_whatever_their_columns_mean() {
        let seen = peek(b"Who;Colour\nEfua;green\n\nKojo;red\n", 1).unwrap();
        assert_eq!(seen, [["Who", "Colour"], ["Efua", "green"]]);
        assert!(matches!(peek(b"", 1), Err(FileError::Empty)));
    }

    #[test]
    fn three_bad_rows_among_thousands_are_named() {
        let mut list = String::from("Name,Email,Guests\n");
        for i in 2..=10_001 {
            list.push_str(&match i {
                17 => ",nameless@example.org,1\n".to_owned(),
                4_000 => "Bob,bob at example.org,1\n".to_owned(),
                10_001 => "Eve,eve@example.org,lots\n".to_owned(),
                _ => format!("Guest {i},g{i}@example.org,1\n"),
            });
        }
        assert_eq!(
            faults(&list),
            [
                fault(17, "Name", "the name is empty"),
                fault(4_000, "Email", "the e-mail contains a character that an e-mail address cannot have"),
                fault(10_001, "Guests", "the number of plus-ones is not a whole number from 0 to 50"),
            ]
        );
        assert_eq!(read(&list).rows.len(), 9_997);
    }

    #[test]
    fn fault_is_on_the_line_where_its_record_starts() {
        let list = "sep=;\r\nName;Notes\r\n\r\nAda;\"one\r\ntwo\"\r\n;\"three\r\nfour\"\r\n";
        assert_eq!(faults(list), [fault(6, "Name", "the name is empty")]);
    }

    #[test]
    fn rows_that_spreadsheets_leave_under_a_list_are_passed_over() {
        let parsed = read("\nname;email\n;\n  ;  \nAda;\n;;;;\n\n");
        assert_eq!((parsed.rows.len(), parsed.errors.len()), (1, 0));
    }

    #[test]
    fn files_that_are_no_list_are_refused() {
        for (text, error) in [
            ("", FileError::Empty),
            ("\r\n \n\t\n", FileError::Empty),
            ("sep=;", FileError::Empty),
            ("email,phone\nada@example.org,\n", FileError::NoNameColumn),
            ("name\nAda\n\"Bob\nEve\n", FileError::OpenQuote { line: 3 }),
            ("\"name\nAda\n", FileError::OpenQuote { line: 1 }),
            (&",".repeat(COLUMNS_MAX), FileError::TooManyColumns),
            (&format!("name{}\n", ",x".repeat(100_000)), FileError::TooManyColumns),
        ] {
            assert_eq!(parse(text.as_bytes(), &[]).err(), Some(error));
        }
    }

    #[test]
    fn rows_beyond_the_limit_are_refused() {
        let list = |rows| format!("name\n{}", "A\n".repeat(rows));
        assert!(parse(list(ROWS_MAX).as_bytes(), &[]).is_ok());
        assert_eq!(parse(list(ROWS_MAX + 1).as_bytes(), &[]).err(), Some(FileError::TooManyRows));
    }

    #[test]
    fn faults_beyond_the_limit_are_counted_only() {
        let parsed = read(&format!("name,email\n{}", ",x\n".repeat(ERRORS_LISTED_MAX)));
        assert_eq!((parsed.errors.len(), parsed.rows_refused), (ERRORS_LISTED_MAX, ERRORS_LISTED_MAX));
    }

    #[test]
    fn bombs_are_refused_or_read_and_never_hang() {
        // A tenth of the largest file: tests are built without optimisation (examples/guest_list_speed.rs takes it whole).
        const BOMB_BYTES: usize = FILE_BYTES_MAX / 10;
        for filling in [",", "\"", "\n", "\"\"", "a\n", "a;", ",\n", "\u{e9}", "\r"] {
            let list = format!("name\n{}", filling.repeat(BOMB_BYTES / filling.len()));
            // Too many rows, columns that do not fit, open quotation marks: each refused, none a panic or a hang.
            let _ = parse(list.as_bytes(), &[]);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes, &[]);
        }

        #[test]
        fn every_record_is_a_row_or_refused(body in "([a,;\"@.+0-9\t '=]{0,12}\r?\n){0,8}") {
            if let Ok(parsed) = parse(format!("name,email\n{body}").as_bytes(), &[]) {
                prop_assert!(parsed.rows.len() + parsed.rows_refused <= body.lines().count());
                prop_assert_eq!(parsed.errors.is_empty(), parsed.rows_refused == 0);
            }
        }
    }
}
