//! Where a call comes from: the peer, or what a trusted proxy says of it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::state::Web;

/// The caller's address; none where the connection has none (a test).
#[derive(Clone, Copy, Debug)]
pub struct ClientIp(pub Option<IpAddr>);

impl FromRequestParts<Web> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        Ok(Self(peer.map(|peer| client(peer, &parts.headers, &web.site.trusted_proxies))))
    }
}

/// The last hop that no trusted proxy is: whoever stands before it could have written the rest.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip.to_canonical()));
    let mut client = peer.to_canonical();
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Ok(ip) = hop.parse::<IpAddr>() else { break };
        client = ip.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(seen("192.0.2.1", &["203.0.113.7"]), "192.0.2.1");
    }

    #[test]
    fn a_proxy_is_believed_about_its_own_peer_alone() {
        assert_eq!(seen("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        assert_eq!(seen("10.0.0.1", &["rubbish"]), "10.0.0.1");
    }
}
