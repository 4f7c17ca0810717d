//! What a file would do, in words and first rows, before anything is written.

use gg_app::Prepared;
use gg_app::guest_list::{Cell, Field, Row, usual_field};
use uuid::Uuid;

use super::steps::counts_of;
use super::uploads::Upload;
use super::{ColumnMap, ImportCheck, ImportCounts, RowError};
use crate::forms::sentence;
use crate::view::Choice;

/// First rows that are shown: enough to see a wrong column at a glance.
pub(super) const ROWS_SHOWN: usize = 8;
/// Faults that are listed on the page; the others are counted.
const ERRORS_SHOWN: usize = 50;
/// Characters shown of a cell.
const CELL_CHARS_MAX: usize = 80;

/// Every field in the words of the page.
const FIELDS: [(Field, &str); 10] = [
    (Field::Name, "Name"),
    (Field::FirstName, "First name"),
    (Field::LastName, "Last name"),
    (Field::Email, "E-mail"),
    (Field::Phone, "Phone"),
    (Field::PlusOnesAllowed, "May bring"),
    (Field::Household, "Household"),
    (Field::Locale, "Language"),
    (Field::Notes, "Notes"),
    (Field::Id, "Guest’s id"),
];

/// A file as it was understood.
pub(super) fn page(id: Uuid, upload: &Upload, prepared: &Prepared) -> ImportCheck {
    let parsed = &prepared.parsed;
    let shown: Vec<(Field, &str)> =
        FIELDS.into_iter().filter(|(field, _)| is_shown(*field, prepared)).collect();
    let samples = gg_app::guest_list::peek(&upload.bytes, ROWS_SHOWN).unwrap_or_default();
    let columns = parsed.columns.iter().enumerate();
    let errors = parsed.errors.iter().take(ERRORS_SHOWN).map(|error| RowError {
        line: u32::try_from(error.line).unwrap_or(u32::MAX),
        column: error.column.clone(),
        detail: sentence(&error.detail),
    });
    ImportCheck {
        upload: id.to_string(),
        file_name: upload.name.clone(),
        read_as: format!("Read as {}, {} between its cells.", parsed.encoding, delimiter(parsed.delimiter)),
        columns: columns
            .map(|(place, column)| mapped(place, &column.header, column.field, &samples))
            .collect(),
        fields: shown.iter().map(|(_, word)| (*word).to_string()).collect(),
        rows: parsed.rows.iter().take(ROWS_SHOWN).map(|row| cells(row, &shown)).collect(),
        counts: counts_of(&prepared.counts()),
        errors: errors.collect(),
        errors_total: u32::try_from(parsed.rows_refused).unwrap_or(u32::MAX),
    }
}

/// A file whose columns cannot be told: its header and first cells, to say what they are.
pub(super) fn unread(id: Uuid, upload: &Upload, rows: &[Vec<String>]) -> ImportCheck {
    let header = rows.first().map(Vec::as_slice).unwrap_or_default();
    let fields = upload.map.clone().unwrap_or_else(|| usual_fields(header));
    let said = |place: usize| fields.get(place).copied().flatten();
    let columns = header.iter().enumerate();
    ImportCheck {
        upload: id.to_string(),
        file_name: upload.name.clone(),
        read_as: "Nothing is understood yet.".into(),
        columns: columns.map(|(place, header)| mapped(place, header, said(place), rows)).collect(),
        fields: header.iter().map(|header| short(header)).collect(),
        rows: rows.iter().skip(1).map(|row| row.iter().map(|cell| short(cell)).collect()).collect(),
        counts: ImportCounts::default(),
        errors: Vec::new(),
        errors_total: 0,
    }
}

/// What headers are usually taken for; of two columns that would be the same, the first.
fn usual_fields(header: &[String]) -> Vec<Option<Field>> {
    let mut taken = Vec::new();
    for name in header {
        let field = usual_field(name).filter(|field| !taken.contains(&Some(*field)));
        taken.push(field);
    }
    taken
}

/// Halves of a name are shown joined, as the guest will be called.
fn is_shown(field: Field, prepared: &Prepared) -> bool {
    match field {
        Field::Name => true,
        Field::FirstName | Field::LastName | Field::Id => false,
        field => prepared.parsed.has(field),
    }
}

fn cells(row: &Row, shown: &[(Field, &str)]) -> Vec<String> {
    let guest = &row.guest;
    let cell = |field: Field| match field {
        Field::Email => text(&guest.email, |email| email.as_str().to_string()),
        Field::Phone => text(&guest.phone, |phone| phone.as_str().to_string()),
        Field::PlusOnesAllowed => text(&guest.plus_ones_allowed, ToString::to_string),
        Field::Household => text(&guest.household, Clone::clone),
        Field::Locale => text(&guest.locale, |locale| locale.as_str().to_string()),
        Field::Notes => text(&guest.notes, Clone::clone),
        Field::Name | Field::FirstName | Field::LastName | Field::Id => guest.name.as_str().to_string(),
    };
    shown.iter().map(|(field, _)| short(&cell(*field))).collect()
}

fn text<T>(cell: &Cell<T>, words: impl Fn(&T) -> String) -> String {
    if let Cell::Value(value) = cell { words(value) } else { String::new() }
}

fn mapped(place: usize, header: &str, field: Option<Field>, rows: &[Vec<String>]) -> ColumnMap {
    let sample = rows.iter().skip(1).filter_map(|row| row.get(place)).find(|cell| !cell.is_empty());
    let out = Choice { value: String::new(), label: "Leave out".into(), chosen: field.is_none() };
    let choices = FIELDS.iter().map(|(one, word)| Choice {
        value: one.as_str().into(),
        label: (*word).into(),
        chosen: Some(*one) == field,
    });
    ColumnMap {
        header: if header.is_empty() { format!("Column {}", place + 1) } else { short(header) },
        sample: sample.map(|sample| short(sample)).unwrap_or_default(),
        field: format!("map_{place}"),
        choices: std::iter::once(out).chain(choices).collect(),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(CELL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

fn delimiter(delimiter: char) -> &'static str {
    match delimiter {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "bars",
        _ => "signs",
    }
}
