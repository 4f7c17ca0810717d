//! Placeholder until the branch with accounts is merged: sub-keys of one secret.
use gg_domain::id::{DeviceId, EventId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
/// Secrets.
#[derive(Debug)]
pub struct Secrets([u8; 32]);
impl Secrets {
    /// Secrets for tests.
    pub fn for_tests(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The device as this event knows it.
    pub fn event_device(&self, event: EventId, device: DeviceId) -> DeviceId {
        let mut id = [0; 16];
        let tag = self
            .tag("event-device", &[event.uuid().as_bytes().as_slice(), device.uuid().as_bytes()].concat());
        id.copy_from_slice(&tag);
        DeviceId::from_uuid(uuid::Uuid::from_bytes(id))
    }
    /// A tag over `message` that nobody else can make, for the one use that `label` names.
    pub fn tag(&self, label: &str, message: &[u8]) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(label.as_bytes());
        hash.update([0]);
        hash.update(message);
        hash.update(self.0);
        let mut tag = [0; 16];
        tag.copy_from_slice(&hash.finalize()[..16]);
        tag
    }
    /// Whether `tag` is the one over `message`; compared in constant time.
    pub fn tag_holds(&self, label: &str, message: &[u8], tag: &[u8]) -> bool {
        self.tag(label, message).ct_eq(tag).into()
    }
}
