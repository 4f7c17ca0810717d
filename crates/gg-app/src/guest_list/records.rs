//! Text into records and cells, as RFC 4180 has them and as spreadsheets write them.
//!
//! A scanner of our own rather than `csv::Reader`, for three things an organiser needs and that reader hides: the line
//! where a record starts (its position is off after blank lines, and blind to old Mac line ends), a quotation mark that
//! is never closed (it takes the rest of the file as one cell), and a bound on what one record may hold in memory. A
//! property test holds both to the same cells.

use std::borrow::Cow;

use super::{COLUMNS_MAX, FileError};

/// One record.
#[derive(Debug)]
pub(super) struct Record<'t> {
    /// The line where it starts, counted from 1.
    pub(super) line: usize,
    /// Its cells, the first [`COLUMNS_MAX`] of them.
    pub(super) cells: Vec<Cow<'t, str>>,
    /// How many cells it has in all.
    pub(super) width: usize,
}

impl Record<'_> {
    /// Nothing but white space, as the rows that spreadsheets leave under a list.
    pub(super) fn is_blank(&self) -> bool {
        self.width == self.cells.len() && self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// The records of a text, one after the other; lines without a character are passed over.
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: u8,
    at: usize,
    line: usize,
}

impl<'t> Records<'t> {
    /// Records of `text` (whose first line is number `line`), cells parted by `delimiter`, an ASCII character.
    pub(super) fn new(text: &'t str, delimiter: u8, line: usize) -> Self {
        debug_assert!(delimiter.is_ascii(), "cells are cut at bytes");
        Self { text, delimiter, at: 0, line }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over one line end (LF, CR LF or CR), where one is.
    fn step_over_line_end(&mut self) -> bool {
        match self.byte() {
            Some(b'\r') => {
                self.at += 1;
                if self.byte() == Some(b'\n') {
                    self.at += 1;
                }
            }
            Some(b'\n') => self.at += 1,
            _ => return false,
        }
        self.line += 1;
        true
    }

    /// The cell at hand, up to its delimiter, line end or the end; `None` when its quotation mark is never closed.
    fn cell(&mut self) -> Option<Cow<'t, str>> {
        if self.byte() != Some(b'"') {
            return Some(Cow::Borrowed(self.bare()));
        }
        self.at += 1;
        let mut cell = Cow::Borrowed(self.up_to_quote()?);
        while self.byte() == Some(b'"') {
            self.at += 1;
            cell.to_mut().push('"');
            cell.to_mut().push_str(self.up_to_quote()?);
        }
        let after = self.bare();
        if !after.is_empty() {
            cell.to_mut().push_str(after);
        }
        Some(cell)
    }

    fn bare(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let ends = |b: u8| b == self.delimiter || b == b'\n' || b == b'\r';
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Up to the next quotation mark, which is stepped over; lines in between are counted.
    fn up_to_quote(&mut self) -> Option<&'t str> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|b| b == b'"')?;
        let inside = &rest[..length];
        self.line += line_ends(inside);
        self.at += length + 1;
        Some(inside)
    }
}

impl<'t> Iterator for Records<'t> {
    type Item = Result<Record<'t>, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.step_over_line_end() {}
        self.byte()?;
        let mut record = Record { line: self.line, cells: Vec::new(), width: 0 };
        loop {
            let Some(cell) = self.cell() else {
                self.at = self.text.len();
                return Some(Err(FileError::OpenQuote { line: record.line }));
            };
            record.width += 1;
            if record.cells.len() < COLUMNS_MAX {
                record.cells.push(cell);
            }
            if self.byte() == Some(self.delimiter) {
                self.at += 1;
            } else {
                self.step_over_line_end();
                return Some(Ok(record));
            }
        }
    }
}

/// How many line ends a text has: LF, CR LF and CR each count one.
pub(super) fn line_ends(text: &str) -> usize {
    let bytes = text.as_bytes();
    bytes
        .iter()
        .enumerate()
        .filter(|&(i, &b)| b == b'\n' || (b == b'\r' && bytes.get(i + 1) != Some(&b'\n')))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(text: &str) -> Vec<(usize, Vec<String>)> {
        Records::new(text, b',', 1)
            .map(|record| record.expect("closed quotes"))
            .map(|record| (record.line, record.cells.into_iter().map(Cow::into_owned).collect()))
            .collect()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn records_know_the_line_where_they_start() {
        let text = "a,b\r\n\r\n\n\"1\n2\r\n3\",x\r4,5\n";
        assert_eq!(
            records(text),
            [(1, cells(&["a", "b"])), (4, cells(&["1\n2\r\n3", "x"])), (7, cells(&["4", "5"]))]
        );
    }

    #[test]
    fn quotation_marks_part_only_where_they_stand_first() {
        assert_eq!(
            records("\"a \"\"b\"\"\",c \"d\" e,\"f\"g\"h\"\n"),
            [(1, cells(&["a \"b\"", "c \"d\" e", "fg\"h\""]))]
        );
    }

    #[test]
    fn open_quotation_mark_is_told_with_the_line_of_its_record() {
        let mut records = Records::new("a,b\nc,\"d\ne,f\n", b',', 1);
        assert!(records.next().is_some_and(|record| record.is_ok()));
        assert_eq!(records.next().map(|record| record.err()), Some(Some(FileError::OpenQuote { line: 2 })));
        assert!(records.next().is_none());
    }

    #[test]
    fn record_of_a_million_cells_keeps_only_the_first() {
        let text = ",".repeat(1_000_000);
        let record = Records::new(&text, b',', 1).next().expect("a record").expect("no quotes");
        assert_eq!((record.width, record.cells.len()), (1_000_001, COLUMNS_MAX));
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_csv_crate(text in "[a,\"\n\r é]{0,40}") {
            let ours: Result<Vec<_>, _> = Records::new(&text, b',', 1).collect();
            if let Ok(ours) = ours {
                let theirs: Vec<Vec<String>> = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes())
                    .records()
                    .map(|record| record.expect("in memory").iter().map(str::to_owned).collect())
                    .collect();
                let ours: Vec<Vec<String>> =
                    ours.into_iter().map(|record| record.cells.into_iter().map(Cow::into_owned).collect()).collect();
                prop_assert_eq!(ours, theirs);
            }
        }

        #[test]
        fn records_start_where_their_line_says(text in "[a,\"\n\r]{0,40}") {
            let lines: Vec<&str> = text.split_inclusive(['\n', '\r']).collect();
            // CR LF is one line end, so this counts only texts without it.
            if !text.contains("\r\n") {
                for record in Records::new(&text, b',', 1).map_while(Result::ok) {
                    let start = lines[record.line - 1];
                    prop_assert!(!start.trim_end_matches(['\n', '\r']).is_empty());
                }
            }
        }
    }
}
