//! Machines that mean no harm: mail scanners and previewers (RISK.md 7.5), listed and not (9).

use gg_domain::access::{Headers, Method};

use super::device::{Device, Flaws, System};
use super::net::{self, Line};
use super::params::World;
use super::people::{Channel, Guest, Population};
use super::plan::{Visit, Who};
use crate::label::{SCANNER, UNFURL};
use crate::rng::{Rng, hash, hours};

const WHATSAPP: &str = "WhatsApp/2.26.10.73 A";
const IMESSAGE: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0";
const SOCIAL: &[&str] = &[
    "facebookexternalhit/1.1",
    "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "TelegramBot (like TwitterBot)",
];

/// Scanners and previews of every guest's link.
pub(crate) fn visits(
    all: &Population,
    firsts: &[Option<i64>],
    world: &World,
    rng: &mut Rng,
    out: &mut Vec<Visit>,
) {
    for (number, guest) in all.guests.iter().enumerate() {
        if guest.channel == Channel::Email {
            scan(all, number, guest, firsts[number], world, rng, out);
        }
        preview_sent(all, number, guest, firsts[number], rng, out);
        if let Some(first) = firsts[number]
            && rng.chance(0.04)
        {
            // Pasted somewhere harmless later: a note to oneself, the family's group.
            let at = first + hours(rng.exp(48.0));
            let line = guest.person.home.line(at, rng);
            out.push(preview(number, at, line, WHATSAPP));
        }
    }
}

/// A chat draws a card of a link that `guest` passed on.
pub(crate) fn share_preview(number: usize, guest: &Guest, at: i64, rng: &mut Rng) -> Visit {
    if rng.chance(0.6) {
        let line = if rng.chance(0.5) { guest.person.home.line(at, rng) } else { guest.person.mobile(rng) };
        preview(number, at, line, if rng.chance(0.6) { WHATSAPP } else { IMESSAGE })
    } else {
        let which = rng.below(SOCIAL.len());
        preview(number, at, net::platform(which, rng), SOCIAL[which])
    }
}

fn preview(guest: usize, at: i64, line: Line, agent: &str) -> Visit {
    let headers =
        Headers { ua: Some(agent.to_owned()), accept: Some("*/*".to_owned()), ..Headers::default() };
    let who = Who::Machine { headers, signals: None, method: Method::Get };
    Visit { at, guest, label: UNFURL, line, who }
}

fn preview_sent(
    all: &Population,
    number: usize,
    guest: &Guest,
    first: Option<i64>,
    rng: &mut Rng,
    out: &mut Vec<Visit>,
) {
    let second = hours(1.0 / 3_600.0);
    match guest.channel {
        Channel::WhatsApp if rng.chance(0.95) => {
            // By the organiser's phone, before delivery: one line for the whole event.
            let line = net::venue(all.events[guest.event].place, hash(&[guest.event as u64, 5]));
            out.push(preview(number, (guest.sent_at - second * 20).max(0), line, WHATSAPP));
        }
        Channel::Social if rng.chance(0.9) => {
            let which = rng.below(SOCIAL.len());
            out.push(preview(number, guest.sent_at + second * 3, net::platform(which, rng), SOCIAL[which]));
        }
        Channel::Sms if rng.chance(0.4) => {
            if let Some(first) = first {
                let line = guest.person.mobile(rng);
                out.push(preview(number, first - second * 30, line, IMESSAGE));
            }
        }
        _ => {}
    }
}

fn scan(
    all: &Population,
    number: usize,
    guest: &Guest,
    first: Option<i64>,
    world: &World,
    rng: &mut Rng,
    out: &mut Vec<Visit>,
) {
    if !rng.chance(world.scanned[usize::from(!guest.corporate_mail)]) {
        return;
    }
    let unlisted = rng.chance(world.more.unlisted_scanners);
    // A mailbox's provider has one vendor: guests of one event share a few.
    let vendor = rng.zipf(6, 1.0);
    let home = all.events[guest.event].place.country;
    for _ in 0..=rng.below(3) {
        let delay = match rng.weighted(&[0.7, 0.2, 0.1]) {
            0 => rng.between(2.0, 90.0),
            1 => rng.between(120.0, 1_800.0),
            _ => rng.between(3_600.0, 86_400.0),
        };
        let at = guest.sent_at + hours(delay / 3_600.0);
        out.push(scanner(number, at, vendor, unlisted, home, world, rng));
    }
    if guest.corporate_mail
        && rng.chance(0.3)
        && let Some(first) = first
    {
        out.push(scanner(number, first - hours(0.3 / 3_600.0), vendor, unlisted, home, world, rng));
    }
}

fn scanner(
    guest: usize,
    at: i64,
    vendor: usize,
    unlisted: bool,
    country: usize,
    world: &World,
    rng: &mut Rng,
) -> Visit {
    let line = if unlisted { net::hosting_block(vendor, rng) } else { net::security(rng) };
    let mut machine = Device::new(
        System::Windows,
        country,
        world,
        &mut Rng::new(hash(&[vendor as u64, u64::from(unlisted), 9])),
    );
    machine.software = true;
    machine.shuffles = false;
    let (whole, signals) = machine.look(at, false, 0, Flaws::default());
    let kind = if unlisted { 1 } else { rng.weighted(&[0.35, 0.45, 0.20]) };
    let headers = match kind {
        0 => Headers {
            ua: Some("Mozilla/5.0 (compatible; MailScan/1.0; link protection)".to_owned()),
            ..Headers::default()
        },
        1 if unlisted => whole,
        1 => Headers { ua: whole.ua, accept: whole.accept, ..Headers::default() },
        _ => Headers::default(),
    };
    let script = kind == 1 && rng.chance(world.scanner_script * if unlisted { 2.0 } else { 1.0 });
    let method = if !unlisted && rng.chance(0.2) { Method::Head } else { Method::Get };
    let who = Who::Machine { headers, signals: script.then(|| Box::new(signals)), method };
    Visit { at, guest, label: SCANNER, line, who }
}
