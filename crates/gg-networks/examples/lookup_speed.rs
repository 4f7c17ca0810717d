//! How long a database takes to open and an address to look up: `lookup_speed FILE`, where FILE is a city database.

use std::env::args;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use gg_networks::{Files, Networks};

/// Addresses looked up, spread over all of IPv4 by a multiplier without pattern (Knuth's).
const LOOKUPS: u32 = 1_000_000;
const SPREAD: u32 = 2_654_435_761;

fn main() -> io::Result<()> {
    let city = args().nth(1).map(Into::into);
    let mut out = io::stdout().lock();
    let started = Instant::now();
    let networks = Networks::open(&Files { city, ..Files::default() }).map_err(io::Error::other)?;
    writeln!(out, "open and check {:.2} s", started.elapsed().as_secs_f64())?;
    let started = Instant::now();
    let named = (0..LOOKUPS)
        .filter(|n| {
            let ip = IpAddr::V4(Ipv4Addr::from(n.wrapping_mul(SPREAD)));
            networks.of(ip).country.is_some()
        })
        .count();
    let each = started.elapsed().as_secs_f64() * 1e6 / f64::from(LOOKUPS);
    writeln!(out, "a lookup {each:.2} µs; {named} of {LOOKUPS} have a country")
}
