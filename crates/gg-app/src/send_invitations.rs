//! Sends invitations and reminders: puts each guest's into the outbox, with the link made where there is none. Whoever
//! cannot be reached is named as skipped, with the reason: nobody is told that something goes out which does not.

use std::collections::HashSet;
use std::sync::Arc;

use gg_domain::actor::Actor;
use gg_domain::fields::FieldErrors;
use gg_domain::id::{EventId, GuestId, InviteId, MessageId};
use gg_domain::invite::link_expired;
use gg_domain::message::{Channel, MessageKind, MessageState};
use gg_store::{Conn, GuestRow, NewMessage, WriteTx};

use crate::App;
use crate::error::{Error, Result};
use crate::facts;
use crate::invite_guest::{NextLink, next_link};
use crate::plan_event::member;

/// Guests named in one call; who wants more says `all`.
pub const NAMED_GUESTS_MAX: usize = 10_000;
/// Messages put into the outbox in one transaction: some milliseconds, for which answers wait.
const QUEUED_AT_ONCE: usize = 100;

const fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "e-mail",
        Channel::Sms => "SMS",
        Channel::WhatsApp => "WhatsApp",
    }
}

/// To whom messages go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recipients {
    /// Every guest of the event.
    All,
    /// These.
    Named(Vec<GuestId>),
}

/// A guest to whom nothing was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// Who.
    pub guest: GuestId,
    /// Why.
    pub reason: String,
}

/// What came of sending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// Messages on their way.
    pub queued: usize,
    /// Guests without one.
    pub skipped: Vec<Skipped>,
}

/// A guest who gets a message, with the ids that it may need.
#[derive(Clone, Copy, Debug)]
struct Addressed {
    guest: GuestId,
    invite: InviteId,
    message: MessageId,
}

impl App {
    /// Sends guests their links.
    ///
    /// # Errors
    /// [`Error::Invalid`] where somebody named is no guest of the event, [`Error::LinksOver`], [`Error::NotFound`],
    /// [`Error::Forbidden`]. What was put into the outbox until then stays.
    pub async fn send_invitations(
        &self,
        actor: Actor,
        event: EventId,
        recipients: Recipients,
        channel: Channel,
        kind: MessageKind,
    ) -> Result<Sent> {
        // A key that was retired beside this server must not sign a link.
        self.keyring.refresh().await;
        let at = self.sources.now();
        let (guests, ends_at) = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                let ends_at = conn.event(&actor, event).await?.ok_or(Error::NotFound)?.ends_at;
                Ok((conn.all_guests(&actor, event).await?, ends_at))
            })
            .await?;
        let chosen = chosen(&guests, recipients)?;
        let (mut addressed, mut skipped) = (Vec::new(), Vec::new());
        for guest in guests.iter().filter(|guest| chosen.contains(&guest.id)) {
            match self.hindrance(guest, channel, kind) {
                Some(reason) => skipped.push(Skipped { guest: guest.id, reason }),
                None => addressed.push(Addressed {
                    guest: guest.id,
                    invite: self.sources.id::<InviteId>(),
                    message: self.sources.id::<MessageId>(),
                }),
            }
        }
        if !addressed.is_empty() && link_expired(ends_at, at) {
            return Err(Error::LinksOver);
        }
        let mut queued = 0;
        for some in addressed.chunks(QUEUED_AT_ONCE) {
            queued += self.queue(actor, event, some.into(), channel, kind).await?;
        }
        Ok(Sent { queued, skipped })
    }

    /// Why a guest gets no such message; none where he does.
    fn hindrance(&self, guest: &GuestRow, channel: Channel, kind: MessageKind) -> Option<String> {
        if !self.outlet.carries(channel) {
            return Some(format!("no {} channel is set up", name(channel)));
        }
        if kind == MessageKind::Reminder && guest.attending.is_some() {
            return Some("has answered already".into());
        }
        match channel {
            Channel::Email => guest.email.is_none().then(|| "has no e-mail address".into()),
            Channel::Sms | Channel::WhatsApp => guest.phone.is_none().then(|| "has no phone number".into()),
        }
    }

    /// Puts messages into the outbox, and gives how many: a guest who was erased in between gets none.
    async fn queue(
        &self,
        actor: Actor,
        event: EventId,
        addressed: Arc<[Addressed]>,
        channel: Channel,
        kind: MessageKind,
    ) -> Result<usize> {
        let (key, at, sources) = (self.keyring.current(), self.sources.now(), self.sources.clone());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let mut queued = 0;
                for one in &*addressed {
                    let guest = one.guest;
                    if tx.lock_guest(guest).await?.is_none() {
                        continue;
                    }
                    let invite = match tx.living_invite(&actor, guest).await? {
                        Some(living) => living.id,
                        None => {
                            let next = NextLink { event, guest, invite: one.invite, key, at };
                            next_link(tx, &actor, &sources, next).await?;
                            one.invite
                        }
                    };
                    let new = NewMessage {
                        id: one.message,
                        event,
                        guest,
                        kind,
                        channel: Some(channel),
                        about: Some(invite.uuid()),
                        state: MessageState::Queued,
                        detail: None,
                        at,
                    };
                    tx.insert_message(&new).await?;
                    let fact =
                        facts::notified(&sources, event, guest, Some(channel), MessageState::Queued, at);
                    tx.append_feed(&fact).await?;
                    queued += 1;
                }
                Ok(queued)
            })
            .await
    }
}

/// The guests that are meant, each once.
fn chosen(guests: &[GuestRow], recipients: Recipients) -> Result<HashSet<GuestId>, FieldErrors> {
    let Recipients::Named(named) = recipients else {
        return Ok(guests.iter().map(|guest| guest.id).collect());
    };
    if named.is_empty() || named.len() > NAMED_GUESTS_MAX {
        return Err(FieldErrors::one("/guest_ids", "name 1 to 10,000 guests, or say all"));
    }
    let known: HashSet<GuestId> = guests.iter().map(|guest| guest.id).collect();
    let (mut errors, mut chosen) = (FieldErrors::default(), HashSet::new());
    for (i, guest) in named.into_iter().enumerate() {
        if !known.contains(&guest) {
            errors.push(format!("/guest_ids/{i}"), "is no guest of this event");
        } else {
            chosen.insert(guest);
        }
    }
    errors.check()?;
    Ok(chosen)
}
