//! Takes an answer: the guest's, through his link, and the organiser's record of one.
//!
//! The guest's row is locked first, then seats are moved by one conditional statement, so that of
//! many who race for the last seats exactly as many get one, and no counter drifts.

use std::sync::Arc;

use gg_domain::access::Act;
use gg_domain::actor::Actor;
use gg_domain::baseline::BaselineChange;
use gg_domain::fields::FieldErrors;
use gg_domain::id::{AccessId, EventId, GuestId, RsvpId};
use gg_domain::invite::access_expired;
use gg_domain::policy::Action;
use gg_domain::risk::Label;
use gg_domain::rsvp::{self, Answer, AnswerInput, Decision, Refusal, Source, Standing};
use gg_domain::token::{Claims, Purpose};
use gg_store::{AccessRow, Conn, NewRsvp, RsvpHistoryRow, RsvpRow, WriteTx};
use jiff::Timestamp;

use crate::App;
use crate::baseline::Baseline;
use crate::error::{Error, Result};
use crate::facts;
use crate::keep_guests::member_guest;
use crate::open_invite::open_link;
use crate::score_access::{Judged, Opening, to_write};

/// How often an answer that met an opening of the same guest is tried again.
const ANSWER_TRIES: usize = 8;

/// An answer on its way into a guest's row.
#[derive(Clone, Debug)]
struct Given {
    id: RsvpId,
    guest: GuestId,
    event: EventId,
    answer: Answer,
    source: Source,
    access: Option<AccessId>,
    pending: bool,
    at: Timestamp,
}

/// What came of the page's own form.
#[derive(Debug)]
pub struct FormAnswer {
    /// What was judged of its opening, which is kept whether or not the answer was taken.
    pub judged: Judged,
    /// The answer as it counts now, or why it was not taken: [`Error::StepUpRequired`], [`Error::Blocked`],
    /// [`Error::Closed`], [`Error::Full`], or [`Error::Invalid`] for more companions than allowed.
    pub answer: Result<RsvpRow>,
}

impl App {
    /// Takes the answer of who opened a link in `access`.
    ///
    /// # Errors
    /// [`Error::DeadLink`]; [`Error::Invalid`] for a wrong field or an access that does not serve;
    /// [`Error::StepUpRequired`], [`Error::Blocked`], [`Error::Closed`], [`Error::Full`].
    pub async fn answer_invite(&self, token: &str, access: AccessId, input: &AnswerInput) -> Result<RsvpRow> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        let answer = Answer::parse(input);
        for _ in 0..ANSWER_TRIES {
            let (id, at, sources) = (self.sources.id::<RsvpId>(), self.sources.now(), self.sources.clone());
            let answer = answer.clone();
            let row = self
                .store
                .write(async move |tx: &mut WriteTx| -> Result<_> {
                    let opened = access_of(tx, claims, access, at).await?;
                    let answer = answer?;
                    let pending = may_answer(&opened)? == Action::Hold;
                    let (guest, event) = (opened.guest_id, opened.event_id);
                    let given = Given {
                        id,
                        guest,
                        event,
                        answer,
                        source: Source::Guest,
                        access: Some(access),
                        pending,
                        at,
                    };
                    let taken = keep_refusal(give(tx, &sources, &given).await)?;
                    if taken.is_ok() {
                        prove_device(tx, &opened, at).await?;
                    }
                    Ok(taken)
                })
                .await;
            match row {
                // The gate took the opening for a machine's: it is judged as a human's first.
                Err(Error::Stale) => self.judge_again(claims, access).await?,
                other => return other?.map(|taken| taken.counted(Source::Guest)),
            }
        }
        Err(Error::Store(gg_store::StoreError::Contended))
    }

    /// Takes an answer from the page's own form: its opening is judged and written with the answer
    /// in one transaction. An answer that is refused leaves the opening: somebody was there.
    ///
    /// # Errors
    /// [`Error::DeadLink`]; [`Error::Invalid`] for a wrong field, or where the organiser tries the link: then
    /// nothing is written. Refusals of the answer itself are in [`FormAnswer::answer`].
    pub async fn answer_form(
        &self,
        token: &str,
        opening: &Opening,
        input: &AnswerInput,
    ) -> Result<FormAnswer> {
        let answer = Arc::new(Answer::parse(input)?);
        let opening = Opening { act: Some(Act::Answered), ..opening.clone() };
        let _turn = self.turns.of(token).await;
        for _ in 0..ANSWER_TRIES {
            let verdict = Arc::new(self.judge(token, &opening).await?);
            if verdict.judged.test {
                return Err(FieldErrors::one("/access_id", "a try of the link takes no answer").into());
            }
            let given = Given {
                id: self.sources.id::<RsvpId>(),
                guest: verdict.new.guest,
                event: verdict.new.event,
                answer: answer.as_ref().clone(),
                source: Source::Guest,
                access: Some(verdict.new.id),
                pending: verdict.judged.decision == Action::Hold,
                at: self.sources.now(),
            };
            let (sources, write) = (self.sources.clone(), verdict.clone());
            let done = self
                .store
                .write(async move |tx: &mut WriteTx| -> Result<_> {
                    // The guest first, then his risk row: an answer that has no script locks as others do.
                    tx.lock_guest(write.new.guest).await?.ok_or(Error::NotFound)?;
                    if !tx.write_access(&to_write(&sources, &write)).await? {
                        return Err(Error::Stale);
                    }
                    let answer = match write.judged.decision {
                        Action::Block => Err(Error::Blocked),
                        Action::StepUp => Err(Error::StepUpRequired),
                        Action::Allow | Action::Hold => give(tx, &sources, &given).await,
                    };
                    keep_refusal(answer)
                })
                .await;
            match done {
                Err(Error::Stale) => {}
                Err(error) => return Err(error),
                Ok(answer) => {
                    self.written(&verdict).await;
                    let answer = answer.map(|taken| taken.counted(Source::Guest));
                    return Ok(FormAnswer { judged: verdict.judged.clone(), answer });
                }
            }
        }
        Err(Error::Store(gg_store::StoreError::Contended))
    }

    /// Records an answer that came to the organiser another way.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Full`], [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn record_answer(&self, actor: Actor, guest: GuestId, input: &AnswerInput) -> Result<RsvpRow> {
        let answer = Answer::parse(input);
        let (id, at, sources) = (self.sources.id::<RsvpId>(), self.sources.now(), self.sources.clone());
        let taken = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, _) = member_guest(tx, &actor, guest).await?;
                let given = Given {
                    id,
                    guest,
                    event: row.event_id,
                    answer: answer?,
                    source: Source::Organiser,
                    access: None,
                    pending: false,
                    at,
                };
                keep_refusal(give(tx, &sources, &given).await)
            })
            .await?;
        taken.map(|taken| taken.counted(Source::Organiser))
    }

    /// A guest's answer and all that he ever answered, the oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn answer_of(
        &self,
        actor: Actor,
        guest: GuestId,
    ) -> Result<(Option<RsvpRow>, Vec<RsvpHistoryRow>, gg_domain::actor::Role)> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let (_, role) = member_guest(conn, &actor, guest).await?;
                Ok((conn.rsvp(&actor, guest).await?, conn.rsvp_history(&actor, guest).await?, role))
            })
            .await
    }
}

/// The access that an answer comes with, if it serves this link and is a person's.
async fn access_of(tx: &mut WriteTx, claims: Claims, access: AccessId, now: Timestamp) -> Result<AccessRow> {
    let row = serving_access(tx, claims, access, now).await?;
    if row.band.is_none() { Err(Error::Stale) } else { Ok(row) }
}

/// The access that a call of the guest comes with, if it serves this link. Its band is none where the gate took it for a
/// machine's.
pub(crate) async fn serving_access(
    tx: &mut WriteTx,
    claims: Claims,
    access: AccessId,
    now: Timestamp,
) -> Result<AccessRow> {
    const REMEDY: &str = "open the link again and answer with the access_id that comes of it";
    let unserving = || Error::Invalid(FieldErrors::one("/access_id", REMEDY));
    let link = open_link(tx, claims, None, now).await?;
    let actor = Actor::Invite { event: link.row.event_id, guest: link.row.guest_id };
    let row = tx.access(&actor, access).await?.ok_or_else(unserving)?;
    let serves = row.guest_id == claims.guest
        && row.generation == claims.generation
        && claims.purpose == Purpose::Invite
        && !row.test
        && !access_expired(row.at, now);
    if serves { Ok(row) } else { Err(unserving()) }
}

/// Whether who opened may answer, by what was decided then and the organiser's word since.
fn may_answer(access: &AccessRow) -> Result<Action> {
    match access.label.as_deref() {
        Some(label) if label == Label::Guest.as_str() => return Ok(Action::Allow),
        Some(_) => return Err(Error::Blocked),
        None => {}
    }
    match access.decision.as_str() {
        "block" => Err(Error::Blocked),
        "step_up" => Err(Error::StepUpRequired),
        "hold" => Ok(Action::Hold),
        _ => Ok(Action::Allow),
    }
}

/// An answer as it counts now.
struct Taken {
    row: RsvpRow,
    /// It is another than before.
    is_new: bool,
}

impl Taken {
    /// The answer, counted: after the commit, since a transaction may run more than once.
    fn counted(self, source: Source) -> RsvpRow {
        if self.is_new {
            metrics::counter!("guestguard_answers_total", "source" => source.as_str()).increment(1);
        }
        self.row
    }
}

/// Decides what an answer does, moves the seats and writes it. What it refuses has written nothing but the guest's lock.
async fn give(tx: &mut WriteTx, sources: &gg_domain::clock::Sources, given: &Given) -> Result<Taken> {
    let actor = Actor::Invite { event: given.event, guest: given.guest };
    let guest = tx.lock_guest(given.guest).await?.ok_or(Error::NotFound)?;
    let event = tx.event(&actor, given.event).await?.ok_or(Error::NotFound)?;
    let before = tx.rsvp(&actor, given.guest).await?;
    let answer_before = before.as_ref().map(RsvpRow::answer).transpose()?;

    let standing = Standing {
        plus_ones_allowed: guest.plus_ones_allowed,
        seats_held: guest.seats_held,
        answer: answer_before.as_ref().zip(before.as_ref().map(|row| row.pending)),
        seats_confirmed: before.as_ref().map_or(0, |row| row.seats_confirmed),
    };
    let closes = event.details().answers_close();
    let decided = rsvp::decide(&standing, &given.answer, given.source, given.pending, closes, given.at);
    let (seats_held, first) = match decided.map_err(refused)? {
        Decision::Unchanged => {
            return before.map(|row| Taken { row, is_new: false }).ok_or(Error::NotFound);
        }
        Decision::Change { seats_held, first } => (seats_held, first),
    };

    tx.take_seats(given.event, seats_held - guest.seats_held).await?.ok_or(Error::Full)?;
    tx.hold_seats(given.guest, seats_held).await?;
    let new = NewRsvp {
        id: given.id,
        guest: given.guest,
        event: given.event,
        answer: given.answer.clone(),
        source: given.source,
        access: given.access,
        pending: given.pending,
        at: given.at,
    };
    tx.insert_rsvp(&new, before.as_ref()).await?;

    let fact =
        facts::rsvp_given(sources, given.event, given.guest, Some(given.id), first, given.pending, given.at);
    tx.append_feed(&fact).await?;
    let row = tx.rsvp(&actor, given.guest).await?.ok_or(Error::NotFound)?;
    Ok(Taken { row, is_new: true })
}

/// A refusal is what a transaction came to, not why it must be undone, and everybody's in its group with it: [`give`]
/// refuses before it writes anything that counts.
fn keep_refusal(answer: Result<Taken>) -> Result<Result<Taken>> {
    match answer {
        Err(
            refusal @ (Error::Blocked
            | Error::StepUpRequired
            | Error::Closed
            | Error::Full
            | Error::Invalid(_)),
        ) => Ok(Err(refusal)),
        Err(fault) => Err(fault),
        Ok(taken) => Ok(Ok(taken)),
    }
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Closed => Error::Closed,
        Refusal::TooManyPlusOnes { .. } => FieldErrors::one("/plus_ones", refusal).into(),
    }
}

/// An answer proves the device that it came from as far as an answer can (RISK.md 5.3); where that was not judged yet,
/// it will.
async fn prove_device(tx: &mut WriteTx, access: &AccessRow, at: Timestamp) -> Result<()> {
    let actor = Actor::Invite { event: access.event_id, guest: access.guest_id };
    // What was let in unjudged may have been judged since it was read; the guest is locked by now, so it stays as it is.
    let latest = if access.degraded { tx.access(&actor, access.id).await? } else { None };
    let access = latest.as_ref().unwrap_or(access);
    if access.is_unscored() {
        tx.note_act(access.id, Act::Answered).await?;
        return Ok(tx.keep_sightings(access.guest_id, access.id).await?);
    }
    let baseline = Baseline::read(tx, &actor, access.event_id, access.guest_id).await?;
    let change = BaselineChange::Followed { act: Act::Answered, raw: access.raw.unwrap_or(1.0) };
    if baseline.after(&change, Some(access.into())) != baseline.risk {
        match baseline.change(tx, &change, Some(access.into()), at).await {
            // The row was read in this transaction: on PostgreSQL an opening may have come in between. It is
            // worth more than the weight of one answer, and the answer must not be lost for it.
            Err(Error::Stale) => {
                tracing::debug!(guest.id = %access.guest_id, at = %at, "an opening overtook the weight of an answer");
            }
            other => drop(other?),
        }
    }
    Ok(tx.keep_sightings(access.guest_id, access.id).await?)
}
