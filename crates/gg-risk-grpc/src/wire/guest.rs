//! What is remembered of a guest.

use gg_domain::id::DeviceId;
use gg_domain::risk::{GuestRisk, KnownCookie, KnownDevice, KnownNetwork, Refused, Traits};
use gg_domain::snapshot::Mark;
use jiff::Timestamp;

use super::words::Word;
use super::{
    Fault, chance, finite, id, list, moment, optional, required, stamp, time, unless_default, version,
};
use crate::v1;

impl From<&GuestRisk> for v1::GuestState {
    fn from(ours: &GuestRisk) -> Self {
        let GuestRisk { v, devices, leak, accesses, first_human_at, last_at, new_devices, refused, standing } =
            ours;
        Self {
            version: u32::from(*v),
            devices: devices.iter().map(Into::into).collect(),
            leak: Some(*leak),
            accesses: *accesses,
            first_human_at: first_human_at.map(stamp),
            last_at: last_at.map(stamp),
            new_devices: new_devices.iter().copied().map(stamp).collect(),
            refused: refused.iter().map(Into::into).collect(),
            standing: standing.map(Word::number),
        }
    }
}

impl TryFrom<v1::GuestState> for GuestRisk {
    type Error = Fault;

    fn try_from(wire: v1::GuestState) -> Result<Self, Fault> {
        let leak = wire.leak.ok_or_else(|| Fault::new("leak", "is required"))?;
        let new_devices = wire.new_devices.into_iter().map(|at| time(Some(at), "new_devices"));
        Ok(Self {
            v: version(wire.version, Self::VERSION)?,
            devices: list(wire.devices, "devices")?,
            leak: chance(leak, "leak")?,
            accesses: wire.accesses,
            first_human_at: moment(wire.first_human_at, "first_human_at")?,
            last_at: moment(wire.last_at, "last_at")?,
            new_devices: new_devices.collect::<Result<Vec<Timestamp>, Fault>>()?,
            refused: list(wire.refused, "refused")?,
            standing: Word::read_optional(wire.standing, "standing")?,
        })
    }
}

impl From<&KnownDevice> for v1::KnownDevice {
    fn from(ours: &KnownDevice) -> Self {
        let KnownDevice {
            cookies,
            weight,
            first_at,
            last_at,
            proven_at,
            trusted,
            doubt,
            heard,
            habit: (kept, missed),
            traits,
            networks,
        } = ours;
        Self {
            cookies: cookies.iter().map(Into::into).collect(),
            weight: *weight,
            first_at: Some(stamp(*first_at)),
            last_at: Some(stamp(*last_at)),
            proven_at: proven_at.map(stamp),
            trusted: *trusted,
            doubt: *doubt,
            heard: *heard,
            cookie_kept: u32::from(*kept),
            cookie_missed: u32::from(*missed),
            traits: Some(traits.into()),
            networks: networks.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<v1::KnownDevice> for KnownDevice {
    type Error = Fault;

    fn try_from(wire: v1::KnownDevice) -> Result<Self, Fault> {
        let count = |count: u32, field| u8::try_from(count).map_err(|_| Fault::new(field, "is above 255"));
        Ok(Self {
            cookies: list(wire.cookies, "cookies")?,
            weight: finite(wire.weight, "weight")?,
            first_at: time(wire.first_at, "first_at")?,
            last_at: time(wire.last_at, "last_at")?,
            proven_at: moment(wire.proven_at, "proven_at")?,
            trusted: wire.trusted,
            doubt: finite(wire.doubt, "doubt")?,
            heard: finite(wire.heard, "heard")?,
            habit: (count(wire.cookie_kept, "cookie_kept")?, count(wire.cookie_missed, "cookie_missed")?),
            traits: required(wire.traits, "traits")?,
            networks: list(wire.networks, "networks")?,
        })
    }
}

impl From<&KnownCookie> for v1::KnownCookie {
    fn from(KnownCookie { id, proven }: &KnownCookie) -> Self {
        Self { id: id.to_string(), proven: *proven }
    }
}

impl TryFrom<v1::KnownCookie> for KnownCookie {
    type Error = Fault;

    fn try_from(wire: v1::KnownCookie) -> Result<Self, Fault> {
        Ok(Self { id: id!(&wire.id, "id", DeviceId)?, proven: wire.proven })
    }
}

impl From<&KnownNetwork> for v1::KnownNetwork {
    fn from(KnownNetwork { net, weight, at }: &KnownNetwork) -> Self {
        Self { network: unless_default(net), weight: *weight, at: Some(stamp(*at)) }
    }
}

impl TryFrom<v1::KnownNetwork> for KnownNetwork {
    type Error = Fault;

    fn try_from(wire: v1::KnownNetwork) -> Result<Self, Fault> {
        Ok(Self {
            net: optional(wire.network, "network")?.unwrap_or_default(),
            weight: finite(wire.weight, "weight")?,
            at: time(wire.at, "at")?,
        })
    }
}

impl From<&Refused> for v1::Refused {
    fn from(Refused { id, heard, disowned }: &Refused) -> Self {
        Self { id: id.to_string(), heard: *heard, disowned: *disowned }
    }
}

impl TryFrom<v1::Refused> for Refused {
    type Error = Fault;

    fn try_from(wire: v1::Refused) -> Result<Self, Fault> {
        let id = id!(&wire.id, "id", DeviceId)?;
        Ok(Self { id, heard: finite(wire.heard, "heard")?, disowned: wire.disowned })
    }
}

impl From<&Traits> for v1::Traits {
    fn from(ours: &Traits) -> Self {
        let Traits {
            os,
            browser,
            major,
            os_version,
            in_app,
            kind,
            hardware,
            canvas,
            audio,
            fonts,
            timezone,
            language,
        } = ours;
        let mark = |mark: &Option<Mark>| mark.map(|mark| mark.0);
        Self {
            os: os.number(),
            browser: browser.number(),
            major: *major,
            os_version: os_version.map(Into::into),
            in_app: *in_app,
            kind: kind.number(),
            hardware: mark(hardware),
            canvas: mark(canvas),
            audio: mark(audio),
            fonts: mark(fonts),
            timezone: timezone.clone(),
            language: language.clone(),
        }
    }
}

impl TryFrom<v1::Traits> for Traits {
    type Error = Fault;

    fn try_from(wire: v1::Traits) -> Result<Self, Fault> {
        Ok(Self {
            os: Word::read(wire.os, "os")?,
            browser: Word::read(wire.browser, "browser")?,
            major: wire.major,
            os_version: wire.os_version.map(Into::into),
            in_app: wire.in_app,
            kind: Word::read(wire.kind, "kind")?,
            hardware: wire.hardware.map(Mark),
            canvas: wire.canvas.map(Mark),
            audio: wire.audio.map(Mark),
            fonts: wire.fonts.map(Mark),
            timezone: wire.timezone,
            language: wire.language,
        })
    }
}
