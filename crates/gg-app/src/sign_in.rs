//! Lets organisers in: the setup link, accounts, sessions, API keys, and who they turn out to be.

use gg_domain::account::Password;
use gg_domain::actor::Scope;
use gg_domain::email::EmailAddress;
use gg_domain::fields::FieldErrors;
use gg_domain::id::{AccountId, ApiKeyId, SessionId};
use gg_domain::text;
use gg_store::{Account, ApiKey, Conn, SESSION_TOUCH_EVERY, Scopes, Session, WriteTx};
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::App;
use crate::error::{Error, Result};
use crate::{password, secrets};

/// A setup link lives so long: a printed line is not forgotten in a log for ever.
const SETUP_LINK_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// Living API keys of one account.
const API_KEYS_MAX: i64 = 100;
/// Most characters of a key's name.
const API_KEY_NAME_CHARS_MAX: usize = 100;
/// Most characters kept of a browser's name.
const AGENT_CHARS_MAX: usize = 200;
/// What every API key begins with, so that scanners of published code know it.
pub const API_KEY_PREFIX: &str = "gg_";

/// Who calls, and with what.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Who.
    pub account: AccountId,
    /// The session or the key: it ends, and so does what was opened with it.
    pub credential: uuid::Uuid,
    /// What a key may be used for; none for a session, which may be used for all.
    pub scopes: Option<Vec<Scope>>,
}

/// A session that was just made. Its secret is told once.
#[derive(Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The cookie's value. A secret.
    pub secret: Zeroizing<String>,
}

impl App {
    /// A setup link's token while there is no account; the ones before it are worthless from now on.
    ///
    /// # Errors
    /// The store's.
    pub async fn setup_token(&self) -> Result<Option<Zeroizing<String>>> {
        let (token, hash) = secrets::handout(&self.sources);
        let now = self.sources.now();
        let offered = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let needed = !tx.has_accounts().await?;
                if needed {
                    tx.replace_setup_link(&hash, now).await?;
                }
                Ok(needed)
            })
            .await?;
        Ok(offered.then_some(token))
    }

    /// Whether a setup link lives.
    ///
    /// # Errors
    /// The store's.
    pub async fn is_setup_token(&self, token: &str) -> Result<bool> {
        let (hash, oldest) = (secrets::hash(token), self.ago(SETUP_LINK_LIFE));
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                Ok(!conn.has_accounts().await? && conn.has_setup_link(&hash, oldest).await?)
            })
            .await
    }

    /// Makes the first account, by the setup link. Of two who race, one gets it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link does not live, [`Error::Invalid`].
    pub async fn set_up(&self, token: &str, email: &str, password: String) -> Result<Account> {
        // First, so that only who has the link can have a password hashed.
        if !self.is_setup_token(token).await? {
            return Err(Error::NotFound);
        }
        let account = self.new_account(email, password).await?;
        let (hash, oldest) = (secrets::hash(token), self.ago(SETUP_LINK_LIFE));
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let first = !tx.has_accounts().await?;
                if !(first && tx.consume_setup_link(&hash, oldest).await?) {
                    return Err(Error::NotFound);
                }
                tx.insert_account(&account).await?;
                Ok(account)
            })
            .await
    }

    /// Makes an account: the operator's word, or who was invited.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a field is wrong or the address has an account.
    pub async fn create_account(&self, email: &str, password: String) -> Result<Account> {
        let account = self.new_account(email, password).await?;
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                if tx.insert_account(&account).await? {
                    return Ok(account);
                }
                Err(FieldErrors::one("/email", "this address has an account already: sign in").into())
            })
            .await
    }

    /// Signs in, as a new session each time. Which of the two was wrong is told by neither word nor time.
    ///
    /// # Errors
    /// [`Error::NotFound`] where address and password do not go together.
    pub async fn sign_in(&self, email: &str, password: String, agent: &str) -> Result<NewSession> {
        let account = match EmailAddress::parse(email) {
            Ok(email) => self.account_of(email).await?,
            Err(_) => None,
        };
        let hash = account.as_ref().map(|account| account.password_hash.clone());
        let matches = password::matches(Password::typed(password), hash).await?;
        match account {
            Some(account) if matches => self.open_session(account.id, agent).await,
            _ => Err(Error::NotFound),
        }
    }

    /// A new session of an account.
    ///
    /// # Errors
    /// The store's.
    pub async fn open_session(&self, account: AccountId, agent: &str) -> Result<NewSession> {
        let (secret, hash) = secrets::handout(&self.sources);
        let (id, now) = (self.sources.id::<SessionId>(), self.sources.now());
        let agent = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX).collect();
        let session = Session { id, agent, created_at: now, used_at: now };
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                Ok(tx.insert_session(account, &session, &hash).await?)
            })
            .await?;
        Ok(NewSession { id, secret })
    }

    /// Who a session's cookie is.
    ///
    /// # Errors
    /// The store's.
    pub async fn session(&self, secret: &str) -> Result<Option<Identity>> {
        let (hash, now) = (secrets::hash(secret), self.sources.now());
        let owner = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> { Ok(conn.session_owner(&hash, now).await?) });
        let Some(owner) = owner.await? else { return Ok(None) };
        if now.duration_since(owner.used_at) > SESSION_TOUCH_EVERY {
            let id = owner.id;
            let touch = self
                .store
                .write(async move |tx: &mut WriteTx| -> Result<_> { Ok(tx.touch_session(id, now).await?) });
            noted(touch.await);
        }
        Ok(Some(Identity { account: owner.account_id, credential: owner.id.uuid(), scopes: None }))
    }

    /// Who an API key is.
    ///
    /// # Errors
    /// The store's.
    pub async fn key(&self, key: &str) -> Result<Option<Identity>> {
        if !key.starts_with(API_KEY_PREFIX) {
            return Ok(None);
        }
        let (hash, now) = (secrets::hash(key), self.sources.now());
        let found = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> { Ok(conn.api_key_of_secret(&hash).await?) });
        let Some(key) = found.await? else { return Ok(None) };
        if key.used_at.is_none_or(|used| now.duration_since(used) > SESSION_TOUCH_EVERY) {
            let id = key.id;
            let touch = self
                .store
                .write(async move |tx: &mut WriteTx| -> Result<_> { Ok(tx.touch_api_key(id, now).await?) });
            noted(touch.await);
        }
        Ok(Some(Identity { account: key.account_id, credential: key.id.uuid(), scopes: Some(key.scopes.0) }))
    }

    /// Ends the session of a cookie.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_out(&self, secret: &str) -> Result<()> {
        let hash = secrets::hash(secret);
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                Ok(tx.delete_session_of_secret(&hash).await?)
            })
            .await
    }

    /// Ends every session of an account, and says how many there were.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_out_everywhere(&self, account: AccountId) -> Result<u64> {
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> { Ok(tx.delete_sessions(account).await?) })
            .await
    }

    /// Ends one session of an account.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn end_session(&self, account: AccountId, session: SessionId) -> Result<()> {
        let ended = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                Ok(tx.delete_session(account, session).await?)
            })
            .await?;
        if ended { Ok(()) } else { Err(Error::NotFound) }
    }

    /// The sessions of an account, the latest used first.
    ///
    /// # Errors
    /// The store's.
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<Session>> {
        let now = self.sources.now();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> { Ok(conn.sessions(account, now).await?) })
            .await
    }

    /// An account.
    ///
    /// # Errors
    /// The store's.
    pub async fn account(&self, account: AccountId) -> Result<Option<Account>> {
        self.store.read(async move |conn: &mut Conn| -> Result<_> { Ok(conn.account(account).await?) }).await
    }

    /// The account of an address.
    ///
    /// # Errors
    /// The store's.
    pub async fn account_of(&self, email: EmailAddress) -> Result<Option<Account>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> { Ok(conn.account_of(&email).await?) })
            .await
    }

    /// A new API key of an account; all scopes where none is named. Its secret is told once.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is none, or too many living keys.
    pub async fn create_api_key(
        &self,
        account: AccountId,
        name: &str,
        scopes: Vec<Scope>,
    ) -> Result<(ApiKeyId, Zeroizing<String>)> {
        let name =
            text::line(name, API_KEY_NAME_CHARS_MAX).map_err(|error| FieldErrors::one("/name", error))?;
        let (random, _) = secrets::handout(&self.sources);
        let secret = Zeroizing::new(format!("{API_KEY_PREFIX}{}", *random));
        let (hash, id, now) = (secrets::hash(&secret), self.sources.id::<ApiKeyId>(), self.sources.now());
        let scopes = if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes };
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let owner = tx.account(account).await?.ok_or(Error::NotFound)?;
                if tx.living_api_keys(account).await? >= API_KEYS_MAX {
                    return Err(
                        FieldErrors::one("/name", "100 living keys at the most: revoke one first").into()
                    );
                }
                let key = ApiKey {
                    id,
                    account_id: account,
                    email: owner.email,
                    name,
                    scopes: Scopes(scopes),
                    created_at: now,
                    used_at: None,
                    revoked_at: None,
                };
                Ok(tx.insert_api_key(&key, &hash).await?)
            })
            .await?;
        Ok((id, secret))
    }

    /// The API keys of an account, or of all.
    ///
    /// # Errors
    /// The store's.
    pub async fn api_keys(&self, account: Option<AccountId>) -> Result<Vec<ApiKey>> {
        self.store.read(async move |conn: &mut Conn| -> Result<_> { Ok(conn.api_keys(account).await?) }).await
    }

    /// Ends an API key, of an account or of whomever.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn revoke_api_key(&self, account: Option<AccountId>, key: ApiKeyId) -> Result<()> {
        let now = self.sources.now();
        let revoked = self
            .store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                Ok(tx.revoke_api_key(account, key, now).await?)
            })
            .await?;
        if revoked { Ok(()) } else { Err(Error::NotFound) }
    }

    pub(crate) async fn new_account(&self, email: &str, password: String) -> Result<Account> {
        let mut errors = FieldErrors::default();
        let email = errors.take("/email", EmailAddress::parse(email));
        let for_email = email.clone().unwrap_or_else(|| {
            EmailAddress::parse("nobody@example.org").expect("an address of the documentation's domain")
        });
        let password = errors.take("/password", Password::choose(password, &for_email));
        let (Some(email), Some(password)) = (email, password) else { return Err(errors.into()) };
        let password_hash = password::hash(password, &self.sources).await?;
        Ok(Account { id: self.sources.id(), email, password_hash, created_at: self.sources.now() })
    }

    fn ago(&self, span: SignedDuration) -> Timestamp {
        self.sources.now().checked_sub(span).unwrap_or(Timestamp::MIN)
    }
}

/// Who is known is let in, even while his use of a session or a key cannot be noted.
fn noted(touch: Result<()>) {
    if let Err(error) = touch {
        tracing::debug!(%error, "the use of a session or a key could not be noted");
    }
}
