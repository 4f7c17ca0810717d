//! From a raw opening to what is kept and compared of it.

use gg_domain::access::{Act, Acts, Headers, LinkAccess};
use gg_domain::risk::{GuestRisk, Traits};
use gg_domain::signals::Signals;
use gg_domain::snapshot::{
    Agent, DeviceKind, Hints, Machine, Mark, Os, SNAPSHOT_VERSION, SeenNetwork, Snapshot,
};

use crate::agent::{number, parse_agent};

/// Languages kept: the order of the first few tells people apart, the tail only makes rows long.
const LANGUAGES_KEPT: usize = 4;
/// Characters kept of a text that is kept whole: renderers are under 100 but for debug builds.
const TEXT_KEPT: usize = 96;
/// Characters kept of a short name: time zones, cities and platforms are under 40.
const NAME_KEPT: usize = 40;

/// What is kept of `access`. Without `fingerprint` nothing of the machine is kept at all.
pub fn snapshot(access: &LinkAccess, fingerprint: bool) -> Snapshot {
    snapshot_of(access, parse_agent(access.headers.agent()), fingerprint)
}

/// The same where the caller has read the agent already: few agents are many openings.
pub fn snapshot_of(access: &LinkAccess, agent: Agent, fingerprint: bool) -> Snapshot {
    let signals = access.signals.as_ref();
    let machine = signals.filter(|_| fingerprint).map(machine).unwrap_or_default();
    Snapshot {
        v: SNAPSHOT_VERSION,
        at: access.at,
        cookie: access.device,
        set_cookie: access.new_device,
        act: act(access),
        net: SeenNetwork {
            prefix: access.network.prefix(),
            asn: access.network.asn,
            city: access.network.city.as_deref().map(|city| cut(city, NAME_KEPT)),
            country: access.network.country.as_deref().map(|country| cut(country, 2).to_ascii_uppercase()),
            class: access.network.class,
        },
        agent,
        hints: hints(&access.headers),
        header_language: access.headers.accept_language.as_deref().and_then(first_language),
        script: signals.is_some_and(Signals::prove_script),
        machine,
        webdriver: signals.and_then(|signals| signals.webdriver),
        visible_ms: signals.and_then(|signals| signals.visible_ms),
        interacted: signals.and_then(|signals| signals.interacted),
    }
}

/// What two openings are compared by.
pub fn traits(seen: &Snapshot) -> Traits {
    let machine = &seen.machine;
    Traits {
        os: seen.agent.os,
        browser: seen.agent.browser,
        major: seen.agent.major,
        // Other systems' browsers name the same version for ever.
        os_version: seen.agent.os_version.filter(|_| seen.agent.os == Os::Ios),
        in_app: seen.agent.in_app,
        kind: seen.agent.kind,
        hardware: hardware(machine, seen.agent.kind),
        canvas: machine.canvas,
        audio: machine.audio,
        fonts: machine.fonts,
        timezone: machine.timezone.clone(),
        language: machine.languages.first().cloned(),
    }
}

/// Does the guest not have this device, or did it look otherwise than now? Only such openings are counted in a population.
pub fn is_new_look(guest: &GuestRisk, seen: &Snapshot) -> bool {
    let now = traits(seen);
    guest.devices.iter().all(|device| device.traits != now)
}

/// Known acts stay; the page's own word adds "interacted" to a known "none".
fn act(access: &LinkAccess) -> Acts {
    match access.act {
        Acts::Unknown => Acts::Unknown,
        Acts::Known(_) => Acts::Known(access.strongest_act()),
    }
}

/// The parts of a machine that do not drift. A desk has other screens than a bag, so the screen counts
/// only on what is held; memory and processors are rounded by browsers and stay.
fn hardware(machine: &Machine, kind: DeviceKind) -> Option<Mark> {
    let Machine { platform, screen, pixel_ratio, touch_points, cores, memory, .. } = machine;
    let held = matches!(kind, DeviceKind::Phone | DeviceKind::Tablet);
    let number = |number: Option<u32>| number.map_or(Text::EMPTY, Text::of);
    // In hundredths: what a browser rounds otherwise next time is the same screen.
    let ratio = pixel_ratio.filter(|_| held).map_or(Text::EMPTY, |ratio| Text::of((ratio * 100.0).round()));
    let screen = screen.filter(|_| held).map_or(Text::EMPTY, |screen| Text::of(screen.upright()));
    let (touch, cores) = (number(*touch_points), number(*cores));
    let memory = memory.map_or(Text::EMPTY, Text::of);
    let parts = [
        platform.as_deref().unwrap_or_default(),
        touch.as_str(),
        cores.as_str(),
        memory.as_str(),
        machine.webgl_vendor.as_deref().unwrap_or_default(),
        machine.webgl_renderer.as_deref().unwrap_or_default(),
        screen.as_str(),
        ratio.as_str(),
    ];
    parts.iter().any(|part| !part.is_empty()).then(|| Mark::of(parts))
}

/// A short text on the stack: traits are read several times an opening.
struct Text([u8; Text::BYTES], usize);

impl Text {
    /// Two numbers of five digits with an x take eleven, a fraction at most 24.
    const BYTES: usize = 32;
    const EMPTY: Self = Self([0; Self::BYTES], 0);

    fn of(value: impl std::fmt::Display) -> Self {
        let mut text = Self::EMPTY;
        // What does not fit is cut: the same value is cut the same.
        let _ = std::fmt::write(&mut text, format_args!("{value}"));
        text
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0[..self.1]).unwrap_or_default()
    }
}

impl std::fmt::Write for Text {
    fn write_str(&mut self, part: &str) -> std::fmt::Result {
        let room = &mut self.0[self.1..];
        let fits = part.len().min(room.len());
        room[..fits].copy_from_slice(&part.as_bytes()[..fits]);
        self.1 += fits;
        Ok(())
    }
}

fn machine(signals: &Signals) -> Machine {
    let mark = |text: &Option<String>| text.as_deref().map(|text| Mark::of([text]));
    let text = |text: &Option<String>| text.as_deref().map(|text| cut(text, TEXT_KEPT));
    let name = |text: &Option<String>| text.as_deref().map(|text| cut(text, NAME_KEPT));
    Machine {
        platform: name(&signals.platform),
        screen: signals.screen,
        pixel_ratio: signals.pixel_ratio,
        color_depth: signals.color_depth,
        touch_points: signals.touch_points,
        cores: signals.cores,
        memory: signals.memory,
        timezone: name(&signals.timezone),
        tz_offset: signals.tz_offset,
        languages: signals
            .languages
            .iter()
            .flatten()
            .take(LANGUAGES_KEPT)
            .map(|language| cut(language, NAME_KEPT))
            .collect(),
        canvas: mark(&signals.canvas),
        audio: mark(&signals.audio),
        fonts: mark(&signals.fonts),
        webgl_vendor: text(&signals.webgl_vendor),
        webgl_renderer: text(&signals.webgl_renderer),
        plugins: signals.plugins,
    }
}

fn hints(headers: &Headers) -> Option<Hints> {
    let Headers { sec_ch_ua, sec_ch_ua_mobile, sec_ch_ua_platform, .. } = headers;
    if sec_ch_ua.is_none() && sec_ch_ua_mobile.is_none() && sec_ch_ua_platform.is_none() {
        return None;
    }
    let brands = sec_ch_ua.as_deref().unwrap_or_default();
    Some(Hints {
        mobile: sec_ch_ua_mobile.as_deref().and_then(|mobile| match mobile {
            "?1" => Some(true),
            "?0" => Some(false),
            _ => None,
        }),
        platform: sec_ch_ua_platform
            .as_deref()
            .map(|platform| cut(platform.trim_matches('"'), NAME_KEPT).to_ascii_lowercase())
            .filter(|platform| !platform.is_empty()),
        chromium: brands.split_once("\"Chromium\";v=\"").and_then(|(_, rest)| number(rest)),
        headless: brands.contains("\"HeadlessChrome\""),
    })
}

fn first_language(header: &str) -> Option<String> {
    let first = header.split([',', ';']).next()?.trim();
    (!first.is_empty() && first != "*").then(|| cut(first, NAME_KEPT))
}

fn cut(text: &str, chars: usize) -> String {
    if text.len() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars).collect()
}

/// The strongest act that a snapshot knows of.
pub(crate) fn known_act(seen: &Snapshot) -> Option<Act> {
    match seen.act {
        Acts::Known(act) => act,
        Acts::Unknown => None,
    }
}
