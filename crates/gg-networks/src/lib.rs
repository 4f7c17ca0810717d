//! Where an address is and what kind of line it is on, from databases that the operator supplies (MaxMind's
//! format: GeoLite2, GeoIP2, DB-IP) and a short list of ours.
//!
//! Files are read whole when the server starts, checked, and never again: a lookup reads memory alone, changes
//! nothing and fails on nothing. Without any database an address is all that is known, and all works.

mod class;
mod database;
mod record;

use std::net::IpAddr;
use std::path::PathBuf;

use gg_domain::access::Network;

use class::Kinds;
pub use class::LIST_VERSION;
use database::Holds;
pub use database::{Database, FILE_BYTES_MAX, NetworksError, STALE_AFTER_DAYS};
use record::Record;

/// The files that the operator names; all may be absent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Files {
    /// Numbers of networks: GeoLite2-ASN, DBIP-ASN-Lite, GeoIP2-ISP.
    pub asn: Option<PathBuf>,
    /// Cities, with their countries: GeoLite2-City, DBIP-City-Lite, GeoIP2-Enterprise.
    pub city: Option<PathBuf>,
    /// Countries: GeoLite2-Country, DBIP-Country-Lite. Where a city database is given too, that goes first.
    pub country: Option<PathBuf>,
    /// Tunnels, data centres, Tor: GeoIP2-Anonymous-IP, GeoIP-Anonymous-Plus.
    pub anonymous: Option<PathBuf>,
}

/// What is known of addresses.
#[derive(Debug, Default)]
pub struct Networks {
    databases: Vec<Database>,
}

impl Networks {
    /// Reads and checks the files.
    ///
    /// # Errors
    /// The first file that is missing, damaged or of another kind than its setting takes.
    pub fn open(files: &Files) -> Result<Self, NetworksError> {
        let named = [
            (Holds::Asn, &files.asn),
            (Holds::City, &files.city),
            (Holds::Country, &files.country),
            (Holds::Anonymous, &files.anonymous),
        ];
        let given = named.into_iter().filter_map(|(holds, path)| Some((holds, path.as_deref()?)));
        let databases = given.map(|(holds, path)| Database::open(path, holds)).collect::<Result<_, _>>()?;
        Ok(Self { databases })
    }

    /// The databases in use.
    pub fn databases(&self) -> &[Database] {
        &self.databases
    }

    /// All that is known of an address. What no database says stays unknown.
    pub fn of(&self, ip: IpAddr) -> Network {
        let ip = ip.to_canonical();
        let mut network = Network::at(ip);
        let mut kinds = Kinds::default();
        for database in &self.databases {
            let record: Record<'_> = database.record(ip);
            network.asn = network.asn.or_else(|| record.asn());
            network.city = network.city.or_else(|| record.city());
            network.country = network.country.or_else(|| record.country());
            kinds.hear(&record);
        }
        network.class = kinds.class(network.asn);
        network
    }
}
