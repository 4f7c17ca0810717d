//! Judges an opening of a link: gate, engine, policy; stores it and tells the organiser.
//!
//! What is known is read, judged outside any transaction (in this process, or in another with a
//! deadline), and written on the condition that the guest's risk row still is the one that was
//! read. Who loses that race judges again. When the engine does not answer in time the guest is
//! let in, and the access says so (docs/adr/0007).

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use gg_domain::access::{Act, Acts, Class, Headers, LinkAccess, Method, Network};
use gg_domain::id::{AccessId, AccountId, DeviceId};
use gg_domain::invite::InviteState;
use gg_domain::policy::{Action, Policy};
use gg_domain::risk::{Band, GuestRisk, Score};
use gg_domain::signals::Signals;
use gg_domain::snapshot::Snapshot;
use gg_domain::token::{Claims, Purpose};
use gg_risk::{EventFacts, Known, Notes, SCORE_DEADLINE, ScorerError, whole};
use gg_store::{AccessWrite, BeginsLink, Conn, Json, LinkRow, NewAccess, Noted};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, MutexGuard};

use crate::App;
use crate::error::{Error, Result};
use crate::event_facts::{Looked, look_up, noted};
use crate::facts::{self, AccessFigures};
use crate::open_invite::{OpenLink, open_link};

/// Turns that links share: few enough to cost nothing, enough that two links seldom meet.
const TURNS: usize = 1024;
/// How often an opening that lost the race for the guest's row is judged again.
const JUDGE_TRIES: usize = 8;
/// A previewer's fetch of a link counts for so long (RISK.md 5.1, Sh).
const PREVIEW_FOR: SignedDuration = SignedDuration::from_hours(72);

/// Openings of one link take turns here, so that a group that opens a forwarded link at once is let in one after the
/// other rather than sent away for racing. Other processes are met by the revision of the guest's row.
#[derive(Clone, Debug)]
pub struct Turns(Arc<[Mutex<()>]>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..TURNS).map(|_| Mutex::new(())).collect())
    }
}

impl Turns {
    /// Waits until it is this link's turn; two links that share one by chance wait for each other.
    pub(crate) async fn of(&self, token: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % TURNS as u64).unwrap_or(0);
        self.0[index].lock().await
    }
}

/// An opening as it arrived.
#[derive(Clone, Debug)]
pub struct Opening {
    /// From where.
    pub network: Network,
    /// With which headers.
    pub headers: Headers,
    /// What the page told of the browser.
    pub signals: Option<Signals>,
    /// The device in the signed cookie, as this site knows it.
    pub device: Option<DeviceId>,
    /// Who is signed in in this browser.
    pub viewer: Option<AccountId>,
    /// What he has done so far.
    pub act: Option<Act>,
}

/// What came of an opening.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its id, to answer with.
    pub access: AccessId,
    /// What is done.
    pub decision: Action,
    /// The band; none for a machine's and a test.
    pub band: Option<Band>,
    /// Let in unjudged.
    pub degraded: bool,
    /// An organiser's look.
    pub test: bool,
    /// A device id for the browser to keep, where it brought none.
    pub set_device: Option<DeviceId>,
}

/// An opening that was judged and is not yet written.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) judged: Judged,
    pub(crate) new: NewAccess,
    /// The guest's risk row afterwards and the number of changes it must still have; none where the
    /// opening changes nothing.
    risk: Option<(GuestRisk, i64)>,
    /// What it leaves for openings after it.
    notes: Notes,
    first: bool,
    /// The link was fresh, and this is its first use.
    begins_link: Option<BeginsLink>,
}

/// An opening with all that is known when it is judged.
struct Arrived {
    link: OpenLink,
    access: LinkAccess,
    seen: Snapshot,
    looked: Looked,
    policy: Policy,
}

impl App {
    /// Judges an opening of the link with `token`.
    ///
    /// # Errors
    /// [`Error::DeadLink`], or the store's.
    pub async fn score_access(&self, token: &str, opening: &Opening) -> Result<Judged> {
        let _turn = self.turns.of(token).await;
        for _ in 0..JUDGE_TRIES {
            let verdict = self.judge(token, opening).await?;
            if self.store.write_access(to_write(&self.sources, &verdict)).await? {
                self.written(&verdict).await;
                return Ok(verdict.judged);
            }
        }
        Err(Error::Store(gg_store::StoreError::Contended))
    }

    /// Judges an opening and writes nothing.
    pub(crate) async fn judge(&self, token: &str, opening: &Opening) -> Result<Verdict> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        let set_device =
            if opening.device.is_none() { Some(self.sources.random_id::<DeviceId>()) } else { None };
        let mut arrived = self.arrive(claims, opening, set_device).await?;

        let nobody = GuestRisk::default();
        let known = arrived.link.row.risk.as_ref().map_or(&nobody, |risk| &risk.0);
        let previewer = gg_risk::names_previewer(arrived.access.headers.agent());
        let class = gg_risk::gate(&arrived.access, &arrived.seen, known, &arrived.looked.facts, previewer);
        let human = class == Class::Human && !arrived.link.test;
        let begins_link = if human { clear_fresh(&mut arrived.link.row) } else { None };
        let risk = arrived.link.row.risk.as_ref().map(|risk| risk.0.clone()).unwrap_or_default();
        let score = if human {
            let Arrived { link, policy, seen, looked, .. } = &arrived;
            Some(self.score(&link.row, policy, seen, &looked.facts).await)
        } else {
            None
        };
        let can_ask = self.outlet.reaches(&arrived.link.row);
        let decision = score.as_ref().map_or(Action::Allow, |score| {
            treatment(score, &arrived.policy, &arrived.seen, Some(&risk), can_ask)
        });
        let verdict = verdict(arrived, &risk, class, score.as_ref(), decision, set_device);
        Ok(Verdict { begins_link, ..verdict })
    }

    /// Reads what is known of an opening: its link, and what openings of other guests say.
    async fn arrive(
        &self,
        claims: Claims,
        opening: &Opening,
        set_device: Option<DeviceId>,
    ) -> Result<Arrived> {
        let (id, at) = (self.sources.id::<AccessId>(), self.sources.now());
        let (secrets, populations, opening) =
            (self.secrets.clone(), self.populations.clone(), opening.clone());
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let link = open_link(conn, claims, opening.viewer, at).await?;
                let event = link.row.event_id;
                let access = LinkAccess {
                    id,
                    at,
                    event,
                    guest: link.row.guest_id,
                    party: link.row.party_id,
                    network: opening.network,
                    headers: opening.headers,
                    signals: opening.signals,
                    device: opening.device.map(|device| secrets.event_device(event, device)),
                    new_device: set_device.map(|device| secrets.event_device(event, device)),
                    act: Acts::Known(opening.act),
                    method: Method::Get,
                };
                let policy = policy(&link.row);
                let seen = gg_risk::snapshot(&access, policy.fingerprint);
                let looked = look_up(conn, &populations, &link.row, &access, &seen).await?;
                Ok(Arrived { link, access, seen, looked, policy })
            })
            .await
    }

    /// What follows an opening that was written: it is counted, and what it shows of earlier ones is taken back.
    pub(crate) async fn written(&self, verdict: &Verdict) {
        count(verdict);
        let new = &verdict.new;
        if new.new_look {
            self.populations.note(new.id, new.event, &new.snapshot, new.at);
        }
        self.take_back(&verdict.notes.taken_back).await;
    }

    /// The engine's word within the deadline, or its absence, which lets in.
    pub(crate) async fn score(
        &self,
        row: &LinkRow,
        policy: &Policy,
        seen: &Snapshot,
        event: &EventFacts,
    ) -> Score {
        self.ask_scorer(row, policy, seen, event).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "an opening was let in unjudged");
            gg_risk::degraded(&row.risk.as_ref().map(|risk| risk.0.clone()).unwrap_or_default())
        })
    }

    /// The engine's word within the deadline, or its absence.
    pub(crate) async fn ask_scorer(
        &self,
        row: &LinkRow,
        policy: &Policy,
        seen: &Snapshot,
        event: &EventFacts,
    ) -> std::result::Result<Score, ScorerError> {
        let risk = row.risk.as_ref().map(|risk| risk.0.clone()).unwrap_or_default();
        let known = Known { guest_id: row.guest_id, party: row.party_id, guest: &risk, policy, event };
        let score = tokio::time::timeout(SCORE_DEADLINE, self.scorer.score(seen, known)).await;
        score.unwrap_or(Err(ScorerError::Timeout)).and_then(whole)
    }
}

/// Since when previews of a link count for an opening at `at`.
pub(crate) fn previews_since(at: Timestamp) -> Timestamp {
    at.checked_sub(PREVIEW_FOR).unwrap_or(Timestamp::MIN)
}

/// What is done with an opening. A device that was confirmed is not asked for a code again while it looks like itself,
/// whatever the policy says of openings that do.
pub(crate) fn treatment(
    score: &Score,
    policy: &Policy,
    seen: &Snapshot,
    risk: Option<&GuestRisk>,
    can_ask: bool,
) -> Action {
    let is_confirmed = |risk: &GuestRisk| {
        let confirmed = risk.devices.iter().filter(|device| device.trusted);
        confirmed.flat_map(|device| &device.cookies).any(|cookie| Some(cookie.id) == seen.cookie)
    };
    let is_itself = score.band == Band::Low && !score.degraded && risk.is_some_and(is_confirmed);
    gg_risk::decide(score, policy, can_ask && !is_itself)
}

/// Where the link was sent in place of another and nobody has used it yet: what its first use changes. Nobody else has it, so
/// `row` is what it will be then: without what was held against the one before.
pub(crate) fn clear_fresh(row: &mut LinkRow) -> Option<BeginsLink> {
    if row.state.as_deref() != Some(InviteState::Fresh.as_str()) {
        return None;
    }
    let Some((Json(risk), revision)) = row.risk.as_mut().zip(row.revision.as_mut()) else {
        return Some(BeginsLink { reissued: None });
    };
    *risk = gg_risk::reissue(risk);
    let reissued = Some((risk.clone(), *revision));
    *revision += 1;
    Some(BeginsLink { reissued })
}

pub(crate) fn policy(row: &LinkRow) -> Policy {
    row.policy.as_ref().map(|policy| policy.0.clone()).unwrap_or_default()
}

fn verdict(
    arrived: Arrived,
    risk: &GuestRisk,
    class: Class,
    score: Option<&Score>,
    decision: Action,
    set_device: Option<DeviceId>,
) -> Verdict {
    let Arrived { link, access, seen, looked, policy } = arrived;
    let after = score.map(|score| (gg_risk::opened(risk, &seen, score), link.row.revision.unwrap_or(0)));
    let new_look = score.is_some() && gg_risk::is_new_look(risk, &seen);
    let notes =
        if link.test { Notes::default() } else { looked.notes(&access, &seen, class, score, new_look) };
    let band = score.map(|score| score.band);
    let judged = Judged {
        access: access.id,
        decision,
        band,
        degraded: score.is_some_and(|score| score.degraded),
        test: link.test,
        set_device: if score.is_some() { set_device } else { None },
    };
    let new = NewAccess {
        id: access.id,
        guest: access.guest,
        event: access.event,
        generation: link.claims.generation,
        class: class.as_str(),
        test: link.test,
        band: band.map(Band::as_str),
        p: score.map(|score| score.p),
        raw: score.map(|score| score.raw),
        leak: score.map(|score| score.leak),
        reasons: score.map(|score| score.reasons.clone()).unwrap_or_default(),
        facts: serde_json::to_string(&looked.facts).expect("facts are plain numbers, ids and times"),
        model: score.map(|score| score.model.to_string()).unwrap_or_default(),
        degraded: judged.degraded,
        decision: decision.as_str(),
        device: access.device_now(),
        own: notes.own,
        new_look,
        at: access.at,
        address: access.network.ip.map(|ip| ip.to_string()).unwrap_or_default(),
        headers: raw_headers(&access.headers),
        signals: access.signals.as_ref().and_then(|signals| raw(signals, policy.fingerprint)),
        snapshot: seen,
    };
    let first = score.is_some() && risk.first_human_at.is_none();
    Verdict { judged, new, risk: after, notes, first, begins_link: None }
}

/// The headers that were read, as they are kept for a short time.
fn raw_headers(headers: &Headers) -> String {
    serde_json::json!({
        "ua": headers.ua,
        "accept_language": headers.accept_language,
        "sec_ch_ua": headers.sec_ch_ua,
        "sec_ch_ua_mobile": headers.sec_ch_ua_mobile,
        "sec_ch_ua_platform": headers.sec_ch_ua_platform,
    })
    .to_string()
}

/// What is kept raw of `signals`: without `fingerprint` nothing of the machine, as in the snapshot.
fn raw(signals: &Signals, fingerprint: bool) -> Option<String> {
    let Signals { webdriver, visible_ms, interacted, .. } = *signals;
    let use_alone = Signals { webdriver, visible_ms, interacted, ..Signals::default() };
    serde_json::to_string(if fingerprint { signals } else { &use_alone }).ok()
}

/// What is written of a verdict, with what the feed is told.
pub(crate) fn to_write(sources: &gg_domain::clock::Sources, verdict: &Verdict) -> AccessWrite {
    let new = &verdict.new;
    let noted: Noted = noted(&verdict.notes);
    let Some((risk, revision)) = &verdict.risk else {
        return AccessWrite { access: new.clone(), risk: None, noted, begins_link: None, facts: Vec::new() };
    };
    let mut told = Vec::new();
    if verdict.first {
        told.push(facts::guest_opened(sources, new.event, new.guest, new.at));
    }
    let figures =
        AccessFigures { band: verdict.judged.band, reasons: new.reasons.clone(), degraded: new.degraded };
    told.push(facts::access_checked(sources, new.event, new.guest, new.id, &figures, new.at));
    let (access, begins_link) = (new.clone(), verdict.begins_link.clone());
    AccessWrite { access, risk: Some((risk.clone(), *revision)), noted, begins_link, facts: told }
}

fn count(verdict: &Verdict) {
    let class = if verdict.judged.test { "test" } else { verdict.new.class };
    metrics::counter!("guestguard_accesses_total", "class" => class, "band" => verdict.new.band.unwrap_or("none"))
        .increment(1);
    if verdict.judged.degraded {
        metrics::counter!("guestguard_accesses_degraded_total").increment(1);
    }
}
