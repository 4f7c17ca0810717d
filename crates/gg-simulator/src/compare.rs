//! What the engine is compared with, behind the same gate: the points of the first form (H1) and Freeman's
//! risk-based authentication in Wiefling's published form (F), both as RISK.md 6.3 has them.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use gg_domain::access::{Class, LinkAccess};
use gg_domain::id::{EventId, GuestId};
use gg_domain::policy::Thresholds;
use gg_domain::snapshot::{Browser, Mark, Snapshot};
use jiff::{SignedDuration, Timestamp};

use crate::scores::ScoreLine;

/// A scorer that remembers for itself.
pub trait Comparison {
    /// A figure that rises with risk, 0 to 1, then remembers the opening.
    fn p(&mut self, access: &LinkAccess, seen: &Snapshot) -> f64;
}

/// The line of a comparison's score.
pub fn line(i: u64, class: Class, p: Option<f64>) -> ScoreLine {
    ScoreLine { i, class, p, band: p.map(|p| Thresholds::default().band(p)), reasons: Vec::new() }
}

/// Additive points: fingerprint unseen 40, address unseen 20, country unseen 15, no script 15, three hits in
/// ten minutes 15, a bot's agent 30; of 100.
#[derive(Debug, Default)]
pub struct Points {
    guests: HashMap<GuestId, PointsGuest>,
}

#[derive(Debug, Default)]
struct PointsGuest {
    prints: Vec<u64>,
    addresses: Vec<u64>,
    countries: Vec<u64>,
    hits: VecDeque<Timestamp>,
}

impl Comparison for Points {
    fn p(&mut self, access: &LinkAccess, seen: &Snapshot) -> f64 {
        let guest = self.guests.entry(access.guest).or_default();
        let first = guest.prints.is_empty();
        let mut points = 0;
        let mut unseen = |known: &mut Vec<u64>, value: u64, worth: u32| {
            if !known.contains(&value) {
                points += if first { 0 } else { worth };
                known.push(value);
            }
        };
        unseen(&mut guest.prints, print(seen), 40);
        unseen(&mut guest.addresses, access.network.ip.map_or(0, |ip| text(&ip.to_string())), 20);
        unseen(&mut guest.countries, text(seen.net.country.as_deref().unwrap_or_default()), 15);
        guest.hits.retain(|at| access.at.duration_since(*at) < SignedDuration::from_mins(10));
        guest.hits.push_back(access.at);
        points += if seen.script { 0 } else { 15 };
        points += if guest.hits.len() >= 3 { 15 } else { 0 };
        points += if seen.agent.browser == Browser::Library || seen.agent.headless { 30 } else { 0 };
        (f64::from(points) / 100.0).min(1.0)
    }
}

fn print(seen: &Snapshot) -> u64 {
    let written = serde_json::to_string(&(&seen.agent, &seen.machine)).unwrap_or_default();
    text(&written)
}

fn text(text: &str) -> u64 {
    Mark::of([text]).0
}

/// One level: how often each value was seen, by one guest or by all of the event.
#[derive(Debug)]
struct Level<S>(HashMap<(S, usize, u64), f64>, HashMap<(S, usize), (f64, f64)>);

impl<S> Default for Level<S> {
    fn default() -> Self {
        Self(HashMap::new(), HashMap::new())
    }
}

impl<S: Copy + Eq + Hash> Level<S> {
    /// Seen how often, of how many, among how many values.
    fn counts(&self, scope: S, level: usize, value: u64) -> (f64, f64, f64) {
        let (all, values) = self.1.get(&(scope, level)).copied().unwrap_or((0.0, 0.0));
        (self.0.get(&(scope, level, value)).copied().unwrap_or(0.0), all, values)
    }

    fn add(&mut self, scope: S, level: usize, value: u64) {
        let seen = self.0.entry((scope, level, value)).or_default();
        let total = self.1.entry((scope, level)).or_default();
        total.1 += if *seen == 0.0 { 1.0 } else { 0.0 };
        total.0 += 1.0;
        *seen += 1.0;
    }
}

/// `Π over address and agent of p_global(x) / p_user(x)`, each a weighted sum over levels.
#[derive(Debug, Default)]
pub struct Freeman {
    users: Level<GuestId>,
    all: Level<EventId>,
}

/// Weights of the levels: address, network, country; then the whole agent, browser and version, system and
/// version, kind of device.
const WEIGHTS: [&[f64]; 2] = [&[0.6, 0.3, 0.1], &[0.539, 0.268, 0.188, 0.005]];

impl Comparison for Freeman {
    fn p(&mut self, access: &LinkAccess, seen: &Snapshot) -> f64 {
        let agent = &seen.agent;
        let values: [Vec<u64>; 2] = [
            vec![
                access.network.ip.map_or(0, |ip| text(&ip.to_string())),
                u64::from(seen.net.asn.unwrap_or(0)),
                text(seen.net.country.as_deref().unwrap_or_default()),
            ],
            vec![
                text(access.headers.agent()),
                text(&format!("{:?}{:?}", agent.browser, agent.major)),
                text(&format!("{:?}{:?}", agent.os, agent.os_version)),
                agent.kind as u64,
            ],
        ];
        let mut odds = 1.0;
        for (feature, (values, weights)) in values.iter().zip(WEIGHTS).enumerate() {
            let (mut global, mut user) = (0.0, 0.0);
            for (index, (value, weight)) in values.iter().zip(weights).enumerate() {
                let level = feature * 10 + index;
                let (seen, all, unseen) = self.all.counts(access.event, level, *value);
                // M, the number of values not seen yet, is taken as that of those seen.
                global += weight
                    * if seen > 0.0 {
                        seen / all * (1.0 - unseen / (all + unseen))
                    } else {
                        1.0 / (all + unseen + 1.0)
                    };
                let (seen, all, _) = self.users.counts(access.guest, level, *value);
                user += weight * if all > 0.0 { seen / all } else { 0.0 };
            }
            odds *= global / if user > 0.0 { user } else { global / 4.0 };
        }
        for (feature, values) in values.iter().enumerate() {
            for (index, value) in values.iter().enumerate() {
                self.all.add(access.event, feature * 10 + index, *value);
                self.users.add(access.guest, feature * 10 + index, *value);
            }
        }
        odds / (1.0 + odds)
    }
}
