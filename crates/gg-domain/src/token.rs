//! The token in a guest's link: who it is for, made so that nobody else can make one.
//!
//! 42 bytes, written as 56 characters of base64url (RFC 4648, 5). 336 bits fill 56 characters to
//! the last bit, so there is no padding, no spare bit and one spelling only.
//!
//! ```text
//! version 1 │ purpose 1 │ key id 4 │ guest 16 │ generation 4 │ HMAC-SHA-256 tag, cut to 16
//! ```
//!
//! The tag also covers the id of this deployment (the audience), so that a token of another
//! installation with the same secret is a stranger here. The format is judged before any database
//! is asked, and the tag is compared in constant time. A token is never stored: it is made again
//! from key id, guest and generation.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::id::{DeploymentId, GuestId};

/// The format that this code reads and writes.
const VERSION: u8 = 1;
/// Bytes before the tag.
const CLAIMS_LEN: usize = 26;
/// Bytes of the tag: 128 bits, the least that RISK.md asks for.
const TAG_LEN: usize = 16;
/// Bytes of a token.
const TOKEN_LEN: usize = CLAIMS_LEN + TAG_LEN;
/// Characters of a token.
pub const TOKEN_CHARS: usize = 56;
/// Keeps this MAC apart from every other use of the same key.
const DOMAIN: &[u8] = b"guestguard/token/v1";

/// What a token opens: a token for one purpose opens nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// The guest's own link.
    Invite,
    /// The organiser's "try the link": opens the guest's page as a test.
    Try,
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::Invite => 1,
            Self::Try => 2,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Invite),
            2 => Some(Self::Try),
            _ => None,
        }
    }
}

/// The number of a signing key, as it stands in tokens and in `keys list`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub u32);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a token says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claims {
    /// What it opens.
    pub purpose: Purpose,
    /// The key that signed it.
    pub key_id: KeyId,
    /// For whom.
    pub guest: GuestId,
    /// Which of this guest's links: a rotation raises it, and the older ones are dead.
    pub generation: u32,
}

/// A secret that signs tokens.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// The key of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to be sealed.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    fn tag(&self, audience: DeploymentId, claims: &[u8]) -> [u8; TAG_LEN] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length");
        mac.update(DOMAIN);
        mac.update(audience.uuid().as_bytes());
        mac.update(claims);
        let full = mac.finalize().into_bytes();
        let mut tag = [0; TAG_LEN];
        tag.copy_from_slice(&full[..TAG_LEN]);
        tag
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// A token as it stands in a link. Its `Debug` says nothing: a token is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// The token that says `claims`, signed by `key` for `audience`.
    pub fn issue(claims: &Claims, key: &SigningKey, audience: DeploymentId) -> Self {
        let mut bytes = [0; TOKEN_LEN];
        bytes[..CLAIMS_LEN].copy_from_slice(&encode(claims));
        bytes[CLAIMS_LEN..].copy_from_slice(&key.tag(audience, &encode(claims)));
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text, for a link or an answer to the organiser who asked for it, and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A token whose format is right, and of which nothing more is known yet.
#[derive(Clone, Copy, Debug)]
pub struct Unverified {
    claims: Claims,
    bytes: [u8; CLAIMS_LEN],
    tag: [u8; TAG_LEN],
}

impl Unverified {
    /// Reads a token's format. No database is asked for one that fails here.
    ///
    /// # Errors
    /// [`BadToken`] for anything but 56 characters of base64url that this code could have written.
    pub fn parse(text: &str) -> Result<Self, BadToken> {
        if text.len() != TOKEN_CHARS {
            return Err(BadToken);
        }
        let mut token = [0; TOKEN_LEN];
        let read = URL_SAFE_NO_PAD.decode_slice(text, &mut token).map_err(|_| BadToken)?;
        if read != TOKEN_LEN {
            return Err(BadToken);
        }
        let (mut bytes, mut tag) = ([0; CLAIMS_LEN], [0; TAG_LEN]);
        bytes.copy_from_slice(&token[..CLAIMS_LEN]);
        tag.copy_from_slice(&token[CLAIMS_LEN..]);
        Ok(Self { claims: decode(&bytes).ok_or(BadToken)?, bytes, tag })
    }

    /// The text that it was read from: it has no other.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode([encode(&self.claims).as_slice(), &self.tag].concat())
    }

    /// The key that the token says it was signed by.
    pub const fn key_id(&self) -> KeyId {
        self.claims.key_id
    }

    /// What the token says, if `key` signed it for `audience` and for one of `purposes`.
    ///
    /// # Errors
    /// [`BadToken`] otherwise. The tag is compared in constant time.
    pub fn verify(
        self,
        key: &SigningKey,
        audience: DeploymentId,
        purposes: &[Purpose],
    ) -> Result<Claims, BadToken> {
        let expected = key.tag(audience, &self.bytes);
        let signed: bool = expected.ct_eq(&self.tag).into();
        if signed && purposes.contains(&self.claims.purpose) { Ok(self.claims) } else { Err(BadToken) }
    }
}

/// Not a token of ours. There is one such error on purpose: what was wrong is nobody's business.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this link is not valid")]
pub struct BadToken;

fn encode(claims: &Claims) -> [u8; CLAIMS_LEN] {
    let mut bytes = [0; CLAIMS_LEN];
    bytes[0] = VERSION;
    bytes[1] = claims.purpose.byte();
    bytes[2..6].copy_from_slice(&claims.key_id.0.to_be_bytes());
    bytes[6..22].copy_from_slice(claims.guest.uuid().as_bytes());
    bytes[22..26].copy_from_slice(&claims.generation.to_be_bytes());
    bytes
}

fn decode(bytes: &[u8; CLAIMS_LEN]) -> Option<Claims> {
    if bytes[0] != VERSION {
        return None;
    }
    Some(Claims {
        purpose: Purpose::from_byte(bytes[1])?,
        key_id: KeyId(u32::from_be_bytes(bytes[2..6].try_into().ok()?)),
        guest: GuestId::from_uuid(Uuid::from_slice(&bytes[6..22]).ok()?),
        generation: u32::from_be_bytes(bytes[22..26].try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn audience() -> DeploymentId {
        DeploymentId::from_uuid(Uuid::from_u128(7))
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes([3; 32])
    }

    fn claims() -> Claims {
        Claims {
            purpose: Purpose::Invite,
            key_id: KeyId(1),
            guest: GuestId::from_uuid(Uuid::from_u128(0x0193_5b2f)),
            generation: 1,
        }
    }

    fn open(text: &str) -> Result<Claims, BadToken> {
        Unverified::parse(text)?.verify(&key(), audience(), &[Purpose::Invite])
    }

    #[test]
    fn a_token_says_what_it_was_issued_for() {
        let token = Token::issue(&claims(), &key(), audience());

        assert_eq!(token.expose().len(), TOKEN_CHARS);
        assert_eq!(open(token.expose()), Ok(claims()));
    }

    /// Fixes the format (made apart, with another language's HMAC): a change of it would kill every link that was ever sent.
    #[test]
    fn the_format_is_fixed() {
        let token = Token::issue(&claims(), &key(), audience());

        assert_eq!(token.expose(), "AQEAAAABAAAAAAAAAAAAAAAAAZNbLwAAAAFiNQYOKPUoPXnBpXxjt2d8");
    }

    #[test]
    fn one_changed_character_anywhere_is_refused() {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let token = Token::issue(&claims(), &key(), audience());
        for at in 0..TOKEN_CHARS {
            for letter in ALPHABET {
                let mut text = token.expose().as_bytes().to_vec();
                if text[at] == *letter {
                    continue;
                }
                text[at] = *letter;
                assert_eq!(open(std::str::from_utf8(&text).unwrap()), Err(BadToken), "at {at}");
            }
        }
    }

    #[test]
    fn another_key_audience_or_purpose_is_refused() {
        let token = Token::issue(&claims(), &key(), audience());
        let read = Unverified::parse(token.expose()).unwrap();
        let stranger = DeploymentId::from_uuid(Uuid::from_u128(8));

        assert!(read.verify(&SigningKey::from_bytes([4; 32]), audience(), &[Purpose::Invite]).is_err());
        assert!(read.verify(&key(), stranger, &[Purpose::Invite]).is_err());
        assert!(read.verify(&key(), audience(), &[Purpose::Try]).is_err());
    }

    #[test]
    fn other_spellings_are_refused() {
        let token = Token::issue(&claims(), &key(), audience());
        let text = token.expose();
        let spellings = [
            format!("{text}="),
            format!("{text}\n"),
            format!(" {text}"),
            text.to_lowercase(),
            text.replace('A', "%41"),
            text[..TOKEN_CHARS - 1].to_string(),
            format!("{text}{text}"),
            format!("{}\0", &text[..TOKEN_CHARS - 1]),
            format!("{}é", &text[..TOKEN_CHARS - 2]),
            String::new(),
        ];
        for spelling in spellings {
            assert_eq!(open(&spelling), Err(BadToken), "{spelling:?}");
        }
    }

    #[test]
    fn neither_token_nor_key_is_told_by_debug() {
        let token = Token::issue(&claims(), &key(), audience());

        assert_eq!(format!("{token:?} {:?}", key()), "Token(…) SigningKey(…)");
    }

    proptest! {
        #[test]
        fn what_is_issued_opens(key_id: u32, guest: u128, generation: u32) {
            let claims = Claims { purpose: Purpose::Invite, key_id: KeyId(key_id), guest: GuestId::from_uuid(Uuid::from_u128(guest)), generation };
            let token = Token::issue(&claims, &key(), audience());
            prop_assert_eq!(open(token.expose()), Ok(claims));
        }

        #[test]
        fn no_text_opens_by_chance_and_none_panics(text in "\\PC{0,80}") {
            prop_assert!(open(&text).is_err());
        }

        #[test]
        fn what_parses_has_one_spelling(bytes in proptest::collection::vec(any::<u8>(), TOKEN_LEN)) {
            let text = URL_SAFE_NO_PAD.encode(&bytes);
            if let Ok(read) = Unverified::parse(&text) {
                prop_assert_eq!(read.to_text(), text);
                prop_assert_eq!(encode(&read.claims), read.bytes);
            }
        }
    }
}
