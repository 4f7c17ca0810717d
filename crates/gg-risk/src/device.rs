//! Is this one of the guest's devices? By cookie, else by its looks, attribute by attribute.
//!
//! First form of RISK.md 5.1's D: the copying model's idea (what must agree, what may drift) without a
//! population to say how rare a trait is, so trust from looks alone stays small.

use gg_domain::id::DeviceId;
use gg_domain::risk::{GuestRisk, KnownDevice, ReasonCode, Traits};
use gg_domain::snapshot::{Browser, Os, Snapshot};

use crate::engine::Known;
use crate::evidence::Evidence;
use crate::snapshot::traits;

/// A device that a code or the organiser vouched for.
const TRUSTED: f64 = -6.0;
/// A device whose cookie came back, after a human act with that cookie.
const PROVEN: f64 = -4.0;
/// A device whose cookie came back, but which did no more than open: a thief can do as much.
const UNPROVEN: f64 = -2.5;
/// Looks alone: phones of one model look alike, and looks can be copied (s in RISK.md 5.1).
const LOOKS: f64 = -2.2;
/// The agent alone, of a device that never told more.
const AGENT_ALONE: f64 = -0.6;
/// The cookie that it was given is missing: ln(.97/.2) is 1.6, and people do clear cookies.
const NO_COOKIE: f64 = 1.4;
/// A cookie on another machine than the one that it was given to.
const COOKIE_MOVED: f64 = 1.5;
/// An older browser than before; browsers do not go back by themselves.
const DOWNGRADE: f64 = 0.8;
/// Others of the household use this device: a shared tablet.
const HOUSEHOLD: f64 = -2.0;
/// A program drives it: all trust in a device but a confirmed one ends here.
const DRIVEN_TRUST_MIN: f64 = -1.0;
/// ν of RISK.md 5.1: chance of an honest new device, from θ, δ and its bounds.
const THETA: f64 = 0.35;
const DELTA: f64 = 0.12;
const NU: (f64, f64) = (0.02, 0.5);
/// Share of attackers without the cookie who copied nothing: (1 − s) · .97 (RISK.md 5.1).
const STRANGER_LOOKS: f64 = 0.873;
/// Without a population to weigh against, surprise ends here; ν alone would reach 3.8.
const NEW_MAX: f64 = 2.5;
/// Another language than all of the guest's devices; people set their devices alike.
const OTHER_LANGUAGE: f64 = 0.8;
/// Another time zone than all of the guest's devices; people travel with them.
const OTHER_ZONE: f64 = 0.6;

/// How an opening hangs on the guest's devices.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Linkage {
    /// A cookie of this device came back (index into the row's devices).
    Cookie(usize),
    /// It looks like this device.
    Looks(usize),
    /// It has the agent of a device that never told more.
    Agent,
    /// None of them.
    Unknown,
}

impl Linkage {
    /// The device whose row an opening adds to: the agent alone says too little for that.
    pub(crate) const fn same(self) -> Option<usize> {
        match self {
            Self::Cookie(index) | Self::Looks(index) => Some(index),
            Self::Agent | Self::Unknown => None,
        }
    }

    /// A device of the guest?
    pub(crate) const fn is_known(self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

/// Which of the guest's devices this is. Without `fingerprint` only the cookie says so.
pub(crate) fn link(seen: &Snapshot, guest: &GuestRisk, fingerprint: bool) -> Linkage {
    if let Some(cookie) = seen.cookie
        && let Some(index) = guest.devices.iter().position(|device| holds(device, cookie))
    {
        return Linkage::Cookie(index);
    }
    if !fingerprint {
        return Linkage::Unknown;
    }
    let now = traits(seen);
    let best = |fits: fn(&Traits, &Traits) -> bool| {
        let fitting = guest.devices.iter().enumerate().filter(|(_, device)| fits(&device.traits, &now));
        fitting.max_by(|(_, a), (_, b)| a.weight.total_cmp(&b.weight)).map(|(index, _)| index)
    };
    if let Some(index) = best(looks_alike) {
        return Linkage::Looks(index);
    }
    best(agents_alike).map_or(Linkage::Unknown, |_| Linkage::Agent)
}

/// Notes what the device says.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>, linkage: Linkage) {
    let devices = &known.guest.devices;
    let driven = seen.webdriver == Some(true);
    match linkage {
        Linkage::Cookie(index) => {
            let device = &devices[index];
            let trust = trust_in(device, seen);
            let trust = if driven && trust > TRUSTED { trust.max(DRIVEN_TRUST_MIN) } else { trust };
            evidence.note(ReasonCode::DevKnown, trust);
            if known.policy.fingerprint && moved(&device.traits, &traits(seen)) {
                evidence.note(ReasonCode::DevCookieMoved, COOKIE_MOVED);
            }
            downgrade(evidence, device, seen);
        }
        Linkage::Looks(index) => {
            let device = &devices[index];
            evidence.note(ReasonCode::DevKnown, if driven { DRIVEN_TRUST_MIN } else { LOOKS });
            if !device.cookies.is_empty() {
                evidence.note(ReasonCode::DevReplayNoCookie, NO_COOKIE);
            }
            downgrade(evidence, device, seen);
        }
        Linkage::Agent => evidence.note(ReasonCode::DevKnown, AGENT_ALONE),
        Linkage::Unknown if known.household_device() => {
            evidence.note(ReasonCode::DevHousehold, if driven { DRIVEN_TRUST_MIN } else { HOUSEHOLD });
        }
        Linkage::Unknown if devices.is_empty() => {
            if known.guest.first_human_at.is_none() {
                // Whoever opens first is more likely the invited than not.
                evidence.note(ReasonCode::FirstSeen, -0.3);
            }
        }
        Linkage::Unknown => {
            evidence.note(ReasonCode::DevNew, surprise(known.guest));
            if known.policy.fingerprint {
                evidence.note(ReasonCode::DevOtherLocale, foreign(known.guest, &traits(seen)));
            }
        }
    }
}

fn holds(device: &KnownDevice, cookie: DeviceId) -> bool {
    device.cookies.iter().any(|known| known.id == cookie)
}

/// The device's standing goes to cookies that earned it: one that came by looks alone opens no more
/// than looks do.
fn trust_in(device: &KnownDevice, seen: &Snapshot) -> f64 {
    let proven = device.cookies.iter().any(|known| known.proven && Some(known.id) == seen.cookie);
    match (proven, device.trusted) {
        (true, true) => TRUSTED,
        (true, false) => PROVEN,
        (false, _) => UNPROVEN,
    }
}

fn downgrade(evidence: &mut Evidence, device: &KnownDevice, seen: &Snapshot) {
    let same_family =
        device.traits.browser == seen.agent.browser && device.traits.in_app == seen.agent.in_app;
    let older = seen.agent.major.zip(device.traits.major).is_some_and(|(now, then)| now < then);
    if same_family && older {
        evidence.note(ReasonCode::DevDowngrade, DOWNGRADE);
    }
}

/// −ln of the chance of an honest new device, against a stranger's. Having bound a device at all
/// counts as one opening: surprise is not trust.
#[expect(clippy::cast_precision_loss, reason = "at most eight devices")]
fn surprise(guest: &GuestRisk) -> f64 {
    let openings = guest.devices.iter().map(|device| device.weight).sum::<f64>().max(1.0);
    let devices = guest.devices.len() as f64;
    let honest = ((THETA + DELTA * devices) / (openings + THETA)).clamp(NU.0, NU.1);
    (STRANGER_LOOKS / honest).ln().min(NEW_MAX)
}

/// Language and zone that none of the guest's devices has.
fn foreign(guest: &GuestRisk, now: &Traits) -> f64 {
    let unlike_all = |of: fn(&Traits) -> Option<&str>| {
        let theirs: Vec<_> = guest.devices.iter().filter_map(|device| of(&device.traits)).collect();
        of(now).is_some_and(|mine| !theirs.is_empty() && !theirs.contains(&mine))
    };
    let language = unlike_all(|traits| traits.language.as_deref().map(primary));
    let zone = unlike_all(|traits| traits.timezone.as_deref());
    f64::from(u8::from(language)) * OTHER_LANGUAGE + f64::from(u8::from(zone)) * OTHER_ZONE
}

/// `de` of `de-DE`.
pub(crate) fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

/// The same machine: same system and hardware, a browser that fits, and at most one of what drifts
/// (canvas, sound, fonts, zone, language) changed.
fn looks_alike(then: &Traits, now: &Traits) -> bool {
    let same_hardware = then.hardware.is_some() && then.hardware == now.hardware;
    same_hardware && then.os == now.os && same_browser(then, now) && drifted(then, now) <= 1
}

/// Neither told anything but its agent, and the agents fit.
fn agents_alike(then: &Traits, now: &Traits) -> bool {
    let silent = |traits: &Traits| {
        let Traits { hardware, canvas, audio, fonts, .. } = traits;
        [hardware, canvas, audio, fonts].iter().all(|mark| mark.is_none())
    };
    silent(then)
        && silent(now)
        && (then.os, then.browser, then.in_app, then.kind) == (now.os, now.browser, now.in_app, now.kind)
}

/// The same family, or the same machine seen through an app's window.
fn same_browser(then: &Traits, now: &Traits) -> bool {
    then.browser == now.browser || then.in_app != now.in_app
}

/// How many of the drifting traits are known on both sides and differ. Another browser on the same
/// machine draws otherwise, so drawing is not compared across families.
fn drifted(then: &Traits, now: &Traits) -> usize {
    let differ = |a: Option<_>, b: Option<_>| a.zip(b).is_some_and(|(a, b)| a != b);
    let drawing = then.browser == now.browser && then.in_app == now.in_app;
    let marks = [
        drawing && differ(then.canvas, now.canvas),
        drawing && differ(then.audio, now.audio),
        drawing && differ(then.fonts, now.fonts),
    ];
    let texts = [(&then.timezone, &now.timezone), (&then.language, &now.language)];
    let texts = texts.iter().filter(|(a, b)| a.is_some() && b.is_some() && a != b).count();
    marks.iter().filter(|differs| **differs).count() + texts
}

/// A cookie on another system, or on other hardware under another browser. An iPad that asks for
/// desktop pages says macOS; nothing moved then.
fn moved(then: &Traits, now: &Traits) -> bool {
    let apple = |os| matches!(os, Os::Ios | Os::Macos);
    let other_os = then.os != now.os && !(apple(then.os) && apple(now.os));
    let other_hardware = then.hardware.zip(now.hardware).is_some_and(|(a, b)| a != b);
    let told = then.browser != Browser::Other && now.browser != Browser::Other;
    (told && other_os) || (other_hardware && then.browser != now.browser)
}
