//! What openings are remembered under: hashes of what tells one thing from another. What a store keeps under them
//! lives a week at most, so they may change with any version: for that week less is known.

use std::hash::{Hash, Hasher};

use gg_domain::access::{LinkAccess, NetClass};
use gg_domain::id::{DeviceId, EventId, GuestId};
use gg_domain::risk::Traits;
use gg_domain::snapshot::{Mark, Snapshot};

use crate::browser::oddities;
use crate::population::Block;

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u128(&mut self, number: u128) {
        #[expect(clippy::cast_possible_truncation, reason = "both halves are written")]
        let halves = [number as u64, (number >> 64) as u64];
        for half in halves {
            self.write_u64(half);
        }
    }
}

pub(crate) fn key(parts: impl Hash) -> u64 {
    let mut hasher = Already(0xcbf2_9ce4_8422_2325);
    parts.hash(&mut hasher);
    // FNV's last bytes hardly move the top bits, which tables look at.
    let hash = hasher.finish();
    (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

fn text(text: Option<&str>) -> u64 {
    text.map_or(0, |text| Mark::of([text]).0)
}

/// What is counted of an opening: block, condition, value.
pub(crate) fn values(seen: &Snapshot, traits: &Traits) -> impl Iterator<Item = (Block, u64, u64)> {
    let os = traits.os as u64 + 1;
    let mark = |mark: Option<Mark>| mark.map(|mark| mark.0);
    let version = key((
        traits.browser as u8,
        traits.major.unwrap_or(0).to_le_bytes(),
        traits
            .os_version
            .map_or([0; 8], |version| (u64::from(version.0) << 32 | u64::from(version.1)).to_le_bytes()),
        traits.in_app,
    ));
    let net = &seen.net;
    let said = |name: Option<&str>| name.map(|name| text(Some(name)));
    let language = traits.language.as_deref().map(crate::device::primary);
    [
        (Block::Os, 0, Some(os)),
        (Block::Version, os, Some(version)),
        (Block::Hardware, os, mark(traits.hardware)),
        (Block::Canvas, traits.hardware.map_or(os, |mark| mark.0), mark(traits.canvas)),
        (Block::Fonts, os, mark(traits.fonts)),
        (Block::Zone, 0, said(traits.timezone.as_deref())),
        (Block::Language, 0, said(language)),
        (Block::Prefix, 0, net.prefix.map(key)),
        (Block::Asn, 0, net.asn.map(|asn| u64::from(asn) + 1)),
        (Block::City, 0, said(net.city.as_deref())),
        (Block::Country, 0, said(net.country.as_deref())),
        (Block::Class, 0, net.class.map(|class| class as u64 + 1)),
        (Block::Odd, 0, seen.script.then(|| u64::from(oddities(seen)) + 1)),
    ]
    .into_iter()
    .filter_map(|(block, given, value)| Some((block, given, value?)))
}

pub(crate) fn cookie_key(cookie: DeviceId) -> u64 {
    key((1_u8, cookie.uuid().as_u128()))
}

/// Two guests, whichever comes first.
pub(crate) fn pair_key(one: GuestId, other: GuestId) -> u64 {
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    key((10_u8, low.uuid().as_u128(), high.uuid().as_u128()))
}

pub(crate) fn address_key(access: &LinkAccess) -> u64 {
    // A home's devices each have an IPv6 address of their own within its /64.
    let host = match access.network.ip {
        Some(std::net::IpAddr::V6(ip)) => u128::from(ip) >> 64,
        Some(std::net::IpAddr::V4(ip)) => u128::from(u32::from(ip)),
        None => 0,
    };
    key((2_u8, access.event.uuid().as_u128(), host))
}

/// The same as a home, where machines are told apart.
pub(crate) fn home_key(access: &LinkAccess) -> u64 {
    key((11_u8, address_key(access)))
}

/// A whole machine on its prefix, where hundreds do not share one (RISK.md 5.1, G).
pub(crate) fn place_key(event: EventId, seen: &Snapshot, traits: &Traits) -> Option<u64> {
    let shared = matches!(seen.net.class, Some(NetClass::Mobile));
    let prefix = seen.net.prefix.filter(|_| !shared)?;
    let kind = kind_key(event, traits)?;
    Some(key((3_u8, kind, prefix, traits.browser as u8)))
}

/// A kind of machine: hardware, canvas and fonts, wherever it is.
pub(crate) fn kind_key(event: EventId, traits: &Traits) -> Option<u64> {
    let (hardware, canvas, fonts) = (traits.hardware?, traits.canvas?, traits.fonts?);
    Some(key((4_u8, event.uuid().as_u128(), hardware.0, canvas.0, fonts.0)))
}

/// A prefix in a data centre, where vendors' machines stand.
pub(crate) fn block_key(seen: &Snapshot) -> Option<u64> {
    let rented = matches!(seen.net.class, Some(NetClass::Hosting));
    seen.net.prefix.filter(|_| rented).map(|prefix| key((9_u8, prefix)))
}
