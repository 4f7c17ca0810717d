//! How a text parts its cells: what Excel's own `sep=` line says, else what fits the first records best.

use super::mapping::usual_field;
use super::records::{Record, Records};

/// Delimiters that spreadsheets write, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How many records are tried with each delimiter: enough to outvote a row with a stray comma.
const SAMPLE_RECORDS: usize = 20;

/// Where the records begin, and what parts their cells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Layout {
    /// The delimiter, an ASCII character.
    pub(super) delimiter: u8,
    /// The byte of the text where the header's line begins.
    pub(super) start: usize,
    /// The number of that line, counted from 1.
    pub(super) line: usize,
}

/// The layout of a text.
pub(super) fn layout(text: &str) -> Layout {
    excel_line(text).unwrap_or_else(|| Layout { delimiter: delimiter(text), start: 0, line: 1 })
}

/// `sep=;` alone on the first line: Excel's way to name the delimiter, a line of its own that is no record.
fn excel_line(text: &str) -> Option<Layout> {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let line = text[..end].trim_matches('"');
    let prefix = line.get(..4)?;
    let &[delimiter] = line.as_bytes().get(4..)? else { return None };
    let parts = delimiter == b'\t' || (delimiter.is_ascii_punctuation() && delimiter != b'"');
    (prefix.eq_ignore_ascii_case("sep=") && parts).then(|| {
        let rest = &text[end..];
        let line_end = if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) };
        Layout { delimiter, start: end + line_end, line: 2 }
    })
}

/// The delimiter that gives most records the header's width; among equals, most columns that are known by name, then
/// most columns. Where none parts the header, the list has one column, and a delimiter that leaves it whole.
fn delimiter(text: &str) -> u8 {
    let samples = DELIMITERS.map(|delimiter| (delimiter, sample(text, delimiter)));
    let mut best: Option<((usize, usize, usize), u8)> = None;
    for (delimiter, records) in &samples {
        let Some(score) = score(records) else { continue };
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, *delimiter));
        }
    }
    let whole = || samples.iter().find(|(_, records)| records.iter().all(|record| record.width == 1));
    best.map(|(_, delimiter)| delimiter).or_else(|| whole().map(|(delimiter, _)| *delimiter)).unwrap_or(b',')
}

fn sample(text: &str, delimiter: u8) -> Vec<Record<'_>> {
    Records::new(text, delimiter, 1)
        .map_while(Result::ok)
        .filter(|record| !record.is_blank())
        .take(SAMPLE_RECORDS)
        .collect()
}

fn score(records: &[Record<'_>]) -> Option<(usize, usize, usize)> {
    let (header, rows) = records.split_first()?;
    let alike = rows.iter().filter(|row| row.width == header.width).count();
    let percent = (alike * 100).checked_div(rows.len()).unwrap_or(100);
    let known = header.cells.iter().filter(|cell| usual_field(cell).is_some()).count();
    (header.width > 1).then_some((percent, known, header.width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter_of(text: &str) -> char {
        layout(text).delimiter.into()
    }

    #[test]
    fn delimiter_is_the_one_that_fits() {
        for (text, delimiter) in [
            ("name,email\nAda,ada@example.org\n", ','),
            ("name;email\r\nLovelace, Ada;ada@example.org\r\n", ';'),
            ("name\temail\tnotes\nAda\ta@example.org\tcomes late, leaves early; vegan\n", '\t'),
            ("name|email\nAda|ada@example.org\n", '|'),
            ("name;notes, private;email, work\n", ';'),
            ("\"name;x\",email\n\"Ada;Countess\",ada@example.org\n", ','),
            ("name,notes\n\"Ada\",\"a;b;c\nd;e;f\"\nBob,x\n", ','),
            ("\n\nname;email\nAda;x\n", ';'),
        ] {
            assert_eq!(delimiter_of(text), delimiter, "{text:?}");
        }
    }

    #[test]
    fn list_of_one_column_stays_whole() {
        assert_eq!(delimiter_of("name\nLovelace, Ada\nByron, George\n"), ';');
        assert_eq!(delimiter_of("name\nAda\n"), ',');
        assert_eq!(delimiter_of(""), ',');
    }

    #[test]
    fn excels_own_line_is_believed_and_passed_over() {
        assert_eq!(layout("sep=;\r\nname;email\r\n"), Layout { delimiter: b';', start: 7, line: 2 });
        assert_eq!(layout("SEP=|\nname,x|email\n"), Layout { delimiter: b'|', start: 6, line: 2 });
        assert_eq!(layout("sep=\t\rname\temail"), Layout { delimiter: b'\t', start: 6, line: 2 });
        assert_eq!(layout("sep=;"), Layout { delimiter: b';', start: 5, line: 2 });
    }

    #[test]
    fn header_that_only_looks_like_excels_line_is_a_header() {
        assert_eq!(layout("sep=ab\nx,y\n").line, 1);
        assert_eq!(layout("sépé=\nx,y\n").line, 1);
        assert_eq!(layout("sep=é\n").line, 1);
    }
}
