//! The gate: tells a person from a machine before anything is scored.
//!
//! It errs towards people. A network alone never makes a machine of a person: our cookie or a human act
//! opens the gate. Hostile automation is *human* here and is weighed as evidence later, since a gate that
//! excuses is a gate that attackers choose; what it takes for a machine sees a neutral card, no more.

use gg_domain::access::{Act, Class, FetchClass, Headers, LinkAccess, Method, Network};

use crate::lists::{MAIL_SECURITY_ASNS, PLATFORM_ASNS, names_previewer};

/// Below this a page that nobody touched was not read, in ms: mail filters render and go within a second.
pub const NO_READER_MS: u64 = 1_500;

/// A person, a previewer or a scanner?
pub fn gate(access: &LinkAccess) -> Class {
    let act = access.strongest_act();
    if act >= Some(Act::Answered) {
        return Class::Human;
    }
    let proven = access.device.is_some() || act.is_some();
    if !proven && previews(access) {
        return Class::Preview;
    }
    if (!proven && scans(&access.headers, access.method, &access.network)) || nobody_read(access, act) {
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
    } else if scans(headers, method, network) {
        FetchClass::Scanner
    } else {
        FetchClass::Browser
    }
}

/// A previewer by name that ran no script, or that comes from the platform's own servers.
fn previews(access: &LinkAccess) -> bool {
    let script = access.signals.as_ref().is_some_and(|signals| signals.prove_script());
    names_previewer(access.headers.agent()) && (!script || is_in(PLATFORM_ASNS, &access.network))
}

fn scans(headers: &Headers, method: Method, network: &Network) -> bool {
    method == Method::Head || headers.agent().is_empty() || is_in(MAIL_SECURITY_ASNS, network)
}

/// The page's own word: hardly visible, never touched. Where it says neither, nothing follows.
fn nobody_read(access: &LinkAccess, act: Option<Act>) -> bool {
    let Some(signals) = &access.signals else { return false };
    act.is_none()
        && signals.interacted == Some(false)
        && signals.visible_ms.is_some_and(|visible| visible < NO_READER_MS)
}

fn is_in(asns: &[u32], network: &Network) -> bool {
    network.asn.is_some_and(|asn| asns.contains(&asn))
}
