//! How fast a log is scored, and by which part: `speed EVENTS`. Prints µs an access.

use std::env::args;
use std::io::{self, Write as _};
use std::time::Instant;

use gg_domain::access::LinkAccess;
use gg_domain::policy::Policy;
use gg_domain::risk::GuestRisk;
use gg_risk::{EventFacts, Known, Memory, score, snapshot};
use gg_simulator::log::LogReader;
use gg_simulator::replay::Replay;
use gg_simulator::scores::score_log;
use gg_simulator::world::{Kind, figures, simulate};

#[expect(clippy::cast_precision_loss, reason = "counts of lines")]
fn main() -> io::Result<()> {
    let events = args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(60);
    let (mut log, mut labels) = (Vec::new(), Vec::new());
    simulate(&figures(Kind::Usual, 7, events), 7, &mut log, &mut labels)?;
    let mut out = io::stdout().lock();
    let mut timed = |name: &str, lines: usize, run: &mut dyn FnMut()| {
        let started = Instant::now();
        run();
        writeln!(out, "{name:<28} {:.2} µs", started.elapsed().as_secs_f64() * 1e6 / lines as f64)
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
    })
}
