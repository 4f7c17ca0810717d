//! One file in MaxMind's format: read whole, checked through, dated.
//!
//! Not mapped: a mapping needs `unsafe`, and a file that an updater rewrites in place would change under us. The
//! price is the file's size in memory: 10 MB for a database of networks, 60 to 130 for one of cities.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use maxminddb::{MaxMindDbError, Reader};

use crate::record::Record;

/// A database older than this is warned of: addresses change hands, and publishers bring out a new one each week
/// or month.
pub const STALE_AFTER_DAYS: i64 = 90;
/// A larger file is another one by mistake: the largest of these databases have some 300 MiB.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Records that are read at the start until one says what it is there for: layouts differ by publisher, and a file
/// of which nothing can be read would otherwise be found out by silence.
const RECORDS_TRIED: usize = 10_000;

/// What a setting takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holds {
    Asn,
    City,
    Country,
    Anonymous,
}

impl Holds {
    /// The setting's key.
    const fn key(self) -> &'static str {
        match self {
            Self::Asn => "network.asn_db",
            Self::City => "network.city_db",
            Self::Country => "network.country_db",
            Self::Anonymous => "network.anonymous_db",
        }
    }

    /// Words of which a fitting database has one in its type: `GeoLite2-ASN`, `DBIP-City-Lite`.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Asn => &["ASN", "ISP", "Enterprise", "Location"],
            Self::City => &["City", "Enterprise", "Location"],
            Self::Country => &["Country", "City", "Enterprise", "Location"],
            Self::Anonymous => &["Anonymous"],
        }
    }

    /// Does the record say what the setting is there for?
    fn is_told_by(self, record: &Record<'_>) -> bool {
        match self {
            Self::Asn => record.asn().is_some(),
            Self::City => record.city().or_else(|| record.country()).is_some(),
            Self::Country => record.country().is_some(),
            Self::Anonymous => record.hides(),
        }
    }
}

/// A database in use.
pub struct Database {
    path: PathBuf,
    reader: Reader<Vec<u8>>,
    built_at: Timestamp,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct NetworksError {
    /// The file.
    pub path: PathBuf,
    /// What is the matter, and what helps.
    pub reason: String,
}

impl Database {
    pub(crate) fn open(path: &Path, holds: Holds) -> Result<Self, NetworksError> {
        Self::read(path, holds).map_err(|reason| NetworksError { path: path.to_owned(), reason })
    }

    fn read(path: &Path, holds: Holds) -> Result<Self, String> {
        let about = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
        if !about.is_file() {
            return Err("is no file".to_owned());
        }
        if about.len() > FILE_BYTES_MAX {
            return Err(format!("has {} bytes; a database has at most {FILE_BYTES_MAX}", about.len()));
        }
        let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
        let reader = Reader::from_source(bytes).map_err(|error| damaged(&error))?;
        let kind = &reader.metadata().database_type;
        if !holds.words().iter().any(|word| kind.contains(word)) {
            return Err(format!(
                "is a database of type {}; {} takes one of type {}",
                kind.escape_debug(),
                holds.key(),
                holds.words().join(", ")
            ));
        }
        reader.verify().map_err(|error| damaged(&error))?;
        try_records(&reader, holds)?;
        let built = i64::try_from(reader.metadata().build_epoch).ok();
        let built_at = built
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or("is damaged: it says no date that it was made at; fetch it again")?;
        Ok(Self { path: path.to_owned(), reader, built_at })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What its publisher calls it, such as `GeoLite2-City`.
    pub fn kind(&self) -> &str {
        &self.reader.metadata().database_type
    }

    /// When its publisher made it.
    pub const fn built_at(&self) -> Timestamp {
        self.built_at
    }

    /// Whole days since it was made; a clock that runs behind makes none.
    pub fn age_days(&self, now: Timestamp) -> i64 {
        (now.duration_since(self.built_at).as_hours() / 24).max(0)
    }

    /// Is it too old to be believed?
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.age_days(now) > STALE_AFTER_DAYS
    }

    /// What it says of an address; nothing where it says nothing or cannot be understood.
    pub(crate) fn record(&self, ip: IpAddr) -> Record<'_> {
        let found = self.reader.lookup(ip).and_then(|found| found.decode());
        found.ok().flatten().unwrap_or_default()
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("path", &self.path)
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

/// Sound as a file and laid out otherwise is no use either.
fn try_records(reader: &Reader<Vec<u8>>, holds: Holds) -> Result<(), String> {
    const LAYOUT: &str = "is not laid out as GeoLite2, GeoIP2 and DB-IP are";
    let networks = reader.networks(maxminddb::WithinOptions::default()).map_err(|error| damaged(&error))?;
    for network in networks.take(RECORDS_TRIED) {
        let record = network.and_then(|network| network.decode::<Record<'_>>());
        let record = record.map_err(|error| format!("{LAYOUT}: {error}"))?;
        if record.is_some_and(|record| holds.is_told_by(&record)) {
            return Ok(());
        }
    }
    Err(format!("{LAYOUT}: no record says what {} is there for", holds.key()))
}

fn damaged(error: &MaxMindDbError) -> String {
    format!("is damaged, or no MaxMind database: {error}; fetch it again, or take the setting out")
}
