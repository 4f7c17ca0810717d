//! How guests behave: first opening, more, the event's day, reloads (RISK.md 7.5), and assistants,
//! shared mailboxes, filters at home (RISK.md 9).

use gg_domain::access::{Act, Headers, Method};

use super::device::{Device, Flaws};
use super::params::World;
use super::people::{Channel, Population};
use super::plan::ASSISTANT;
use super::plan::{Visit, Who};
use crate::label::{LEGIT, SCANNER};
use crate::rng::{Rng, hours};

/// When each guest opens first; none for who never does.
pub(crate) fn visits(
    all: &mut Population,
    world: &World,
    rng: &mut Rng,
    out: &mut Vec<Visit>,
) -> Vec<Option<i64>> {
    let mut firsts = Vec::with_capacity(all.guests.len());
    for guest in 0..all.guests.len() {
        firsts.push(one_guest(all, guest, world, rng, out));
    }
    for event in 0..all.events.len() {
        if rng.chance(world.more.assistants) {
            assistant(all, event, world, rng, out);
        }
    }
    shared_mailboxes(all, world, rng, out);
    firsts
}

fn one_guest(
    all: &Population,
    number: usize,
    world: &World,
    rng: &mut Rng,
    out: &mut Vec<Visit>,
) -> Option<i64> {
    if rng.chance(world.never) {
        return None;
    }
    let guest = &all.guests[number];
    let event = &all.events[guest.event];
    let end = event.at + hours(6.0);
    let first = guest.sent_at + hours(rng.lognormal(6.0, 1.6));
    if first >= end {
        return None;
    }
    let mut times = vec![first];
    let rate = rng.gamma(1.2, world.extra_opens);
    for _ in 0..rng.poisson(rate) {
        let at = if rng.chance(0.6) { first + hours(rng.exp(24.0)) } else { rng_between(first, end, rng) };
        times.push(at);
    }
    if rng.chance(0.5) {
        times.push(event.at - hours(rng.between(-3.0, 14.0)));
    }
    times.retain(|at| *at >= first && *at < end);
    times.sort_unstable();
    let answers_at = rng.below(times.len() + 1);
    for (index, at) in times.iter().enumerate() {
        let act = act(index == answers_at, rng);
        open(all, number, *at, act, world, rng, out);
    }
    Some(first)
}

fn rng_between(low: i64, high: i64, rng: &mut Rng) -> i64 {
    low + hours(rng.unit()) * ((high - low) / hours(1.0)).max(0)
}

/// What a person does on a page: nearly all touch it, one visit has the answer.
pub(crate) fn act(answers: bool, rng: &mut Rng) -> Option<Act> {
    if answers {
        Some(Act::Answered)
    } else if rng.chance(0.85) {
        Some(Act::Interacted)
    } else {
        None
    }
}

/// One opening by the guest himself, with its reloads.
fn open(
    all: &Population,
    number: usize,
    at: i64,
    act: Option<Act>,
    world: &World,
    rng: &mut Rng,
    out: &mut Vec<Visit>,
) {
    let guest = &all.guests[number];
    let person = &guest.person;
    let event = &all.events[guest.event];
    let which = if rng.chance(0.7) { 0 } else { rng.below(person.devices.len()) };
    let device = match person.new_phone {
        Some((from, phone)) if which == 0 && at >= from => phone,
        _ => person.devices[which],
    };
    let looks = &all.devices[device];
    let app = looks.is_phone() && rng.chance(app_share(guest.channel));
    let line = person.line(looks, which == 2, at, event, rng);
    let script = !looks.silent && !rng.chance(0.03);
    let turn = rng.bits();
    let reloads = if rng.chance(0.15) { 1 + rng.below(4) } else { 0 };
    for reload in 0..=reloads {
        let at = if reload == 0 { at } else { at + hours(rng.between(0.0, 120.0) / 3_600.0) };
        let who = Who::Device { device, app, keeps: true, script, turn, flaws: Flaws::default(), act };
        out.push(Visit { at, guest: number, label: LEGIT, line, who });
    }
    if script && rng.chance(world.more.filters) {
        // What was opened is fetched again from the same line, without script: a filter in his network.
        let headers = Headers { ua: Some("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36".to_owned()), ..Headers::default() };
        let at = at + hours(rng.between(0.5, 6.0) / 60.0);
        let who = Who::Machine { headers, signals: None, method: Method::Get };
        out.push(Visit { at, guest: number, label: SCANNER, line, who });
    }
}

const fn app_share(channel: Channel) -> f64 {
    match channel {
        Channel::Email => 0.15,
        Channel::WhatsApp => 0.10,
        Channel::Social => 0.80,
        Channel::Sms => 0.0,
    }
}

/// An office machine that opens several guests' links over days, in the office of one of them.
fn assistant(all: &mut Population, event: usize, world: &World, rng: &mut Rng, out: &mut Vec<Visit>) {
    let (from, to) = all.events[event].guests;
    let Some(boss) = (0..20)
        .map(|_| from + rng.below(to - from))
        .find(|guest| all.guests[*guest].channel == Channel::Email)
    else {
        return;
    };
    let country = all.guests[boss].person.home.place.country;
    let machine = Device::laptop(country, world, rng);
    let machine = all.add_device(machine);
    let end = all.events[event].at;
    let office = all.guests[boss].person.clone();
    let mut served = vec![boss];
    for _ in 0..2 + rng.below(9) {
        served.push(from + rng.below(to - from));
    }
    served.sort_unstable();
    served.dedup();
    // One sitting for most, single days for the rest.
    let sitting = hours(rng.between(2.0, 60.0));
    for guest in served {
        let first = if rng.chance(0.6) {
            sitting + hours(rng.between(0.0, 0.7))
        } else {
            hours(24.0 * rng.between(0.2, 6.0))
        };
        for again in 0..=rng.geometric(0.5) {
            let at = first + hours(24.0 * again as i64 as f64 * rng.between(0.3, 3.0));
            if at >= end {
                continue;
            }
            let line = office.office_line(rng);
            let act = act(again == 0 && rng.chance(0.7), rng);
            let who = Who::Device {
                device: machine,
                app: false,
                keeps: true,
                script: true,
                turn: rng.bits(),
                flaws: Flaws::default(),
                act,
            };
            out.push(Visit { at: at.max(all.guests[guest].sent_at), guest, label: ASSISTANT, line, who });
        }
    }
}

/// Two guests of different households who read one mailbox: the one opens the other's link too.
fn shared_mailboxes(all: &Population, world: &World, rng: &mut Rng, out: &mut Vec<Visit>) {
    for number in 0..all.guests.len() {
        if !rng.chance(world.more.shared_mailboxes) {
            continue;
        }
        let guest = &all.guests[number];
        let (from, to) = all.events[guest.event].guests;
        let other = &all.guests[from + rng.below(to - from)];
        let device = other.person.devices[0];
        let event = &all.events[guest.event];
        for _ in 0..=rng.geometric(0.5) {
            let at = guest.sent_at + hours(rng.lognormal(10.0, 1.4));
            if at < event.at {
                let line = other.person.line(&all.devices[device], false, at, event, rng);
                let act = act(false, rng);
                let who = Who::Device {
                    device,
                    app: false,
                    keeps: true,
                    script: !all.devices[device].silent,
                    turn: rng.bits(),
                    flaws: Flaws::default(),
                    act,
                };
                out.push(Visit { at, guest: number, label: LEGIT, line, who });
            }
        }
    }
}
