//! Organisers' accounts, and the one link that makes the first of them.

use std::fmt;

use gg_domain::email::EmailAddress;
use gg_domain::id::AccountId;
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{Arg, Cell, FromCell, ToArg, args, row};

row! {
    /// An organiser.
    pub struct Account {
        /// Who.
        pub id: AccountId,
        /// Where mail reaches him, as he wrote it.
        pub email: EmailAddress,
        /// What his password is compared with.
        pub password_hash: PasswordHash,
        /// Since when.
        pub created_at: Timestamp,
    }
}

/// An Argon2id hash in its text form. Its `Debug` says nothing: who has it can guess at leisure.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash in its text form (`$argon2id$…`).
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, to be compared with.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl ToArg for PasswordHash {
    fn arg(&self) -> Arg<'_> {
        Arg::Text(&self.0)
    }
}

impl FromCell for PasswordHash {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        String::from_cell(cell).map(Self)
    }
}

impl Conn {
    /// The account of that id.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn account(&mut self, id: AccountId) -> Result<Option<Account>> {
        const SQL: &str = "select id, email, password_hash, created_at from accounts where id = $1";
        self.optional(SQL, args![id]).await
    }

    /// The account of that address, however it is spelt.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn account_of(&mut self, email: &EmailAddress) -> Result<Option<Account>> {
        const SQL: &str = "select id, email, password_hash, created_at from accounts where email_key = $1";
        self.optional(SQL, args![email.key()]).await
    }

    /// Whether anybody has an account here.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn has_accounts(&mut self) -> Result<bool> {
        const SQL: &str = "select exists (select 1 from accounts)";
        let (any,) = self.one(SQL, args![]).await?;
        Ok(any)
    }
}

impl WriteTx {
    /// Makes an account; `false` where that address has one already.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn insert_account(&mut self, account: &Account) -> Result<bool> {
        const SQL: &str = "insert into accounts (id, email, email_key, password_hash, created_at)
            values ($1, $2, $3, $4, $5) on conflict (email_key) do nothing";
        let Account { id, email, password_hash, created_at } = account;
        Ok(self.execute(SQL, args![id, email, email.key(), password_hash, created_at]).await? == 1)
    }

    /// Gives an account another password.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn set_password_hash(&mut self, id: AccountId, hash: &PasswordHash) -> Result<()> {
        const SQL: &str = "update accounts set password_hash = $2 where id = $1";
        self.execute(SQL, args![id, hash]).await.map(|_| ())
    }
}
