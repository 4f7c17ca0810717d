//! Sends invitations and reminders. No channel works in this build, and nobody is told otherwise: every guest is
//! named as skipped, with the reason.

use std::collections::HashSet;

use gg_domain::actor::Actor;
use gg_domain::fields::FieldErrors;
use gg_domain::id::{EventId, GuestId};
use gg_store::{Conn, GuestRow};

use crate::App;
use crate::error::Result;
use crate::plan_event::member;

/// Guests named in one call; who wants more says `all`.
pub const NAMED_GUESTS_MAX: usize = 10_000;

/// The way on which a message goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// Mail.
    Email,
    /// A text message.
    Sms,
    /// WhatsApp.
    WhatsApp,
}

impl Channel {
    const fn name(self) -> &'static str {
        match self {
            Self::Email => "e-mail",
            Self::Sms => "SMS",
            Self::WhatsApp => "WhatsApp",
        }
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

impl App {
    /// Sends guests their links.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] where somebody named is no guest of the event, [`crate::Error::NotFound`],
    /// [`crate::Error::Forbidden`].
    pub async fn send_invitations(
        &self,
        actor: Actor,
        event: EventId,
        recipients: Recipients,
        channel: Channel,
    ) -> Result<Sent> {
        let guests = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.all_guests(&actor, event).await?)
            })
            .await?;
        let reason = format!("no {} channel is set up", channel.name());
        let skip = |guest| Skipped { guest, reason: reason.clone() };
        let skipped = chosen(&guests, recipients)?.into_iter().map(skip).collect();
        Ok(Sent { queued: 0, skipped })
    }
}

/// The guests that are meant, each once.
fn chosen(guests: &[GuestRow], recipients: Recipients) -> Result<Vec<GuestId>, FieldErrors> {
    let Recipients::Named(named) = recipients else {
        return Ok(guests.iter().map(|guest| guest.id).collect());
    };
    if named.is_empty() || named.len() > NAMED_GUESTS_MAX {
        return Err(FieldErrors::one("/guest_ids", "name 1 to 10,000 guests, or say all"));
    }
    let known: HashSet<GuestId> = guests.iter().map(|guest| guest.id).collect();
    let (mut errors, mut seen, mut chosen) = (FieldErrors::default(), HashSet::new(), Vec::new());
    for (i, guest) in named.into_iter().enumerate() {
        if !known.contains(&guest) {
            errors.push(format!("/guest_ids/{i}"), "is no guest of this event");
        } else if seen.insert(guest) {
            chosen.push(guest);
        }
    }
    errors.check()?;
    Ok(chosen)
}
