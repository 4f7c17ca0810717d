//! The engine: evidence of one opening, what it says of the link, a band. Pure.
//!
//! RISK.md 5, and what of section 9 proved itself (docs/RISK.md): contributions in nats, the leak filter,
//! calibration. Three promises: a first opening is low but for hard evidence; a change of address alone is
//! low; nothing blocks without a hard reason.

use gg_domain::id::{GuestId, PartyId};
use gg_domain::policy::Policy;
use gg_domain::risk::{Band, GuestRisk, ModelVersion, Reason, ReasonCode, Score};
use gg_domain::snapshot::Snapshot;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::baseline::{is_established, is_fresh};
use crate::calibrate::{Comer, calibrate, filter, log_odds};
use crate::crowd::GRAPH_HARD;
use crate::device::{self, Linkage};
use crate::evidence::Evidence;
use crate::model::Model;
use crate::network::{is_network, is_place};
use crate::population::Population;
use crate::weights::Standing;
use crate::{browser, crowd, network};

/// The model that scores now.
pub const MODEL: ModelVersion = Model::IN_FORCE.version();

/// On a known device, device and network together stay at least this much for the guest, so that any
/// number of new addresses neither flags nor makes the link look leaked, in nats.
const KNOWN_DEVICE_REST: f64 = -0.3;
/// On a device whose cookie came back, all that networks may say, in nats: low even on a leaked link.
const NETWORK_MAX_WITH_COOKIE: f64 = 1.0;
/// On a device that only looks like one whose cookie always came back, in nats: audible, and Low on a link
/// of which nothing else is known.
const NETWORK_MAX_WITHOUT_COOKIE: f64 = 2.4;
/// Before any device is bound, all soft evidence together, in nats: below Review at the default.
const FIRST_SOFT_MAX: f64 = 1.8;
/// From this chance on, the leak is worth telling.
const LEAK_TOLD_FROM: f64 = 0.1;
/// From this chance on, the leak is a hard reason (RISK.md 5.4): known before this opening came, so that one
/// odd opening never blocks itself.
const LEAK_HARD: f64 = 0.99;

/// The organiser's word on a device, in nats: more than looks, places and habits say for it together (D at its least is
/// −6, RISK.md 5.1), with the leak that her word leaves behind enough to block.
const DISOWNED: f64 = 9.0;

/// What is known when an opening is scored.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Whose link.
    pub guest_id: GuestId,
    /// The guest's household.
    pub party: PartyId,
    /// What is remembered of the guest, before this opening.
    pub guest: &'a GuestRisk,
    /// The event's rules.
    pub policy: &'a Policy,
    /// What other openings of the event say.
    pub event: &'a EventFacts,
}

impl Known<'_> {
    /// Is this device known from another guest of the household?
    pub(crate) fn household_device(&self) -> bool {
        self.event.touched.iter().any(|touched| touched.party == self.party && touched.guest != self.guest_id)
    }
}

/// What other openings say of this one. All empty where nobody looked: that is ignorance, not innocence. Kept with every
/// opening, in short names and without what is empty, so that it can be judged again by what was known then.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EventFacts {
    /// Other guests whose links this device (by the cookie it brought, else by all its traits on this
    /// prefix off mobile networks) opened as human: in the last 48 h, those of the same household at any
    /// time. A dozen suffices.
    #[serde(rename = "t", skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<Touched>,
    /// Is it the own device of another guest, by the cookie it brought: one that opened that guest's link
    /// first, or earned its place there?
    #[serde(rename = "o", skip_serializing_if = "is_default")]
    pub other_guests_own: bool,
    /// Households whose links devices new to them opened from this address in the last 24 h.
    #[serde(rename = "a", skip_serializing_if = "is_default")]
    pub address_parties: u32,
    /// When a previewer last fetched this guest's link.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub share_preview_at: Option<Timestamp>,
    /// Guests' links that the same sender (by address) previewed within ten minutes of that.
    #[serde(rename = "s", skip_serializing_if = "is_default")]
    pub sender_links: u32,
    /// Other households whose links a machine with exactly this hardware, canvas and fonts opened in the
    /// last 6 h, by whatever cookie and address.
    #[serde(rename = "k", skip_serializing_if = "is_default")]
    pub alike_parties: u32,
    /// Other households, of any event, whose links this prefix opened in the last 24 h: vendors come when mail
    /// is sent, people when they like.
    #[serde(rename = "b", skip_serializing_if = "is_default")]
    pub block_parties: u32,
    /// Did anything from this prefix ever bring a cookie back, or act as people do?
    #[serde(rename = "bk", skip_serializing_if = "is_default")]
    pub block_kept: bool,
    /// Was the cookie that it brings handed out to a machine?
    #[serde(rename = "m", skip_serializing_if = "is_default")]
    pub cookie_of_machine: bool,
    /// How common this opening's values are.
    #[serde(rename = "n", skip_serializing_if = "is_default")]
    pub population: Population,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A guest whose link a device opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Touched {
    /// Who.
    #[serde(rename = "g")]
    pub guest: GuestId,
    /// Of which household.
    #[serde(rename = "p")]
    pub party: PartyId,
}

/// Scores one human opening.
pub fn score(seen: &Snapshot, known: &Known<'_>) -> Score {
    score_by(Model::IN_FORCE, seen, known)
}

/// Scores one human opening as `model` does.
pub fn score_by(model: Model, seen: &Snapshot, known: &Known<'_>) -> Score {
    weigh(model, seen, known, &[])
}

/// The same as if the reasons `silenced` had never been given: what each is worth (docs/RISK.md, ablations).
pub fn score_without(seen: &Snapshot, known: &Known<'_>, silenced: &[ReasonCode]) -> Score {
    weigh(Model::IN_FORCE, seen, known, silenced)
}

/// What the device of an opening is to the guest.
pub fn standing(seen: &Snapshot, known: &Known<'_>) -> Standing {
    let linkage = device::link(seen, known.guest, known.policy.fingerprint);
    standing_of(known.guest, linkage, earned(known.guest, linkage))
}

fn weigh(model: Model, seen: &Snapshot, known: &Known<'_>, silenced: &[ReasonCode]) -> Score {
    let linkage = device::link(seen, known.guest, known.policy.fingerprint);
    let fresh = is_fresh(known.guest);
    let first_ever = known.guest.accesses == 0;
    let earned = earned(known.guest, linkage);

    let mut evidence = Evidence::of(model, standing_of(known.guest, linkage, earned));
    device::weigh(&mut evidence, seen, known, linkage);
    network::weigh(&mut evidence, seen, known);
    browser::weigh(&mut evidence, seen, known, linkage.is_known());
    crowd::weigh(&mut evidence, seen, known, linkage.is_known());
    let disowned = known.guest.refused.iter().any(|one| one.disowned && Some(one.id) == seen.cookie);
    if disowned {
        evidence.note(ReasonCode::DevDisowned, DISOWNED);
    }
    evidence.silence(silenced);
    soften(&mut evidence, seen, known.guest, linkage, earned);

    let (mut reasons, z) = evidence.close();
    let leak = filter(known.guest.leak, z, comer(seen, known.guest, linkage, earned));
    let p = calibrate(leak.stranger);
    let spoke = |code: ReasonCode| reasons.iter().any(|reason| reason.code == code && reason.nats > 0.0);
    let hard = reasons.iter().any(|reason| is_hard(reason.code, first_ever) && reason.nats > 0.0);
    let returned = fresh && !hard && reasons.iter().any(|reason| returns(reason.code, seen, first_ever));
    let may_block = disowned
        || leak.prior >= LEAK_HARD && !earned
        || crowd::strange_households(known) >= GRAPH_HARD && spoke(ReasonCode::GraphMultiGuest)
        || spoke(ReasonCode::AutomationFlag) && (spoke(ReasonCode::NetTor) || spoke(ReasonCode::NetHosting));
    let band = known.policy.thresholds.band(p).min(band_max(fresh && !disowned, hard || returned, may_block));
    // With nothing to compare with, soft evidence says nothing of the link, however often it comes.
    let after = if fresh && !hard { known.guest.leak } else { leak.after };
    if leak.prior >= LEAK_TOLD_FROM {
        reasons.push(Reason { code: ReasonCode::LinkLeakedPrior, nats: log_odds(leak.prior) });
    }
    let model = model.version();
    Score { p, raw: leak.stranger, z, leak: after, band, reasons, model, degraded: false }
}

/// Who comes, to the leak filter. While nobody is known on a link, it was told little of whoever came: he comes as new.
fn comer(seen: &Snapshot, guest: &GuestRisk, linkage: Linkage, earned: bool) -> Comer {
    let heard = match linkage.same() {
        Some(index) => (!earned).then(|| guest.devices[index].heard),
        None => guest.refused.iter().find(|one| Some(one.id) == seen.cookie).map(|one| one.heard),
    };
    let again = heard.is_some() && !is_fresh(guest);
    Comer { known: earned, again, heard: heard.unwrap_or_default() }
}

const fn standing_of(guest: &GuestRisk, linkage: Linkage, earned: bool) -> Standing {
    match linkage {
        Linkage::Unknown if guest.devices.is_empty() => Standing::Fresh,
        Linkage::Unknown => Standing::New,
        Linkage::Cookie(_) if earned => Standing::Earned,
        _ if earned => Standing::Alike,
        _ => Standing::Unproven,
    }
}

/// Is it a device of the guest's that has earned its place?
fn earned(guest: &GuestRisk, linkage: Linkage) -> bool {
    match linkage {
        Linkage::Cookie(index) | Linkage::Looks(index) => is_established(&guest.devices[index]),
        Linkage::Agent => true,
        Linkage::Unknown => false,
    }
}

/// Fails open: what is said of an opening when the engine did not answer in time. Nobody gains by making
/// it slow: a link that already is Suspicious or Blocked keeps that band.
pub fn degraded(guest: &GuestRisk) -> Score {
    let leak = filter(guest.leak, 0.0, Comer::default());
    let band = guest.standing.filter(|band| *band >= Band::High).unwrap_or(Band::Low);
    Score {
        p: calibrate(leak.stranger),
        raw: leak.stranger,
        z: 0.0,
        leak: guest.leak,
        band,
        reasons: vec![Reason { code: ReasonCode::Degraded, nats: 0.0 }],
        model: MODEL,
        degraded: true,
    }
}

/// Keeps the promises by turning evidence down, so that reasons still sum to `z`.
fn soften(evidence: &mut Evidence, seen: &Snapshot, guest: &GuestRisk, linkage: Linkage, earned: bool) {
    let (fresh, first_ever) = (is_fresh(guest), guest.accesses == 0);
    if earned {
        let device = evidence.sum(is_device);
        let most = match linkage {
            Linkage::Cookie(_) => NETWORK_MAX_WITH_COOKIE.min(KNOWN_DEVICE_REST - device),
            // Where the cookie always came back, its absence on a new network is two things, not one.
            Linkage::Looks(index) if guest.devices[index].habit.0 > 0 => NETWORK_MAX_WITHOUT_COOKIE,
            _ => KNOWN_DEVICE_REST - device,
        };
        evidence.turn_down(is_network, most);
    }
    if let Some(index) = linkage.same().filter(|_| !earned) {
        // The same device elsewhere: strangers have homes too, a new place says nothing new of it.
        let device = &guest.devices[index];
        let rest = evidence.sum(|_| true) - evidence.sum_against(is_place);
        evidence.turn_down(is_place, (device.heard - rest).max(0.0));
    }
    if fresh {
        let soft = |code| !is_hard(code, first_ever) && !returns(code, seen, first_ever);
        evidence.turn_down(soft, FIRST_SOFT_MAX);
    }
}

/// The worst band that the promises allow.
const fn band_max(fresh: bool, hard: bool, may_block: bool) -> Band {
    match (fresh, hard) {
        (false, _) if may_block => Band::Block,
        (false, _) => Band::High,
        (true, true) => Band::Medium,
        (true, false) => Band::Low,
    }
}

/// Evidence that may flag a guest of whom no device is known yet: this one opened others' links, or a program drives
/// it and it comes again. The very first opening of a link by a driven browser is low as every first one is; its reason
/// stands beside it.
const fn is_hard(code: ReasonCode, first_ever: bool) -> bool {
    match code {
        ReasonCode::GraphMultiGuest | ReasonCode::DevDisowned => true,
        ReasonCode::AutomationFlag => !first_ever,
        _ => false,
    }
}

/// To a link that was opened before, on which nobody is known yet, from a data centre or through Tor without the cookie
/// that a person who came before would bring. It shows in the band and says nothing of the link, since mail scanners
/// that no list has come so too, and the guest who comes after them is met as the first.
const fn returns(code: ReasonCode, seen: &Snapshot, first_ever: bool) -> bool {
    matches!(code, ReasonCode::NetHosting | ReasonCode::NetTor) && !first_ever && seen.cookie.is_none()
}

const fn is_device(code: ReasonCode) -> bool {
    matches!(
        code,
        ReasonCode::DevKnown
            | ReasonCode::DevReplayNoCookie
            | ReasonCode::DevCookieMoved
            | ReasonCode::DevDowngrade
    )
}
