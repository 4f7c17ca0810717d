//! A new link for whoever is stopped, sent to the contact that was invited: the way out for the guest of a leaked link.
//!
//! It waits as a fresh generation beside the one that lives. Its first use by a person, in that opening's transaction,
//! ends the other and clears what was held against the link; a look at it changes nothing, so that no mail filter ends a
//! guest's link. Until then whoever holds the old one has taken nothing from the guest.

use gg_domain::actor::Actor;
use gg_domain::id::{AccountId, InviteId, MessageId, WishId};
use gg_domain::invite::InviteState;
use gg_domain::message::{MessageKind, MessageState};
use gg_domain::step_up::FRESH_LINKS_SENT;
use gg_domain::token::Purpose;
use gg_store::{NewMessage, WriteTx};
use jiff::SignedDuration;

use crate::App;
use crate::error::{Error, Result};
use crate::facts;
use crate::open_invite::open_link;
use crate::step_up::day_before;

impl App {
    /// Sends the guest of the link with `token` a new one; where there is no way to him, the organiser is asked. An
    /// organiser's own look sends nothing.
    ///
    /// # Errors
    /// [`Error::DeadLink`], [`Error::TooOften`].
    pub async fn send_fresh_link(&self, token: &str, viewer: Option<AccountId>) -> Result<()> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        self.keyring.refresh().await;
        let (key, at) = (self.keyring.current(), self.sources.now());
        let (invite, message, wish) =
            (self.sources.id::<InviteId>(), self.sources.id::<MessageId>(), self.sources.id::<WishId>());
        let (sources, outlet) = (self.sources.clone(), self.outlet);
        let wait = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<Option<SignedDuration>> {
                // Behind the lock: a link that was taken back meanwhile brings forth no other.
                tx.lock_guest(claims.guest).await?;
                let link = open_link(tx, claims, viewer, at).await?;
                if link.test {
                    return Ok(None);
                }
                let (guest, event) = (link.row.guest_id, link.row.event_id);
                let (kind, most) = (MessageKind::FreshLink, FRESH_LINKS_SENT.guest_day);
                let asked = tx.messages_asked(event, guest, kind, day_before(at), most).await?;
                if let Some(wait) = FRESH_LINKS_SENT.wait(&asked, at) {
                    return Ok(Some(wait));
                }
                let row = tx.guest(&Actor::Invite { event, guest }, guest).await?.ok_or(Error::NotFound)?;
                let channel = outlet.way(row.email.as_ref(), row.phone.as_ref());

                let fresh = tx.fresh_invite(guest).await?.map(|fresh| fresh.id);
                let (about, state, detail) = if channel.is_some() {
                    if fresh.is_none() {
                        tx.insert_invite(event, guest, invite, key, InviteState::Fresh, at).await?;
                    }
                    (Some(fresh.unwrap_or(invite).uuid()), MessageState::Queued, None)
                } else {
                    tx.wish_fresh_link(wish, event, guest, at).await?;
                    (None, MessageState::Skipped, Some(outlet.hindrance()))
                };
                let new = NewMessage { id: message, event, guest, kind, channel, about, state, detail, at };
                tx.insert_message(&new).await?;
                tx.append_feed(&facts::notified(&sources, event, guest, channel, state, at)).await?;
                Ok(None)
            })
            .await?;
        match wait {
            Some(wait) => Err(Error::TooOften(wait)),
            None => Ok(()),
        }
    }
}
