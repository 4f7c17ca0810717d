//! The settings: defaults, `guestguard.toml`, then `GUESTGUARD_*` variables, each before the one named earlier.
//!
//! `guestguard.example.toml` is compiled in and is the list of all keys; what it does not name stops the start.
//! All that is wrong is told at once. Secrets redact themselves, here and in whatever is printed.

mod address;
mod print;
mod problem;
mod reader;
mod source;
mod value;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use gg_networks::Files;
use ipnet::IpNet;

pub use address::{DatabaseUrl, EngineUrl, PublicUrl, ServerUrl};
use address::{HttpUrl, NatsUrl, SmtpUrl};
pub use print::print;
pub use problem::{Problem, Problems};
use reader::Reader;
use source::Sources;
pub use source::{EXAMPLE, Origin};
use value::Token;
pub use value::{LogFilter, LogFormat, Secret};

/// The settings file that is read where none is named.
pub const FILE_NAME: &str = "guestguard.toml";

/// The file of SQLite in the data folder where no database is named.
const SQLITE_FILE_NAME: &str = "guestguard.db";

/// The settings in force; each as `guestguard.example.toml` explains it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address and port to serve on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The origin under which guests reach the server; `None` means `http://` and the bound address.
    pub public_url: Option<PublicUrl>,
    /// Folder for SQLite and secrets.
    pub data_dir: PathBuf,
    /// Where the data is.
    pub database: DatabaseUrl,
    /// Seals the signing keys; `None` means the secret in the data folder.
    pub secret: Option<Secret>,
    /// Networks whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The risk engine in another process; `None` means in this one.
    pub risk_url: Option<EngineUrl>,
    /// Where the risk engine is served to others.
    pub risk_listen: Option<SocketAddr>,
    /// What others must know to ask it, and what we say to one that we ask.
    pub risk_token: Option<Secret>,
    /// Databases of addresses.
    pub networks: Files,
    /// Whether owners read the messages that would be sent to their guests.
    pub outbox_viewer: bool,
    /// What is logged.
    pub log: LogFilter,
    /// How it is written.
    pub log_format: LogFormat,
}

/// Where settings are looked for: what `main` knows of the world, or what a test makes up.
#[derive(Debug, Clone)]
pub struct Places {
    /// The settings file.
    pub file: Option<PathBuf>,
    /// The environment.
    pub env: Vec<(OsString, OsString)>,
}

impl Places {
    /// The file that was named, else `guestguard.toml` in the current folder where there is one; the environment
    /// of this process.
    #[must_use]
    pub fn of_process(named: Option<&Path>) -> Self {
        let usual = || Some(PathBuf::from(FILE_NAME)).filter(|path| path.exists());
        Self { file: named.map(Path::to_owned).or_else(usual), env: std::env::vars_os().collect() }
    }

    fn gather(&self) -> Sources {
        Sources::gather(self.file.as_deref(), self.env.iter().cloned())
    }
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// All that is wrong with them, at once.
    pub fn load(places: &Places) -> Result<Self, Problems> {
        let mut read = Reader::new(places.gather());
        let data_dir: PathBuf = read.one("data_dir");
        let database = read.optional("database.url");
        let settings = Self {
            listen: read.one("listen"),
            public_url: read.optional("public_url"),
            database: database.unwrap_or_else(|| DatabaseUrl::Sqlite(data_dir.join(SQLITE_FILE_NAME))),
            data_dir,
            secret: read.optional("secret"),
            trusted_proxies: read.list("trusted_proxies"),
            risk_url: read.optional("risk.url"),
            risk_listen: read.optional("risk.listen"),
            risk_token: read.optional("risk.token"),
            networks: Files {
                asn: read.optional("network.asn_db"),
                city: read.optional("network.city_db"),
                country: read.optional("network.country_db"),
                anonymous: read.optional("network.anonymous_db"),
            },
            outbox_viewer: read.one("outbox_viewer"),
            log: read.one("log"),
            log_format: read.one("log_format"),
        };
        refuse_what_comes_later(&mut read);
        read.finish()?;
        Ok(settings)
    }

    /// What is allowed and probably not meant, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.public_url.is_none() && !self.listen.ip().is_loopback() {
            warnings.push(format!(
                "listen is {}, which others reach, and public_url is not set: links would begin with that address; \
                 set public_url to what guests are to see",
                self.listen
            ));
        }
        if let Some(url) = self.public_url.as_ref().filter(|url| !url.is_https() && !url.is_loopback()) {
            warnings.push(format!(
                "public_url is {}, without TLS: links and sessions can be read on the way; put a proxy with TLS \
                 before it and write https://",
                url.origin()
            ));
        }
        for everyone in self.trusted_proxies.iter().filter(|network| network.prefix_len() == 0) {
            warnings.push(format!(
                "trusted_proxies has {everyone}: anyone may then claim any address; name your proxies alone"
            ));
        }
        if self.outbox_viewer && !self.is_for_trying() {
            warnings.push(
                "outbox_viewer is on: the owner of an event reads the links and codes of its guests there, and nothing is \
                 really sent; it is for trying things out, so take it away where real guests are invited"
                    .to_owned(),
            );
        }
        if self.secret.as_ref().is_some_and(Secret::is_short) {
            warnings.push(format!(
                "secret has fewer than {} characters; `openssl rand -hex 32` makes a better one, but changing it \
                 ends every link that it sealed",
                value::SECRET_CHARS_GOOD
            ));
        }
        if let Some(listen) = self.risk_listen.filter(|listen| !listen.ip().is_loopback())
            && self.risk_token.is_none()
        {
            warnings.push(format!(
                "risk.listen is {listen}, which others reach, and risk.token is not set: whoever reaches it may ask the \
                 engine; set the same token where it is served and where it is asked"
            ));
        }
        warnings
    }

    /// Whether guests can reach nothing but this very machine.
    fn is_for_trying(&self) -> bool {
        self.public_url.as_ref().map_or_else(|| self.listen.ip().is_loopback(), PublicUrl::is_loopback)
    }
}

/// Settings of parts that come with later issues: known and checked, and refused rather than ignored. Who builds
/// such a part takes its keys from here into `Settings`.
fn refuse_what_comes_later(read: &mut Reader) {
    read.later::<NatsUrl>("nats.url");
    read.later::<SmtpUrl>("smtp.url");
    read.later::<String>("smtp.from");
    read.later::<String>("ses.region");
    read.later::<HttpUrl>("ses.endpoint");
    read.later::<String>("ses.from");
    read.later::<String>("twilio.account_sid");
    read.later::<Token>("twilio.auth_token");
    read.later::<String>("twilio.from");
    read.later::<HttpUrl>("twilio.url");
}

#[cfg(test)]
mod tests;
