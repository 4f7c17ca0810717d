//! Openings on PostgreSQL, in small groups: what has gathered goes in one statement, one row a guest.
//!
//! A transaction of its own for each opening spends its time on round trips and syncs; a group
//! shares them (docs/PERFORMANCE.md). The rows are sorted by guest, so that two groups lock in the
//! same order. Where one row spoils the statement, each is written by itself. SQLite needs none of
//! this: its writer groups everything.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use deadpool_postgres::Pool;
use gg_domain::risk::Band;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::accesses::{AccessWrite, NewAccess, Noted};
use crate::error::{Result, StoreError};
use crate::value::json;

/// Openings in one statement: SPEED.md found 16 to 32 near the limit, and an answer waits no longer for it.
const GROUP_MAX: usize = 32;
/// Statements that run at once: while one waits for its sync, others gather.
const GROUPS_AT_ONCE: usize = 4;
/// Openings that may wait before callers are told to come back.
const QUEUE_LEN: usize = 2048;
/// How often a group that met other transactions is tried.
const TRIES: usize = 8;

/// Each `with` sees what the one before it let through; `excluded.revision - 1` is what was read.
const WRITE_POSTGRES: &str = "with given as (
        select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::boolean[],
            $7::text[], $8::double precision[], $9::double precision[], $10::text[], $11::text[],
            $12::text[], $13::boolean[], $14::text[], $15::uuid[], $16::bigint[], $17::text[], $18::text[],
            $19::text[], $20::text[], $21::text[], $22::bigint[], $23::bigint[], $24::bigint[],
            $25::double precision[], $26::text[], $27::boolean[], $28::boolean[], $29::bigint[])
        as t (id, event_id, guest_id, generation, class, test, band, p, raw, reasons, snapshot, model,
            degraded, decision, device_id, at, address, headers, signals, state, standing, opened_at,
            seen_at, revision, leak, facts, own, new_look, made)),
    judged as (
        insert into guest_risk (guest_id, event_id, state, band, opened_at, seen_at, revision)
        select guest_id, event_id, state, standing, opened_at, seen_at, revision + 1
        from given where state is not null order by guest_id
        on conflict (guest_id) do update set state = excluded.state, band = excluded.band,
            opened_at = excluded.opened_at, seen_at = excluded.seen_at, revision = excluded.revision
        where guest_risk.revision = excluded.revision - 1 returning guest_id),
    kept as (
        select * from given where state is null or guest_id in (select guest_id from judged)),
    touched as (
        insert into guest_devices (event_id, device_id, guest_id, own, first_at, last_at)
        select event_id, device_id, guest_id, own, at, at from kept
        where state is not null and device_id is not null
        on conflict (event_id, device_id, guest_id) do update set last_at = excluded.last_at,
            own = guest_devices.own or excluded.own),
    opened as (
        update invites set opened_at = kept.at from kept
        where kept.state is not null and invites.guest_id = kept.guest_id
            and invites.generation = kept.generation and invites.opened_at is null),
    stored as (
        insert into accesses (id, event_id, guest_id, generation, class, test, band, p, raw, leak, reasons,
            snapshot, facts, model, degraded, decision, device_id, new_look, revision, at)
        select id, event_id, guest_id, generation, class, test, band, p, raw, leak, reasons, snapshot, facts,
            model, degraded, decision, device_id, new_look, made, at from kept),
    seen as (
        insert into access_signals (access_id, event_id, guest_id, address, headers, signals, at)
        select id, event_id, guest_id, address, headers, signals, at from kept),
    told as (
        insert into feed (id, event_id, kind, guest_id, access_id, figures, at)
        select id, event_id, kind, guest_id, access_id, figures, at
        from unnest($30::uuid[], $31::uuid[], $32::uuid[], $33::text[], $34::uuid[], $35::uuid[],
            $36::text[], $37::bigint[])
        as f (because_of, id, event_id, kind, guest_id, access_id, figures, at)
        where because_of in (select id from kept)),
    sighted as (
        insert into sightings (sighting_key, guest_id, machine, kept, access_id, at)
        select sighting_key, guest_id, machine, s.kept, access_id, at
        from unnest($38::uuid[], $39::bigint[], $40::uuid[], $41::bigint[], $42::boolean[], $43::uuid[],
            $44::bigint[])
        as s (because_of, sighting_key, guest_id, machine, kept, access_id, at)
        where because_of in (select id from kept)
        on conflict (sighting_key, guest_id) do update set machine = excluded.machine, kept = excluded.kept,
            access_id = excluded.access_id, at = excluded.at),
    evicted as (
        delete from sightings using unnest($45::uuid[], $46::bigint[], $47::uuid[])
            as e (because_of, sighting_key, guest_id)
        where sightings.sighting_key = e.sighting_key and sightings.guest_id = e.guest_id
            and e.because_of in (select id from kept)),
    housed as (
        insert into housemates (guest_id, other_id)
        select distinct one.id, other.id from unnest($48::uuid[], $49::uuid[], $50::uuid[])
            as h (because_of, guest_id, other_id)
        join guests one on one.id in (h.guest_id, h.other_id)
        join guests other on other.id in (h.guest_id, h.other_id) and other.id <> one.id
        where because_of in (select id from kept) on conflict do nothing)
    select id from kept";

/// Where openings wait for the next group.
#[derive(Clone, Default)]
pub(crate) struct AccessQueue(Arc<OnceLock<mpsc::Sender<Waiting>>>);

struct Waiting {
    row: Row,
    answer: oneshot::Sender<Result<bool>>,
}

/// An opening, with what is kept as JSON made into text by who brought it.
struct Row {
    write: AccessWrite,
    reasons: String,
    snapshot: String,
    state: Option<String>,
}

impl AccessQueue {
    /// Writes an opening with the next group. `false`: the guest's risk row is not the one that was read.
    pub(crate) async fn write(&self, pool: &Pool, fed: &Arc<Notify>, write: AccessWrite) -> Result<bool> {
        let row = Row {
            reasons: json(&write.access.reasons)?,
            snapshot: json(&write.access.snapshot)?,
            state: write.risk.as_ref().map(|(risk, _)| json(risk)).transpose()?,
            write,
        };
        let (answer, wait) = oneshot::channel();
        let queue = self.0.get_or_init(|| {
            let (sender, queue) = mpsc::channel(QUEUE_LEN);
            tokio::spawn(gather(queue, pool.clone(), fed.clone()));
            sender
        });
        queue.try_send(Waiting { row, answer }).map_err(|_| StoreError::Busy)?;
        wait.await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("openings are not written any more".into())))
    }
}

/// Takes what has gathered, one row a guest, whenever there is room for another group.
async fn gather(mut queue: mpsc::Receiver<Waiting>, pool: Pool, fed: Arc<Notify>) {
    let room = Arc::new(Semaphore::new(GROUPS_AT_ONCE));
    let mut waiting = Vec::with_capacity(GROUP_MAX);
    loop {
        if waiting.is_empty() && queue.recv_many(&mut waiting, GROUP_MAX).await == 0 {
            return;
        }
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        // More may have come while there was no room.
        while waiting.len() < GROUP_MAX
            && let Ok(more) = queue.try_recv()
        {
            waiting.push(more);
        }
        let (group, later) = one_a_guest(waiting);
        waiting = later;
        tokio::spawn(write_group(group, pool.clone(), fed.clone(), permit));
    }
}

/// A group with one row a guest, sorted by guest, and those who wait for the next.
fn one_a_guest(waiting: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
    let mut guests = BTreeSet::new();
    let (mut group, later): (Vec<_>, Vec<_>) =
        waiting.into_iter().partition(|one| guests.insert(one.row.write.access.guest));
    group.sort_by_key(|one| one.row.write.access.guest);
    (group, later)
}

async fn write_group(group: Vec<Waiting>, pool: Pool, fed: Arc<Notify>, permit: OwnedSemaphorePermit) {
    let rows: Vec<&Row> = group.iter().map(|one| &one.row).collect();
    metrics::histogram!("guestguard_store_group_size")
        .record(f64::from(u32::try_from(rows.len()).unwrap_or(0)));
    let outcomes: Vec<Result<bool>> = match write_rows(&pool, &rows).await {
        Ok(kept) => rows.iter().map(|row| Ok(kept.contains(&row.write.access.id.uuid()))).collect(),
        Err(StoreError::Unavailable(error)) => {
            rows.iter().map(|_| Err(StoreError::Unavailable(error.clone()))).collect()
        }
        Err(_) => {
            let mut alone = Vec::with_capacity(rows.len());
            for row in rows {
                alone.push(write_rows(&pool, &[row]).await.map(|kept| !kept.is_empty()));
            }
            alone
        }
    };
    drop(permit);
    if outcomes.contains(&Ok(true)) {
        fed.notify_one();
    }
    for (one, outcome) in group.into_iter().zip(outcomes) {
        // A caller that went away needs no answer; what he brought was written.
        let _ = one.answer.send(outcome);
    }
}

/// Writes rows in one statement, and gives the ids of those that were kept.
async fn write_rows(pool: &Pool, rows: &[&Row]) -> Result<BTreeSet<Uuid>> {
    let mut last = StoreError::Contended;
    for _ in 0..TRIES {
        match write_once(pool, rows).await {
            Err(StoreError::Contended) => last = StoreError::Contended,
            other => return other,
        }
    }
    Err(last)
}

async fn write_once(pool: &Pool, rows: &[&Row]) -> Result<BTreeSet<Uuid>> {
    let connection = pool.get().await?;
    let statement = connection.prepare_cached(WRITE_POSTGRES).await?;
    let columns = columns(rows);
    let args: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| &**column as _).collect();
    let kept = connection.query(&statement, &args).await?;
    kept.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The statement's arguments: a column each.
fn columns<'a>(rows: &[&'a Row]) -> Vec<Box<dyn ToSql + Sync + Send + 'a>> {
    let mut out: Vec<Box<dyn ToSql + Sync + Send + 'a>> = Vec::with_capacity(50);
    macro_rules! column {
        ($($row:ident => $value:expr;)+) => {$(
            out.push(Box::new(rows.iter().map(|$row| $value).collect::<Vec<_>>()));
        )+};
    }
    column! {
        row => row.write.access.id.uuid();
        row => row.write.access.event.uuid();
        row => row.write.access.guest.uuid();
        row => i64::from(row.write.access.generation);
        row => row.write.access.class;
        row => row.write.access.test;
        row => row.write.access.band;
        row => row.write.access.p;
        row => row.write.access.raw;
        row => row.reasons.as_str();
        row => row.snapshot.as_str();
        row => row.write.access.model.as_str();
        row => row.write.access.degraded;
        row => row.write.access.decision;
        row => row.write.access.device.map(gg_domain::id::DeviceId::uuid);
        row => row.write.access.at.as_microsecond();
        row => row.write.access.address.as_str();
        row => row.write.access.headers.as_str();
        row => row.write.access.signals.as_deref();
        row => row.state.as_deref();
        row => row.write.risk.as_ref().and_then(|(risk, _)| risk.standing.map(Band::as_str));
        row => row.write.risk.as_ref().and_then(|(risk, _)| risk.first_human_at).map(|at| at.as_microsecond());
        row => row.write.risk.as_ref().and_then(|(risk, _)| risk.last_at).map(|at| at.as_microsecond());
        row => row.write.risk.as_ref().map(|(_, revision)| *revision);
        row => row.write.access.leak;
        row => row.write.access.facts.as_str();
        row => row.write.access.own;
        row => row.write.access.new_look;
        row => row.write.revision();
    }
    let facts: Vec<_> = rows
        .iter()
        .flat_map(|row| row.write.facts.iter().map(|fact| (row.write.access.id.uuid(), fact)))
        .collect();
    macro_rules! fact_column {
        ($($fact:ident => $value:expr;)+) => {$(
            out.push(Box::new(facts.iter().map(|(_, $fact)| $value).collect::<Vec<_>>()));
        )+};
    }
    out.push(Box::new(facts.iter().map(|(because_of, _)| *because_of).collect::<Vec<_>>()));
    fact_column! {
        fact => fact.id;
        fact => fact.event.uuid();
        fact => fact.kind.as_str();
        fact => fact.guest.uuid();
        fact => fact.access.map(gg_domain::id::AccessId::uuid);
        fact => fact.figures.as_str();
        fact => fact.at.as_microsecond();
    }
    noted_columns(rows, &mut out);
    out
}

/// The columns of what is noted across guests, each row with the opening because of which it is.
fn noted_columns<'a>(rows: &[&'a Row], out: &mut Vec<Box<dyn ToSql + Sync + Send + 'a>>) {
    fn each<'a, T>(rows: &[&'a Row], which: impl Fn(&'a Noted) -> &'a [T]) -> Vec<(&'a NewAccess, &'a T)> {
        rows.iter()
            .flat_map(|row| which(&row.write.noted).iter().map(|one| (&row.write.access, one)))
            .collect()
    }
    macro_rules! columns {
        ($rows:expr; $($access:ident, $one:ident => $value:expr;)+) => {$(
            out.push(Box::new($rows.iter().map(|($access, $one)| $value).collect::<Vec<_>>()));
        )+};
    }
    let sightings = each(rows, |noted| &noted.sightings);
    columns! { sightings;
        access, _one => access.id.uuid();
        _access, one => one.key;
        access, _one => access.guest.uuid();
        _access, one => one.machine;
        _access, one => one.kept;
        _access, one => one.access.map(gg_domain::id::AccessId::uuid);
        access, _one => access.at.as_microsecond();
    }
    let evicted = each(rows, |noted| &noted.evicted);
    columns! { evicted;
        access, _one => access.id.uuid();
        _access, one => one.0;
        _access, one => one.1.uuid();
    }
    let housemates = each(rows, |noted| &noted.housemates);
    columns! { housemates;
        access, _one => access.id.uuid();
        access, _one => access.guest.uuid();
        _access, one => one.uuid();
    }
}
