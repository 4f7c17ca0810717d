//! A guest list as a file that spreadsheets open and that [`super::parse()`] reads back unchanged.
//!
//! Commas, CR LF and quotation marks as RFC 4180 has them; every cell guarded against being run as a formula. The
//! columns of the guest bear the names that import looks for; the columns of his answer bear names that it does not, so
//! that the guest's own words never become the organiser's notes.

use std::io::{self, Write};

use gg_domain::email::EmailAddress;
use gg_domain::guest::GuestDetails;
use gg_domain::id::GuestId;
use gg_domain::locale::Locale;
use gg_domain::phone::PhoneNumber;
use jiff::Timestamp;

use super::{Known, guard};

/// The header of an export.
pub const EXPORT_HEADERS: [&str; 12] = [
    "id",
    "name",
    "email",
    "phone",
    "plus_ones_allowed",
    "household",
    "locale",
    "notes",
    "attending",
    "plus_one_names",
    "answer_note",
    "answer_updated_at",
];

/// Parts names of companions in one cell.
const NAMES_SEPARATOR: &str = "; ";

/// How the file begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Opening {
    /// With a byte order mark: Excel takes a file without one for the machine's code page, and spoils every accent. For
    /// the button that a person presses.
    Mark,
    /// Without: programs that read CSV take a mark for a part of the first header. For the API.
    Plain,
}

/// A guest's answer, as an export tells it.
#[derive(Clone, Copy, Default)]
pub struct Answer<'a> {
    /// Whether the guest comes; `None` while there is no answer.
    pub attending: Option<bool>,
    /// Who comes along.
    pub plus_ones: &'a [String],
    /// The guest's own words.
    pub note: Option<&'a str>,
    /// When the answer last changed.
    pub updated_at: Option<Timestamp>,
}

/// An export in the making; rows go to `out` as they come, so that a long list is never whole in memory.
pub struct Export<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> Export<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(mut out: W, opening: Opening) -> io::Result<Self> {
        if opening == Opening::Mark {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        csv.write_record(EXPORT_HEADERS)?;
        Ok(Self { csv })
    }

    /// Writes a guest and his answer.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn row(&mut self, id: GuestId, guest: &GuestDetails, answer: &Answer<'_>) -> io::Result<()> {
        let id = id.to_string();
        let plus_ones_allowed = guest.plus_ones_allowed.to_string();
        let plus_one_names = answer.plus_ones.join(NAMES_SEPARATOR);
        let updated_at = answer.updated_at.map(|at| at.to_string()).unwrap_or_default();
        let cells: [&str; EXPORT_HEADERS.len()] = [
            &id,
            guest.name.as_str(),
            guest.email.as_ref().map_or("", EmailAddress::as_str),
            guest.phone.as_ref().map_or("", PhoneNumber::as_str),
            &plus_ones_allowed,
            guest.household.as_deref().unwrap_or(""),
            guest.locale.as_ref().map_or("", Locale::as_str),
            guest.notes.as_deref().unwrap_or(""),
            answer.attending.map_or("", |comes| if comes { "yes" } else { "no" }),
            &plus_one_names,
            answer.note.unwrap_or(""),
            &updated_at,
        ];
        Ok(self.csv.write_record(cells.map(guard::put_on).iter().map(|cell| cell.as_bytes()))?)
    }

    /// Hands back `out` with everything written.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(self) -> io::Result<W> {
        self.csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// A whole export in memory.
#[must_use]
pub fn export<'a>(guests: impl IntoIterator<Item = (&'a Known, Answer<'a>)>, opening: Opening) -> Vec<u8> {
    let write = || -> io::Result<Vec<u8>> {
        let mut export = Export::begin(Vec::new(), opening)?;
        for (known, answer) in guests {
            export.row(known.id, &known.guest, &answer)?;
        }
        export.end()
    };
    write().expect("memory takes every byte, and every record has the header's width")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_list::{Field, parse, plan};
    use gg_domain::name::PersonName;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn guest(name: &str) -> GuestDetails {
        GuestDetails {
            name: PersonName::parse(name).expect("a name"),
            email: None,
            phone: None,
            plus_ones_allowed: 0,
            household: None,
            locale: None,
            notes: None,
        }
    }

    fn known(guests: Vec<GuestDetails>) -> Vec<Known> {
        (1..)
            .map(|number| GuestId::from_uuid(Uuid::from_u128(number)))
            .zip(guests)
            .map(|(id, guest)| Known { id, guest })
            .collect()
    }

    fn text(known: &[Known], answer: Answer<'_>, opening: Opening) -> String {
        let bytes = export(known.iter().map(|known| (known, answer)), opening);
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn export_is_what_spreadsheets_read() {
        let mut ada = guest("Ada \"Countess\" Lovelace");
        ada.phone = PhoneNumber::parse("+442079460958").ok();
        ada.notes = Some("=1+1,\nlate".to_owned());
        let names = ["@Bob".to_owned(), "Eve".to_owned()];
        let answer = Answer {
            attending: Some(true),
            plus_ones: &names,
            note: Some("-cmd|'/C calc'!A0"),
            updated_at: Some(Timestamp::UNIX_EPOCH),
        };
        assert_eq!(
            text(&known(vec![ada]), answer, Opening::Plain),
            "id,name,email,phone,plus_ones_allowed,household,locale,notes,attending,plus_one_names,answer_note,answer_updated_at\r\n\
             00000000-0000-0000-0000-000000000001,\"Ada \"\"Countess\"\" Lovelace\",,+442079460958,0,,,\"'=1+1,\nlate\",\
             yes,'@Bob; Eve,'-cmd|'/C calc'!A0,1970-01-01T00:00:00Z\r\n"
        );
    }

    #[test]
    fn mark_is_written_for_people_and_not_for_programs() {
        assert!(text(&[], Answer::default(), Opening::Mark).starts_with("\u{feff}id,"));
        assert!(text(&[], Answer::default(), Opening::Plain).starts_with("id,"));
    }

    #[test]
    fn answers_are_never_taken_for_the_organisers_words() {
        let names = ["Bob".to_owned()];
        let answer = Answer { plus_ones: &names, note: Some("mine"), ..Answer::default() };
        let list = text(&known(vec![guest("Ada")]), answer, Opening::Plain);
        // The organiser has deleted all but name and answers.
        let list: String = list
            .lines()
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                format!("{},{}\n", cells[1], cells[8..].join(","))
            })
            .collect();
        let parsed = parse(list.as_bytes(), &[]).expect("a list");
        let fields: Vec<Field> = parsed.columns.iter().filter_map(|column| column.field).collect();
        assert_eq!(fields, [Field::Name]);
        assert_eq!(parsed.errors, []);
    }

    prop_compose! {
        fn any_guest()(
            name in NASTY,
            email in "[='a-z+]{1,8}@[a-z]{1,8}\\.[a-z]{2,3}",
            phone in "\\+[1-9][0-9]{6,14}",
            plus_ones_allowed in 0..=50_i64,
            household in NASTY,
            locale in "[a-z]{2}(-[A-Z]{2})?",
            notes in NASTY,
            has in any::<[bool; 5]>(),
        ) -> Option<GuestDetails> {
            Some(GuestDetails {
                name: PersonName::parse(&name).ok()?,
                email: EmailAddress::parse(&email).ok().filter(|_| has[0]),
                phone: PhoneNumber::parse(&phone).ok().filter(|_| has[1]),
                plus_ones_allowed,
                household: gg_domain::text::line(&household, 200).ok().filter(|_| has[2]),
                locale: Locale::parse(&locale).ok().filter(|_| has[3]),
                notes: gg_domain::text::block(&notes, 4_000).ok().filter(|_| has[4]),
            })
        }
    }

    /// Quotation marks, line ends, delimiters, what begins a formula, emoji, text from right to left.
    const NASTY: &str = "['=+@\"-]{0,3}(\\PC|[\"',;\t\r\n|=é👩\u{200d}שלום ]){0,12}";

    proptest! {
        #[test]
        fn exported_list_imports_unchanged(
            guests in proptest::collection::vec(any_guest(), 0..6),
            words in NASTY,
            opening in prop_oneof![Just(Opening::Mark), Just(Opening::Plain)],
        ) {
            let known = known(guests.into_iter().flatten().collect());
            let names = [words.clone()];
            let answer = Answer { attending: Some(false), plus_ones: &names, note: Some(&words), updated_at: None };
            let bytes = export(known.iter().map(|known| (known, answer)), opening);

            let parsed = parse(&bytes, &[]).expect("a list");
            prop_assert_eq!(&parsed.errors, &[]);
            let same_event = plan(&parsed, &known);
            prop_assert_eq!((same_event.create.len(), same_event.update.len()), (0, 0));
            prop_assert_eq!(same_event.unchanged, known.len());

            let other_event = plan(&parsed, &[]);
            let before: Vec<_> = known.iter().map(|known| &known.guest).collect();
            let after: Vec<_> = other_event.create.iter().map(|create| &create.guest).collect();
            prop_assert_eq!(after, before);
        }

        #[test]
        fn no_exported_cell_begins_a_formula(guests in proptest::collection::vec(any_guest(), 1..4), words in NASTY) {
            let known = known(guests.into_iter().flatten().collect());
            let names = [words.clone()];
            let answer = Answer { attending: None, plus_ones: &names, note: Some(&words), updated_at: None };
            let bytes = export(known.iter().map(|known| (known, answer)), Opening::Plain);
            for record in csv::Reader::from_reader(bytes.as_slice()).records() {
                for cell in &record.expect("as many cells as the header") {
                    let number = cell.trim_start_matches(['+', '-']).chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
                    prop_assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                }
            }
        }
    }
}
