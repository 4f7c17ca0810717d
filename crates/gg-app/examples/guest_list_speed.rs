//! How long a guest list takes: 10,000 rows parsed, planned and exported, and the largest files that attack the parser.
//!
//! Run with `cargo run --release -p gg-app --example guest_list_speed`.
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

use std::time::Instant;

use gg_app::guest_list::{Answer, FILE_BYTES_MAX, Known, Opening, Parsed, export, parse, plan};
use gg_domain::id::GuestId;
use uuid::Uuid;

const ROWS: usize = 10_000;

fn main() {
    let list = list(ROWS);
    println!("{ROWS} rows, {} KiB", list.len() / 1024);
    let parsed = timed("parse", || parse(list.as_bytes(), &[]).expect("a list"));
    let latin = encoding_rs::WINDOWS_1252.encode(&list).0.into_owned();
    timed("parse windows-1252", || parse(&latin, &[]).expect("a list"));
    let plan_into = |parsed: &Parsed, known: &[Known]| plan(parsed, known);
    let first = timed("plan into an empty event", || plan_into(&parsed, &[]));
    let ids = (1..).map(|number| GuestId::from_uuid(Uuid::from_u128(number)));
    let known: Vec<_> = ids.zip(first.create).map(|(id, new)| Known { id, guest: new.guest }).collect();
    let again = timed("plan the same again", || plan_into(&parsed, &known));
    assert_eq!(again.unchanged, ROWS);
    let answers = known.iter().map(|known| (known, Answer::default()));
    let bytes = timed("export", || export(answers, Opening::Mark));
    assert_eq!(parse(&bytes, &[]).expect("a list").rows.len(), ROWS);

    for filling in [",", "\"", "\n", "\"\"", "a\n", "a;", ",\n", "é", "\r", "x\n", "'=\n"] {
        let bomb = format!("name\n{}", filling.repeat((FILE_BYTES_MAX - 5) / filling.len()));
        timed(&format!("bomb of {filling:?}"), || {
            parse(bomb.as_bytes(), &[]).map(|parsed| parsed.rows.len()).ok()
        });
    }
    let alike = format!("name\n{}", "A\n".repeat(100_000));
    let alike = parse(alike.as_bytes(), &[]).expect("a list");
    let guests = (1..).map(|number| GuestId::from_uuid(Uuid::from_u128(number))).zip(&alike.rows);
    let known: Vec<_> = guests.map(|(id, row)| Known { id, guest: row.guest.new_guest() }).collect();
    timed("plan 100,000 guests alike", || plan_into(&alike, &known).unchanged);
}

fn list(rows: usize) -> String {
    let mut list = String::from("name;email;phone;plus ones;household;language;notes\n");
    for i in 0..rows {
        list += &format!(
            "Zoë Müller {i};zoe.{i}@example.org;+44 20 7946 {i:05};{};\"Family; {}\";en-GB;\"vegan, \"\"no\"\" nuts\nlate\"\n",
            i % 3,
            i / 4
        );
    }
    list
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what:<28} {:>8.1} ms", start.elapsed().as_secs_f64() * 1e3);
    done
}
