//! How many accesses and answers a second the store writes, and how many the bare databases do.
//!
//! `scripts/bench` runs it, a case each time, so that cases stand side by side in one run:
//! `write_speed CASE URL SECONDS CALLERS` prints `CASE per-second cpu-µs-each`. The cases are
//! `raw-access`, `raw-answer` (bare rusqlite, 128 to a commit), `store-access`, `store-answer`,
//! `single-access` (each in a transaction of its own) and `seed` (makes the guests, measures nothing).
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

mod guests;
mod raw;
mod through_store;

use std::time::{Duration, Instant};

use gg_store::Store;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, case, url, seconds, callers] = args.as_slice() else {
        panic!("write_speed CASE URL SECONDS CALLERS");
    };
    let seconds = Duration::from_secs(seconds.parse().expect("a number of seconds"));
    let callers: usize = callers.parse().expect("a number of callers");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime starts");

    let store = Store::open(url).expect("the database opens");
    if url.starts_with("sqlite:") || case == "seed" {
        runtime.block_on(guests::seed(&store));
    }
    if case == "seed" {
        return;
    }
    let (started, cpu) = (Instant::now(), cpu_micros());
    let done = match case.as_str() {
        "raw-access" => raw::accesses(url, seconds),
        "raw-answer" => raw::answers(url, seconds),
        "store-access" => runtime.block_on(through_store::accesses(&store, callers, seconds)),
        "single-access" => runtime.block_on(through_store::single_accesses(&store, callers, seconds)),
        "store-answer" => runtime.block_on(through_store::answers(&store, callers, seconds)),
        other => panic!("there is no case {other}"),
    };
    let each = (cpu_micros() - cpu) / done;
    println!("{case} {:.0} {each}", done as f64 / started.elapsed().as_secs_f64());
}

/// Time that the processor spent on this process, from /proc (proc_pid_stat(5)): user and system, in µs.
fn cpu_micros() -> u64 {
    /// A tick of `/proc/self/stat`: 10 ms on every Linux that we know.
    const TICK_MICROS: u64 = 10_000;
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(')').next().expect("what follows the name");
    let field = |n: usize| after_name.split_whitespace().nth(n).and_then(|ticks| ticks.parse::<u64>().ok());
    (field(11).expect("user") + field(12).expect("system")) * TICK_MICROS
}
