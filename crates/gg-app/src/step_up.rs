//! Six digits to the invited contact: sent, and judged.
//!
//! The answer is the same, and takes the same statements, whether or not there is a contact: what is asked for is always
//! written, and says to the organiser alone that it could not be sent. A try is counted and judged in one statement,
//! and the count stays whatever comes of it (docs/adr/0012).

use gg_domain::actor::Actor;
use gg_domain::id::{AccessId, MessageId, StepUpCodeId};
use gg_domain::message::{MessageKind, MessageState};
use gg_domain::risk::Label;
use gg_domain::step_up::{CODE_LIFE, CODES_SENT, Code, DAY, TRIES_MAX, TRIES_REST};
use gg_domain::token::{Claims, Purpose};
use gg_store::{AccessRow, CODE_NONCE_LEN, NewCode, NewMessage, TriedCode, WriteTx};
use jiff::{SignedDuration, Timestamp};

use crate::App;
use crate::answer_invite::serving_access;
use crate::error::{Error, Result};
use crate::facts;
use crate::label_access::{Word, word_on};

/// How often a call that met an opening of the same guest is tried again.
const CALL_TRIES: usize = 8;

/// The organiser said that the opening was not the guest's.
const NOT_THE_GUEST: &str = "not the guest";

/// What came of a call that may find a machine's opening, which is judged as a person's first.
enum Came<T> {
    Done(T),
    Machine,
}

/// What came of a try.
enum Tried {
    Right,
    Wrong,
    TooMany(SignedDuration),
}

impl App {
    /// Sends a code for the opening `access` of the link with `token` to the contact that was invited.
    ///
    /// # Errors
    /// [`Error::DeadLink`]; [`Error::Invalid`] for an opening that does not serve; [`Error::TooOften`].
    pub async fn send_code(&self, token: &str, access: AccessId) -> Result<()> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        for _ in 0..CALL_TRIES {
            let at = self.sources.now();
            let nonce = self.sources.bytes::<CODE_NONCE_LEN>();
            let code = self.secrets.step_up_code(&nonce, claims.guest, access);
            let hash = self.secrets.step_up_hash(claims.guest, access, &code);
            let (id, message) = (self.sources.id::<StepUpCodeId>(), self.sources.id::<MessageId>());
            let (sources, outlet) = (self.sources.clone(), self.outlet);
            let came = self
                .store
                .write(async move |tx: &mut WriteTx| -> Result<Came<Option<SignedDuration>>> {
                    tx.lock_guest(claims.guest).await?;
                    let opened = serving_access(tx, claims, access, at).await?;
                    if opened.band.is_none() {
                        return Ok(Came::Machine);
                    }
                    let (guest, event) = (opened.guest_id, opened.event_id);
                    let (since, most) = (day_before(at), CODES_SENT.guest_day);
                    let asked = tx.messages_asked(event, guest, MessageKind::Code, since, most).await?;
                    if let Some(wait) = CODES_SENT.wait(&asked, at) {
                        return Ok(Came::Done(Some(wait)));
                    }
                    let row =
                        tx.guest(&Actor::Invite { event, guest }, guest).await?.ok_or(Error::NotFound)?;
                    let way = outlet.way(row.email.as_ref(), row.phone.as_ref());
                    let channel = way.filter(|_| !is_refused(&opened));
                    let (state, detail) = match channel {
                        Some(_) => (MessageState::Queued, None),
                        None if way.is_some() => (MessageState::Skipped, Some(NOT_THE_GUEST)),
                        None => (MessageState::Skipped, Some(outlet.hindrance())),
                    };

                    let expires_at = at + CODE_LIFE;
                    tx.insert_code(&NewCode { id, guest, event, access, nonce, hash, at, expires_at })
                        .await?;
                    let (kind, about) = (MessageKind::Code, Some(id.uuid()));
                    let new =
                        NewMessage { id: message, event, guest, kind, channel, about, state, detail, at };
                    tx.insert_message(&new).await?;
                    tx.append_feed(&facts::notified(&sources, event, guest, channel, state, at)).await?;
                    Ok(Came::Done(None))
                })
                .await?;
            match came {
                Came::Machine => self.judge_again(claims, access).await?,
                Came::Done(Some(wait)) => return Err(Error::TooOften(wait)),
                Came::Done(None) => {
                    metrics::counter!("guestguard_step_up_codes_total").increment(1);
                    return Ok(());
                }
            }
        }
        Err(Error::Store(gg_store::StoreError::Contended))
    }

    /// Takes a code for the opening `access`: a right one confirms that whoever opened there is the guest, as the
    /// organiser's word does.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for one that is wrong, over, used, or another opening's; [`Error::TooOften`] where nothing
    /// is judged for a while; [`Error::DeadLink`]; [`Error::Invalid`] for an opening that does not serve.
    pub async fn verify_code(&self, token: &str, access: AccessId, code: &Code) -> Result<()> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        let hash = self.secrets.step_up_hash(claims.guest, access, code);
        for _ in 0..CALL_TRIES {
            match self.try_code(claims, access, hash).await {
                Ok(Came::Machine) => self.judge_again(claims, access).await?,
                Ok(Came::Done(tried)) => {
                    let outcome = match &tried {
                        Tried::Right => "right",
                        Tried::Wrong => "wrong",
                        Tried::TooMany(_) => "too_many",
                    };
                    metrics::counter!("guestguard_step_up_tries_total", "outcome" => outcome).increment(1);
                    return match tried {
                        Tried::Right => Ok(()),
                        Tried::Wrong => Err(Error::WrongCode),
                        Tried::TooMany(wait) => Err(Error::TooOften(wait)),
                    };
                }
                // Another opening changed what is known of the guest: nothing of this try was written.
                Err(Error::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Store(gg_store::StoreError::Contended))
    }

    async fn try_code(&self, claims: Claims, access: AccessId, hash: [u8; 32]) -> Result<Came<Tried>> {
        let (at, sources, outlet) = (self.sources.now(), self.sources.clone(), self.outlet);
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                // Behind the lock: what the organiser said of the opening meanwhile stands.
                tx.lock_guest(claims.guest).await?;
                let opened = serving_access(tx, claims, access, at).await?;
                if opened.band.is_none() {
                    return Ok(Came::Machine);
                }
                let guest = opened.guest_id;
                let forgotten_before = at.saturating_sub(TRIES_REST).unwrap_or(Timestamp::MIN);
                let tried = TriedCode { guest, access, hash, at, forgotten_before };
                match tx.try_code(&tried, TRIES_MAX).await? {
                    None => {
                        let last = tx.last_try(guest).await?.unwrap_or(at);
                        Ok(Came::Done(Tried::TooMany(TRIES_REST - at.duration_since(last))))
                    }
                    Some(true) if !is_refused(&opened) => {
                        word_on(tx, &sources, &opened, Word::Code, outlet, at).await?;
                        Ok(Came::Done(Tried::Right))
                    }
                    Some(_) => Ok(Came::Done(Tried::Wrong)),
                }
            })
            .await
    }
}

/// The organiser's "not the guest" stands: no code speaks against it.
fn is_refused(access: &AccessRow) -> bool {
    access.label.as_deref() == Some(Label::NotGuest.as_str())
}

/// The start of what limits look back on.
pub(crate) fn day_before(at: Timestamp) -> Timestamp {
    at.saturating_sub(DAY).unwrap_or(Timestamp::MIN)
}
