//! What somebody who was stopped at a link asks the organiser for, and what she does with it.

use std::sync::Arc;

use gg_domain::actor::Actor;
use gg_domain::guest::{GuestDetails, GuestInput};
use gg_domain::id::{AccountId, EventId, GuestId, PartyId, WishId};
use gg_domain::step_up::WISHES_TAKEN;
use gg_domain::token::Purpose;
use gg_domain::wish::{Asker, AskerInput, WishKind};
use gg_store::{Conn, WishRow, WriteTx};
use jiff::SignedDuration;

use crate::App;
use crate::error::{Error, Result};
use crate::facts;
use crate::open_invite::open_link;
use crate::plan_event::member;
use crate::step_up::day_before;

/// Wishes that an organiser sees at once, the oldest first: more than she settles in one sitting.
const WISHES_SHOWN_MAX: i64 = 100;

impl App {
    /// Asks for an invitation of one's own, by somebody to whom the link with `token` was passed on. Nothing of the
    /// guest changes by it.
    ///
    /// # Errors
    /// [`Error::DeadLink`], [`Error::Invalid`], [`Error::TooOften`].
    pub async fn ask_own_invitation(
        &self,
        token: &str,
        viewer: Option<AccountId>,
        input: &AskerInput,
    ) -> Result<()> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        let asker = Arc::new(Asker::parse(input)?);
        let (wish, at) = (self.sources.id::<WishId>(), self.sources.now());
        let wait = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<Option<SignedDuration>> {
                let link = open_link(tx, claims, viewer, at).await?;
                if link.test {
                    return Ok(None);
                }
                let (guest, event) = (link.row.guest_id, link.row.event_id);
                tx.lock_guest(guest).await?.ok_or(Error::NotFound)?;
                let asked = tx.wishes_asked(event, guest, day_before(at), WISHES_TAKEN.guest_day).await?;
                if let Some(wait) = WISHES_TAKEN.wait(&asked, at) {
                    return Ok(Some(wait));
                }
                tx.wish_own_invitation(wish, event, guest, &asker, at).await?;
                Ok(None)
            })
            .await?;
        match wait {
            Some(wait) => Err(Error::TooOften(wait)),
            None => Ok(()),
        }
    }

    /// What waits for the organiser of an event, the oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn wishes(&self, actor: Actor, event: EventId) -> Result<Vec<WishRow>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.wishes(&actor, event, WISHES_SHOWN_MAX).await?)
            })
            .await
    }

    /// Makes a guest of who asked for an invitation of his own, and settles the wish.
    ///
    /// # Errors
    /// [`Error::NotFound`] where none such waits, [`Error::Forbidden`].
    pub async fn grant_wish(&self, actor: Actor, event: EventId, wish: WishId) -> Result<GuestId> {
        let (guest, party, at) =
            (self.sources.id::<GuestId>(), self.sources.id::<PartyId>(), self.sources.now());
        let fact = facts::guest_created(&self.sources, event, guest, at);
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                member(tx, &actor, event).await?;
                let wishes = tx.wishes(&actor, event, WISHES_SHOWN_MAX).await?;
                let found = wishes.into_iter().find(|row| row.id == wish);
                let row = found.filter(|row| row.kind == WishKind::OwnInvitation).ok_or(Error::NotFound)?;
                let details = GuestDetails::parse(&GuestInput {
                    name: row.name.map(|name| name.as_str().to_string()).unwrap_or_default(),
                    email: row.email.map(|email| email.as_str().to_string()),
                    phone: row.phone.map(|phone| phone.as_str().to_string()),
                    notes: row.note,
                    ..GuestInput::default()
                })?;

                // Of two who settle it at once, one makes the guest.
                if !tx.settle_wish(event, wish, at).await? {
                    return Err(Error::NotFound);
                }
                tx.insert_guest(event, guest, party, &details, at).await?;
                tx.append_feed(&fact).await?;
                Ok(guest)
            })
            .await
    }

    /// Settles a wish without more.
    ///
    /// # Errors
    /// [`Error::NotFound`] where none such waits, [`Error::Forbidden`].
    pub async fn dismiss_wish(&self, actor: Actor, event: EventId, wish: WishId) -> Result<()> {
        let at = self.sources.now();
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                member(tx, &actor, event).await?;
                if tx.settle_wish(event, wish, at).await? { Ok(()) } else { Err(Error::NotFound) }
            })
            .await
    }
}
