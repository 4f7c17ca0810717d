//! An opening, and what it says of network, agent and machine.

use gg_domain::id::DeviceId;
use gg_domain::signals::Screen;
use gg_domain::snapshot::{Agent, Hints, Machine, Mark, OsVersion, SNAPSHOT_VERSION, SeenNetwork, Snapshot};

use super::words::Word;
use super::{Fault, finite, id, optional, required, stamp, text, time, unless_default, version};
use crate::v1;

impl From<&Snapshot> for v1::Snapshot {
    fn from(ours: &Snapshot) -> Self {
        let Snapshot {
            v,
            at,
            cookie,
            set_cookie,
            act,
            net,
            agent,
            hints,
            header_language,
            script,
            machine,
            webdriver,
            visible_ms,
            interacted,
        } = ours;
        Self {
            version: u32::from(*v),
            at: Some(stamp(*at)),
            cookie: cookie.map(|id| id.to_string()),
            set_cookie: set_cookie.map(|id| id.to_string()),
            acts: act.number(),
            network: unless_default(net),
            agent: Some(agent.into()),
            hints: hints.as_ref().map(Into::into),
            header_language: header_language.clone(),
            script: *script,
            machine: unless_default(machine),
            webdriver: *webdriver,
            visible_ms: *visible_ms,
            interacted: *interacted,
        }
    }
}

impl TryFrom<v1::Snapshot> for Snapshot {
    type Error = Fault;

    fn try_from(wire: v1::Snapshot) -> Result<Self, Fault> {
        Ok(Self {
            v: version(wire.version, SNAPSHOT_VERSION)?,
            at: time(wire.at, "at")?,
            cookie: wire.cookie.map(|text| id!(&text, "cookie", DeviceId)).transpose()?,
            set_cookie: wire.set_cookie.map(|text| id!(&text, "set_cookie", DeviceId)).transpose()?,
            act: Word::read(wire.acts, "acts")?,
            net: optional(wire.network, "network")?.unwrap_or_default(),
            agent: required(wire.agent, "agent")?,
            hints: optional(wire.hints, "hints")?,
            header_language: wire.header_language,
            script: wire.script,
            machine: optional(wire.machine, "machine")?.unwrap_or_default(),
            webdriver: wire.webdriver,
            visible_ms: wire.visible_ms,
            interacted: wire.interacted,
        })
    }
}

impl From<&SeenNetwork> for v1::Network {
    fn from(ours: &SeenNetwork) -> Self {
        let SeenNetwork { prefix, asn, city, country, class } = ours;
        Self {
            prefix: prefix.map(|prefix| prefix.to_string()),
            asn: *asn,
            city: city.clone(),
            country: country.clone(),
            class: class.map(Word::number),
        }
    }
}

impl TryFrom<v1::Network> for SeenNetwork {
    type Error = Fault;

    fn try_from(wire: v1::Network) -> Result<Self, Fault> {
        let prefix = wire.prefix.map(|prefix| text(&prefix, "prefix", "a /24 or /48"));
        Ok(Self {
            prefix: prefix.transpose()?,
            asn: wire.asn,
            city: wire.city,
            country: wire.country,
            class: Word::read_optional(wire.class, "class")?,
        })
    }
}

impl From<&Agent> for v1::Agent {
    fn from(ours: &Agent) -> Self {
        let Agent { os, os_version, browser, major, in_app, kind, headless } = ours;
        Self {
            os: os.number(),
            os_version: os_version.map(Into::into),
            browser: browser.number(),
            major: *major,
            in_app: *in_app,
            kind: kind.number(),
            headless: *headless,
        }
    }
}

impl TryFrom<v1::Agent> for Agent {
    type Error = Fault;

    fn try_from(wire: v1::Agent) -> Result<Self, Fault> {
        Ok(Self {
            os: Word::read(wire.os, "os")?,
            os_version: wire.os_version.map(Into::into),
            browser: Word::read(wire.browser, "browser")?,
            major: wire.major,
            in_app: wire.in_app,
            kind: Word::read(wire.kind, "kind")?,
            headless: wire.headless,
        })
    }
}

impl From<OsVersion> for v1::OsVersion {
    fn from(OsVersion(major, minor): OsVersion) -> Self {
        Self { major, minor }
    }
}

impl From<v1::OsVersion> for OsVersion {
    fn from(wire: v1::OsVersion) -> Self {
        Self(wire.major, wire.minor)
    }
}

impl From<&Hints> for v1::Hints {
    fn from(ours: &Hints) -> Self {
        let Hints { mobile, platform, chromium, headless } = ours;
        Self { mobile: *mobile, platform: platform.clone(), chromium: *chromium, headless: *headless }
    }
}

impl TryFrom<v1::Hints> for Hints {
    type Error = Fault;

    fn try_from(wire: v1::Hints) -> Result<Self, Fault> {
        let v1::Hints { mobile, platform, chromium, headless } = wire;
        Ok(Self { mobile, platform, chromium, headless })
    }
}

impl From<&Machine> for v1::Machine {
    fn from(ours: &Machine) -> Self {
        let Machine {
            platform,
            screen,
            pixel_ratio,
            color_depth,
            touch_points,
            cores,
            memory,
            timezone,
            tz_offset,
            languages,
            canvas,
            audio,
            fonts,
            webgl_vendor,
            webgl_renderer,
            plugins,
        } = ours;
        Self {
            platform: platform.clone(),
            screen: screen.map(|Screen { width, height }| v1::Screen { width, height }),
            pixel_ratio: *pixel_ratio,
            color_depth: *color_depth,
            touch_points: *touch_points,
            cores: *cores,
            memory: *memory,
            timezone: timezone.clone(),
            tz_offset: *tz_offset,
            languages: languages.clone(),
            canvas: canvas.map(|mark| mark.0),
            audio: audio.map(|mark| mark.0),
            fonts: fonts.map(|mark| mark.0),
            webgl_vendor: webgl_vendor.clone(),
            webgl_renderer: webgl_renderer.clone(),
            plugins: *plugins,
        }
    }
}

impl TryFrom<v1::Machine> for Machine {
    type Error = Fault;

    fn try_from(wire: v1::Machine) -> Result<Self, Fault> {
        let finite = |number: Option<f64>, field| number.map(|number| finite(number, field)).transpose();
        Ok(Self {
            platform: wire.platform,
            screen: wire.screen.map(|v1::Screen { width, height }| Screen { width, height }),
            pixel_ratio: finite(wire.pixel_ratio, "pixel_ratio")?,
            color_depth: wire.color_depth,
            touch_points: wire.touch_points,
            cores: wire.cores,
            memory: finite(wire.memory, "memory")?,
            timezone: wire.timezone,
            tz_offset: wire.tz_offset,
            languages: wire.languages,
            canvas: wire.canvas.map(Mark),
            audio: wire.audio.map(Mark),
            fonts: wire.fonts.map(Mark),
            webgl_vendor: wire.webgl_vendor,
            webgl_renderer: wire.webgl_renderer,
            plugins: wire.plugins,
        })
    }
}
