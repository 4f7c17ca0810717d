//! Addresses among the settings: the public one, other servers, the database. What may hold a password is shown
//! without it.
//!
//! Parsed by hand: what is asked here is a scheme, a host, a port. A URL library would bring ICU for it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::str::FromStr as _;

use super::value::Setting;

/// The origin under which guests reach the server: scheme, host, port where it is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
}

impl PublicUrl {
    /// `https://host` or `http://host:port`, lower case, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether browsers speak TLS with it, so that cookies may be `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// Whether it names this machine alone.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost"
            || bare.ends_with(".localhost")
            || IpAddr::from_str(bare).is_ok_and(|ip| ip.is_loopback())
    }
}

impl Setting for PublicUrl {
    fn parse(text: &str) -> Result<Self, String> {
        let form = || "write scheme and host without a path, such as https://guests.example.com".to_owned();
        let lower = text.to_ascii_lowercase();
        let (scheme, rest) = lower.split_once("://").ok_or_else(form)?;
        let own_port = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err(form()),
        };
        let authority = Authority::parse(rest.strip_suffix('/').unwrap_or(rest)).ok_or_else(form)?;
        let port = authority.port.filter(|&port| port != own_port);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self { origin: format!("{scheme}://{}{port}", authority.host), host: authority.host })
    }
}

/// A risk engine: `http://host:port`. It holds no secret: the token is a setting of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineUrl(String);

impl fmt::Display for EngineUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for EngineUrl {
    // Somebody may have written a password where none belongs.
    const SHOWN: bool = false;

    fn parse(text: &str) -> Result<Self, String> {
        let form =
            || "write http://host:port; it is spoken to without TLS, inside a network of your own".to_owned();
        let rest = text.strip_prefix("http://").ok_or_else(form)?;
        let authority = Authority::parse(rest.strip_suffix('/').unwrap_or(rest)).ok_or_else(form)?;
        let port = authority.port.filter(|&port| port != 0).ok_or_else(form)?;
        Ok(Self(format!("http://{}:{port}", authority.host)))
    }
}

/// Host and port, without user or path.
struct Authority {
    host: String,
    port: Option<u16>,
}

impl Authority {
    fn parse(text: &str) -> Option<Self> {
        let port_at = match text.rfind(']') {
            Some(end) => text[end..].find(':').map(|at| end + at),
            None => text.rfind(':'),
        };
        let (host, port) = match port_at {
            Some(at) => (&text[..at], Some(text[at + 1..].parse().ok()?)),
            None => (text, None),
        };
        let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let valid = match literal {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => {
                // An underscore is in no name of the public DNS, and in many of container networks.
                !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
            }
        };
        valid.then(|| Self { host: host.to_owned(), port })
    }
}

/// The address of another server, with what it takes to be let in; shown without user, password and query.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl(String);

impl ServerUrl {
    /// The whole address, password included, for the driver.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn parse(text: &str, schemes: &[&str], form: &str) -> Result<Self, String> {
        let rest =
            text.split_once("://").filter(|(scheme, _)| schemes.contains(scheme)).map(|(_, rest)| rest);
        match rest {
            Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(format!("write it as {form}")),
        }
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", ""));
        // The last @: a password may hold one that nobody escaped.
        let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(_, place)| ("***@", place));
        let place = place.split(['?', '#']).next().unwrap_or_default();
        write!(f, "{scheme}://{user}{place}")
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}

macro_rules! server_url {
    ($name:ident, $schemes:expr, $form:literal) => {
        /// A server's address, by its schemes.
        #[derive(Debug)]
        pub(super) struct $name;

        impl Setting for $name {
            const SHOWN: bool = false;

            fn parse(text: &str) -> Result<Self, String> {
                ServerUrl::parse(text, $schemes, $form).map(|_| Self)
            }
        }
    };
}

server_url!(NatsUrl, &["nats", "tls"], "nats://host:4222");
server_url!(HttpUrl, &["http", "https"], "https://host:port");
server_url!(SmtpUrl, &["smtp", "smtps"], "smtp://user:password@host:port or smtps://…");

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A database of PostgreSQL.
    Postgres(ServerUrl),
}

impl DatabaseUrl {
    /// `sqlite:PATH` or `postgres://…`, password included, for the store.
    #[must_use]
    pub fn expose(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) => url.expose().to_owned(),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

impl Setting for DatabaseUrl {
    const SHOWN: bool = false;

    fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str = "sqlite:PATH or postgres://user:password@host:port/database";
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains('?') || path.starts_with(":memory:") {
                return Err("write sqlite: and the path of a file, without options".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        ServerUrl::parse(text, &["postgres", "postgresql"], FORM).map(Self::Postgres)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_url_becomes_an_origin() {
        let origin = |text| PublicUrl::parse(text).map(|url| url.origin().to_owned());
        assert_eq!(origin("https://Guests.Example.com/").as_deref(), Ok("https://guests.example.com"));
        assert_eq!(origin("https://example.com:443").as_deref(), Ok("https://example.com"));
        assert_eq!(origin("http://[::1]:8080").as_deref(), Ok("http://[::1]:8080"));
    }

    #[test]
    fn public_url_with_more_or_less_than_an_origin_is_refused() {
        for wrong in [
            "example.com",
            "ftp://example.com",
            "https://",
            "https://a b",
            "https://example.com/path",
            "https://user@example.com",
            "https://example.com:port",
            "https://[::1",
        ] {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn loopback_is_known_in_each_spelling() {
        let is_loopback = |text| PublicUrl::parse(text).expect("an origin").is_loopback();
        assert!(
            is_loopback("http://localhost:1")
                && is_loopback("http://127.9.9.9")
                && is_loopback("http://[::1]")
        );
        assert!(!is_loopback("http://192.168.1.2") && !is_loopback("http://localhost.example.com"));
    }

    #[test]
    fn a_risk_engine_has_host_and_port_and_no_tls() {
        let url = |text| EngineUrl::parse(text).map(|url| url.to_string());
        assert_eq!(url("http://risk:50051/").as_deref(), Ok("http://risk:50051"));
        assert_eq!(url("http://risk_engine:1").as_deref(), Ok("http://risk_engine:1"));
        assert_eq!(url("http://[::1]:50051").as_deref(), Ok("http://[::1]:50051"));
        for wrong in [
            "risk:50051",
            "https://risk:50051",
            "http://risk",
            "http://risk:0",
            "http://a:b@risk:1",
            "http://risk:1/x",
        ] {
            assert!(EngineUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_database_is_shown_without_its_password() {
        let url = DatabaseUrl::parse("postgres://ada:p@ss@db.example.com/gg?password=x").expect("an address");
        assert_eq!(url.to_string(), "postgres://***@db.example.com/gg");
        assert!(!format!("{url:?}").contains("ss@") && !format!("{url:?}").contains("ada"));
    }

    #[test]
    fn sqlite_takes_paths_in_both_spellings() {
        let path = |text| DatabaseUrl::parse(text).expect("a path");
        assert_eq!(path("sqlite:a/b.db"), DatabaseUrl::Sqlite("a/b.db".into()));
        assert_eq!(path("sqlite:///var/b.db"), DatabaseUrl::Sqlite("/var/b.db".into()));
        assert!(
            DatabaseUrl::parse("sqlite::memory:").is_err()
                && DatabaseUrl::parse("sqlite:a?mode=rwc").is_err()
        );
        assert!(DatabaseUrl::parse("mysql://x").is_err());
    }
}
