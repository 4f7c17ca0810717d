//! Makes lines of visits, in time order: what a browser sends then, which cookie it has then.

use std::collections::HashMap;
use std::io::{self, Write};

use gg_domain::access::{Act, Acts, Headers, Method};
use gg_domain::signals::Signals;
use jiff::{SignedDuration, Timestamp};

use super::Written;
use super::params::World;
use super::people::Population;
use super::plan::{ASSISTANT, Visit, Who};
use crate::label::{LEGIT, Label};
use crate::log::Entry;
use crate::rng::{Rng, hash};

/// When every world begins: a summer's morning, in seconds of the epoch (2026-06-01T06:00:00Z).
const START: i64 = 1_780_293_600;

/// Cookies of one browser or app's window.
#[derive(Default)]
struct Jar {
    cookie: Option<String>,
    clears: usize,
    turn: u64,
}

struct Writer<'a> {
    all: &'a Population,
    world: &'a World,
    jars: HashMap<(usize, bool), Jar>,
    cookies: Rng,
    pages: Rng,
}

/// Writes `visits` as lines, and their labels beside.
pub(crate) fn write(
    all: &Population,
    world: &World,
    seed: u64,
    mut visits: Vec<Visit>,
    log: &mut impl Write,
    labels: &mut impl Write,
) -> io::Result<Written> {
    visits.retain(|visit| visit.at >= 0);
    visits.sort_by_key(|visit| visit.at);
    let mut first_attack: HashMap<usize, i64> = HashMap::new();
    let attack = |visit: &Visit| visit.label.starts_with('A');
    for visit in visits.iter().filter(|visit| attack(visit)) {
        first_attack.entry(visit.guest).or_insert(visit.at);
    }
    let mut writer = Writer {
        all,
        world,
        jars: HashMap::new(),
        cookies: Rng::new(hash(&[seed, 91])),
        pages: Rng::new(hash(&[seed, 92])),
    };
    for (number, visit) in visits.iter().enumerate() {
        let entry = writer.entry(visit);
        entry.write(log)?;
        let attacked = first_attack.get(&visit.guest);
        let name = if visit.label == ASSISTANT { LEGIT } else { visit.label };
        let label = Label {
            i: number as u64,
            label: name.to_owned(),
            event: entry.event,
            guest: entry.guest,
            attacked_link: attacked.is_some(),
            after_attack: name == LEGIT && attacked.is_some_and(|first| visit.at > *first),
        };
        label.write(labels)?;
    }
    let assistants =
        (0..).zip(&visits).filter(|(_, visit)| visit.label == ASSISTANT).map(|(i, _)| i).collect();
    Ok(Written { accesses: visits.len(), guests: all.guests.len(), assistants })
}

fn time(at: i64) -> Timestamp {
    let start = Timestamp::from_second(START).unwrap_or(Timestamp::UNIX_EPOCH);
    start.checked_add(SignedDuration::from_millis(at)).unwrap_or(Timestamp::MAX)
}

impl Writer<'_> {
    fn entry(&mut self, visit: &Visit) -> Entry {
        let guest = &self.all.guests[visit.guest];
        let (headers, signals, method, cookie, set_cookie, act) = match &visit.who {
            Who::Machine { headers, signals, method } => {
                let set = Some(self.new_cookie());
                (headers.clone(), signals.as_deref().cloned(), *method, None, set, None)
            }
            Who::Device { .. } => self.device(visit),
        };
        let signals = signals.map(|signals| self.on_page(signals, act, &visit.who));
        Entry {
            at: time(visit.at),
            event: format!("e{}", guest.event),
            guest: format!("g{}", visit.guest),
            party: format!("e{}p{}", guest.event, guest.party),
            network: visit.line.network(),
            headers,
            signals,
            cookie,
            set_cookie,
            method,
            act: if self.world.acts { Acts::Known(act) } else { Acts::Unknown },
            sent_at: Some(time(guest.sent_at)),
            channel: Some(guest.channel.word().to_owned()),
            plus_ones_allowed: Some(guest.plus_ones),
        }
    }

    fn device(
        &mut self,
        visit: &Visit,
    ) -> (Headers, Option<Signals>, Method, Option<String>, Option<String>, Option<Act>) {
        let Who::Device { device, app, keeps, script, turn, flaws, act } = &visit.who else {
            unreachable!("only devices come here")
        };
        let machine = &self.all.devices[*device];
        let (headers, signals) = machine.look(visit.at, *app, *turn, *flaws);
        let clears = machine.clears(visit.at);
        let jar = self.jars.entry((*device, *app)).or_default();
        // A private window forgets with the visit, a cleared jar with the clearing; what a thief copied
        // or throws away touches nobody's jar.
        if *keeps && (jar.clears != clears || (machine.private && jar.turn != *turn)) {
            jar.cookie = None;
        }
        if *keeps {
            jar.clears = clears;
            jar.turn = *turn;
        }
        let cookie = jar.cookie.clone().filter(|_| *keeps);
        let set = cookie.is_none().then(|| format!("c{:016x}", self.cookies.bits()));
        if *keeps && set.is_some() {
            jar.cookie.clone_from(&set);
        }
        (headers, script.then_some(signals), Method::Get, cookie, set, *act)
    }

    fn new_cookie(&mut self) -> String {
        format!("c{:016x}", self.cookies.bits())
    }

    /// How the page was used, where the log knows it.
    fn on_page(&mut self, signals: Signals, act: Option<Act>, who: &Who) -> Signals {
        if !self.world.acts {
            return signals;
        }
        let person = matches!(who, Who::Device { .. });
        let seen =
            if person { self.pages.lognormal(9_000.0, 1.0) } else { self.pages.between(50.0, 3_000.0) };
        let seen = u64::try_from(crate::rng::whole(seen, 0, 3_600_000)).unwrap_or(0);
        let seen = if act.is_some() { seen } else { seen.max(if person { 1_500 } else { 0 }) };
        Signals { visible_ms: Some(seen), interacted: Some(act.is_some()), ..signals }
    }
}
