//! Which column is which field: what `map=` says, else the usual names of columns, in any case and with or without
//! accents. A column is one field at most and a field one column; where that would be a guess, the file is refused.

use unicode_normalization::UnicodeNormalization;

use super::usual_names::{HALF_NAMES, USUAL_NAMES};
use super::{Field, FileError};

/// What one column is, as somebody said it: by `map=field:header`, or by its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MapEntry {
    field: Option<Field>,
    column: ColumnName,
}

/// How a column is named.
#[derive(Clone, Debug, Eq, PartialEq)]
enum ColumnName {
    Header(String),
    Place(usize),
}

impl MapEntry {
    /// Takes `field:header`; the header may have colons of its own.
    ///
    /// # Errors
    /// [`FileError::MapForm`] without a colon, [`FileError::UnknownField`] for a field that guests do not have.
    pub fn parse(entry: &str) -> Result<Self, FileError> {
        let (field, header) =
            entry.split_once(':').ok_or_else(|| FileError::MapForm { entry: entry.to_owned() })?;
        let name = field.trim().to_ascii_lowercase();
        let field = Field::named(&name).ok_or(FileError::UnknownField { field: name })?;
        Ok(Self { field: Some(field), column: ColumnName::Header(header.trim().to_owned()) })
    }

    /// The column at `place`, from 0, is that field, or is left alone: headers may be empty or alike, places are not.
    pub const fn at(place: usize, field: Option<Field>) -> Self {
        Self { field, column: ColumnName::Place(place) }
    }
}

/// A column of the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Column {
    /// The header's text.
    pub header: String,
    /// What it is taken for; `None` for a column that is left alone.
    pub field: Option<Field>,
}

/// The columns of a header.
///
/// # Errors
/// [`FileError`] for a `map` that does not fit the header, for two columns that are equally one field, and where no
/// column is a name.
pub(super) fn columns(headers: &[&str], map: &[MapEntry]) -> Result<Vec<Column>, FileError> {
    let keys: Vec<String> = headers.iter().map(|header| folded(header)).collect();
    let (mut fields, said) = mapped(headers, map)?;
    let is_mapped = |field| map.iter().any(|entry| entry.field == Some(field));
    for (field, names) in USUAL_NAMES.iter().filter(|(field, _)| !is_mapped(*field)) {
        find(*field, names, &keys, &said, &mut fields)?;
    }
    settle_names(&mut fields, &keys, is_mapped(Field::Name))?;

    let column = |(header, field): (&&str, Option<Field>)| Column { header: (*header).to_owned(), field };
    Ok(headers.iter().zip(fields).map(column).collect())
}

/// What `map` says of each column, and of which it says anything.
fn mapped(headers: &[&str], map: &[MapEntry]) -> Result<(Vec<Option<Field>>, Vec<bool>), FileError> {
    let (mut fields, mut said) = (vec![None; headers.len()], vec![false; headers.len()]);
    for MapEntry { field, column } in map {
        if let Some(field) = field
            && fields.contains(&Some(*field))
        {
            return Err(FileError::MappedTwice { name: field.as_str().to_owned() });
        }
        let (place, name) = match column {
            ColumnName::Header(header) => (named(headers, header)?, header.clone()),
            ColumnName::Place(place) => (*place, format!("column {}", place + 1)),
        };
        if place >= headers.len() {
            return Err(FileError::MissingHeader { header: name });
        }
        if std::mem::replace(&mut said[place], true) {
            return Err(FileError::MappedTwice { name });
        }
        fields[place] = *field;
    }
    Ok((fields, said))
}

/// Gives a field to the free column with the best of its names.
fn find(
    field: Field,
    names: &str,
    keys: &[String],
    said: &[bool],
    fields: &mut [Option<Field>],
) -> Result<(), FileError> {
    for name in names.split(' ') {
        let is_free = |at: &usize| !said[*at] && fields[*at].is_none();
        let mut bearing = (0..keys.len()).filter(is_free).filter(|at| keys[*at] == name);
        match (bearing.next(), bearing.next()) {
            (None, _) => {}
            (Some(only), None) => {
                fields[only] = Some(field);
                break;
            }
            (Some(_), Some(_)) => return Err(FileError::DoubleHeader { header: name.to_owned() }),
        }
    }
    Ok(())
}

/// The field that a header is usually taken for.
pub fn usual_field(header: &str) -> Option<Field> {
    let key = folded(header);
    USUAL_NAMES.iter().find(|(_, names)| names.split(' ').any(|name| name == key)).map(|(field, _)| *field)
}

/// The one column with this header: as written, else in any case and spelling.
fn named(headers: &[&str], header: &str) -> Result<usize, FileError> {
    let only = |same: &dyn Fn(&str) -> bool| {
        let mut matching = headers.iter().enumerate().filter(|(_, text)| same(text)).map(|(i, _)| i);
        match (matching.next(), matching.next()) {
            (Some(first), None) => Ok(Some(first)),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(FileError::DoubleHeader { header: header.to_owned() }),
        }
    };
    if let Some(column) = only(&|text| text.trim() == header)? {
        return Ok(column);
    }
    let key = folded(header);
    let alike = if key.is_empty() { None } else { only(&|text| folded(text) == key)? };
    alike.ok_or_else(|| FileError::MissingHeader { header: header.to_owned() })
}

/// A whole name or its parts, never both. `Name, Vorname` and `Nombre, Apellidos` have a column that is called a name
/// and is one half of it.
fn settle_names(
    fields: &mut [Option<Field>],
    keys: &[String],
    whole_is_given: bool,
) -> Result<(), FileError> {
    let at = |field| fields.iter().position(|found| *found == Some(field));
    let (whole, first, last) = (at(Field::Name), at(Field::FirstName), at(Field::LastName));
    match (whole, first, last) {
        (None, None, None) => return Err(FileError::NoNameColumn),
        (None, ..) | (Some(_), None, None) => {}
        (Some(whole), first, last) => {
            let may_be_half = !whole_is_given && HALF_NAMES.split(' ').any(|name| name == keys[whole]);
            match (first, last) {
                (Some(_), None) if may_be_half => fields[whole] = Some(Field::LastName),
                (None, Some(_)) if may_be_half => fields[whole] = Some(Field::FirstName),
                _ => [first, last].into_iter().flatten().for_each(|part| fields[part] = None),
            }
        }
    }
    Ok(())
}

/// A header without case, accents, spaces and signs; `+` stays, for "+1".
pub(super) fn folded(header: &str) -> String {
    header
        .nfkd()
        .filter(|c| c.is_alphanumeric() || *c == '+')
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(headers: &[&str], map: &[&str]) -> Result<Vec<Option<Field>>, FileError> {
        let map: Result<Vec<_>, _> = map.iter().map(|entry| MapEntry::parse(entry)).collect();
        Ok(columns(headers, &map?)?.into_iter().map(|column| column.field).collect())
    }

    #[test]
    fn columns_are_found_by_their_usual_names() {
        use Field::{Email, FirstName, Household, Id, LastName, Locale, Name, Notes, Phone, PlusOnesAllowed};
        for (headers, expected) in [
            (
                &["ID", "Full Name", "E-Mail", "Mobile phone", "Plus-ones", "Family"][..],
                &[Id, Name, Email, Phone, PlusOnesAllowed, Household][..],
            ),
            (
                &["name", "mail", "tel.", "+1", "language", "comment"],
                &[Name, Email, Phone, PlusOnesAllowed, Locale, Notes],
            ),
            (&["First name", "LAST_NAME", "email address"], &[FirstName, LastName, Email]),
            (
                &["Vorname", "Name", "Telefon", "Sprache", "Begleitung"],
                &[FirstName, LastName, Phone, Locale, PlusOnesAllowed],
            ),
            (&["Nom", "Prénom", "Téléphone"], &[LastName, FirstName, Phone]),
            (&["Nom", "Pre\u{301}nom"], &[LastName, FirstName]),
            (&["Nombre", "Apellidos", "Correo electrónico"], &[FirstName, LastName, Email]),
            (&["姓名", "电话", "邮箱"], &[Name, Phone, Email]),
        ] {
            let expected: Vec<_> = expected.iter().map(|field| Some(*field)).collect();
            assert_eq!(fields(headers, &[]), Ok(expected), "{headers:?}");
        }
    }

    #[test]
    fn of_two_columns_for_one_field_the_better_name_wins() {
        assert_eq!(
            fields(&["Name", "Phone", "Mobile"], &[]),
            Ok(vec![Some(Field::Name), None, Some(Field::Phone)])
        );
        assert_eq!(
            fields(&["name", "plus_ones_allowed", "plus ones"], &[]),
            Ok(vec![Some(Field::Name), Some(Field::PlusOnesAllowed), None])
        );
        assert_eq!(
            fields(&["Full name", "First name", "Last name"], &[]),
            Ok(vec![Some(Field::Name), None, None])
        );
    }

    #[test]
    fn map_wins_over_usual_names() {
        assert_eq!(
            fields(&["Name", "Known as", "Contact: private"], &["name:known as", "email:Contact: private"]),
            Ok(vec![None, Some(Field::Name), Some(Field::Email)])
        );
        assert_eq!(fields(&["First name", "Label"], &["name:Label"]), Ok(vec![None, Some(Field::Name)]));
        assert_eq!(fields(&["notes", "x"], &["name:notes"]), Ok(vec![Some(Field::Name), None]));
    }

    #[test]
    fn map_that_does_not_fit_is_refused() {
        let header = |header: &str| header.to_owned();
        for (map, error) in [
            (&["name"][..], FileError::MapForm { entry: header("name") }),
            (&["shoe_size:x"], FileError::UnknownField { field: header("shoe_size") }),
            (&["email:Post"], FileError::MissingHeader { header: header("Post") }),
            (&["email:"], FileError::MissingHeader { header: header("") }),
            (&["email:a", "email:b"], FileError::MappedTwice { name: header("email") }),
            (&["email:a", "phone:A"], FileError::MappedTwice { name: header("A") }),
        ] {
            assert_eq!(fields(&["name", "a", "b"], map), Err(error), "{map:?}");
        }
    }

    #[test]
    fn a_column_is_named_by_its_place_where_headers_do_not_tell() {
        let map = [MapEntry::at(1, Some(Field::Name)), MapEntry::at(0, None)];
        let columns = columns(&["Name", "Name", "email"], &map).unwrap();
        let fields: Vec<_> = columns.into_iter().map(|column| column.field).collect();
        assert_eq!(fields, [None, Some(Field::Name), Some(Field::Email)]);
    }

    #[test]
    fn a_column_that_is_left_alone_is_not_found_by_its_name() {
        let map = [MapEntry::at(1, None)];
        let columns = columns(&["name", "email"], &map).unwrap();
        assert_eq!(columns[1].field, None);
    }

    #[test]
    fn a_place_past_the_columns_is_refused() {
        assert!(columns(&["name"], &[MapEntry::at(1, Some(Field::Email))]).is_err());
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        let error = FileError::DoubleHeader { header: "email".to_owned() };
        assert_eq!(fields(&["name", "Email", "E-Mail"], &[]), Err(error));
        assert!(fields(&["name", "Email", "E-Mail"], &["email:E-Mail"]).is_ok());
        assert!(fields(&["name", "", "", "other", "other"], &[]).is_ok());
    }

    #[test]
    fn list_without_names_is_refused() {
        assert_eq!(fields(&["email", "phone"], &[]), Err(FileError::NoNameColumn));
        assert_eq!(fields(&[""], &[]), Err(FileError::NoNameColumn));
    }
}
