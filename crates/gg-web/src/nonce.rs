//! What makes a POST the guest's page's own: the page carries when it was made, signed for this guest and this link.
//!
//! Nobody else's page has one, so a foreign form cannot answer; a page of before the link was replaced cannot either.
//! And it tells how long the page has been open: machines press buttons at once. It is no one-time code, since an
//! answer may be sent again and changed as often as the guest likes, and the same answer twice changes nothing.

use gg_app::Secrets;
use gg_domain::clock::from_micros;
use gg_domain::token::Claims;
use jiff::{SignedDuration, Timestamp};

/// A page may be answered for so long: somebody opens it in the evening and answers at breakfast.
pub const LIFE: SignedDuration = SignedDuration::from_hours(24);
/// A page made by a machine of ours whose clock is ahead by less is not from the future.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// Why a nonce is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadNonce {
    /// Older than [`LIFE`].
    #[error("this page was open for too long")]
    Stale,
    /// Missing, altered, or of another link.
    #[error("this page is not the one that we made for this link")]
    Foreign,
}

/// A nonce for the page of the link with `claims`, made `at`.
pub fn issue(secrets: &Secrets, claims: &Claims, at: Timestamp) -> String {
    secrets.nonce(claims.guest, claims.generation, at.as_microsecond())
}

/// How long ago the page was made that carried `nonce`.
///
/// # Errors
/// [`BadNonce`].
pub fn age(
    nonce: &str,
    secrets: &Secrets,
    claims: &Claims,
    now: Timestamp,
) -> Result<SignedDuration, BadNonce> {
    let made_at = secrets.nonce_made_at(claims.guest, claims.generation, nonce).ok_or(BadNonce::Foreign)?;
    let age = now.duration_since(from_micros(made_at));
    if age < -SKEW {
        Err(BadNonce::Foreign)
    } else if age > LIFE {
        Err(BadNonce::Stale)
    } else {
        Ok(age.max(SignedDuration::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use gg_domain::id::GuestId;
    use gg_domain::token::{KeyId, Purpose};
    use uuid::Uuid;

    use super::*;

    fn claims() -> Claims {
        let guest = GuestId::from_uuid(Uuid::from_u128(7));
        Claims { purpose: Purpose::Invite, key_id: KeyId(1), guest, generation: 3 }
    }

    fn noon() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_page_knows_its_age() {
        let secrets = Secrets::derive(b"one");
        let nonce = issue(&secrets, &claims(), noon());
        let later = noon() + SignedDuration::from_millis(1_400);
        assert_eq!(age(&nonce, &secrets, &claims(), later), Ok(SignedDuration::from_millis(1_400)));
    }

    #[test]
    fn a_page_of_yesterday_is_stale() {
        let secrets = Secrets::derive(b"one");
        let nonce = issue(&secrets, &claims(), noon());
        assert!(age(&nonce, &secrets, &claims(), noon() + LIFE).is_ok());
        let over = noon() + LIFE + SignedDuration::from_micros(1);
        assert_eq!(age(&nonce, &secrets, &claims(), over), Err(BadNonce::Stale));
    }

    #[test]
    fn a_page_of_another_guest_or_link_or_installation_serves_nobody_else() {
        let secrets = Secrets::derive(b"one");
        let nonce = issue(&secrets, &claims(), noon());
        let guest = GuestId::from_uuid(Uuid::from_u128(8));
        for other in [Claims { guest, ..claims() }, Claims { generation: 4, ..claims() }] {
            assert_eq!(age(&nonce, &secrets, &other, noon()), Err(BadNonce::Foreign));
        }
        assert_eq!(age(&nonce, &Secrets::derive(b"two"), &claims(), noon()), Err(BadNonce::Foreign));
    }

    #[test]
    fn a_nonce_made_younger_is_forged() {
        let secrets = Secrets::derive(b"one");
        let old = issue(&secrets, &claims(), noon());
        let young = issue(&secrets, &claims(), noon() + LIFE);
        let spliced = format!("{}{}", &young[..10], &old[10..]);
        for forged in ["", "AAAA", &spliced, &format!("{old}A"), &old[..31]] {
            assert_eq!(age(forged, &secrets, &claims(), noon()), Err(BadNonce::Foreign), "{forged}");
        }
    }
}
