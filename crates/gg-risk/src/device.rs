//! Is this one of the guest's devices? Who it is by cookie, else by its looks; how surely, attribute by
//! attribute against how common each is (RISK.md 5.1, D).
//!
//! The copying model: a device shows the value that it showed before with a chance that fades with time,
//! else any value as common as it is. An agreement on what everybody has says little, one on a rare canvas
//! much; a stranger may have copied all of it, which bounds what looks alone can say.

use gg_domain::id::DeviceId;
use gg_domain::risk::{GuestRisk, KnownDevice, ReasonCode, Traits};
use gg_domain::snapshot::{Browser, DeviceKind, Os, Snapshot};
use jiff::Timestamp;

use crate::baseline::is_established;
use crate::copying::{Rarity, likeness};
use crate::engine::Known;
use crate::evidence::Evidence;
use crate::population::Block;
use crate::snapshot::traits;

/// A device that a code or the organiser vouched for.
const TRUSTED: f64 = -6.0;
/// A device whose cookie came back, after a human act with that cookie.
const PROVEN: f64 = -5.5;
/// A device whose cookie came back, but which did no more than open: a thief can do as much.
const UNPROVEN: f64 = -3.5;
/// Looks alone: phones of one model look alike, and looks can be copied.
const LOOKS: f64 = -3.0;
/// The agent alone.
const AGENT_ALONE: f64 = -0.6;
/// A cookie on another machine than the one that it was given to.
const COOKIE_MOVED: f64 = 1.5;
/// An older browser than before; browsers do not go back by themselves (down .003 against up .97·½).
const DOWNGRADE: f64 = 1.2;
/// Others of the household use this device: a shared tablet.
const HOUSEHOLD: f64 = -2.0;
/// Another guest's own device: couples whom the organiser does not know, one mailbox for two. Whoever opens
/// is invited himself; what remains is that he may not be asked to answer for the other.
const OTHER_GUEST: f64 = -2.0;
/// A program drives it: all trust in a device but a confirmed one ends here.
const DRIVEN_TRUST_MIN: f64 = -1.0;
/// ν of RISK.md 5.1: chance of an honest new device, from θ, δ and its bounds.
const THETA: f64 = 0.35;
const DELTA: f64 = 0.12;
const NU: (f64, f64) = (0.02, 0.5);
/// Share of strangers who copied the guest's own looks (RISK.md 5.1, s).
const REPLAY: f64 = 0.10;
/// Chance that a stranger brings no cookie of this guest, and that he does.
const STRANGER_MISS: f64 = 0.97;
/// What a device never seen says at most and at least, in nats: ν alone would reach 3.8.
const NEW: (f64, f64) = (-0.5, 3.0);
/// How much of a device's newness is heard, a language or zone of its own apart.
const LOCALE_WEIGHT: f64 = 0.5;
/// Chance that a guest's devices share a language, a zone; else they differ as people do.
const SAME_LANGUAGE: f64 = 0.75;
const SAME_ZONE: f64 = 0.85;

/// A second phone. One person in ten or so has two, or gets a new one while an event is under way; nine in
/// ten friends open on theirs: ln 9, halved since households share and apps hide what a phone is.
const SECOND_PHONE: f64 = 1.1;
/// The first laptop or tablet beside a phone: two in three have one; programs and thieves do too.
const FIRST_OF_KIND: f64 = -0.2;

/// How an opening hangs on the guest's devices.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Linkage {
    /// A cookie of this device came back (index into the row's devices).
    Cookie(usize),
    /// It looks like this device.
    Looks(usize),
    /// It tells no more than its agent, which is a known device's.
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
    if !fingerprint || guest.devices.is_empty() {
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
    // An agent is no device: it speaks for one that has earned its place. A program that never runs a script would
    // otherwise vouch for itself from its second visit on.
    let silent = |device: &KnownDevice| is_established(device) && agents_alike(&device.traits, &now);
    if guest.devices.iter().any(silent) { Linkage::Agent } else { Linkage::Unknown }
}

/// Notes what the device says.
pub(crate) fn weigh(evidence: &mut Evidence, seen: &Snapshot, known: &Known<'_>, linkage: Linkage) {
    let devices = &known.guest.devices;
    let driven = seen.webdriver == Some(true);
    match linkage {
        Linkage::Cookie(index) | Linkage::Looks(index) if !is_established(&devices[index]) => {
            // It is who it was: what spoke against it then speaks now, however often it comes.
            evidence.note(ReasonCode::DevUnproven, devices[index].doubt);
        }
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
            let missing = missing_cookie(device, seen);
            let likeness = (linkage_nats(seen, known) - missing).clamp(LOOKS, 0.0);
            evidence
                .note(ReasonCode::DevKnown, if driven { DRIVEN_TRUST_MIN.max(likeness) } else { likeness });
            if !device.cookies.is_empty() {
                evidence.note(ReasonCode::DevReplayNoCookie, missing);
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
            if known.event.other_guests_own {
                evidence.note(ReasonCode::DevOtherGuest, OTHER_GUEST);
            }
            evidence.note(ReasonCode::DevNew, linkage_nats(seen, known).clamp(NEW.0, NEW.1));
            evidence.note(ReasonCode::DevSecondPhone, second_phone(seen, known.guest));
            if known.policy.fingerprint {
                evidence.note(ReasonCode::DevOtherLocale, LOCALE_WEIGHT * foreign(seen, known));
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

/// What a missing cookie says: ln(.97 / q), where q is how often this device came without. One opening's
/// worth of .2 is supposed (RISK.md 5.1: q_same(miss) = .20), so that a habit shows after a few.
fn missing_cookie(device: &KnownDevice, seen: &Snapshot) -> f64 {
    const SUPPOSED: (f64, f64) = (0.8, 3.2);
    // An app's window has cookies of its own.
    if device.traits.in_app != seen.agent.in_app {
        return 0.0;
    }
    let (kept, missed) = device.habit;
    let missed_share =
        (f64::from(missed) + SUPPOSED.0) / (f64::from(kept) + f64::from(missed) + SUPPOSED.0 + SUPPOSED.1);
    (STRANGER_MISS / missed_share).ln().clamp(0.0, 2.2)
}

fn downgrade(evidence: &mut Evidence, device: &KnownDevice, seen: &Snapshot) {
    let same_family =
        device.traits.browser == seen.agent.browser && device.traits.in_app == seen.agent.in_app;
    let older = seen.agent.major.zip(device.traits.major).is_some_and(|(now, then)| now < then);
    if same_family && older {
        evidence.note(ReasonCode::DevDowngrade, DOWNGRADE);
    }
}

/// D of RISK.md 5.1 without a cookie: how much likelier these looks are of a stranger than of the guest,
/// who may have a new device or have lost his cookie.
#[expect(clippy::cast_precision_loss, reason = "at most eight devices")]
fn linkage_nats(seen: &Snapshot, known: &Known<'_>) -> f64 {
    let devices = &known.guest.devices;
    // Having bound a device at all counts as one opening: surprise is not trust.
    let openings = devices.iter().map(|device| device.weight).sum::<f64>().max(1.0);
    let honest_new = ((THETA + DELTA * devices.len() as f64) / (openings + THETA)).clamp(NU.0, NU.1);
    if !known.policy.fingerprint {
        return (STRANGER_MISS / honest_new).ln();
    }
    let now = traits(seen);
    let rarity = Rarity::of(&known.event.population);
    let all: f64 = devices.iter().map(|device| device.weight.max(0.05)).sum();
    let (mut mixed, mut best) = (0.0_f64, 0.0_f64);
    for device in devices {
        let ratio = likeness(&device.traits, &now, days(device.last_at, seen.at), &rarity);
        let miss = STRANGER_MISS / missing_cookie(device, seen).exp();
        mixed += device.weight.max(0.05) / all * ratio * miss;
        best = best.max(ratio);
    }
    let stranger = STRANGER_MISS * ((1.0 - REPLAY) + REPLAY * best);
    let guest = (1.0 - honest_new) * mixed + honest_new;
    (stranger / guest).ln().clamp(-6.0, 4.0)
}

fn days(then: Timestamp, now: Timestamp) -> f64 {
    (now.duration_since(then).as_secs_f64() / 86_400.0).max(0.0)
}

/// People carry one phone: a second one is more likely a friend's, a laptop or tablet beside it rather
/// theirs.
fn second_phone(seen: &Snapshot, guest: &GuestRisk) -> f64 {
    let kind = seen.agent.kind;
    let has = |kind| guest.devices.iter().any(|device| device.traits.kind == kind && is_established(device));
    match kind {
        DeviceKind::Phone if has(DeviceKind::Phone) => SECOND_PHONE,
        DeviceKind::Desktop | DeviceKind::Tablet if !has(kind) => FIRST_OF_KIND,
        _ => 0.0,
    }
}

/// Language and zone against those of all the guest's devices.
fn foreign(seen: &Snapshot, known: &Known<'_>) -> f64 {
    let now = traits(seen);
    let devices = &known.guest.devices;
    let against = |keeps: f64, shared: Option<bool>, share: f64| match shared {
        None => 0.0,
        Some(true) => (share / (keeps + (1.0 - keeps) * share)).ln(),
        Some(false) => -(1.0 - keeps).ln(),
    };
    let shared = |of: fn(&Traits) -> Option<&str>| {
        let mine = of(&now)?;
        let mut theirs = devices.iter().filter_map(|device| of(&device.traits)).peekable();
        theirs.peek()?;
        Some(theirs.any(|one| one == mine))
    };
    let population = &known.event.population;
    against(
        SAME_LANGUAGE,
        shared(|traits| traits.language.as_deref().map(primary)),
        population.share(Block::Language),
    ) + against(SAME_ZONE, shared(|traits| traits.timezone.as_deref()), population.share(Block::Zone))
}

/// `de` of `de-DE`.
pub(crate) fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

/// The same machine: same system and hardware, a browser that fits, and at most one of what drifts
/// changed; a new version explains that it draws otherwise.
fn looks_alike(then: &Traits, now: &Traits) -> bool {
    let same_hardware = then.hardware.is_some() && then.hardware == now.hardware;
    let newer = then.os_version != now.os_version || then.major < now.major;
    let allowed = if newer { 2 } else { 1 };
    same_hardware && then.os == now.os && same_browser(then, now) && drifted(then, now) <= allowed
}

/// This time it told nothing but its agent, and the agents fit: scripts fail now and then.
fn agents_alike(then: &Traits, now: &Traits) -> bool {
    let Traits { hardware, canvas, audio, fonts, .. } = now;
    let silent = [hardware, canvas, audio, fonts].iter().all(|mark| mark.is_none());
    silent
        && then.major <= now.major
        && (then.os, then.browser, then.in_app, then.kind) == (now.os, now.browser, now.in_app, now.kind)
}

/// The same family, or the same machine seen through an app's window.
fn same_browser(then: &Traits, now: &Traits) -> bool {
    then.browser == now.browser || then.in_app != now.in_app
}

/// How many of the drifting traits are known on both sides and differ. Another browser on the same
/// machine draws otherwise, so drawing is not compared across families; canvas and sound change together
/// where a browser shuffles them.
fn drifted(then: &Traits, now: &Traits) -> usize {
    let differ = |a: Option<_>, b: Option<_>| a.zip(b).is_some_and(|(a, b)| a != b);
    let drawing = then.browser == now.browser && then.in_app == now.in_app;
    let marks = [
        drawing && (differ(then.canvas, now.canvas) || differ(then.audio, now.audio)),
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
