//! What handlers share.

use std::ops::Deref;
use std::sync::Arc;

use gg_app::App;
use gg_networks::Networks;
use ipnet::IpNet;

use crate::limits::Limits;
use crate::live::Hub;

/// What handlers share. Behind one pointer: the layers and extractors of a call clone it a dozen times.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

/// What is behind [`Web`].
pub struct Shared {
    /// The use cases.
    pub app: App,
    /// The live feed.
    pub hub: Arc<Hub>,
    /// Limits of calls.
    pub limits: Limits,
    /// How this deployment is reached.
    pub site: Site,
    /// What is known of addresses.
    pub networks: Networks,
}

impl Web {
    /// Fresh limits beside the rest; of addresses nothing is known yet.
    pub fn new(app: App, hub: Arc<Hub>, site: Site) -> Self {
        let (limits, networks) = (Limits::default(), Networks::default());
        Self(Arc::new(Shared { app, hub, limits, site, networks }))
    }

    /// The same, with what is known of addresses.
    ///
    /// # Panics
    /// Where it was shared before: this is a part of making it.
    #[must_use]
    pub fn knowing(mut self, networks: Networks) -> Self {
        Arc::get_mut(&mut self.0).expect("nobody has it yet").networks = networks;
        self
    }
}

impl Deref for Web {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// How this deployment is reached, and what it tells of itself.
pub struct Site {
    /// Origins that our pages come from: the public URL's, and the loopback names while none was set.
    pub origins: Vec<String>,
    /// Whether guests reach us over TLS.
    pub secure: bool,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Renders the metrics.
    pub metrics: Box<dyn Fn() -> String + Send + Sync>,
    /// The demo's one-click way in; none outside a demo.
    pub demo_token: Option<String>,
}

impl Site {
    /// A cookie's name: with the prefix that browsers bind to this host over TLS (RFC 6265bis, 4.1.3.2).
    pub fn cookie(&self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_string() }
    }

    /// Whether a browser's `Origin` is one of ours.
    pub fn is_ours(&self, origin: &str) -> bool {
        self.origins.iter().any(|ours| ours == origin)
    }
}
