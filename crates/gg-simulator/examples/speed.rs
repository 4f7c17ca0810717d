//! How fast a log is scored, and by which part: `speed EVENTS`. Prints µs of processor an access; of one score by itself, on a guest
//! with five devices and fifty openings, the median and the 99th percentile.

use std::env::args;
use std::io::{self, Write as _};
use std::sync::LazyLock;
use std::time::Instant;

use gg_domain::access::{Act, LinkAccess};
use gg_domain::policy::Policy;
use gg_domain::risk::GuestRisk;
use gg_domain::snapshot::Snapshot;
use gg_risk::{Admission, EventFacts, Known, Memory, Touched, score, snapshot, traits, update};
use gg_simulator::log::LogReader;
use gg_simulator::replay::Replay;
use gg_simulator::scores::score_log;
use gg_simulator::world::{Kind, figures, simulate};

/// As in the binary that is measured for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::cast_precision_loss, reason = "counts of lines")]
fn main() -> io::Result<()> {
    let events = args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(60);
    let (mut log, mut labels) = (Vec::new(), Vec::new());
    simulate(&figures(Kind::Usual, 7, events), 7, &mut log, &mut labels)?;
    let mut out = io::stdout().lock();
    let mut timed = |name: &str, lines: usize, run: &mut dyn FnMut()| {
        let started = busy();
        run();
        writeln!(out, "{name:<28} {:.2} µs", (busy() - started) * 1e6 / lines as f64)
    };
    let mut accesses: Vec<LinkAccess> = Vec::new();
    let mut reader = LogReader::new(log.as_slice());
    while let Some(entry) = reader.next_entry().map_err(io::Error::other)? {
        accesses.push(entry.access());
    }
    let lines = accesses.len();
    timed("read a line", lines, &mut || {
        let mut reader = LogReader::new(log.as_slice());
        while let Ok(Some(entry)) = reader.next_entry() {
            drop(entry.access());
        }
    })?;
    timed("snapshot", lines, &mut || accesses.iter().for_each(|access| drop(snapshot(access, true))))?;
    let memory = Memory::default();
    timed("facts (empty memory)", lines, &mut || {
        accesses.iter().for_each(|access| drop(memory.facts(access, &snapshot(access, true))));
    })?;
    timed("gate, facts, score, update", lines, &mut || {
        let mut replay = Replay::default();
        accesses.iter().for_each(|access| drop(replay.judge(access)));
    })?;
    let (guest, policy, event) = (GuestRisk::default(), Policy::default(), EventFacts::default());
    timed("score of a first opening", lines, &mut || {
        for access in &accesses {
            let known = Known {
                guest_id: access.guest,
                party: access.party,
                guest: &guest,
                policy: &policy,
                event: &event,
            };
            drop(score(&snapshot(access, true), &known));
        }
    })?;
    timed("the whole command", lines, &mut || {
        let _ = score_log(log.as_slice(), &mut io::sink());
    })?;
    one_score(&accesses, &mut out)
}

/// Seconds that this process was on a processor: on a shared machine the clock says what the others do. Where the
/// system does not tell, the clock since the first question.
fn busy() -> f64 {
    static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = told.as_deref().and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| STARTED.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Devices and openings of the guest whose score is timed one by one (issue 13, figures).
const DEVICES: usize = 5;
const OPENINGS: usize = 50;
/// Other guests whose links the device opened: more are not looked up.
const TOUCHED: usize = 12;

/// Each score by itself, on a guest with as many devices and openings as the figure asks, and a full graph.
fn one_score(accesses: &[LinkAccess], out: &mut impl io::Write) -> io::Result<()> {
    let policy = Policy::default();
    let touched =
        accesses.iter().take(TOUCHED).map(|one| Touched { guest: one.guest, party: one.party }).collect();
    let event = EventFacts { touched, address_parties: 4, alike_parties: 3, ..EventFacts::default() };
    let seen: Vec<Snapshot> = accesses.iter().map(|access| snapshot(access, true)).collect();
    let guest = well_known(&seen, accesses, &policy);
    let mut each: Vec<f64> = accesses
        .iter()
        .zip(&seen)
        .map(|(access, seen)| {
            let known = Known {
                guest_id: access.guest,
                party: access.party,
                guest: &guest,
                policy: &policy,
                event: &event,
            };
            let started = Instant::now();
            let scored = score(seen, &known);
            let took = started.elapsed().as_secs_f64() * 1e6;
            drop(scored);
            took
        })
        .collect();
    each.sort_by(f64::total_cmp);
    let at = |of_hundred: usize| each[(each.len() - 1) * of_hundred / 100];
    let devices = guest.devices.len();
    writeln!(
        out,
        "one score, {devices} devices, {} openings: median {:.2} µs, p99 {:.2} µs",
        guest.accesses,
        at(50),
        at(99)
    )
}

/// A guest who answered from several devices, each of which came again and again.
fn well_known(seen: &[Snapshot], accesses: &[LinkAccess], policy: &Policy) -> GuestRisk {
    let mut own: Vec<&Snapshot> = Vec::new();
    for one in seen.iter().filter(|one| one.script && one.set_cookie.is_some()) {
        if own.len() < DEVICES && own.iter().all(|other| traits(other).hardware != traits(one).hardware) {
            own.push(one);
        }
    }
    let (mut guest, event) = (GuestRisk::default(), EventFacts::default());
    for turn in 0..OPENINGS {
        let seen = own[turn % own.len()];
        let known = Known {
            guest_id: accesses[0].guest,
            party: accesses[0].party,
            guest: &guest,
            policy,
            event: &event,
        };
        let score = score(seen, &known);
        guest = update(&guest, seen, &score, Admission::Opened);
        guest = gg_risk::confirm(&guest, seen, gg_domain::risk::Label::Guest);
        guest = update(&guest, seen, &score, Admission::Followed(Act::Answered));
    }
    guest
}
