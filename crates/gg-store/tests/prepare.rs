//! Every statement of the store prepares on both databases: what `query!` would check for one of them.
//!
//! The statements are read from the sources, so that a new one is looked at without being named here.
#![cfg(test)]

use std::collections::BTreeMap;
use std::path::Path;

use gg_store::Conn;
use gg_testkit::each_database;

/// What begins a statement that prepares; what else is run as it stands (`lock table`) prepares too.
const VERBS: [&str; 6] = ["select", "insert", "update", "delete", "lock", "with"];

/// A statement and where it stands.
struct Statement {
    file: String,
    name: String,
    sql: String,
}

each_database! {
    async fn every_statement_prepares(db: TestDb) {
        let sqlite = db.is_sqlite();
        let mut refused = Vec::new();
        for Statement { file, name, sql } in statements() {
            if is_for_the_other(&name, &sql, sqlite) {
                continue;
            }
            let text = sql.clone();
            let prepared = db.read(async move |conn: &mut Conn| conn.prepares(&text).await).await;
            if let Err(error) = prepared {
                refused.push(format!("{file}: {name}: {error}\n{sql}"));
            }
        }

        assert!(refused.is_empty(), "{} refused:\n\n{}", refused.len(), refused.join("\n\n"));
    }
}

#[test]
fn statements_are_found_with_their_columns() {
    let statements = statements();
    let guests = statements.iter().filter(|one| one.file == "guests.rs").collect::<Vec<_>>();

    assert!(statements.len() > 80, "only {} were found", statements.len());
    assert!(
        guests.iter().any(|one| one.sql.contains("g.name_key like") && one.sql.contains("left join rsvps"))
    );
}

/// The few that only one database knows: their names or their words say so.
fn is_for_the_other(name: &str, sql: &str, sqlite: bool) -> bool {
    if sqlite {
        sql.contains("pg_") || name.ends_with("POSTGRES")
    } else {
        sql.contains("sqlite_") || name.ends_with("SQLITE")
    }
}

fn statements() -> Vec<Statement> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut out = Vec::new();
    for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        out.extend(statements_of(&file, &std::fs::read_to_string(&path).unwrap()));
    }
    out
}

/// The `const NAME: &str = "…"` and `= columns!("…")` of a source.
fn statements_of(file: &str, source: &str) -> Vec<Statement> {
    let columns = column_macros(source);
    let mut out = Vec::new();
    for (at, _) in source.match_indices("const ") {
        let Some((head, rest)) = source[at + 6..].split_once('=') else { continue };
        let Some((name, "&str")) = head.split_once(':').map(|(name, ty)| (name.trim(), ty.trim())) else {
            continue;
        };
        let before = rest[..rest.find('"').unwrap_or(0)].trim();
        let sql = match before.split_once('!') {
            Some((macro_name, _)) => {
                let columns =
                    columns.get(macro_name).unwrap_or_else(|| panic!("{file}: no {macro_name}! here"));
                format!("{columns}{}", literal(rest))
            }
            None => literal(rest),
        };
        if VERBS.iter().any(|verb| sql.starts_with(verb)) {
            out.push(Statement { file: file.to_string(), name: name.to_string(), sql });
        }
    }
    out
}

/// The `macro_rules! columns { ($rest:literal) => { concat!("…", $rest) } }` of a source.
fn column_macros(source: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (at, start) in source.match_indices("macro_rules! ") {
        let Some((name, body)) = source[at + start.len()..].split_once('{') else { continue };
        if body.trim_start().starts_with("($rest:literal)") {
            out.insert(name.trim().to_string(), literal(body));
        }
    }
    out
}

/// The first text literal of `source`, with what is escaped in it made plain.
fn literal(source: &str) -> String {
    let mut chars = source[source.find('"').expect("a text") + 1..].chars();
    let mut text = String::new();
    while let Some(char) = chars.next() {
        match char {
            '"' => return text,
            '\\' => match chars.next().expect("what is escaped") {
                '\n' => text.push(' '),
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    panic!("a text without an end")
}
