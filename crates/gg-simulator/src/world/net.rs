//! Networks and addresses of a world: made up, in ranges that nobody is given (240.0.0.0/4, fd00::/8),
//! with the numbers of real security networks and platforms, since the gate knows them by number.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gg_domain::access::{NetClass, Network};

use crate::rng::{Rng, hash};

/// Country, its languages by share of speakers, its zone, minutes east in summer, ten cities.
pub(crate) struct Country {
    /// ISO 3166.
    pub(crate) code: &'static str,
    /// Languages of browsers, the commonest first.
    pub(crate) languages: &'static [&'static str],
    /// IANA zone.
    pub(crate) zone: &'static str,
    /// Minutes east.
    pub(crate) offset: i32,
}

/// Twelve countries, the likeliest first.
pub(crate) const COUNTRIES: &[Country] = &[
    Country { code: "DE", languages: &["de-DE", "en-US", "tr-TR"], zone: "Europe/Berlin", offset: 120 },
    Country { code: "US", languages: &["en-US", "es-US"], zone: "America/New_York", offset: -240 },
    Country { code: "GB", languages: &["en-GB", "en-US", "pl-PL"], zone: "Europe/London", offset: 60 },
    Country { code: "FR", languages: &["fr-FR", "en-US"], zone: "Europe/Paris", offset: 120 },
    Country { code: "ES", languages: &["es-ES", "ca-ES"], zone: "Europe/Madrid", offset: 120 },
    Country { code: "IT", languages: &["it-IT", "en-US"], zone: "Europe/Rome", offset: 120 },
    Country { code: "NL", languages: &["nl-NL", "en-US"], zone: "Europe/Amsterdam", offset: 120 },
    Country { code: "PL", languages: &["pl-PL", "en-US"], zone: "Europe/Warsaw", offset: 120 },
    Country { code: "AT", languages: &["de-AT", "en-US"], zone: "Europe/Vienna", offset: 120 },
    Country { code: "CH", languages: &["de-CH", "fr-CH", "en-US"], zone: "Europe/Zurich", offset: 120 },
    Country { code: "SE", languages: &["sv-SE", "en-US"], zone: "Europe/Stockholm", offset: 120 },
    Country { code: "BR", languages: &["pt-BR", "en-US"], zone: "America/Sao_Paulo", offset: -180 },
];
/// Cities of a country.
pub(crate) const CITIES: usize = 10;
/// Networks of mail security (RISK.md 5.0).
pub(crate) const SECURITY: &[u32] = &[8075, 22843, 30031, 15324, 16417];
/// Platforms that preview from servers of their own (RISK.md 5.0).
pub(crate) const PLATFORMS: &[u32] = &[32934, 13414, 14413, 62041];
/// First number of the networks that are made up.
const ASN_BASE: u32 = 4_200_000_000;

/// A country and a city of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// Index into [`COUNTRIES`].
    pub(crate) country: usize,
    /// 0 to 9.
    pub(crate) city: usize,
}

impl Place {
    /// Anywhere, where people live.
    pub(crate) fn anywhere(rng: &mut Rng) -> Self {
        let country = rng.zipf(COUNTRIES.len(), 1.2);
        Self { country, city: rng.zipf(CITIES, 1.0) }
    }

    /// Another city of the same country.
    pub(crate) fn elsewhere(self, rng: &mut Rng) -> Self {
        Self { city: (self.city + 1 + rng.zipf(CITIES - 1, 1.0)) % CITIES, ..self }
    }
}

/// A line that one can come over.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Line {
    class: NetClass,
    asn: u32,
    place: Place,
    address: Address,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Address {
    /// Number of a /24 within 240.0.0.0/4, and the host.
    V4(u32, u8),
    /// A /48 of fd00::/8 by its hash, and the host.
    V6(u64, u64),
}

impl Line {
    /// As the log has it.
    pub(crate) fn network(&self) -> Network {
        let ip = match self.address {
            Address::V4(prefix, host) => {
                IpAddr::V4(Ipv4Addr::from((0xf000_0000 | (prefix << 8)) | u32::from(host)))
            }
            Address::V6(site, host) => {
                let site = u128::from(0xfd00_0000_0000 | (site & 0xff_ffff_ffff)) << 80;
                IpAddr::V6(Ipv6Addr::from(site | u128::from(host)))
            }
        };
        let country = &COUNTRIES[self.place.country];
        Network {
            ip: Some(ip),
            asn: Some(self.asn),
            city: Some(format!("{}-{}", country.code, self.place.city)),
            country: Some(country.code.to_owned()),
            class: Some(self.class),
        }
    }

    /// The same line seen over IPv6: the site stays, the host changes each day.
    pub(crate) fn over_v6(self, day: u64) -> Self {
        let site = match self.address {
            Address::V4(prefix, host) => hash(&[6, u64::from(prefix), u64::from(host)]),
            Address::V6(site, _) => site,
        };
        Self { address: Address::V6(site, hash(&[site, day])), ..self }
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

fn host(rng: &mut Rng) -> u8 {
    u8::try_from(1 + rng.below(254)).unwrap_or(1)
}

fn v4(pool: u32, prefix: usize, rng: &mut Rng) -> Address {
    Address::V4(pool + number(prefix), host(rng))
}

/// A home line of provider `isp` (0 to 5).
pub(crate) fn residential(place: Place, isp: usize, rng: &mut Rng) -> Line {
    let prefix = ((place.country * CITIES + place.city) * 6 + isp) * 400 + rng.below(400);
    let asn = ASN_BASE + number(place.country * 100 + isp);
    Line { class: NetClass::Residential, asn, place, address: v4(0, prefix, rng) }
}

/// Another address of a home line: half of them in another /24.
pub(crate) fn renumbered(line: Line, seed: u64) -> Line {
    let mut rng = Rng::new(seed);
    let Address::V4(prefix, _) = line.address else { return line };
    let prefix = if rng.chance(0.5) { prefix } else { prefix - prefix % 400 + number(rng.below(400)) };
    Line { address: Address::V4(prefix, host(&mut rng)), ..line }
}

/// A mobile carrier: few addresses, and the right city in 60 of 100.
pub(crate) fn mobile(place: Place, carrier: usize, rng: &mut Rng) -> Line {
    let prefix = (place.country * 4 + carrier) * 16 + rng.below(16);
    let seen = if rng.chance(0.6) { place } else { Place { city: rng.zipf(CITIES, 1.0), ..place } };
    let asn = ASN_BASE + 2_000 + number(place.country * 10 + carrier);
    Line { class: NetClass::Mobile, asn, place: seen, address: v4(300_000, prefix, rng) }
}

/// An office's network: two addresses.
pub(crate) fn corporate(place: Place, office: usize, rng: &mut Rng) -> Line {
    let prefix = number(place.country * 30 + office);
    let asn = ASN_BASE + 3_000 + prefix;
    let address = Address::V4(310_000 + prefix, if rng.chance(0.5) { 10 } else { 11 });
    Line { class: NetClass::Corporate, asn, place, address }
}

/// A data centre.
pub(crate) fn hosting(rng: &mut Rng) -> Line {
    let provider = rng.zipf(24, 0.8);
    let place = Place { country: rng.zipf(6, 1.0), city: 0 };
    let prefix = provider * 500 + rng.below(500);
    Line {
        class: NetClass::Hosting,
        asn: ASN_BASE + 4_000 + number(provider),
        place,
        address: v4(320_000, prefix, rng),
    }
}

/// The same few prefixes of a data centre each time: a vendor's machines.
pub(crate) fn hosting_block(vendor: usize, rng: &mut Rng) -> Line {
    let mut fixed = Rng::new(hash(&[vendor as u64, 77]));
    let base = hosting(&mut fixed);
    let Address::V4(prefix, _) = base.address else { return base };
    Line { address: Address::V4(prefix - prefix % 4 + number(rng.below(3)), host(rng)), ..base }
}

/// A tunnel, half the time with an exit at home.
pub(crate) fn vpn(home: Place, rng: &mut Rng) -> Line {
    let provider = rng.zipf(10, 0.8);
    let country = if rng.chance(0.5) { home.country } else { rng.zipf(COUNTRIES.len(), 0.8) };
    let prefix = provider * 20 + rng.below(20);
    let address = Address::V4(340_000 + number(prefix), u8::try_from(1 + rng.below(16)).unwrap_or(1));
    Line {
        class: NetClass::Vpn,
        asn: ASN_BASE + 5_000 + number(provider),
        place: Place { country, city: 0 },
        address,
    }
}

/// A Tor exit.
pub(crate) fn tor(rng: &mut Rng) -> Line {
    let place = Place { country: rng.zipf(6, 0.5), city: 0 };
    let asn = ASN_BASE + 4_000 + number(rng.zipf(24, 0.8));
    let prefix = rng.below(300);
    Line { class: NetClass::Tor, asn, place, address: v4(380_000, prefix, rng) }
}

/// A privacy relay: the city right in 70 of 100.
pub(crate) fn relay(home: Place, rng: &mut Rng) -> Line {
    let relay = rng.below(3);
    let place = if rng.chance(0.7) { home } else { Place { city: rng.zipf(CITIES, 1.0), ..home } };
    let prefix = ((place.country * CITIES + place.city) * 3 + relay) * 4 + rng.below(4);
    Line {
        class: NetClass::Relay,
        asn: ASN_BASE + 6_000 + number(relay),
        place,
        address: v4(350_000, prefix, rng),
    }
}

/// Mail security: networks that the gate lists.
pub(crate) fn security(rng: &mut Rng) -> Line {
    let which = rng.zipf(SECURITY.len(), 1.0);
    let place = Place { country: rng.zipf(6, 1.0), city: 0 };
    let prefix = which * 40 + rng.below(20);
    Line { class: NetClass::Hosting, asn: SECURITY[which], place, address: v4(360_000, prefix, rng) }
}

/// A person's exit through a security network: the same for his office.
pub(crate) fn secured(place: Place, office: usize, rng: &mut Rng) -> Line {
    let prefix = 200 + place.country * 30 + office;
    let which = office % SECURITY.len();
    Line { class: NetClass::Corporate, asn: SECURITY[which], place, address: v4(360_000, prefix, rng) }
}

/// A platform's own server.
pub(crate) fn platform(which: usize, rng: &mut Rng) -> Line {
    let asn = PLATFORMS[which % PLATFORMS.len()];
    let place = Place { country: 1, city: 0 };
    Line { class: NetClass::Hosting, asn, place, address: v4(370_000, which * 20 + rng.below(20), rng) }
}

/// A guest network that many share (a venue, a hotel): one address.
pub(crate) fn venue(place: Place, seed: u64) -> Line {
    let mut rng = Rng::new(seed);
    let isp = rng.zipf(6, 1.0);
    residential(place, isp, &mut rng)
}
