//! The types of settings, each parsed once from text. What an error says is what to write instead; it never
//! repeats the value, since that may be a secret: the reader decides whether to show it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use tracing_subscriber::filter::Targets;

/// Shorter secrets are refused: they can be guessed from a stolen database.
pub(super) const SECRET_CHARS_MIN: usize = 16;
/// Shorter secrets are warned of: 32 hexadecimal characters hold 128 bits.
pub(super) const SECRET_CHARS_GOOD: usize = 32;

/// A setting that can be read from text.
pub(super) trait Setting: Sized {
    /// Whether the text may be shown in messages.
    const SHOWN: bool = true;

    /// The value, or what to write instead.
    fn parse(text: &str) -> Result<Self, String>;
}

impl Setting for String {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl Setting for bool {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "write true or false".to_owned())
    }
}

impl Setting for PathBuf {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("write a path".to_owned()) } else { Ok(Self::from(text)) }
    }
}

impl Setting for SocketAddr {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| "write an IP address with a port, such as 127.0.0.1:8080 or [::]:8080".to_owned())
    }
}

impl Setting for IpNet {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .or_else(|_| text.parse::<IpAddr>().map(Self::from))
            .map_err(|_| "write a network such as 10.0.0.0/8, or one address".to_owned())
    }
}

/// A secret: it is in no message, no log and no output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the one who needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn is_short(&self) -> bool {
        self.0.chars().count() < SECRET_CHARS_GOOD
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl Setting for Secret {
    const SHOWN: bool = false;

    fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() < SECRET_CHARS_MIN {
            return Err(format!(
                "it has fewer than {SECRET_CHARS_MIN} characters; `openssl rand -hex 32` makes a good one"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A secret of somebody else's making, of any length.
#[derive(Debug)]
pub(super) struct Token;

impl Setting for Token {
    const SHOWN: bool = false;

    fn parse(_: &str) -> Result<Self, String> {
        Ok(Self)
    }
}

/// Which log lines are kept: a level, and others for parts of the program.
#[derive(Debug, Clone, PartialEq)]
pub struct LogFilter(Targets);

impl LogFilter {
    /// The filter for the subscriber.
    #[must_use]
    pub fn targets(&self) -> Targets {
        self.0.clone()
    }
}

impl Setting for LogFilter {
    fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str = "write a level (off, error, warn, info, debug, trace), \
                            and others for parts: info,gg_store=debug";
        // `Targets` would take a mistyped level for the name of a part and log all of it.
        let is_level = |word: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&word);
        let is_directive = |directive: &str| match directive.split_once('=') {
            Some((part, level)) => !part.is_empty() && is_level(level),
            None => is_level(directive),
        };
        if !text.split(',').all(is_directive) {
            return Err(FORM.to_owned());
        }
        text.parse().map(Self).map_err(|_| FORM.to_owned())
    }
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Setting for LogFormat {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("write text or json".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_level_is_no_part_of_the_program() {
        assert!(LogFilter::parse("info,gg_store=debug").is_ok() && LogFilter::parse("off").is_ok());
        for wrong in ["infoo", "", "info,", "gg_store", "gg_store=loud", "=info", "INFO"] {
            assert!(LogFilter::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_never_shows_itself() {
        let secret = Secret::parse("correct horse battery").expect("long enough");
        assert_eq!(format!("{secret:?}"), "Secret(***)");
        assert!(Secret::parse("fifteen letters").is_err());
    }

    #[test]
    fn one_address_is_a_network_too() {
        assert_eq!(IpNet::parse("10.1.2.3").expect("a network").prefix_len(), 32);
        assert!(IpNet::parse("10.0.0.0/33").is_err() && IpNet::parse("proxy.local").is_err());
    }
}
