//! What every handler is given. Placeholder until the branch with accounts is merged.
use std::sync::Arc;

use gg_app::App;
use ipnet::IpNet;

use crate::api::invites::LinkLimits;

/// The web layer's state. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub app: App,
    /// Where guests and organisers reach us, without a slash at the end.
    pub public_url: Arc<str>,
    /// Whether that is https: cookies are then `Secure`.
    pub secure: bool,
    /// Proxies whose forwarded headers are believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// How often links may be opened and answered.
    pub link_limits: Arc<LinkLimits>,
}
