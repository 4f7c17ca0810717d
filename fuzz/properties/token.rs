//! What holds of any bytes taken for a guest's token; called by the fuzz target and by the test that replays its corpus.

use gg_domain::id::DeploymentId;
use gg_domain::token::{Purpose, SigningKey, Token, Unverified};
use uuid::Uuid;

/// Reads the bytes as a token's text, and as what stands behind one.
///
/// # Panics
/// Where something that is read has another spelling, or opens without having been issued.
pub(crate) fn holds(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        has_one_spelling(text);
    }
    // A mutation of 42 bytes reaches what one of 56 characters seldom does.
    has_one_spelling(&base64url(bytes));
}

fn has_one_spelling(text: &str) {
    let Ok(read) = Unverified::parse(text) else { return };
    assert_eq!(read.to_text(), text, "another text reads the same");

    let (key, audience) = (SigningKey::from_bytes([3; 32]), DeploymentId::from_uuid(Uuid::from_u128(7)));
    if let Ok(claims) = read.verify(&key, audience, &[Purpose::Invite, Purpose::Try]) {
        assert_eq!(claims.key_id, read.key_id());
        assert_eq!(Token::issue(&claims, &key, audience).expose(), text, "it opens, and was not issued");
    }
}

/// RFC 4648, 5, without padding: written here, so that it is not our codec that judges our codec.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for letter in 0..=three.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * letter)) as usize & 63]));
        }
    }
    text
}
