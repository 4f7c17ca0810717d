//! A word on an opening: it was the guest, or it was not. The organiser's, or the digits' that were sent to the guest. And
//! judging one again.

use std::sync::Arc;

use gg_domain::access::{Act, Acts};
use gg_domain::actor::{Actor, Role};
use gg_domain::baseline::{BaselineChange, JudgedOpening};
use gg_domain::decision::Decision;
use gg_domain::fields::FieldErrors;
use gg_domain::id::AccessId;
use gg_domain::policy::{Action, Policy};
use gg_domain::reason::evidence;
use gg_domain::risk::{Band, GuestRisk, Label, Score};
use gg_domain::snapshot::Snapshot;
use gg_domain::token::Claims;
use gg_risk::{EventFacts, Known};
use gg_store::{AccessRow, Conn, LinkRow, Rejudged, RsvpRow, WriteTx};

use crate::App;
use crate::baseline::{Baseline, baseline_of};
use crate::decide::{Decided, keep_decision};
use crate::error::{Error, Result};
use crate::event_facts::facts_of;
use crate::facts::{self, AccessFigures};
use crate::open_invite::{link_lives, open_link};
use crate::outlet::Outlet;
use crate::plan_event::member;
use crate::score_access::{clear_fresh, policy, previews_since, treatment};

impl App {
    /// An opening as it was judged, and the actor's role in its event.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn access(&self, actor: Actor, access: AccessId) -> Result<(AccessRow, Role)> {
        self.store.read(async move |conn: &mut Conn| member_access(conn, &actor, access).await).await
    }

    /// Takes the organiser's word on an access.
    ///
    /// `guest` trusts its device, clears the link and releases its pending answer; `not_guest` takes
    /// its device out, counts the link as leaked and drops its pending answer. The access is judged
    /// again, and told again under the same id.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]; [`Error::Invalid`] for a machine's or a test.
    pub async fn label_access(&self, actor: Actor, access: AccessId, label: Label) -> Result<AccessRow> {
        self.take_word(actor, access, Word::Label(label)).await
    }

    /// Takes the organiser's word on the device of an opening: it is the guest's from now on.
    ///
    /// It says less than "it was the guest": what others did with the link stays suspicious, an answer that waits goes
    /// on waiting, and the opening is no label. The opening is judged again, and told again under the same id.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]; [`Error::Invalid`] for a machine's or a test, and for one that was
    /// said not to be the guest.
    pub async fn trust_device(&self, actor: Actor, access: AccessId) -> Result<AccessRow> {
        self.take_word(actor, access, Word::Trust).await
    }

    async fn take_word(&self, actor: Actor, access: AccessId, word: Word) -> Result<AccessRow> {
        let (sources, at) = (self.sources.clone(), self.sources.now());
        let outlet = self.outlet;
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, _) = member_access(tx, &actor, access).await?;
                word.check(&row)?;
                let Some(decision) = word.decision() else { return Err(Error::NotFound) };
                word_on(tx, &sources, &row, word, outlet, at).await?;
                let decided =
                    Decided { event: row.event_id, guest: row.guest_id, access: Some(access), decision, at };
                keep_decision(tx, &actor, &sources, decided).await?;
                let guest = Actor::Invite { event: row.event_id, guest: row.guest_id };
                tx.access(&guest, access).await?.ok_or(Error::NotFound)
            })
            .await
    }

    /// Judges as a human's an opening that the gate took for a machine's: somebody answers with it.
    pub(crate) async fn judge_again(&self, claims: Claims, access: AccessId) -> Result<()> {
        let at = self.sources.now();
        let (row, link, facts, begins) = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let mut link = open_link(conn, claims, None, at).await?;
                let begins = clear_fresh(&mut link.row);
                let actor = Actor::Invite { event: link.row.event_id, guest: link.row.guest_id };
                let row = conn.access(&actor, access).await?.ok_or(Error::NotFound)?;
                let facts = facts_of(&row);
                Ok((row, link.row, facts, begins))
            })
            .await?;
        if row.band.is_some() {
            // Another call has judged it meanwhile: once is enough.
            return Ok(());
        }

        let policy = policy(&link);
        let snapshot = Snapshot { act: Acts::Known(Some(Act::Answered)), ..row.snapshot.0.clone() };
        let score = self.score(&link, &policy, &snapshot, &facts).await;
        let baseline = baseline_of(&link);
        let first = baseline.risk.first_human_at.is_none();
        let known = Some(&baseline.risk);
        let action = treatment(&score, &policy, &snapshot, known, self.outlet.reaches(&link));
        let judged = JudgedOpening { act: snapshot.act, score: score.clone(), decision: action };
        let change = BaselineChange::Opened(Box::new(judged));

        let sources = self.sources.clone();
        let again = Arc::new((row, baseline, change, rejudged(access, &score, action, snapshot), score));
        let written = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, baseline, change, new, score) = &*again;
                if let Some(begins) = &begins
                    && !tx.begin_link(row.event_id, row.guest_id, row.generation, begins, at).await?
                {
                    return Err(Error::Stale);
                }
                baseline.change(tx, change, Some(row.into()), at).await?;
                tx.rejudge_access(new).await?;
                tx.open_invite(row.guest_id, row.generation, at).await?;
                if first {
                    tx.append_feed(&facts::guest_opened(&sources, row.event_id, row.guest_id, at)).await?;
                }
                let figures = AccessFigures {
                    band: Some(score.band),
                    reasons: score.reasons.clone(),
                    degraded: score.degraded,
                };
                let fact = facts::access_checked(&sources, row.event_id, row.guest_id, row.id, &figures, at);
                tx.append_feed(&fact).await?;
                Ok(())
            })
            .await;
        match written {
            // Another opening came in between: the answer's next try judges again.
            Err(Error::Stale) => Ok(()),
            other => other,
        }
    }
}

/// A word on an opening.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Word {
    /// Whether it was the guest.
    Label(Label),
    /// Its device is the guest's.
    Trust,
    /// The guest's own: the digits that went to the contact that was invited.
    Code,
}

impl Word {
    fn check(self, row: &AccessRow) -> Result<()> {
        let pointer = if matches!(self, Self::Label(_)) { "/label" } else { "" };
        let wrong = |detail: &str| Err(FieldErrors::one(pointer, detail).into());
        if row.test || row.band.is_none() {
            return wrong("only a person's opening can be labelled, not a machine's nor a test");
        }
        if matches!(self, Self::Trust) && row.label.as_deref() == Some(Label::NotGuest.as_str()) {
            return wrong("this opening was said not to be the guest: say first that it was");
        }
        Ok(())
    }

    /// What it does to the guest's row. `living`: the opening's link is the one in force; of a link that is over, words
    /// speak of the device alone.
    fn change(self, row: &AccessRow, living: bool) -> BaselineChange {
        match self {
            Self::Label(Label::NotGuest) if !living => BaselineChange::Expelled,
            _ if !living => BaselineChange::Trusted { z: 0.0 },
            Self::Label(label) => BaselineChange::Labelled(label),
            Self::Trust => BaselineChange::Trusted { z: evidence(&row.reasons.0) },
            Self::Code => BaselineChange::Followed { act: Act::Verified, raw: row.raw.unwrap_or(1.0) },
        }
    }

    fn action(
        self,
        score: &Score,
        policy: &Policy,
        seen: &Snapshot,
        risk: &GuestRisk,
        can_ask: bool,
    ) -> Action {
        match self {
            Self::Label(Label::Guest) | Self::Code => Action::Allow,
            Self::Label(Label::NotGuest) => gg_risk::decide(score, policy, can_ask),
            Self::Trust => {
                let brought = Snapshot { cookie: seen.device(), ..seen.clone() };
                treatment(score, policy, &brought, Some(risk), can_ask)
            }
        }
    }

    /// What an organiser decides by it; none where it is not hers.
    const fn decision(self) -> Option<Decision> {
        match self {
            Self::Label(Label::Guest) => Some(Decision::WasGuest),
            Self::Label(Label::NotGuest) => Some(Decision::WasNotGuest),
            Self::Trust => Some(Decision::DeviceTrusted),
            Self::Code => None,
        }
    }

    /// What it says of an answer that waits.
    const fn answer(self) -> Option<Label> {
        match self {
            Self::Label(label) => Some(label),
            Self::Trust => None,
            Self::Code => Some(Label::Guest),
        }
    }
}

/// Does with an opening what a word on it says: the device is trusted or taken out, the link cleared or counted as leaked,
/// a pending answer released or dropped; the opening is judged again, and told again.
pub(crate) async fn word_on(
    tx: &mut WriteTx,
    sources: &gg_domain::clock::Sources,
    row: &AccessRow,
    word: Word,
    outlet: Outlet,
    at: jiff::Timestamp,
) -> Result<()> {
    let guest = Actor::Invite { event: row.event_id, guest: row.guest_id };
    tx.lock_guest(row.guest_id).await?.ok_or(Error::NotFound)?;
    // Behind the lock it is what it will be: until then it may have been judged again, or taken back.
    let row = &tx.access(&guest, row.id).await?.filter(|row| row.band.is_some()).ok_or(Error::Stale)?;
    let link = tx.link(row.guest_id, row.generation, previews_since(row.at)).await?;
    let link = link.ok_or(Error::NotFound)?;
    let baseline = Baseline::read(tx, &guest, row.event_id, row.guest_id).await?;
    let facts = facts_of(row);

    let change = word.change(row, link_lives(&link));
    let risk = baseline.after(&change, Some(row.into()));
    let policy = policy(&link);
    let score = after_word(&link, &row.snapshot.0, &risk, &policy, &facts, word);
    let action = word.action(&score, &policy, &row.snapshot.0, &risk, outlet.reaches(&link));

    baseline.change(tx, &change, Some(row.into()), at).await?;
    tx.keep_reasons(row.id).await?;
    if !matches!(word, Word::Label(Label::NotGuest)) {
        tx.keep_sightings(row.guest_id, row.id).await?;
    }
    tx.rejudge_access(&rejudged(row.id, &score, action, row.snapshot.0.clone())).await?;
    if let Word::Label(label) = word {
        tx.label_access(row.id, label.as_str()).await?;
    }
    if let Some(label) = word.answer() {
        settle_pending(tx, sources, row, label, at).await?;
    }

    let figures = AccessFigures { band: Some(score.band), reasons: score.reasons, degraded: false };
    let fact = facts::access_checked(sources, row.event_id, row.guest_id, row.id, &figures, at);
    Ok(tx.append_feed(&fact).await?)
}

/// The score that a word leaves: a yes is Verified, a no at least Suspicious.
fn after_word(
    link: &LinkRow,
    seen: &Snapshot,
    risk: &GuestRisk,
    policy: &Policy,
    event: &EventFacts,
    word: Word,
) -> Score {
    let known = Known { guest_id: link.guest_id, party: link.party_id, guest: risk, policy, event };
    let score = gg_risk::score(seen, &known);
    match word {
        Word::Label(Label::Guest) | Word::Code => Score { band: Band::Low, ..score },
        Word::Label(Label::NotGuest) => Score { band: score.band.max(Band::High), ..score },
        Word::Trust => score,
    }
}

pub(crate) fn rejudged(access: AccessId, score: &Score, action: Action, snapshot: Snapshot) -> Rejudged {
    Rejudged {
        access,
        band: score.band.as_str(),
        p: score.p,
        raw: score.raw,
        reasons: score.reasons.clone(),
        decision: action.as_str(),
        snapshot,
        model: score.model.to_string(),
        degraded: score.degraded,
    }
}

/// Releases or drops the answer that came with an access and waits for the organiser's word.
async fn settle_pending(
    tx: &mut WriteTx,
    sources: &gg_domain::clock::Sources,
    access: &AccessRow,
    label: Label,
    at: jiff::Timestamp,
) -> Result<()> {
    let guest = Actor::Invite { event: access.event_id, guest: access.guest_id };
    let Some(row) = tx.rsvp(&guest, access.guest_id).await?.filter(|row| row.pending) else { return Ok(()) };
    let history = tx.rsvp_history(&guest, access.guest_id).await?;
    let with_this = history.iter().any(|line| line.id == row.rsvp_id && line.access_id == Some(access.id));
    if !with_this {
        return Ok(());
    }
    let (rsvp, seats) = match label {
        Label::Guest => release(tx, &row).await?,
        Label::NotGuest => (tx.drop_rsvp(&row).await?, row.seats_confirmed),
    };
    let held = tx.lock_guest(access.guest_id).await?.map_or(0, |locked| locked.seats_held);
    tx.take_seats(access.event_id, seats - held).await?.ok_or(Error::Full)?;
    tx.hold_seats(access.guest_id, seats).await?;
    let fact = facts::rsvp_given(sources, access.event_id, access.guest_id, rsvp, false, false, at);
    tx.append_feed(&fact).await?;
    Ok(())
}

async fn release(tx: &mut WriteTx, row: &RsvpRow) -> Result<(Option<gg_domain::id::RsvpId>, i64)> {
    let seats = row.answer()?.seats();
    tx.release_rsvp(row, seats).await?;
    Ok((Some(row.rsvp_id), seats))
}

async fn member_access(conn: &mut Conn, actor: &Actor, access: AccessId) -> Result<(AccessRow, Role)> {
    let row = conn.access(actor, access).await?.ok_or(Error::NotFound)?;
    let role = member(conn, actor, row.event_id).await?;
    Ok((row, role))
}
