//! Gives a guest his link: issues, rotates and revokes it, and lets the organiser try it.
//!
//! The token is never stored: a row says key id and generation, and the token is made from them
//! each time it is told.

use gg_domain::actor::Actor;
use gg_domain::baseline::BaselineChange;
use gg_domain::clock::Sources;
use gg_domain::decision::Decision;
use gg_domain::id::{EventId, GuestId, InviteId};
use gg_domain::invite::{InviteState, TRY_LIFE, link_expired};
use gg_domain::token::{KeyId, Purpose, Token};
use gg_store::{Conn, InviteRow, WriteTx};
use jiff::Timestamp;

use crate::App;
use crate::baseline::Baseline;
use crate::decide::{Decided, keep_decision};
use crate::error::{Error, Result};
use crate::keep_guests::member_guest;

/// A guest's link, told to the organiser who asked for it.
#[derive(Debug)]
pub struct Link {
    /// The address to send. A secret.
    pub url: String,
    /// Its last part. A secret.
    pub token: Token,
}

impl App {
    /// The guest's link: the one that lives, or a new one where none does.
    ///
    /// # Errors
    /// [`Error::LinksOver`] long after the event, [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn invite_guest(&self, actor: Actor, guest: GuestId) -> Result<Link> {
        self.issue(actor, guest, false).await
    }

    /// A new link for the guest; those before it are dead from now on.
    ///
    /// # Errors
    /// As [`App::invite_guest`].
    pub async fn rotate_invite(&self, actor: Actor, guest: GuestId) -> Result<Link> {
        self.issue(actor, guest, true).await
    }

    /// Takes the guest's link back.
    ///
    /// # Errors
    /// [`Error::NotFound`] where none lives, [`Error::Forbidden`].
    pub async fn revoke_invite(&self, actor: Actor, guest: GuestId) -> Result<()> {
        let (sources, at) = (self.sources.clone(), self.sources.now());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, _) = member_guest(tx, &actor, guest).await?;
                // Behind the lock: a link that is being made at this moment ends too.
                tx.lock_guest(guest).await?.ok_or(Error::NotFound)?;
                let ended = tx.end_invites(guest, InviteState::Revoked).await?;
                if ended == 0 {
                    return Err(Error::NotFound);
                }
                let decision = Decision::LinkRevoked;
                let decided = Decided { event: row.event_id, guest, access: None, decision, at };
                keep_decision(tx, &actor, &sources, decided).await
            })
            .await
    }

    /// The guest's living link as it stands, without its secret.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn living_invite(&self, actor: Actor, guest: GuestId) -> Result<Option<InviteRow>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member_guest(conn, &actor, guest).await?;
                Ok(conn.living_invite(&actor, guest).await?)
            })
            .await
    }

    /// The guest's living link, told again; none where none lives, or its key is retired.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn tell_invite(&self, actor: Actor, guest: GuestId) -> Result<Option<Link>> {
        let Some(row) = self.living_invite(actor, guest).await? else { return Ok(None) };
        Ok(self.tell(KeyId(row.key_id), guest, row.generation, Purpose::Invite).ok())
    }

    /// A link that opens the guest's page as a test, for an hour: not scored, not bound, marked.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn try_invite(&self, actor: Actor, guest: GuestId) -> Result<Link> {
        self.guest(actor, guest).await?;
        self.keyring.refresh().await;
        let ends = self.sources.now() + TRY_LIFE;
        // A try has no generation: in its place stands the minute at which it ends.
        let minute = u32::try_from(ends.as_second() / 60).unwrap_or(u32::MAX);
        self.tell(self.keyring.current(), guest, minute, Purpose::Try)
    }

    async fn issue(&self, actor: Actor, guest: GuestId, anew: bool) -> Result<Link> {
        // A key that was retired beside this server must not sign a link.
        self.keyring.refresh().await;
        let (invite, key, at) = (self.sources.id::<InviteId>(), self.keyring.current(), self.sources.now());
        let sources = self.sources.clone();
        let (key, generation) = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, _) = member_guest(tx, &actor, guest).await?;
                let event = tx.event(&actor, row.event_id).await?.ok_or(Error::NotFound)?;
                if link_expired(event.ends_at, at) {
                    return Err(Error::LinksOver);
                }
                // The guest's row is the lock: of two who issue at once, the second finds the first's link.
                tx.lock_guest(guest).await?.ok_or(Error::NotFound)?;
                if let Some(living) = tx.living_invite(&actor, guest).await?
                    && !anew
                {
                    return Ok((KeyId(living.key_id), living.generation));
                }

                tx.end_invites(guest, InviteState::Rotated).await?;
                let next = NextLink { event: row.event_id, guest, invite, key, at };
                Ok((key, next_link(tx, &actor, &sources, next).await?))
            })
            .await?;
        self.tell(key, guest, generation, Purpose::Invite)
    }

    pub(crate) fn tell(&self, key: KeyId, guest: GuestId, generation: u32, purpose: Purpose) -> Result<Link> {
        let token = self.keyring.token(key, guest, generation, purpose).ok_or(Error::NoLink)?;
        Ok(Link { url: format!("{}/i/{}", self.public_url, token.expose()), token })
    }
}

/// A link on its way to a guest who has none, or whose last one has just ended.
pub(crate) struct NextLink {
    pub(crate) event: EventId,
    pub(crate) guest: GuestId,
    pub(crate) invite: InviteId,
    pub(crate) key: KeyId,
    pub(crate) at: Timestamp,
}

/// Makes a guest's next living link, behind his lock, and gives its generation. Nobody else has it: what was held against the
/// one before is over.
pub(crate) async fn next_link(
    tx: &mut WriteTx,
    actor: &Actor,
    sources: &Sources,
    next: NextLink,
) -> Result<u32> {
    let NextLink { event, guest, invite, key, at } = next;
    let generation = tx.insert_invite(event, guest, invite, key, InviteState::Living, at).await?;
    tx.settle_fresh_link_wish(guest, at).await?;
    let baseline = Baseline::read(tx, actor, event, guest).await?;
    if baseline.revision > 0 {
        baseline.change(tx, &BaselineChange::Reissued, None, at).await?;
    }
    let decision = if generation > 1 { Decision::LinkReissued } else { Decision::LinkIssued };
    keep_decision(tx, actor, sources, Decided { event, guest, access: None, decision, at }).await?;
    Ok(generation)
}
