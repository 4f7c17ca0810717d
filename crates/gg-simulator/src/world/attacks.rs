//! Strangers: RISK.md 4 and 7.5, and some that section 4 does not know (A8 slow drip, A3p harvest through
//! rotating proxies, A6r a program in a real browser).

use super::device::{Device, Flaws};
use super::guests::act;
use super::net::{self, Line, Place};
use super::params::World;
use super::people::{Person, Population};
use super::plan::{Visit, Who};
use super::robots::share_preview;
use crate::rng::{Rng, hours, whole};

/// What every attack needs.
struct Stage<'a> {
    all: &'a mut Population,
    world: &'a World,
    rng: &'a mut Rng,
    out: &'a mut Vec<Visit>,
}

/// All attacks of a world.
pub(crate) fn visits(
    all: &mut Population,
    firsts: &[Option<i64>],
    world: &World,
    rng: &mut Rng,
    out: &mut Vec<Visit>,
) {
    let mut stage = Stage { all, world, rng, out };
    let rate = world.attacks;
    for (guest, first) in firsts.iter().enumerate() {
        let end = stage.all.events[stage.all.guests[guest].event].at;
        let opened = first.unwrap_or_else(|| stage.all.guests[guest].sent_at + hours(12.0));
        if stage.rng.chance(0.05 * rate) {
            stage.forward(guest, opened, end);
        }
        if stage.rng.chance(0.006 * rate) {
            stage.publish(guest, opened, end);
        }
        if stage.rng.chance(0.006 * rate) {
            stage.replay(guest, opened, end);
        }
        if stage.rng.chance(0.006 * rate) {
            stage.headless(guest, opened, end, false);
        }
        if stage.rng.chance(0.006 * rate) {
            stage.hidden(guest, opened, end);
        }
        if stage.rng.chance(world.more.drip) {
            stage.drip(guest, opened, end);
        }
        if stage.rng.chance(world.more.real_headless) {
            stage.headless(guest, opened, end, true);
        }
    }
    for event in 0..stage.all.events.len() {
        if stage.rng.chance(0.20 * rate) {
            stage.harvest(event, false);
        }
        if stage.rng.chance(world.more.rotating) {
            stage.harvest(event, true);
        }
    }
}

impl Stage<'_> {
    fn push(&mut self, at: i64, guest: usize, label: &'static str, line: Line, who: Who) {
        // Nobody opens a link before it is sent.
        let at = at.max(self.all.guests[guest].sent_at + hours(0.05));
        self.out.push(Visit { at, guest, label, line, who });
    }

    fn opened(&mut self, device: usize, app: bool) -> Who {
        let script = !self.all.devices[device].silent && !self.rng.chance(0.03);
        let act = act(self.rng.chance(0.1), self.rng);
        Who::Device { device, app, keeps: true, script, turn: self.rng.bits(), flaws: Flaws::default(), act }
    }

    fn stranger_near(&mut self, guest: usize) -> Person {
        let home = self.all.guests[guest].person.home.place;
        let place = if self.rng.chance(0.8) { home } else { Place::anywhere(self.rng) };
        self.all.stranger(place, self.world, self.rng)
    }

    fn line_of(&mut self, person: &Person, guest: usize, device: usize, at: i64) -> Line {
        let event = &self.all.events[self.all.guests[guest].event];
        person.line(&self.all.devices[device], false, at, event, self.rng)
    }

    /// A1: to a friend; A1b: to a room-mate on the same line.
    fn forward(&mut self, guest: usize, opened: i64, end: i64) {
        let mate = self.rng.chance(0.15);
        let mut friend = self.stranger_near(guest);
        if mate {
            friend.home = self.all.guests[guest].person.home.clone();
        }
        let early = self.rng.chance(0.15);
        let mut at = if early {
            opened - hours(self.rng.between(0.1, 4.0))
        } else {
            opened + hours(self.rng.exp(72.0))
        };
        if self.rng.chance(0.6) {
            let pasted = at - hours(self.rng.exp(2.0));
            let visit = share_preview(guest, &self.all.guests[guest].clone(), pasted.max(0), self.rng);
            self.out.push(visit);
        }
        let label = if mate { "A1b" } else { "A1" };
        let device = friend.devices[0];
        for _ in 0..=self.rng.geometric(0.5) {
            if at < end {
                let app = self.all.devices[device].is_phone() && self.rng.chance(0.3);
                let line = self.line_of(&friend, guest, device, at);
                let who = self.opened(device, app);
                self.push(at, guest, label, line, who);
            }
            at += hours(self.rng.exp(48.0));
        }
    }

    /// A2: posted in public.
    fn publish(&mut self, guest: usize, opened: i64, end: i64) {
        let posted = opened + hours(self.rng.exp(72.0));
        let home = self.all.guests[guest].person.home.place;
        for _ in 0..whole(self.rng.lognormal(30.0, 0.8), 5, 300) {
            let at = posted + hours(self.rng.exp(8.0));
            if at >= end {
                continue;
            }
            let country = if self.rng.chance(0.6) { home.country } else { Place::anywhere(self.rng).country };
            let place = Place { country, city: self.rng.zipf(10, 1.0) };
            let person = self.all.stranger(place, self.world, self.rng);
            let device = person.devices[0];
            let line = self.line_of(&person, guest, device, at);
            let app = self.all.devices[device].is_phone() && self.rng.chance(0.4);
            let who = self.opened(device, app);
            self.push(at, guest, "A2", line, who);
        }
    }

    /// A3: one device, many guests' links; A3p: through another proxy for each.
    fn harvest(&mut self, event: usize, rotating: bool) {
        let (from, to) = self.all.events[event].guests;
        let links = (4 + self.rng.below(37)).min(to - from);
        let end = self.all.events[event].at;
        let start = hours(self.rng.between(2.0, 24.0 * self.world.horizon_days * 0.9));
        let length = self.rng.between(5.0, 120.0) / 60.0;
        let keeps = !rotating && self.rng.chance(0.6);
        let place = Place::anywhere(self.rng);
        let thief = self.all.stranger(place, self.world, self.rng);
        let device = if self.rng.chance(0.5) {
            thief.devices[0]
        } else {
            let laptop = Device::laptop(place.country, self.world, self.rng);
            self.all.add_device(laptop)
        };
        let kind = self.rng.weighted(&[0.5, 0.25, 0.25]);
        let line = match kind {
            0 => thief.home.line(start, self.rng),
            1 => thief.mobile(self.rng),
            _ => net::vpn(place, self.rng),
        };
        let shift = self.rng.below(to - from);
        for link in 0..links {
            let guest = from + (shift + link * 7) % (to - from);
            let at = start + hours(self.rng.between(0.0, length));
            if at >= end {
                continue;
            }
            let line = if rotating {
                let place = Place { country: place.country, city: self.rng.zipf(10, 1.0) };
                net::residential(place, self.rng.zipf(6, 1.0), self.rng)
            } else {
                line
            };
            let mut who = self.opened(device, false);
            if let Who::Device { keeps: k, .. } = &mut who {
                *k = keeps;
            }
            self.push(at, guest, if rotating { "A3p" } else { "A3" }, line, who);
        }
    }

    /// A5: the victim's own fingerprint, without the cookie.
    fn replay(&mut self, guest: usize, opened: i64, end: i64) {
        let victim = self.all.guests[guest].person.clone();
        let place = if self.rng.chance(0.5) { victim.home.place } else { Place::anywhere(self.rng) };
        let thief = self.all.stranger(place, self.world, self.rng);
        let home = self.rng.chance(0.6);
        let near = home && self.rng.chance(0.25);
        let flaws = Flaws { marks: [0; 3].map(|_| self.rng.chance(0.1)), webdriver: false };
        let mut at = opened + hours(self.rng.exp(72.0));
        for _ in 0..=self.rng.geometric(0.5) {
            if at < end {
                let line = match (home, near) {
                    (true, true) => net::renumbered(victim.home.line(0, self.rng), self.rng.bits()),
                    (true, false) => thief.home.line(at, self.rng),
                    _ => net::vpn(place, self.rng),
                };
                let act = act(false, self.rng);
                let who = Who::Device {
                    device: victim.devices[0],
                    app: false,
                    keeps: false,
                    script: true,
                    turn: self.rng.bits(),
                    flaws,
                    act,
                };
                self.push(at, guest, "A5", line, who);
            }
            at += hours(self.rng.exp(24.0));
        }
    }

    /// A6: a program. `real`: in a real browser over a home line, with nothing that says so.
    fn headless(&mut self, guest: usize, opened: i64, end: i64, real: bool) {
        let place = Place::anywhere(self.rng);
        let mut machine = Device::laptop(place.country, self.world, self.rng);
        machine.software = real || self.rng.chance(0.7);
        machine.private = false;
        let device = self.all.add_device(machine);
        let hosted = !real && self.rng.chance(0.7);
        let script = real || self.rng.chance(0.7);
        let flaws = Flaws { webdriver: !real && script && self.rng.chance(0.5), ..Flaws::default() };
        let base = if hosted {
            net::hosting(self.rng)
        } else {
            net::residential(place, self.rng.zipf(6, 1.0), self.rng)
        };
        let mut at = opened + hours(self.rng.exp(48.0));
        for _ in 0..=self.rng.geometric(0.25).min(11) {
            if at < end {
                let turn = self.rng.bits();
                let line = if hosted {
                    base
                } else {
                    net::residential(
                        Place { city: self.rng.zipf(10, 1.0), ..place },
                        self.rng.zipf(6, 1.0),
                        self.rng,
                    )
                };
                let act = if real { act(false, self.rng) } else { None };
                let who = Who::Device { device, app: false, keeps: real, script, turn, flaws, act };
                self.push(at, guest, if real { "A6r" } else { "A6" }, line, who);
            }
            at += hours(self.rng.exp(0.5));
        }
    }

    /// A7: through Tor or a tunnel, on a laptop never seen.
    fn hidden(&mut self, guest: usize, opened: i64, end: i64) {
        let place = Place::anywhere(self.rng);
        let machine = Device::laptop(place.country, self.world, self.rng);
        let device = self.all.add_device(machine);
        let tor = self.rng.chance(0.3);
        let mut at = opened + hours(self.rng.exp(72.0));
        for _ in 0..=self.rng.geometric(0.5) {
            if at < end {
                let line = if tor { net::tor(self.rng) } else { net::vpn(place, self.rng) };
                let who = self.opened(device, false);
                self.push(at, guest, "A7", line, who);
            }
            at += hours(self.rng.exp(24.0));
        }
    }

    /// A8: a friend's device that comes again and again, until it passes for the guest's.
    fn drip(&mut self, guest: usize, opened: i64, end: i64) {
        let friend = self.stranger_near(guest);
        let device = friend.devices[0];
        let mut at = opened + hours(self.rng.exp(36.0));
        for _ in 0..3 + self.rng.below(8) {
            if at < end {
                let line = self.line_of(&friend, guest, device, at);
                let who = self.opened(device, false);
                self.push(at, guest, "A8", line, who);
            }
            at += hours(8.0 + self.rng.exp(24.0));
        }
    }
}
