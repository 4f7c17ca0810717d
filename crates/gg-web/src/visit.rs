//! Who comes to a link: what the head of a request says of the browser, the network and the device.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use gg_app::{Fetch, Opening};
use gg_domain::access::{Headers, Method, Network};
use gg_domain::id::{AccountId, DeviceId};
use gg_domain::signals::Signals;

use crate::delay::Arrival;
use crate::device_cookie;
use crate::extract::{ClientIp, Viewer};
use crate::problem::Problem;
use crate::state::Web;

/// A request to one of a guest's addresses, without its body.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// When it came.
    pub arrival: Arrival,
    /// From where, as a trusted proxy says or the connection; none in a test without one.
    pub ip: Option<IpAddr>,
    /// The device whose cookie it brought.
    pub device: Option<DeviceId>,
    /// Who is signed in in this browser: his look at a link of his event is a test.
    pub viewer: Option<AccountId>,
    /// All that is known of where it came from.
    network: Network,
    headers: Headers,
}

impl Visit {
    /// The visit as a GET or HEAD of a link.
    pub(crate) fn fetch(&self, method: Method) -> Fetch {
        Fetch {
            network: self.network.clone(),
            headers: self.headers.clone(),
            method,
            has_cookie: self.device.is_some(),
        }
    }

    /// The visit as an opening of a link, of which the page said `signals`.
    pub(crate) fn opening(&self, signals: Option<Signals>) -> Opening {
        // What a script's call accepts says nothing of the browser (CONTRACT.md).
        let headers = Headers { accept: None, sec_fetch_mode: None, ..self.headers.clone() };
        Opening {
            network: self.network.clone(),
            headers,
            signals,
            device: self.device,
            viewer: self.viewer,
            act: None,
        }
    }
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Ok(arrival) = Arrival::from_request_parts(parts, web).await;
        let Ok(ClientIp(ip)) = ClientIp::from_request_parts(parts, web).await;
        Ok(Self {
            arrival,
            ip,
            network: ip.map(|ip| web.networks.of(ip)).unwrap_or_default(),
            device: device_cookie::read(&parts.headers, &web.app.secrets, &web.site),
            viewer: Viewer::from_request_parts(parts, web).await?.account(),
            headers: headers(&parts.headers),
        })
    }
}

/// Agents are not always ASCII; what is no text at all is as good as absent.
fn headers(map: &HeaderMap) -> Headers {
    Headers::read(|name| std::str::from_utf8(map.get(name)?.as_bytes()).ok())
}
