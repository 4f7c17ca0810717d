//! The secret of this deployment, and a key of its own derived from it for every use.
//!
//! Each key is `HMAC-SHA-256(secret, label)`, so that what leaks of one use says nothing of another.
//! Signing keys are sealed with ChaCha20-Poly1305 (RFC 8439) under a random nonce.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gg_domain::clock::Sources;
use gg_domain::id::{AccessId, DeviceId, EventId, GuestId};
use gg_domain::step_up::Code;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes of a secret that this program makes.
pub const SECRET_LEN: usize = 32;
/// Bytes of the tag in a device cookie.
const DEVICE_TAG_LEN: usize = 16;

/// A key for one use.
type Key = Zeroizing<[u8; 32]>;

/// The keys of this deployment. Its `Debug` says nothing.
pub struct Secrets {
    sealing: Key,
    device_cookie: Key,
    event_device: Key,
    csrf: Key,
    nonce: Key,
    answers: Key,
    step_up_code: Key,
    step_up_hash: Key,
}

impl Secrets {
    /// The keys that come of `secret`.
    pub fn derive(secret: &[u8]) -> Self {
        let key = |label: &str| Zeroizing::new(mac(secret, &[b"guestguard/", label.as_bytes()]));
        Self {
            sealing: key("sealing"),
            device_cookie: key("device-cookie"),
            event_device: key("event-device"),
            csrf: key("csrf"),
            nonce: key("nonce"),
            answers: key("answers"),
            step_up_code: key("step-up-code"),
            step_up_hash: key("step-up-hash"),
        }
    }

    /// `bytes`, so that only who has the secret can read or change them.
    pub fn seal(&self, sources: &Sources, bytes: &[u8]) -> Vec<u8> {
        seal(&self.sealing, sources, bytes)
    }

    /// What was sealed; none where it was with another secret, or was changed.
    pub fn unseal(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        unseal(&self.sealing, sealed)
    }

    /// What an `Idempotency-Key` of `owner` (an account, a guest) is kept as: the key itself opens [`Secrets::seal_answer`], and is not kept.
    pub fn answer_name(&self, owner: Uuid, key: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.answer_mac(b"name", owner, key))
    }

    /// The answer to a write, so that only who asks again with the same key can read it: it may name a guest, and
    /// of one who is erased nobody must find a trace.
    pub fn seal_answer(&self, sources: &Sources, owner: Uuid, key: &str, answer: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(seal(&self.answer_key(owner, key), sources, answer))
    }

    /// The answer that was sealed for that key.
    pub fn unseal_answer(&self, owner: Uuid, key: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        unseal(&self.answer_key(owner, key), &URL_SAFE_NO_PAD.decode(sealed).ok()?)
    }

    /// A device as one event knows it: what two events know of one browser cannot be put together.
    pub fn event_device(&self, event: EventId, device: DeviceId) -> DeviceId {
        let tag = mac(self.event_device.as_slice(), &[event.uuid().as_bytes(), device.uuid().as_bytes()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&tag[..16]);
        DeviceId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The value of the cookie that names a device.
    pub fn device_cookie(&self, device: DeviceId) -> String {
        let tag = mac(self.device_cookie.as_slice(), &[device.uuid().as_bytes()]);
        URL_SAFE_NO_PAD.encode([device.uuid().as_bytes().as_slice(), &tag[..DEVICE_TAG_LEN]].concat())
    }

    /// The device that a cookie names; none where we did not write it.
    pub fn device_of(&self, cookie: &str) -> Option<DeviceId> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let (id, tag) = bytes.split_at_checked(16)?;
        let expected = mac(self.device_cookie.as_slice(), &[id]);
        let ours: bool = expected[..DEVICE_TAG_LEN].ct_eq(tag).into();
        if ours { Uuid::from_slice(id).ok().map(DeviceId::from_uuid) } else { None }
    }

    /// The word that a session's forms carry.
    pub fn csrf(&self, session_secret: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(self.csrf.as_slice(), &[session_secret.as_bytes()]))
    }

    /// Whether `word` is the one of that session. In constant time.
    pub fn is_csrf(&self, session_secret: &str, word: &str) -> bool {
        self.csrf(session_secret).as_bytes().ct_eq(word.as_bytes()).into()
    }

    /// The word of a guest's form that was made at `micros` (after 1970) for one generation of his link.
    pub fn nonce(&self, guest: GuestId, generation: u32, micros: i64) -> String {
        let tag = mac(
            self.nonce.as_slice(),
            &[guest.uuid().as_bytes(), &generation.to_be_bytes(), &micros.to_be_bytes()],
        );
        URL_SAFE_NO_PAD.encode([micros.to_be_bytes().as_slice(), &tag[..16]].concat())
    }

    /// When a form's word was made; none where it is not ours or of another link.
    pub fn nonce_made_at(&self, guest: GuestId, generation: u32, nonce: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let micros = i64::from_be_bytes(bytes.get(..8)?.try_into().ok()?);
        let ours: bool = self.nonce(guest, generation, micros).as_bytes().ct_eq(nonce.as_bytes()).into();
        ours.then_some(micros)
    }

    /// The six digits that a random nonce makes for one opening of one guest: kept nowhere, made again to be sent.
    pub fn step_up_code(&self, nonce: &[u8], guest: GuestId, access: AccessId) -> Code {
        let (guest, access) = (guest.uuid(), access.uuid());
        let tag = mac(self.step_up_code.as_slice(), &[nonce, guest.as_bytes(), access.as_bytes()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&tag[..16]);
        Code::of(bytes)
    }

    /// What typed digits are judged by: without the secret nobody finds the million of them through it.
    pub fn step_up_hash(&self, guest: GuestId, access: AccessId, code: &Code) -> [u8; 32] {
        let (guest, access) = (guest.uuid(), access.uuid());
        let parts = [guest.as_bytes().as_slice(), access.as_bytes(), code.expose().as_bytes()];
        mac(self.step_up_hash.as_slice(), &parts)
    }

    fn answer_key(&self, owner: Uuid, key: &str) -> Key {
        Zeroizing::new(self.answer_mac(b"seal", owner, key))
    }

    fn answer_mac(&self, use_: &[u8], owner: Uuid, key: &str) -> [u8; 32] {
        mac(self.answers.as_slice(), &[use_, owner.as_bytes(), key.as_bytes()])
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// A new random secret to be handed out once, as 43 characters, and the hash that is kept of it.
pub(crate) fn handout(sources: &Sources) -> (Zeroizing<String>, [u8; 32]) {
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(sources.bytes::<32>()));
    let hash = hash(&text);
    (text, hash)
}

/// What is kept of a random secret: it has 256 bits, so a plain hash suffices.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn seal(key: &Key, sources: &Sources, bytes: &[u8]) -> Vec<u8> {
    let nonce = sources.bytes::<NONCE_LEN>();
    let mut sealed = bytes.to_vec();
    cipher(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .expect("what is sealed is far below what the cipher takes");
    [nonce.as_slice(), sealed.as_slice()].concat()
}

fn unseal(key: &Key, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
    let mut bytes = Zeroizing::new(rest.to_vec());
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let length = cipher(key).open_in_place(nonce, Aad::empty(), &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

fn cipher(key: &Key) -> LessSafeKey {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_slice());
    LessSafeKey::new(key.expect("the cipher takes keys of 32 bytes"))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::derive(b"a secret for tests")
    }

    #[test]
    fn what_was_sealed_is_read_with_the_same_secret_alone() {
        let sealed = secrets().seal(&Sources::system(), b"key");
        let mut changed = sealed.clone();
        changed[NONCE_LEN] ^= 1;

        assert_eq!(secrets().unseal(&sealed).as_deref().map(Vec::as_slice), Some(b"key".as_slice()));
        assert_eq!(Secrets::derive(b"another").unseal(&sealed), None);
        assert_eq!(secrets().unseal(&changed), None);
        assert_eq!(secrets().unseal(b"short"), None);
    }

    #[test]
    fn an_answer_is_read_with_its_key_and_owner_alone() {
        let (ama, kofi) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = secrets().seal_answer(&Sources::system(), ama, "key", b"Efua");
        let read = |owner, key| secrets().unseal_answer(owner, key, &sealed).map(|answer| answer.to_vec());

        assert_eq!(read(ama, "key"), Some(b"Efua".to_vec()));
        assert_eq!(read(ama, "yek"), None);
        assert_eq!(read(kofi, "key"), None);
        assert!(!secrets().answer_name(ama, "key").contains("key"));
    }

    #[test]
    fn a_device_cookie_is_ours_or_nothing() {
        let device = DeviceId::from_uuid(Uuid::from_u128(7));
        let cookie = secrets().device_cookie(device);

        assert_eq!(secrets().device_of(&cookie), Some(device));
        assert_eq!(Secrets::derive(b"another").device_of(&cookie), None);
        assert_eq!(secrets().device_of(&cookie[1..]), None);
        assert_eq!(secrets().device_of(""), None);
    }

    #[test]
    fn two_events_know_one_device_by_different_names() {
        let device = DeviceId::from_uuid(Uuid::from_u128(7));
        let of = |event| secrets().event_device(EventId::from_uuid(Uuid::from_u128(event)), device);

        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert_ne!(of(1), device);
    }

    #[test]
    fn a_code_is_of_one_opening_and_one_secret() {
        let (guest, access) =
            (GuestId::from_uuid(Uuid::from_u128(1)), AccessId::from_uuid(Uuid::from_u128(2)));
        let code =
            |secrets: &Secrets, access| secrets.step_up_code(b"nonce", guest, access).expose().to_string();
        let typed = Code::parse("012345").unwrap();
        let hash = |access| secrets().step_up_hash(guest, access, &typed);

        assert_eq!(code(&secrets(), access), code(&secrets(), access));
        let other = AccessId::from_uuid(Uuid::from_u128(3));
        assert_ne!(code(&secrets(), access), code(&secrets(), other));
        assert_ne!(code(&secrets(), access), code(&Secrets::derive(b"another"), access));
        assert_ne!(hash(access), hash(other));
    }

    #[test]
    fn a_forms_word_is_for_one_generation_of_one_guest() {
        let (one, other) = (GuestId::from_uuid(Uuid::from_u128(1)), GuestId::from_uuid(Uuid::from_u128(2)));
        let word = secrets().nonce(one, 3, 1_000);

        assert_eq!(secrets().nonce_made_at(one, 3, &word), Some(1_000));
        assert_eq!(secrets().nonce_made_at(one, 4, &word), None);
        assert_eq!(secrets().nonce_made_at(other, 3, &word), None);
        assert_eq!(secrets().nonce_made_at(one, 3, "x"), None);
    }
}
