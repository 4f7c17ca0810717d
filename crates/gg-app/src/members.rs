//! Shares an event: invites co-organisers, lets them in, and removes them.

use gg_domain::actor::{Actor, Permission, Role};
use gg_domain::email::EmailAddress;
use gg_domain::fields::FieldErrors;
use gg_domain::id::{AccountId, EventId, MemberInviteId};
use gg_store::{Account, Conn, Denied, Member, MemberInvite, Page, Paging, Removal, WriteTx};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::App;
use crate::error::{Error, Result};
use crate::secrets;

/// An invitation to help waits so long.
const MEMBER_INVITE_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Members and invitations of one event: no event has more helpers, and they fit on one page.
pub const MEMBERS_MAX: usize = 200;

/// An invitation that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct FreshInvite {
    /// What to send. A secret, and kept nowhere.
    pub url: String,
    /// An earlier invitation of that address waited; its link is dead now.
    pub replaces: bool,
}

impl std::fmt::Debug for FreshInvite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FreshInvite").field("replaces", &self.replaces).finish_non_exhaustive()
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotFound => Self::NotFound,
            Denied::Forbidden(forbidden) => forbidden.into(),
            Denied::Store(error) => error.into(),
        }
    }
}

impl App {
    /// Invites whoever has that address, and gives the link to send; alike whether he has an account.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn invite_member(
        &self,
        actor: Actor,
        event: EventId,
        email: &str,
        role: Role,
    ) -> Result<FreshInvite> {
        let email = EmailAddress::parse(email).map_err(|error| FieldErrors::one("/email", error));
        let (token, hash) = secrets::handout(&self.sources);
        let (id, created_at) = (self.sources.id::<MemberInviteId>(), self.sources.now());
        let expires_at = created_at + MEMBER_INVITE_LIFE;
        let replaces = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let helpers = tx.members(&actor, event, created_at).await?;
                let email = email?;
                let mut of_address = helpers.iter().filter(|helper| helper.email.key() == email.key());
                let again = of_address.clone().next().is_some();
                let replaces = of_address.any(|helper| helper.invite_id.is_some());
                if helpers.len() >= MEMBERS_MAX && !again {
                    return Err(
                        FieldErrors::one("/email", "200 helpers at the most: remove one first").into()
                    );
                }
                let invite = MemberInvite { id, event_id: event, email, role, created_at, expires_at };
                tx.upsert_member_invite(&actor, &invite, &hash).await?;
                Ok(replaces)
            })
            .await?;
        Ok(FreshInvite { url: format!("{}/join/{}", self.public_url, *token), replaces })
    }

    /// Whom an invitation is for, while it waits.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn member_invite(&self, token: &str) -> Result<(MemberInvite, String)> {
        let (hash, now) = (secrets::hash(token), self.sources.now());
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let invite = conn.member_invite(&hash, now).await?.ok_or(Error::NotFound)?;
                let event =
                    conn.event(&Actor::System("join"), invite.event_id).await?.ok_or(Error::NotFound)?;
                Ok((invite, event.name))
            })
            .await
    }

    /// Makes an account for the address that was invited, and makes it a member, both or neither.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an invitation that does not wait; [`Error::Invalid`] for a bad password, or
    /// where the address has an account: then he signs in and calls [`App::join_event`].
    pub async fn join_as_newcomer(&self, token: &str, password: String) -> Result<(Account, EventId, Role)> {
        // First, so that only who has an invitation can have a password hashed.
        let (waiting, _) = self.member_invite(token).await?;
        let account = self.new_account(waiting.email.as_str(), password).await?;
        let (hash, now) = (secrets::hash(token), self.sources.now());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let invite =
                    tx.consume_member_invite(&hash, &account.email, now).await?.ok_or(Error::NotFound)?;
                if !tx.insert_account(&account).await? {
                    return Err(
                        FieldErrors::one("/email", "this address has an account already: sign in").into()
                    );
                }
                tx.upsert_member(invite.event_id, account.id, invite.role, now).await?;
                Ok((account, invite.event_id, invite.role))
            })
            .await
    }

    /// Makes the account that was invited a member. An owner stays one.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an invitation that does not wait, or waits for another address.
    pub async fn join_event(&self, account: AccountId, token: &str) -> Result<(EventId, Role)> {
        let (hash, now) = (secrets::hash(token), self.sources.now());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let account = tx.account(account).await?.ok_or(Error::NotFound)?;
                let invite =
                    tx.consume_member_invite(&hash, &account.email, now).await?.ok_or(Error::NotFound)?;
                let actor = Actor::account(account.id, Permission::ReadEvent);
                let before = tx.role(&actor, invite.event_id).await?;
                // Nobody is demoted by accepting: an event must not lose its owner so.
                let role = if before == Some(Role::Owner) { Role::Owner } else { invite.role };
                tx.upsert_member(invite.event_id, account.id, role, now).await?;
                Ok((invite.event_id, role))
            })
            .await
    }

    /// Who helps with an event, and who was invited to.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn members(&self, actor: Actor, event: EventId) -> Result<Vec<Member>> {
        let now = self.sources.now();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> { Ok(conn.members(&actor, event, now).await?) })
            .await
    }

    /// A page of who helps with an event, and who was invited to.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn members_page(
        &self,
        actor: Actor,
        event: EventId,
        paging: Paging<Uuid>,
    ) -> Result<Page<Member, Uuid>> {
        let now = self.sources.now();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                Ok(conn.members_page(&actor, event, now, &paging).await?)
            })
            .await
    }

    /// Removes a member.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for the last owner.
    pub async fn remove_member(&self, actor: Actor, event: EventId, account: AccountId) -> Result<()> {
        let removal = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                Ok(tx.delete_member(&actor, event, account).await?)
            })
            .await?;
        match removal {
            Removal::Removed => Ok(()),
            Removal::NoMember => Err(Error::NotFound),
            Removal::LastOwner => {
                Err(FieldErrors::one("/account_id", "an event keeps one owner: make another one first")
                    .into())
            }
        }
    }

    /// Takes back an invitation that waits.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn uninvite_member(&self, actor: Actor, event: EventId, invite: MemberInviteId) -> Result<()> {
        let taken = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                Ok(tx.delete_member_invite(&actor, event, invite).await?)
            })
            .await?;
        if taken { Ok(()) } else { Err(Error::NotFound) }
    }
}
