//! This deployment: its id (the audience of every token), its epoch, and its sealed signing keys.

use gg_domain::id::DeploymentId;
use gg_domain::invite::LINK_LIFE_AFTER_EVENT;
use gg_domain::token::KeyId;
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{Arg, Cell, FromCell, ToArg, args, row};

row! {
    /// This installation.
    pub struct Deployment {
        /// The audience that every token is made for.
        pub id: DeploymentId,
        /// The word in every message of the live feed that changes when a backup was restored.
        pub epoch: String,
    }
}

row! {
    /// A signing key as it is kept: sealed.
    pub struct SealedKey {
        /// Its number, as it stands in tokens.
        pub id: KeyId,
        /// Its bytes, sealed with the deployment's secret.
        pub sealed: Vec<u8>,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

row! {
    /// A signing key and what depends on it.
    pub struct KeyUse {
        /// Its number.
        pub id: KeyId,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was retired, if it was: its links are dead since.
        pub retired_at: Option<Timestamp>,
        /// Links that it signed and that would open a page now.
        pub living_links: i64,
    }
}

impl ToArg for KeyId {
    fn arg(&self) -> Arg<'_> {
        Arg::Int(self.0.into())
    }
}

impl FromCell for KeyId {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        u32::from_cell(cell).map(Self)
    }
}

impl Conn {
    /// This deployment, once [`WriteTx::found_deployment`] made it.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn deployment(&mut self) -> Result<Option<Deployment>> {
        const SQL: &str = "select id, epoch from deployment";
        self.optional(SQL, args![]).await
    }

    /// The keys that are not retired, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn signing_keys(&mut self) -> Result<Vec<SealedKey>> {
        const SQL: &str =
            "select id, sealed, created_at from signing_keys where retired_at is null order by id";
        self.all(SQL, args![]).await
    }

    /// Every key there ever was, oldest first, with the links that live by it at `now`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn key_uses(&mut self, now: Timestamp) -> Result<Vec<KeyUse>> {
        const SQL: &str = "select k.id, k.created_at, k.retired_at, cast(count(e.id) as bigint)
            from signing_keys k
            left join invites i on i.key_id = k.id and i.state in ('living', 'fresh')
            left join events e on e.id = i.event_id and e.ends_at > $1
            group by k.id, k.created_at, k.retired_at order by k.id";
        let ended = now.saturating_sub(LINK_LIFE_AFTER_EVENT).unwrap_or(Timestamp::MIN);
        self.all(SQL, args![ended]).await
    }
}

impl WriteTx {
    /// This deployment, made with `id` and `epoch` where there is none yet.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn found_deployment(
        &mut self,
        id: DeploymentId,
        epoch: &str,
        now: Timestamp,
    ) -> Result<Deployment> {
        // Two webs that start at once must not found two: PostgreSQL would let both see an empty table.
        const LOCK_POSTGRES: &str = "lock table deployment in exclusive mode";
        const INSERT: &str = "insert into deployment (id, epoch, created_at) values ($1, $2, $3)";
        if let Some(deployment) = self.deployment().await? {
            return Ok(deployment);
        }
        if !self.is_sqlite() {
            self.run(LOCK_POSTGRES).await?;
            if let Some(deployment) = self.deployment().await? {
                return Ok(deployment);
            }
        }
        self.execute(INSERT, args![id, epoch, now]).await?;
        Ok(Deployment { id, epoch: epoch.to_string() })
    }

    /// Begins another epoch: what readers of the live feed remember from before a restore is void.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn renew_epoch(&mut self, epoch: &str) -> Result<()> {
        const SQL: &str = "update deployment set epoch = $1";
        self.execute(SQL, args![epoch]).await.map(|_| ())
    }

    /// The number that the next signing key gets.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn next_key_id(&mut self) -> Result<KeyId> {
        const SQL: &str = "select cast(coalesce(max(id), 0) + 1 as bigint) from signing_keys";
        let (id,) = self.one(SQL, args![]).await?;
        Ok(id)
    }

    /// Keeps a sealed key; `false` where that number was taken meanwhile.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn insert_signing_key(&mut self, id: KeyId, sealed: &[u8], now: Timestamp) -> Result<bool> {
        const SQL: &str = "insert into signing_keys (id, sealed, created_at) values ($1, $2, $3)
            on conflict (id) do nothing";
        Ok(self.execute(SQL, args![id, sealed, now]).await? == 1)
    }

    /// Retires a key: every link that it signed is dead from now on. `false` where there is no such living key.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn retire_signing_key(&mut self, id: KeyId, now: Timestamp) -> Result<bool> {
        const SQL: &str = "update signing_keys set retired_at = $2 where id = $1 and retired_at is null";
        const LINKS: &str = "update invites set state = 'revoked'
            where key_id = $1 and state in ('living', 'fresh')";
        let retired = self.execute(SQL, args![id, now]).await? == 1;
        if retired {
            self.execute(LINKS, args![id]).await?;
        }
        Ok(retired)
    }
}
