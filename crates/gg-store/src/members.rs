//! Who helps with an event: members, and those who were invited and did not come yet.
//!
//! Membership is tenancy: [`Conn::admit`] is the door of every event.

use gg_domain::actor::{Actor, Forbidden, Role};
use gg_domain::email::EmailAddress;
use gg_domain::id::{AccountId, EventId, MemberInviteId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, WriteTx};
use crate::error::{Result, StoreError};
use crate::page::{Page, Paging};
use crate::value::{args, row};

/// Why somebody was not let into an event.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Denied {
    /// To him there is no such event.
    #[error("there is no such event")]
    NotFound,
    /// He is a member, and his role does not suffice.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The store could not tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

row! {
    /// A member, or somebody who was invited to be one.
    pub struct Member {
        /// Who; nobody yet where he did not accept.
        pub account_id: Option<AccountId>,
        /// The invitation, where it waits.
        pub invite_id: Option<MemberInviteId>,
        /// His address.
        pub email: EmailAddress,
        /// What he is, or will be, to the event.
        pub role: Role,
        /// Since when he is a member, or invited.
        pub created_at: Timestamp,
    }
}

impl Member {
    /// What names him in the list: his account, or his invitation while he has none.
    fn id(&self) -> Uuid {
        self.account_id
            .map_or_else(|| self.invite_id.map_or(Uuid::nil(), MemberInviteId::uuid), AccountId::uuid)
    }
}

row! {
    /// An invitation to help with an event.
    pub struct MemberInvite {
        /// Which.
        pub id: MemberInviteId,
        /// With what.
        pub event_id: EventId,
        /// Who is meant: an account of that address alone can accept.
        pub email: EmailAddress,
        /// As what.
        pub role: Role,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it ends.
        pub expires_at: Timestamp,
    }
}

impl Conn {
    /// Lets `actor` into `event` for what he came to do, and says with which role.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn admit(&mut self, actor: &Actor, event: EventId) -> Result<Role, Denied> {
        let role = self.role(actor, event).await?;
        actor.judge(role)?.ok_or(Denied::NotFound)
    }

    /// The members of an event, and after them who was invited and may still come; each in the order of ids.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn members(
        &mut self,
        actor: &Actor,
        event: EventId,
        now: Timestamp,
    ) -> Result<Vec<Member>, Denied> {
        const MEMBERS: &str = "select m.account_id, null, a.email, m.role, m.created_at
            from members m join accounts a on a.id = m.account_id where m.event_id = $1 order by m.account_id";
        const INVITED: &str = "select null, id, email, role, created_at
            from member_invites where event_id = $1 and expires_at > $2 order by id";
        self.admit(actor, event).await?;
        let mut members: Vec<Member> = self.all(MEMBERS, args![event]).await?;
        members.extend(self.all::<Member>(INVITED, args![event, now]).await?);
        Ok(members)
    }

    /// A page of the members of an event and of who was invited and may still come, in the order of ids.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn members_page(
        &mut self,
        actor: &Actor,
        event: EventId,
        now: Timestamp,
        paging: &Paging<Uuid>,
    ) -> Result<Page<Member, Uuid>, Denied> {
        const SQL: &str = "select account_id, invite_id, email, role, created_at from (
                select m.account_id as id, m.account_id, null as invite_id, a.email, m.role, m.created_at
                from members m join accounts a on a.id = m.account_id where m.event_id = $1
                union all select id, null, id, email, role, created_at
                from member_invites where event_id = $1 and expires_at > $2) as helpers
            where id > $3 order by id limit $4";
        self.admit(actor, event).await?;
        let rows = self.all(SQL, args![event, now, paging.above(), paging.rows()]).await?;
        Ok(paging.page(rows, Member::id))
    }

    /// The invitation of that secret, while it lives. The secret is the key: no actor is asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn member_invite(
        &mut self,
        secret_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<MemberInvite>> {
        const SQL: &str = "select id, event_id, email, role, created_at, expires_at
            from member_invites where secret_hash = $1 and expires_at > $2";
        self.optional(SQL, args![secret_hash, now]).await
    }
}

impl Conn {
    /// What the account of a session or of an API key is to an event: `None` once either has ended.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn credential_role(
        &mut self,
        event: EventId,
        credential: Uuid,
        now: Timestamp,
    ) -> Result<Option<Role>> {
        const SQL: &str = "select m.role from members m where m.event_id = $1 and m.account_id in (
                select account_id from sessions where id = $2 and expires_at > $3
                union select account_id from api_keys where id = $2 and revoked_at is null)";
        Ok(self.optional::<(Role,)>(SQL, args![event, credential, now]).await?.map(|(role,)| role))
    }
}

impl WriteTx {
    /// Makes an account a member of an event that was just made, or that it was invited to. An old role gives way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn upsert_member(
        &mut self,
        event: EventId,
        account: AccountId,
        role: Role,
        now: Timestamp,
    ) -> Result<()> {
        const SQL: &str =
            "insert into members (event_id, account_id, role, created_at) values ($1, $2, $3, $4)
            on conflict (event_id, account_id) do update set role = excluded.role";
        self.execute(SQL, args![event, account, role, now]).await.map(|_| ())
    }

    /// Invites an address to help. An earlier invitation of that address is void, its link dead.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn upsert_member_invite(
        &mut self,
        actor: &Actor,
        invite: &MemberInvite,
        secret_hash: &[u8; 32],
    ) -> Result<(), Denied> {
        const SQL: &str = "insert into member_invites
                (id, event_id, email, email_key, role, secret_hash, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (event_id, email_key) do update set id = excluded.id, email = excluded.email,
                role = excluded.role, secret_hash = excluded.secret_hash, created_at = excluded.created_at,
                expires_at = excluded.expires_at";
        let MemberInvite { id, event_id, email, role, created_at, expires_at } = invite;
        self.admit(actor, *event_id).await?;
        let key = email.key();
        let args = args![id, event_id, email, key, role, secret_hash, created_at, expires_at];
        Ok(self.execute(SQL, args).await.map(|_| ())?)
    }

    /// Uses up the invitation of that secret, if it is one for `email` and lives: of two who try, one gets it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consume_member_invite(
        &mut self,
        secret_hash: &[u8; 32],
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Option<MemberInvite>> {
        const SQL: &str =
            "delete from member_invites where secret_hash = $1 and email_key = $2 and expires_at > $3
            returning id, event_id, email, role, created_at, expires_at";
        self.returning(SQL, args![secret_hash, email.key(), now]).await
    }

    /// Takes back an invitation that waits; `false` where there is no such one.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn delete_member_invite(
        &mut self,
        actor: &Actor,
        event: EventId,
        id: MemberInviteId,
    ) -> Result<bool, Denied> {
        const SQL: &str = "delete from member_invites where event_id = $1 and id = $2";
        self.admit(actor, event).await?;
        Ok(self.execute(SQL, args![event, id]).await? == 1)
    }

    /// Removes a member, unless he is the last owner.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn delete_member(
        &mut self,
        actor: &Actor,
        event: EventId,
        account: AccountId,
    ) -> Result<Removal, Denied> {
        // The event's row is the lock: two owners who remove each other at once must not both succeed.
        const LOCK: &str = "update events set revision = revision where id = $1";
        const OWNERS: &str = "select account_id from members where event_id = $1 and role = 'owner'";
        const DELETE: &str = "delete from members where event_id = $1 and account_id = $2";
        self.admit(actor, event).await?;
        self.execute(LOCK, args![event]).await?;
        // Again: he may have been removed while he waited.
        self.admit(actor, event).await?;
        let owners: Vec<(AccountId,)> = self.all(OWNERS, args![event]).await?;
        if owners == [(account,)] {
            return Ok(Removal::LastOwner);
        }
        let removed = self.execute(DELETE, args![event, account]).await? == 1;
        Ok(if removed { Removal::Removed } else { Removal::NoMember })
    }
}

/// What came of removing a member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removal {
    /// He is none any more.
    Removed,
    /// He was none.
    NoMember,
    /// Nobody else could remove the event or invite anyone: he stays.
    LastOwner,
}
