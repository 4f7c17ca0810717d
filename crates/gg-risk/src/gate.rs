//! The gate: tells a person from a machine before anything is scored.
//!
//! It errs towards people. A network alone never makes a machine of a person: our cookie, a human act, or a
//! whole browser on a real graphics unit opens the gate. Hostile automation is *human* here and is weighed
//! as evidence later, since a gate that excuses is a gate that attackers choose; what it takes for a
//! machine sees a neutral card, no more. What other guests' links saw of the same block of addresses
//! teaches it vendors that no list has (RISK.md 9.1).

use gg_domain::access::{Act, Class, FetchClass, Headers, LinkAccess, Method, NetClass, Network};
use gg_domain::risk::GuestRisk;
use gg_domain::snapshot::{Browser, Snapshot};
use jiff::SignedDuration;

use crate::browser::{lacks_hints, oddities, renders_in_software};
use crate::engine::EventFacts;
use crate::lists::{MAIL_SECURITY_ASNS, PLATFORM_ASNS, names_previewer};

/// Below this a page that nobody touched was not read, in ms: mail filters render and go within a second.
pub const NO_READER_MS: u64 = 1_500;
/// A block of addresses that touched so many other households, none of which it ever came back to with a
/// cookie, is a scanner's: one neighbour may be chance.
const BLOCK_PARTIES: u32 = 2;
/// A filter in the guest's own network fetches what he opened within so long.
const FILTER_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// A person, a previewer or a scanner, knowing the guest and what other openings of the event say? `previewer`: what
/// [`names_previewer`] says of the agent, which the caller may keep.
pub fn gate(
    access: &LinkAccess,
    seen: &Snapshot,
    guest: &GuestRisk,
    event: &EventFacts,
    previewer: bool,
) -> Class {
    let class = judge(access, previewer, seen);
    if class != Class::Human || access.strongest_act().is_some() {
        return class;
    }
    let given = access.device.is_some() && !event.cookie_of_machine;
    if !given && (of_scanning_block(access, event) || filters(seen, guest)) {
        return Class::Scanner;
    }
    class
}

/// What is said of an opening by itself.
fn judge(access: &LinkAccess, previewer: bool, seen: &Snapshot) -> Class {
    let act = access.strongest_act();
    if act >= Some(Act::Answered) {
        return Class::Human;
    }
    let proven = access.device.is_some() || act.is_some();
    if !proven && previewer && previews(access) {
        return Class::Preview;
    }
    let scanner = scans(&access.headers, access.method, &access.network)
        && !(access.method == Method::Get && is_whole_browser(seen));
    if (!proven && scanner) || nobody_read(access, act) {
        return Class::Scanner;
    }
    Class::Human
}

/// What a GET or HEAD of a link is. `has_cookie`: it brought a device cookie of ours. A previewer and a
/// scanner get the neutral card, whose one button leads a person on.
pub fn classify_fetch(headers: &Headers, method: Method, network: &Network, has_cookie: bool) -> FetchClass {
    if has_cookie {
        FetchClass::Browser
    } else if names_previewer(headers.agent()) {
        FetchClass::Preview
    } else if scans(headers, method, network) || names_machine(headers.agent()) {
        FetchClass::Scanner
    } else {
        FetchClass::Browser
    }
}

/// Marks by which machines name themselves, in lower case: the address to read about them, or their kind before a
/// version. A phone of the make Cubot is followed by a space.
const MACHINE_MARKS: &[&str] =
    &["+http", "bot/", "bot)", "bot;", "crawler", "spider", "scrap/", "-bot", "prerender"];

/// Does a fetch call itself a machine's? Whatever name it has, it gets the neutral card; an opening is judged apart.
fn names_machine(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    MACHINE_MARKS.iter().any(|mark| agent.contains(mark))
}

/// A previewer by name that ran no script, or that comes from the platform's own servers.
fn previews(access: &LinkAccess) -> bool {
    let script = access.signals.as_ref().is_some_and(|signals| signals.prove_script());
    !script || is_in(PLATFORM_ASNS, &access.network)
}

fn scans(headers: &Headers, method: Method, network: &Network) -> bool {
    method == Method::Head || headers.agent().is_empty() || is_in(MAIL_SECURITY_ASNS, network)
}

/// A browser as people have them: script, a graphics unit, nothing that does not fit. People sit behind
/// security networks; vendors' machines render in software.
fn is_whole_browser(seen: &Snapshot) -> bool {
    let drawn = seen.machine.webgl_renderer.is_some() && !renders_in_software(seen);
    let named = !matches!(seen.agent.browser, Browser::Library | Browser::Other) && !seen.agent.headless;
    seen.script && drawn && named && oddities(seen) == 0 && seen.webdriver != Some(true)
}

/// The page's own word: hardly visible, never touched. Where it says neither, nothing follows.
fn nobody_read(access: &LinkAccess, act: Option<Act>) -> bool {
    let Some(signals) = &access.signals else { return false };
    act.is_none()
        && signals.interacted == Some(false)
        && signals.visible_ms.is_some_and(|visible| visible < NO_READER_MS)
}

/// From a data centre, as others that never kept a cookie. Homes and carriers share addresses: what
/// neighbours did says nothing there.
fn of_scanning_block(access: &LinkAccess, event: &EventFacts) -> bool {
    let rented = matches!(access.network.class, Some(NetClass::Hosting));
    rented && event.block_parties >= BLOCK_PARTIES && !event.block_kept
}

/// The guest just opened from here; now something fetches the same link without script and without the
/// hints that its agent would send.
fn filters(seen: &Snapshot, guest: &GuestRisk) -> bool {
    let just_opened = guest.devices.iter().flat_map(|device| &device.networks).any(|network| {
        network.net.prefix.is_some()
            && network.net.prefix == seen.net.prefix
            && seen.at.duration_since(network.at) < FILTER_WITHIN
    });
    just_opened && !seen.script && lacks_hints(seen)
}

fn is_in(asns: &[u32], network: &Network) -> bool {
    network.asn.is_some_and(|asn| asns.contains(&asn))
}
