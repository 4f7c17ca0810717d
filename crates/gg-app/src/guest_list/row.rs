//! One record into a guest, cell by cell.
//!
//! Every fault of a record is noted before it is given up, each under the header that the organiser sees.

use gg_domain::email::{EmailAddress, EmailError};
use gg_domain::guest::{HOUSEHOLD_CHARS_MAX, NOTES_CHARS_MAX, PLUS_ONES_MAX};
use gg_domain::id::GuestId;
use gg_domain::locale::Locale;
use gg_domain::name::PersonName;
use gg_domain::phone::{PhoneError, PhoneNumber};
use gg_domain::text;

use super::guard;
use super::mapping::Column;
use super::records::Record;
use super::{CELL_BYTES_MAX, COLUMNS_MAX, Cell, Field, GuestDraft, RowError};

/// A row without a fault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The line where the record starts, counted from 1 with the header.
    pub line: usize,
    /// What stands in the `id` column, where that is an id at all.
    pub id: Option<GuestId>,
    /// The guest.
    pub guest: GuestDraft,
}

/// The row of a record.
///
/// # Errors
/// Everything that is wrong with it, never nothing.
pub(super) fn read(columns: &[Column], record: &Record<'_>) -> Result<Row, Vec<RowError>> {
    let mut reading = Reading { columns, record, errors: Vec::new() };
    reading.row().ok_or(reading.errors)
}

/// One record on its way to a row.
struct Reading<'r> {
    columns: &'r [Column],
    record: &'r Record<'r>,
    errors: Vec<RowError>,
}

impl Reading<'_> {
    fn row(&mut self) -> Option<Row> {
        if !self.has_the_headers_width() || !self.has_cells_of_bearable_size() {
            return None;
        }
        let name = self.name();
        let guest = GuestDraft {
            email: self.cell(Field::Email, |text| match EmailAddress::parse(text) {
                Err(EmailError::Empty) => Ok(None),
                parsed => parsed.map(Some),
            }),
            phone: self.cell(Field::Phone, |text| match PhoneNumber::parse(text) {
                Err(PhoneError::Empty) => Ok(None),
                parsed => parsed.map(Some),
            }),
            plus_ones_allowed: self.cell(Field::PlusOnesAllowed, |text| plus_ones(text).map(Some)),
            household: self.cell(Field::Household, |text| text::line(text, HOUSEHOLD_CHARS_MAX).map(Some)),
            locale: self.cell(Field::Locale, |text| Locale::parse(text).map(Some)),
            notes: self.cell(Field::Notes, |text| text::block(text, NOTES_CHARS_MAX).map(Some)),
            name: name?,
        };
        let id = self.text(Field::Id).and_then(|text| text.parse().ok());
        self.errors.is_empty().then_some(Row { line: self.record.line, id, guest })
    }

    /// Empty cells beyond the header are what spreadsheets leave of a deleted column; a missing or surplus one that says
    /// something has shifted the row.
    fn has_the_headers_width(&mut self) -> bool {
        let (has, wants) = (self.record.width, self.columns.len());
        let surplus = self.record.cells.iter().skip(wants).any(|cell| !cell.trim().is_empty());
        let fits = has == wants || (has > wants && has <= COLUMNS_MAX && !surplus);
        if !fits {
            let at = has.min(wants - 1);
            self.fault(at, format!("the row has {has} cells where the header has {wants}"));
        }
        fits
    }

    fn has_cells_of_bearable_size(&mut self) -> bool {
        let too_long = self.record.cells.iter().position(|cell| cell.len() > CELL_BYTES_MAX);
        if let Some(at) = too_long {
            self.fault(at, format!("the cell is longer than {} KiB", CELL_BYTES_MAX / 1024));
        }
        too_long.is_none()
    }

    fn name(&mut self) -> Option<PersonName> {
        let whole = self.text(Field::Name);
        let (first, last) = (self.text(Field::FirstName), self.text(Field::LastName));
        let name = whole.map_or_else(|| joined(first.unwrap_or(""), last.unwrap_or("")), str::to_owned);
        let name_fields = [Field::Name, Field::FirstName, Field::LastName];
        let at = name_fields.into_iter().find_map(|field| self.position(field)).unwrap_or(0);
        PersonName::parse(&name).map_err(|error| self.fault(at, format!("the name {error}"))).ok()
    }

    /// The cell of a field; `read` gives `None` for what is as good as empty.
    fn cell<T, E: std::fmt::Display>(
        &mut self,
        field: Field,
        read: impl FnOnce(&str) -> Result<Option<T>, E>,
    ) -> Cell<T> {
        let Some(at) = self.position(field) else { return Cell::Absent };
        let text = self.text_at(at);
        if text.is_empty() {
            return Cell::Empty;
        }
        match read(text) {
            Ok(value) => value.map_or(Cell::Empty, Cell::Value),
            Err(error) => {
                self.fault(at, format!("{} {error}", spoken(field)));
                Cell::Absent
            }
        }
    }

    fn position(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == Some(field))
    }

    fn text(&self, field: Field) -> Option<&str> {
        self.position(field).map(|at| self.text_at(at))
    }

    fn text_at(&self, at: usize) -> &str {
        self.record.cells.get(at).map_or("", |cell| guard::take_off(cell.trim()).trim())
    }

    fn fault(&mut self, at: usize, detail: String) {
        let column = self.columns.get(at).or(self.columns.last()).map(|column| column.header.clone());
        self.errors.push(RowError { line: self.record.line, column: column.unwrap_or_default(), detail });
    }
}

/// How a fault names the field that it is about.
const fn spoken(field: Field) -> &'static str {
    match field {
        Field::Id => "the id",
        Field::Name | Field::FirstName | Field::LastName => "the name",
        Field::Email => "the e-mail",
        Field::Phone => "the phone",
        Field::PlusOnesAllowed => "the number of plus-ones",
        Field::Household => "the household",
        Field::Locale => "the language",
        Field::Notes => "the text",
    }
}

/// Given and family name as one. Some lists repeat the one in the column of the other.
fn joined(first: &str, last: &str) -> String {
    let (first_key, last_key) = (text::key(first), text::key(last));
    if last_key.starts_with(&format!("{first_key} ")) {
        last.to_owned()
    } else if first_key.ends_with(&format!(" {last_key}")) {
        first.to_owned()
    } else {
        format!("{first} {last}")
    }
}

#[derive(Debug, thiserror::Error)]
#[error("is not a whole number from 0 to {PLUS_ONES_MAX}")]
struct PlusOnesError;

/// `2`, `+2`, what a spreadsheet makes of it (`2.0`), and the words of lists that only ask whether.
fn plus_ones(text: &str) -> Result<i64, PlusOnesError> {
    match text::key(text).as_str() {
        "yes" | "y" | "true" | "x" | "ja" | "oui" | "si" | "sí" | "sim" => return Ok(1),
        "no" | "n" | "false" | "-" | "nein" | "non" | "nee" | "nej" | "não" => return Ok(0),
        _ => {}
    }
    let number = text.strip_prefix('+').unwrap_or(text).trim();
    let whole = number.split_once(['.', ',']).map_or(number, |(whole, fraction)| {
        if !fraction.is_empty() && fraction.bytes().all(|b| b == b'0') { whole } else { "" }
    });
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return Err(PlusOnesError);
    }
    whole.parse().ok().filter(|number| *number <= PLUS_ONES_MAX).ok_or(PlusOnesError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_list::{Parsed, parse};

    fn parsed(text: &str) -> Parsed {
        parse(text.as_bytes(), &[]).expect("a list")
    }

    fn only_row(text: &str) -> GuestDraft {
        let mut parsed = parsed(text);
        assert_eq!(parsed.errors, []);
        parsed.rows.pop().expect("a row").guest
    }

    /// Line, column and detail of every fault.
    fn faults(text: &str) -> Vec<(usize, String, String)> {
        parsed(text).errors.into_iter().map(|error| (error.line, error.column, error.detail)).collect()
    }

    fn fault(line: usize, column: &str, detail: &str) -> (usize, String, String) {
        (line, column.to_owned(), detail.to_owned())
    }

    #[test]
    fn row_is_read_with_all_its_fields() {
        let list = "ID;Name;E-Mail;Phone;Plus ones;Household;Language;Notes\r\n\
            01890a5d-ac96-774b-bcce-b302099a8057; Ada  Lovelace ;Ada@Example.org;0044 20 7946 0958;+2;Lovelace;en_gb;\"vegan\r\nlate\"\r\n";
        let parsed = parsed(list);
        assert_eq!((parsed.encoding, parsed.delimiter, parsed.rows.len()), ("UTF-8", ';', 1));
        let row = &parsed.rows[0];
        assert_eq!(row.line, 2);
        assert_eq!(row.id.map(|id| id.to_string()).as_deref(), Some("01890a5d-ac96-774b-bcce-b302099a8057"));
        let guest = row.guest.new_guest();
        assert_eq!(guest.name.as_str(), "Ada Lovelace");
        assert_eq!(guest.email.as_ref().map(EmailAddress::as_str), Some("Ada@example.org"));
        assert_eq!(guest.phone.as_ref().map(PhoneNumber::as_str), Some("+442079460958"));
        assert_eq!(guest.plus_ones_allowed, 2);
        assert_eq!(guest.household.as_deref(), Some("Lovelace"));
        assert_eq!(guest.locale.as_ref().map(Locale::as_str), Some("en-GB"));
        assert_eq!(guest.notes.as_deref(), Some("vegan\nlate"));
    }

    #[test]
    fn absent_columns_are_told_from_empty_cells() {
        let guest = only_row("name,email\nAda, \n");
        assert_eq!((guest.email, guest.phone), (Cell::Empty, Cell::Absent));
    }

    #[test]
    fn all_faults_of_a_row_are_told() {
        let parsed = parsed("name,email,phone,locale\n,x,y,English\n");
        let columns: Vec<_> = parsed.errors.iter().map(|error| error.column.as_str()).collect();
        assert_eq!(columns, ["name", "email", "phone", "locale"]);
        assert_eq!((parsed.rows.len(), parsed.rows_refused), (0, 1));
    }

    #[test]
    fn rows_of_another_width_are_faults_unless_what_is_too_much_is_empty() {
        let list = "name,email,notes\nAda\nBob,,,\nEve,,,x\n\"Lovelace, Ada\",,\n";
        assert_eq!(
            faults(list),
            [
                fault(2, "email", "the row has 1 cells where the header has 3"),
                fault(4, "notes", "the row has 4 cells where the header has 3"),
            ]
        );
    }

    #[test]
    fn given_and_family_name_become_one() {
        for (list, name) in [
            ("First name,Last name\nAda,Lovelace\n", "Ada Lovelace"),
            ("First name,Last name\nAda,\n", "Ada"),
            ("Nom,Prénom\nLefèvre,Zoé\n", "Zoé Lefèvre"),
            ("Name,First name\nAda Lovelace,Ada\n", "Ada Lovelace"),
            ("First name,Last name\nAda Lovelace,Lovelace\n", "Ada Lovelace"),
            ("Vorname\nAda\n", "Ada"),
        ] {
            assert_eq!(only_row(list).name.as_str(), name, "{list:?}");
        }
        assert_eq!(faults("First name,Last name,x\n,,1\n"), [fault(2, "First name", "the name is empty")]);
    }

    #[test]
    fn mark_of_an_export_is_taken_off() {
        assert_eq!(only_row("name,notes\n'=Ada,''tis\n").name.as_str(), "=Ada");
        assert_eq!(only_row("name,notes\n'=Ada,''tis\n").notes, Cell::Value("'tis".to_owned()));
        assert_eq!(only_row("name,'+1\nO'Hara,'+2\n").plus_ones_allowed, Cell::Value(2));
        assert_eq!(only_row("name,phone\n'n Sync,'+44 20 7946 0958\n").name.as_str(), "'n Sync");
    }

    #[test]
    fn plus_ones_are_read_as_people_write_them() {
        for (text, number) in [
            ("0", 0),
            ("50", 50),
            ("+3", 3),
            ("2.0", 2),
            ("2,00", 2),
            ("Yes", 1),
            ("nein", 0),
            ("-", 0),
            ("x", 1),
        ] {
            assert_eq!(plus_ones(text).ok(), Some(number), "{text:?}");
        }
        for text in ["51", "-1", "2.5", "2.", ".0", "two", "+", "1e1", "999999999999", "+ +1", "٢"] {
            assert!(plus_ones(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn cell_beyond_the_limit_is_a_fault_of_its_row() {
        let list =
            format!("name,x\nAda,{}\nBob,{}\n", "a".repeat(CELL_BYTES_MAX), "a".repeat(4 * 1024 * 1024));
        assert_eq!(faults(&list), [fault(3, "x", "the cell is longer than 64 KiB")]);
    }
}
