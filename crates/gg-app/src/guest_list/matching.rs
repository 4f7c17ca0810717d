//! What an import changes: which rows are guests that the event has, and which are new.
//!
//! A row is an old guest by its id where that names one of this event, else by name, e-mail and phone together, as far
//! as the file has these columns. Each guest is matched once: couples share an address, and two rows alike are two
//! guests. So importing one file twice adds nobody: every row of the first time has left a guest of its own.

use std::collections::{HashMap, VecDeque};

use super::guest::differences;
use super::{Field, Parsed, Row};
use gg_domain::email::EmailAddress;
use gg_domain::guest::GuestDetails;
use gg_domain::id::GuestId;
use gg_domain::locale::Locale;
use gg_domain::phone::PhoneNumber;

/// A guest that the event has.
#[derive(Clone, Debug)]
pub struct Known {
    /// The id.
    pub id: GuestId,
    /// The guest.
    pub guest: GuestDetails,
}

/// What an import does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Guests to make, in the file's order.
    pub create: Vec<Create>,
    /// Guests to change, in the file's order.
    pub update: Vec<Update>,
    /// How many rows say what is already so.
    pub unchanged: usize,
}

/// A guest to make.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Create {
    /// The line of the row.
    pub line: usize,
    /// The guest.
    pub guest: GuestDetails,
}

/// A guest to change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Update {
    /// The line of the row.
    pub line: usize,
    /// Whom.
    pub id: GuestId,
    /// The whole guest as he will be.
    pub guest: GuestDetails,
    /// The fields that differ, never none.
    pub changed: Vec<Field>,
}

/// Compares a file with the guests of its event. `known` should come in one order each time (by id), so that guests
/// alike are matched in it.
pub fn plan(parsed: &Parsed, known: &[Known]) -> Plan {
    let rows = &parsed.rows;
    let mut pairs = Pairs { guest_of: vec![None; rows.len()], taken: vec![false; known.len()] };
    pairs.join(rows, known, |row| row.id, |known| Some(known.id));
    // Among guests alike, one who would stay as he is comes first: so rows in another order change nobody.
    for key in [to_the_letter, identity] {
        let of_row = |row: &Row| Some(key(parsed, &row.guest.new_guest()));
        pairs.join(rows, known, of_row, |known| Some(key(parsed, &known.guest)));
    }

    let mut plan = Plan { create: Vec::new(), update: Vec::new(), unchanged: 0 };
    for (row, guest) in rows.iter().zip(pairs.guest_of) {
        let Some(old) = guest.map(|at| &known[at]) else {
            plan.create.push(Create { line: row.line, guest: row.guest.new_guest() });
            continue;
        };
        let guest = row.guest.over(&old.guest);
        let changed = differences(&old.guest, &guest);
        if changed.is_empty() {
            plan.unchanged += 1;
        } else {
            plan.update.push(Update { line: row.line, id: old.id, guest, changed });
        }
    }
    plan
}

/// Which row is which guest, as far as is known.
struct Pairs {
    guest_of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairs {
    /// Joins rows and guests that are still alone and have the same key, both in their order.
    fn join<K: Eq + std::hash::Hash>(
        &mut self,
        rows: &[Row],
        known: &[Known],
        key_of_row: impl Fn(&Row) -> Option<K>,
        key_of_guest: impl Fn(&Known) -> Option<K>,
    ) {
        let alone = (0..rows.len()).filter(|row| self.guest_of[*row].is_none()).collect::<Vec<_>>();
        if alone.is_empty() {
            return;
        }
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (at, guest) in known.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            if let Some(key) = key_of_guest(guest) {
                waiting.entry(key).or_default().push_back(at);
            }
        }
        for row in alone {
            let Some(key) = key_of_row(&rows[row]) else { continue };
            if let Some(at) = waiting.get_mut(&key).and_then(VecDeque::pop_front) {
                self.guest_of[row] = Some(at);
                self.taken[at] = true;
            }
        }
    }
}

/// Name, e-mail and phone, each in the form under which two spellings are the same; a column that the file does not have
/// tells nobody apart.
fn identity(parsed: &Parsed, guest: &GuestDetails) -> String {
    let email = guest.email.as_ref().filter(|_| parsed.has(Field::Email)).map(EmailAddress::key);
    let phone = guest.phone.as_ref().filter(|_| parsed.has(Field::Phone)).map(PhoneNumber::as_str);
    [&guest.name.key(), email.as_deref().unwrap_or_default(), phone.unwrap_or_default()].join(SEPARATOR)
}

/// Every column that the file has, as it is written.
fn to_the_letter(parsed: &Parsed, guest: &GuestDetails) -> String {
    let plus_ones = guest.plus_ones_allowed.to_string();
    let told = |field, value: Option<&'_ str>| {
        if parsed.has(field) { value.unwrap_or_default().to_owned() } else { String::new() }
    };
    [
        guest.name.as_str().to_owned(),
        told(Field::Email, guest.email.as_ref().map(EmailAddress::as_str)),
        told(Field::Phone, guest.phone.as_ref().map(PhoneNumber::as_str)),
        told(Field::PlusOnesAllowed, Some(&plus_ones)),
        told(Field::Household, guest.household.as_deref()),
        told(Field::Locale, guest.locale.as_ref().map(Locale::as_str)),
        told(Field::Notes, guest.notes.as_deref()),
    ]
    .join(SEPARATOR)
}

/// Between the parts of a key: a control character, which no value has.
const SEPARATOR: &str = "\u{1f}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_list::parse;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(number: usize) -> GuestId {
        GuestId::from_uuid(Uuid::from_u128(number as u128 + 1))
    }

    fn read(text: &str) -> Parsed {
        let parsed = parse(text.as_bytes(), &[]).expect("a list");
        assert_eq!(parsed.errors, []);
        parsed
    }

    /// The guests of an event after an import. New ids are none that a file could name before.
    fn import(text: &str, before: &[Known]) -> Vec<Known> {
        let plan = plan(&read(text), before);
        let mut after = before.to_vec();
        for update in plan.update {
            let known = after.iter_mut().find(|known| known.id == update.id).expect("a known guest");
            known.guest = update.guest;
        }
        for create in plan.create {
            after.push(Known { id: id(after.len()), guest: create.guest });
        }
        after
    }

    /// How many are made, changed, left as they are.
    fn counts(text: &str, known: &[Known]) -> (usize, usize, usize) {
        let plan = plan(&read(text), known);
        (plan.create.len(), plan.update.len(), plan.unchanged)
    }

    #[test]
    fn importing_the_same_file_twice_adds_nobody() {
        let list =
            "name,email,phone\nAda,a@example.org,+442079460958\nCharles,a@example.org,\nAda,,\nAda,,\n";
        let once = import(list, &[]);
        assert_eq!(once.len(), 4);
        assert_eq!(counts(list, &once), (0, 0, 4));
    }

    #[test]
    fn couple_with_one_address_is_two_guests() {
        let list = "name,email\nAda,home@example.org\nWilliam,home@example.org\n";
        assert_eq!(counts(list, &[]), (2, 0, 0));
    }

    #[test]
    fn guest_in_another_spelling_is_the_same_guest() {
        let known = import("name,email,phone\nAda Lovelace,ada@example.org,+442079460958\n", &[]);
        let list = "name,email,phone\n ada  LOVELACE,ADA@Example.org ,0044 (0)20 7946 0958\n";
        assert_eq!(counts(list, &known), (0, 1, 0));
        assert_eq!(plan(&read(list), &known).update[0].changed, [Field::Name, Field::Email]);
    }

    #[test]
    fn guest_with_another_address_is_another_guest() {
        let known = import("name,email\nAda,ada@example.org\n", &[]);
        assert_eq!(counts("name,email\nAda,ada@example.com\n", &known), (1, 0, 0));
        assert_eq!(counts("name,email\nAda,\n", &known), (1, 0, 0));
    }

    #[test]
    fn id_finds_a_guest_whose_name_and_address_changed() {
        let known = import("name,email\nAda Byron,ada@example.org\n", &[]);
        let list = format!("id,name,email\n{},Ada Lovelace,lovelace@example.org\n", id(0));
        let plan = plan(&read(&list), &known);
        assert_eq!(plan.update[0].id, id(0));
        assert_eq!(plan.update[0].changed, [Field::Name, Field::Email]);
    }

    #[test]
    fn id_that_is_not_of_this_event_is_passed_over() {
        let known = import("name\nAda\n", &[]);
        for cell in [id(99).to_string(), "1042".to_owned(), String::new()] {
            assert_eq!(counts(&format!("id,name\n{cell},Ada\n{cell},Bob\n"), &known), (1, 0, 1));
        }
    }

    #[test]
    fn row_with_an_id_is_served_before_a_row_alike() {
        let known = import("name\nAda\nAda\n", &[]);
        let list = format!("id,name\n,Ada\n{},Ada\n", id(0));
        assert_eq!(counts(&list, &known), (0, 0, 2));
    }

    #[test]
    fn guest_is_matched_once_even_by_id() {
        let known = import("name\nAda\n", &[]);
        let list = format!("id,name\n{0},Ada\n{0},Bob\n", id(0));
        assert_eq!(counts(&list, &known), (1, 0, 1));
        let again = import(&list, &known);
        assert_eq!(counts(&list, &again), (0, 0, 2));
    }

    #[test]
    fn absent_column_leaves_and_empty_cell_clears() {
        let known = import("name,household,notes,plus_ones_allowed\nAda,Lovelace,vegan,2\n", &[]);
        let plan = plan(&read("name,household,plus_ones_allowed\nAda,,\n"), &known);
        let update = &plan.update[0];
        assert_eq!(update.changed, [Field::PlusOnesAllowed, Field::Household]);
        assert_eq!(update.guest.household, None);
        assert_eq!(update.guest.plus_ones_allowed, 0);
        assert_eq!(update.guest.notes.as_deref(), Some("vegan"));
    }

    #[test]
    fn list_of_names_alone_finds_guests_with_addresses() {
        let known = import("name,email\nAda,ada@example.org\n", &[]);
        assert_eq!(counts("name,notes\nAda,vegan\n", &known), (0, 1, 0));
    }

    #[test]
    fn guests_alike_in_another_order_stay_as_they_are() {
        let known = import("name,notes\nAda,vegan\nAda,nuts\n", &[]);
        assert_eq!(counts("name,notes\nAda,nuts\nAda,vegan\n", &known), (0, 0, 2));
    }

    proptest! {
        /// From few names and addresses, so that rows are often alike; ids often of nobody, or of somebody else.
        #[test]
        fn any_import_is_idempotent(
            before in "((Ada|Bob|ADA),(a@x\\.org)?,(vegan)?\n){0,5}",
            rows in "([0-9]?,(Ada|Bob|ADA),(a@x\\.org|A@X\\.org)?,(vegan|nuts)?\n){0,8}",
        ) {
            let known = import(&format!("name,email,notes\n{before}"), &[]);
            // Ids of nobody are none that the event gives out later.
            let id_cell = |number: usize| if number < known.len() { id(number) } else { id(number + 1_000) };
            let row = |row: &str| match row.split_once(',').expect("a comma") {
                ("", rest) => format!(",{rest}\n"),
                (digit, rest) => format!("{},{rest}\n", id_cell(digit.parse().expect("a digit"))),
            };
            let rows: Vec<String> = rows.lines().map(row).collect();
            let list = format!("id,name,email,notes\n{}", rows.concat());

            let plan = plan(&read(&list), &known);
            prop_assert_eq!(plan.create.len() + plan.update.len() + plan.unchanged, rows.len());
            let once = import(&list, &known);
            prop_assert_eq!(once.len(), known.len() + plan.create.len());
            // Nobody is added by the second import, whatever ids the first one gave.
            prop_assert_eq!(import(&list, &once).len(), once.len());
        }
    }
}
