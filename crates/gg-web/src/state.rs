//! What every handler is given: the use cases, the live hub, and where guests reach us.

use std::sync::Arc;

use gg_app::App;
use ipnet::IpNet;

use crate::live::Hub;

/// Renders what was counted, in Prometheus' text form.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub app: App,
    /// Who watches which event.
    pub hub: Arc<Hub>,
    /// Where guests reach us, without a slash at the end.
    pub public_url: Arc<str>,
    /// Whether that is TLS: cookies are marked so.
    pub secure: bool,
    /// Whether no public URL was set: then the loopback names with that port count as one origin.
    pub loopback: bool,
    /// Proxies whose forwarded addresses are believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Renders `/metrics`.
    pub metrics: RenderMetrics,
}
