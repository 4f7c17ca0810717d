//! Placeholder until the branch with accounts is merged: one key, held in memory.
use gg_domain::id::{DeploymentId, GuestId};
use gg_domain::token::{BadToken, Claims, KeyId, Purpose, SigningKey, Token, Unverified};
/// Keys.
#[derive(Debug)]
pub struct Keyring(SigningKey, DeploymentId);
impl Keyring {
    /// One key.
    pub fn of(key: SigningKey, audience: DeploymentId) -> Self {
        Self(key, audience)
    }
    /// The current key.
    pub fn current(&self) -> KeyId {
        KeyId(1)
    }
    /// The token.
    pub fn token(&self, key_id: KeyId, guest: GuestId, generation: u32, purpose: Purpose) -> Option<Token> {
        Some(Token::issue(&Claims { purpose, key_id, guest, generation }, &self.0, self.1))
    }
    /// What the token says.
    ///
    /// # Errors
    /// [`BadToken`].
    pub async fn verify(&self, token: &str, purposes: &[Purpose]) -> Result<Claims, BadToken> {
        let token = Unverified::parse(token)?;
        if token.key_id() == KeyId(1) { token.verify(&self.0, self.1, purposes) } else { Err(BadToken) }
    }
}
