//! Placeholder until the branch with accounts is merged.
use gg_domain::id::{DeviceId, EventId};
/// Secrets.
#[derive(Debug)]
pub struct Secrets;
impl Secrets {
    /// The device as this event knows it.
    pub fn event_device(&self, _event: EventId, device: DeviceId) -> DeviceId {
        device
    }
}
