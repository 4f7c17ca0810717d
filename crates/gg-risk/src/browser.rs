//! What the browser itself gives away: a program that drives it, silence, details that do not fit.

use gg_domain::access::NetClass;
use gg_domain::risk::ReasonCode;
use gg_domain::snapshot::{Browser, DeviceKind, Os, Snapshot};

use crate::device::primary;
use crate::engine::Known;
use crate::evidence::Evidence;
use crate::population::Block;
use crate::zones::kept_in;

/// The browser says that a program drives it (RISK.md 5.1, H).
const DRIVEN: f64 = 3.5;
/// The agent or a brand says that it has no window; webdriver says the rest.
const HEADLESS: f64 = 2.0;
/// No script ran (RISK.md 5.1, H).
const SILENT: f64 = 0.5;
/// curl and its kin: somebody's program, perhaps the guest's own.
const LIBRARY: f64 = 0.9;
/// The clock's zone is not kept in the address's country (RISK.md 5.1, H).
const OTHER_COUNTRY: f64 = 0.9;
/// All contradictions together: none of them is rare enough to say more (RISK.md 9.2).
const CONTRADICTIONS_MAX: f64 = 2.0;
/// A combination that one in so many devices shows is heard whole; commoner ones are how people are.
const RARE_SHARE: f64 = 0.02;

/// Details that may not fit together, each with what it says where it is rare. Honest people have each of
/// them now and then: remote desktops render in software, privacy tools name other systems.
const ODD: [(u8, f64); 7] = [
    (OTHER_SYSTEM, 0.6),
    (OTHER_LANGUAGE, 0.2),
    (NO_TOUCH, 0.4),
    (SOFTWARE, 0.8),
    (NO_HINTS, 0.7),
    (OTHER_VERSION, 0.5),
    (OTHER_FORM, 0.4),
];
/// Two systems are named.
const OTHER_SYSTEM: u8 = 1;
/// The header prefers another language than the script.
const OTHER_LANGUAGE: u8 = 2;
/// A phone without a touch screen.
const NO_TOUCH: u8 = 4;
/// Graphics drawn by the processor.
const SOFTWARE: u8 = 8;
/// A Chrome that sends no client hints.
const NO_HINTS: u8 = 16;
/// Hints and agent name two versions.
const OTHER_VERSION: u8 = 32;
/// Hints say phone and the agent desktop, or the reverse.
const OTHER_FORM: u8 = 64;

/// Chrome has sent client hints since version 89.
const HINTS_SINCE: u32 = 89;

/// Notes what the browser says. What a known device always was is no news, automation excepted.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>, device_known: bool) {
    if is_driven(seen) {
        evidence.note(ReasonCode::AutomationFlag, DRIVEN);
    } else if names_no_window(seen) && !device_known {
        evidence.note(ReasonCode::AutomationFlag, HEADLESS);
    }
    if device_known {
        return;
    }
    if !seen.script {
        evidence.note(ReasonCode::SigMissing, SILENT);
    }
    if seen.agent.browser == Browser::Library {
        evidence.note(ReasonCode::AgentLibrary, LIBRARY);
    }
    if clock_elsewhere(seen) && !known.guest.devices.is_empty() {
        evidence.note(ReasonCode::TzMismatch, OTHER_COUNTRY);
    }
    // Machines in data centres have no graphics unit: that is one fact, heard as the kind of line.
    let hosted = seen.net.class == Some(NetClass::Hosting);
    let odd = oddities(seen) & if hosted { !SOFTWARE } else { u8::MAX };
    let loud: f64 = ODD.iter().filter(|(bit, _)| odd & bit != 0).map(|(_, nats)| nats).sum();
    let rarity = (RARE_SHARE / known.event.population.share(Block::Odd)).clamp(0.0, 1.0);
    evidence.note(ReasonCode::SigContradiction, loud.min(CONTRADICTIONS_MAX) * rarity);
}

/// Does a program drive it, by its own word?
pub(crate) fn is_driven(seen: &Snapshot) -> bool {
    seen.webdriver == Some(true)
}

fn names_no_window(seen: &Snapshot) -> bool {
    seen.agent.headless || seen.hints.as_ref().is_some_and(|hints| hints.headless)
}

/// Tunnels, relays and data centres are elsewhere by design.
fn clock_elsewhere(seen: &Snapshot) -> bool {
    let hidden =
        matches!(seen.net.class, Some(NetClass::Vpn | NetClass::Relay | NetClass::Tor | NetClass::Hosting));
    let zone = seen.machine.timezone.as_deref().zip(seen.net.country.as_deref());
    !hidden && zone.and_then(|(zone, country)| kept_in(zone, country)) == Some(false)
}

/// Is it drawn by the processor, as in machines without a graphics unit?
pub(crate) fn renders_in_software(seen: &Snapshot) -> bool {
    let renderer = seen.machine.webgl_renderer.as_deref().unwrap_or_default();
    ["SwiftShader", "llvmpipe", "Basic Render", "softpipe", "Mesa OffScreen"]
        .iter()
        .any(|name| renderer.contains(name))
}

/// Does the browser send the hints that its kind sends?
pub(crate) fn lacks_hints(seen: &Snapshot) -> bool {
    let agent = &seen.agent;
    let sends = matches!(agent.browser, Browser::Chrome | Browser::Edge) && agent.os != Os::Ios;
    sends && !agent.in_app && agent.major >= Some(HINTS_SINCE) && seen.hints.is_none()
}

/// Which details do not fit together, a bit for each.
pub(crate) fn oddities(seen: &Snapshot) -> u8 {
    let agent = &seen.agent;
    let hints = seen.hints.as_ref();
    let hinted = hints.and_then(|hints| hints.platform.as_deref()).and_then(hinted_os);
    let scripted = seen.machine.platform.as_deref().and_then(platform_os);
    let other_system =
        agent.os != Os::Other && [hinted, scripted].iter().flatten().any(|os| !fits(*os, agent.os));
    let other_language = seen
        .header_language
        .as_deref()
        .zip(seen.machine.languages.first())
        .is_some_and(|(header, script)| !primary(header).eq_ignore_ascii_case(primary(script)));
    let no_touch = agent.kind == DeviceKind::Phone && seen.machine.touch_points == Some(0);
    let version = hints.and_then(|hints| hints.chromium).zip(agent.major);
    let other_version =
        agent.browser == Browser::Chrome && version.is_some_and(|(hinted, named)| hinted != named);
    let other_form = hints.and_then(|hints| hints.mobile).is_some_and(|mobile| {
        mobile && agent.kind == DeviceKind::Desktop || !mobile && agent.kind == DeviceKind::Phone
    });
    [
        (other_system, OTHER_SYSTEM),
        (other_language, OTHER_LANGUAGE),
        (no_touch, NO_TOUCH),
        (renders_in_software(seen), SOFTWARE),
        (lacks_hints(seen), NO_HINTS),
        (other_version, OTHER_VERSION),
        (other_form, OTHER_FORM),
    ]
    .iter()
    .filter(|(holds, _)| *holds)
    .fold(0, |odd, (_, bit)| odd | bit)
}

fn hinted_os(platform: &str) -> Option<Os> {
    match platform {
        "windows" => Some(Os::Windows),
        "macos" => Some(Os::Macos),
        "android" => Some(Os::Android),
        "linux" => Some(Os::Linux),
        "chrome os" | "chromium os" => Some(Os::Chromeos),
        "ios" => Some(Os::Ios),
        _ => None,
    }
}

/// `navigator.platform`: Android and ChromeOS call themselves Linux.
fn platform_os(platform: &str) -> Option<Os> {
    if platform.starts_with("Win") {
        Some(Os::Windows)
    } else if platform.starts_with("Mac") {
        Some(Os::Macos)
    } else if ["iPhone", "iPad", "iPod"].contains(&platform) {
        Some(Os::Ios)
    } else if platform.starts_with("Linux") {
        Some(Os::Linux)
    } else {
        None
    }
}

fn fits(said: Os, agent: Os) -> bool {
    let linux = |os| matches!(os, Os::Linux | Os::Android | Os::Chromeos);
    let apple = |os| matches!(os, Os::Ios | Os::Macos);
    said == agent || (linux(said) && linux(agent)) || (apple(said) && apple(agent))
}
