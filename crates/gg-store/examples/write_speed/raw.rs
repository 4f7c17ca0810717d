//! Bare rusqlite: the same rows and pragmas, 128 to a commit, no savepoints, one thread.

use std::time::{Duration, Instant};

use gg_domain::clock::Sources;
use gg_domain::feed::FeedKind;
use rusqlite::{Connection, params};

use crate::guests::{answer, event, fact, guest, keys, next, opening, risk};

/// Units in one transaction: as many as the store's writer takes.
const IN_A_COMMIT: usize = 128;

/// Accesses: what is known read, and six tables written.
pub(crate) fn accesses(url: &str, for_long: Duration) -> u64 {
    let sources = Sources::system();
    commits(url, for_long, |db| {
        let of = guest(next());
        let known = "select g.event_id, g.party_id, i.state, e.policy, k.state, k.revision from guests g
            join events e on e.id = g.event_id left join invites i on i.guest_id = g.id and i.generation = 1
            left join guest_risk k on k.guest_id = g.id where g.id = ?1";
        let revision: Option<i64> =
            db.prepare_cached(known)?.query_row([of.uuid().into_bytes()], |row| row.get(5))?;
        let seen = "select s.sighting_key, s.guest_id, g.party_id, s.at from sightings s
            join guests g on g.id = s.guest_id where s.sighting_key in (?1, ?2, ?3)";
        let rows = db.prepare_cached(seen)?.query_map(keys(of), |row| row.get::<_, i64>(3))?.count();
        std::hint::black_box(rows);
        let (new, after) = (opening(&sources, of), risk(of, sources.now()));
        let (reasons, snapshot, state) = (json(&new.reasons), json(&new.snapshot), json(&after));
        db.prepare_cached(
            "insert into guest_risk (guest_id, event_id, state, band, opened_at, seen_at, revision)
            values (?1, ?2, ?3, 'low', ?4, ?4, 1) on conflict (guest_id) do update set state = ?3, band = 'low',
                opened_at = ?4, seen_at = ?4, revision = guest_risk.revision + 1
            where guest_risk.revision = ?5",
        )?
        .execute(params![of.uuid().into_bytes(), event().uuid().into_bytes(), state, micros(new.at), revision.unwrap_or(0)])?;
        db.prepare_cached(
            "insert into guest_devices (event_id, device_id, guest_id, own, first_at, last_at)
            values (?1, ?2, ?2, 1, ?3, ?3)
            on conflict (event_id, device_id, guest_id) do update set last_at = ?3, own = guest_devices.own or 1",
        )?
        .execute(params![event().uuid().into_bytes(), of.uuid().into_bytes(), micros(new.at)])?;
        db.prepare_cached(
            "update invites set opened_at = ?2 where guest_id = ?1 and generation = 1 and opened_at is null",
        )?
        .execute(params![of.uuid().into_bytes(), micros(new.at)])?;
        db.prepare_cached(
            "insert into accesses (id, event_id, guest_id, generation, class, test, band, p, raw, leak, reasons,
                snapshot, facts, model, degraded, decision, device_id, new_look, revision, at)
            values (?1, ?2, ?3, 1, 'human', 0, 'low', ?4, ?5, ?9, ?6, ?7, ?10, 'speed', 0, 'allow', ?3, 0, ?11, ?8)",
        )?
        .execute(params![
            new.id.uuid().into_bytes(),
            event().uuid().into_bytes(),
            of.uuid().into_bytes(),
            new.p,
            new.raw,
            reasons,
            snapshot,
            micros(new.at),
            new.leak,
            new.facts,
            revision.unwrap_or(0) + 1
        ])?;
        for key in keys(of) {
            db.prepare_cached(
                "insert into sightings (sighting_key, guest_id, machine, kept, access_id, at)
                values (?1, ?2, null, 0, null, ?3) on conflict (sighting_key, guest_id) do update set at = ?3",
            )?
            .execute(params![key, of.uuid().into_bytes(), micros(new.at)])?;
        }
        db.prepare_cached(
            "insert into access_signals (access_id, event_id, guest_id, address, headers, signals, at)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            new.id.uuid().into_bytes(),
            event().uuid().into_bytes(),
            of.uuid().into_bytes(),
            new.address,
            new.headers,
            new.signals,
            micros(new.at)
        ])?;
        tell(db, &sources, FeedKind::AccessChecked, of)
    })
}

/// Answers: seats moved, the history and the row that counts written.
pub(crate) fn answers(url: &str, for_long: Duration) -> u64 {
    let sources = Sources::system();
    commits(url, for_long, |db| {
        let of = guest(next());
        let new = answer(&sources, of, usize::from(sources.bytes::<1>()[0] % 5));
        let held: i64 = db
            .prepare_cached(
                "update guests set rsvp_revision = rsvp_revision + 1 where id = ?1 returning seats_held",
            )?
            .query_row([of.uuid().into_bytes()], |row| row.get(0))?;
        let seats = new.answer.seats();
        db.prepare_cached(
            "update events set seats_taken = seats_taken + ?2
            where id = ?1 and (?2 <= 0 or capacity is null or seats_taken + ?2 <= capacity)",
        )?
        .execute(params![event().uuid().into_bytes(), seats - held])?;
        db.prepare_cached("update guests set seats_held = ?2 where id = ?1")?
            .execute(params![of.uuid().into_bytes(), seats])?;
        let names: Vec<&str> = new.answer.plus_ones.iter().map(|name| name.as_str()).collect();
        let (names, answers) = (json(&names), r#"{"menu":"fish"}"#);
        let values = params![
            new.id.uuid().into_bytes(),
            of.uuid().into_bytes(),
            event().uuid().into_bytes(),
            names,
            new.answer.note,
            answers,
            micros(new.at),
            seats
        ];
        db.prepare_cached(
            "insert into rsvp_history
                (id, guest_id, event_id, attending, plus_ones, note, answers, source, pending, at)
            select ?1, ?2, ?3, 1, ?4, ?5, ?6, 'guest', 0, ?7 where ?8 is not null",
        )?
        .execute(values)?;
        db.prepare_cached(
            "insert into rsvps (guest_id, event_id, rsvp_id, confirmed_id, seats_confirmed, attending,
                plus_ones, note, answers, source, pending, updated_at)
            values (?2, ?3, ?1, ?1, ?8, 1, ?4, ?5, ?6, 'guest', 0, ?7)
            on conflict (guest_id) do update set rsvp_id = ?1, confirmed_id = ?1, seats_confirmed = ?8,
                attending = 1, plus_ones = ?4, note = ?5, answers = ?6, source = 'guest', pending = 0,
                updated_at = ?7",
        )?
        .execute(values)?;
        tell(db, &sources, FeedKind::RsvpCreated, of)
    })
}

fn tell(
    db: &Connection,
    sources: &Sources,
    kind: FeedKind,
    of: gg_domain::id::GuestId,
) -> rusqlite::Result<()> {
    let new = fact(sources, kind, of);
    let seq: i64 = db
        .prepare_cached(
            "update feed_positions set highest = highest + 1 where event_id = ?1 returning highest",
        )?
        .query_row([event().uuid().into_bytes()], |row| row.get(0))?;
    db.prepare_cached(
        "insert into feed (id, event_id, seq, kind, guest_id, figures, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        new.id.into_bytes(),
        event().uuid().into_bytes(),
        seq,
        new.kind.as_str(),
        of.uuid().into_bytes(),
        new.figures,
        micros(new.at)
    ])?;
    Ok(())
}

fn commits(url: &str, for_long: Duration, once: impl Fn(&Connection) -> rusqlite::Result<()>) -> u64 {
    let db = Connection::open(url.trim_start_matches("sqlite:")).expect("the file opens");
    db.set_prepared_statement_cache_capacity(64);
    for (pragma, value) in [("journal_mode", "wal"), ("synchronous", "full"), ("foreign_keys", "on")] {
        db.pragma_update(None, pragma, value).expect("a pragma");
    }
    db.pragma_update(None, "secure_delete", true).expect("a pragma");
    db.pragma_update(None, "wal_autocheckpoint", 4096).expect("a pragma");
    let (mut done, until) = (0, Instant::now() + for_long);
    while Instant::now() < until {
        db.execute_batch("begin immediate").expect("a transaction");
        for _ in 0..IN_A_COMMIT {
            once(&db).expect("rows are written");
        }
        db.execute_batch("commit").expect("a commit");
        done += IN_A_COMMIT as u64;
    }
    done
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}

fn micros(at: jiff::Timestamp) -> i64 {
    at.as_microsecond()
}
