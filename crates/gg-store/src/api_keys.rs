//! Keys for the API. A key's secret is kept as its hash alone.

use gg_domain::actor::Scope;
use gg_domain::email::EmailAddress;
use gg_domain::id::{AccountId, ApiKeyId};
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{Cell, FromCell, args, row};

row! {
    /// A key, without its secret.
    pub struct ApiKey {
        /// Which.
        pub id: ApiKeyId,
        /// Whose.
        pub account_id: AccountId,
        /// The address of his account.
        pub email: EmailAddress,
        /// What its owner calls it.
        pub name: String,
        /// What it may be used for.
        pub scopes: Scopes,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last seen, roughly.
        pub used_at: Option<Timestamp>,
        /// When it was revoked, if it was.
        pub revoked_at: Option<Timestamp>,
    }
}

/// What a key may be used for, kept as words with a space between.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scopes(pub Vec<Scope>);

impl Scopes {
    fn text(&self) -> String {
        self.0.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl FromCell for Scopes {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        let Cell::Text(text) = cell else { return None };
        text.split_whitespace().map(Scope::parse).collect::<Option<_>>().map(Self)
    }
}

impl Conn {
    /// The key of that secret, unless it was revoked.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn api_key_of_secret(&mut self, secret_hash: &[u8; 32]) -> Result<Option<ApiKey>> {
        const SQL: &str =
            "select k.id, k.account_id, a.email, k.name, k.scopes, k.created_at, k.used_at, k.revoked_at
            from api_keys k join accounts a on a.id = k.account_id
            where k.secret_hash = $1 and k.revoked_at is null";
        self.optional(SQL, args![secret_hash]).await
    }

    /// The keys of an account, or of all, oldest first, revoked ones too.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn api_keys(&mut self, account: Option<AccountId>) -> Result<Vec<ApiKey>> {
        const SQL: &str =
            "select k.id, k.account_id, a.email, k.name, k.scopes, k.created_at, k.used_at, k.revoked_at
            from api_keys k join accounts a on a.id = k.account_id
            where $2 or k.account_id = $1 order by k.id";
        self.all(SQL, args![account, account.is_none()]).await
    }

    /// How many keys of an account are not revoked.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn living_api_keys(&mut self, account: AccountId) -> Result<i64> {
        const SQL: &str =
            "select cast(count(*) as bigint) from api_keys where account_id = $1 and revoked_at is null";
        let (count,) = self.one(SQL, args![account]).await?;
        Ok(count)
    }
}

impl WriteTx {
    /// Keeps a new key.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn insert_api_key(&mut self, key: &ApiKey, secret_hash: &[u8; 32]) -> Result<()> {
        const SQL: &str = "insert into api_keys (id, account_id, name, secret_hash, scopes, created_at)
            values ($1, $2, $3, $4, $5, $6)";
        let ApiKey { id, account_id, name, scopes, created_at, .. } = key;
        self.execute(SQL, args![id, account_id, name, secret_hash, scopes.text(), created_at])
            .await
            .map(|_| ())
    }

    /// Notes that a key is used at `now`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn touch_api_key(&mut self, id: ApiKeyId, now: Timestamp) -> Result<()> {
        const SQL: &str = "update api_keys set used_at = $2 where id = $1";
        self.execute(SQL, args![id, now]).await.map(|_| ())
    }

    /// Revokes a key, of that account where one is named; `false` where there is no such living key.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn revoke_api_key(
        &mut self,
        account: Option<AccountId>,
        id: ApiKeyId,
        now: Timestamp,
    ) -> Result<bool> {
        const SQL: &str = "update api_keys set revoked_at = $3
            where id = $1 and revoked_at is null and ($4 or account_id = $2)";
        Ok(self.execute(SQL, args![id, account, now, account.is_none()]).await? == 1)
    }
}
