//! What the browser itself gives away: a program that drives it, silence, details that do not fit.

use gg_domain::risk::ReasonCode;
use gg_domain::snapshot::{Browser, DeviceKind, Os, Snapshot};

use crate::device::primary;
use crate::evidence::Evidence;

/// The browser says that a program drives it (RISK.md 5.1, H).
const DRIVEN: f64 = 3.5;
/// The agent or a brand says that it has no window; webdriver says the rest.
const HEADLESS: f64 = 2.0;
/// No script ran (RISK.md 5.1, H).
const SILENT: f64 = 0.5;
/// curl and its kin: somebody's program, perhaps the guest's own.
const LIBRARY: f64 = 0.9;
/// Two systems named: privacy tools do that too.
const OTHER_SYSTEM: f64 = 0.6;
/// The header prefers another language than the script.
const OTHER_LANGUAGE: f64 = 0.2;
/// A phone without a touch screen.
const NO_TOUCH: f64 = 0.4;

/// Notes what the browser says. What a known device always was is no news, automation excepted.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, device_known: bool) {
    let brand_headless = seen.hints.as_ref().is_some_and(|hints| hints.headless);
    if seen.webdriver == Some(true) {
        evidence.note(ReasonCode::AutomationFlag, DRIVEN);
    } else if (seen.agent.headless || brand_headless) && !device_known {
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
    evidence.note(ReasonCode::SigContradiction, contradictions(seen));
}

/// Details that do not fit, each light: honest people have each of them now and then (RISK.md 9.2).
fn contradictions(seen: &Snapshot) -> f64 {
    let hinted = seen.hints.as_ref().and_then(|hints| hints.platform.as_deref()).and_then(hinted_os);
    let scripted = seen.machine.platform.as_deref().and_then(platform_os);
    let other_system =
        seen.agent.os != Os::Other && [hinted, scripted].iter().flatten().any(|os| !fits(*os, seen.agent.os));
    let other_language = seen
        .header_language
        .as_deref()
        .zip(seen.machine.languages.first())
        .is_some_and(|(header, script)| !primary(header).eq_ignore_ascii_case(primary(script)));
    let no_touch = seen.agent.kind == DeviceKind::Phone && seen.machine.touch_points == Some(0);
    let weights = [(other_system, OTHER_SYSTEM), (other_language, OTHER_LANGUAGE), (no_touch, NO_TOUCH)];
    weights.iter().filter(|(holds, _)| *holds).map(|(_, nats)| nats).sum()
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
