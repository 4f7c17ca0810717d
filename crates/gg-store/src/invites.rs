//! Guests' links: one row a generation, and never a token.

use gg_domain::actor::Actor;
use gg_domain::baseline::BaselineChange;
use gg_domain::id::{EventId, GuestId, InviteId};
use gg_domain::invite::InviteState;
use gg_domain::risk::GuestRisk;
use gg_domain::token::KeyId;
use jiff::Timestamp;

use crate::baselines::RiskChange;
use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{args, row};

/// The format of the tokens that this version makes.
const TOKEN_VERSION: i64 = 1;

row! {
    /// One generation of a guest's link.
    pub struct InviteRow {
        /// Its id.
        pub id: InviteId,
        /// The number of the key that signs it.
        pub key_id: u32,
        /// Which of the guest's links.
        pub generation: u32,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was first opened by a human.
        pub opened_at: Option<Timestamp>,
    }
}

/// What the first use of a fresh link changes, beside the links.
#[derive(Clone, Debug)]
pub struct BeginsLink {
    /// The guest's risk row without what was held against the older link, and the number of changes that it must still
    /// have; none where there is no row yet.
    pub reissued: Option<(GuestRisk, i64)>,
}

impl Conn {
    /// The link of a guest that lives, as far as its row says (its event may have ended). Whose event
    /// it is not gets nothing.
    pub async fn living_invite(&mut self, actor: &Actor, guest: GuestId) -> Result<Option<InviteRow>> {
        const SQL: &str = "select id, key_id, generation, created_at, opened_at from invites
            where guest_id = $1 and state = 'living'
                and ($3 or exists
                    (select 1 from members m where m.event_id = invites.event_id and m.account_id = $2))
            order by generation desc limit 1";
        if !actor.reaches_guest(guest) {
            return Ok(None);
        }
        self.optional(SQL, args![guest, actor.account_id(), actor.account_id().is_none()]).await
    }

    /// The link of a guest that was sent to take the place of the one that lives, and that nobody has used yet.
    pub async fn fresh_invite(&mut self, guest: GuestId) -> Result<Option<InviteRow>> {
        const SQL: &str = "select id, key_id, generation, created_at, opened_at from invites
            where guest_id = $1 and state = 'fresh' order by generation desc limit 1";
        self.optional(SQL, args![guest]).await
    }

    /// How many guests of an event have a link that lives, and how many have opened one.
    pub async fn link_counts(&mut self, event: EventId) -> Result<(i64, i64)> {
        const SQL: &str = "select
                cast(count(distinct case when state = 'living' then guest_id end) as bigint),
                cast(count(distinct case when opened_at is not null then guest_id end) as bigint)
            from invites where event_id = $1";
        self.one(SQL, args![event]).await
    }
}

impl WriteTx {
    /// Makes the next generation of a guest's link: the one that lives, or a fresh one beside it.
    pub async fn insert_invite(
        &mut self,
        event: EventId,
        guest: GuestId,
        invite: InviteId,
        key: KeyId,
        state: InviteState,
        at: Timestamp,
    ) -> Result<u32> {
        const SQL: &str = "insert into invites
                (id, guest_id, event_id, key_id, generation, token_version, state, created_at)
            select $1, $2, $3, $4, coalesce(max(generation), 0) + 1, $5, $6, $7
            from invites where guest_id = $2 returning generation";
        let state = state.as_str();
        let args = args![invite, guest, event, key.0, TOKEN_VERSION, state, at];
        let row = self.returning::<(u32,)>(SQL, args).await?;
        row.map(|(generation,)| generation).ok_or_else(|| crate::events::missing("the new link"))
    }

    /// Ends the links of a guest that open, a fresh one too, and says how many did.
    pub async fn end_invites(&mut self, guest: GuestId, state: InviteState) -> Result<u64> {
        const SQL: &str = "update invites set state = $2
            where guest_id = $1 and state in ('living', 'fresh')";
        self.execute(SQL, args![guest, state.as_str()]).await
    }

    /// Ends a link that waits for its first use: the contact that it went to is not the guest's any more.
    pub async fn end_fresh_invite(&mut self, guest: GuestId) -> Result<()> {
        const SQL: &str = "update invites set state = 'revoked' where guest_id = $1 and state = 'fresh'";
        self.execute(SQL, args![guest]).await.map(|_| ())
    }

    /// Makes a fresh link the living one, ends the other, and takes from the guest's risk row what was held against that.
    /// `false`: the row or the link is not what was read, and nothing was written.
    pub async fn begin_link(
        &mut self,
        event: EventId,
        guest: GuestId,
        generation: u32,
        begins: &BeginsLink,
        at: Timestamp,
    ) -> Result<bool> {
        const BEGUN: &str =
            "update invites set state = 'living' where guest_id = $1 and generation = $2 and state = 'fresh'";
        const OTHERS: &str = "update invites set state = 'rotated'
            where guest_id = $1 and generation <> $2 and state in ('living', 'fresh')";
        const FRESH: &str =
            "select state from invites where guest_id = $1 and generation = $2 and state = 'fresh'";
        // Links change behind their guest's lock, so what is read here stays as it is.
        self.lock_guest(guest).await?;
        if self.optional::<(String,)>(FRESH, args![guest, generation]).await?.is_none() {
            return Ok(false);
        }
        let (risk, revision) = match &begins.reissued {
            Some((risk, revision)) => (Some(risk), *revision),
            None => (None, 0),
        };
        if let Some(risk) = risk {
            let change = &BaselineChange::Reissued;
            let new = RiskChange { event, guest, revision, risk, change, access: None, at };
            if !self.change_guest_risk(&new).await? {
                return Ok(false);
            }
        } else if self.guest_risk(&Actor::Invite { event, guest }, guest).await?.1 > 0 {
            return Ok(false);
        }
        self.execute(BEGUN, args![guest, generation]).await?;
        self.execute(OTHERS, args![guest, generation]).await.map(|_| true)
    }

    /// Notes the first human opening of a link.
    pub async fn open_invite(&mut self, guest: GuestId, generation: u32, at: Timestamp) -> Result<bool> {
        const SQL: &str = "update invites set opened_at = $3
            where guest_id = $1 and generation = $2 and opened_at is null";
        Ok(self.execute(SQL, args![guest, generation, at]).await? == 1)
    }
}
