//! Devices: what a browser sends and says at a given time, with true headers and hints, and how it drifts.

use gg_domain::access::Headers;
use gg_domain::signals::{Screen, Signals};

use super::net::COUNTRIES;
use super::params::World;
use crate::rng::{Rng, hash, hours};

/// Systems that a world has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum System {
    /// iPhone.
    Ios,
    /// iPad; asks for desktop pages.
    Ipad,
    /// Android phone.
    Android,
    /// Android tablet.
    AndroidTablet,
    /// Windows.
    Windows,
    /// macOS.
    Mac,
    /// Linux.
    Linux,
}

/// Browsers that a world has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Browser {
    /// Safari.
    Safari,
    /// Chrome.
    Chrome,
    /// Edge.
    Edge,
    /// Firefox.
    Firefox,
    /// Samsung Internet.
    Samsung,
}

/// One machine with its browser.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    seed: u64,
    /// Its system.
    pub(crate) system: System,
    /// Its browser.
    pub(crate) browser: Browser,
    pub(super) model: usize,
    render_salt: u64,
    font_salt: u64,
    /// Draws every canvas otherwise.
    pub(crate) shuffles: bool,
    /// Renders in software, as cloud desktops and programs do.
    pub(crate) software: bool,
    /// No script runs.
    pub(crate) silent: bool,
    /// In private mode: no cookie outlives a visit.
    pub(crate) private: bool,
    /// Behind a relay where Safari browses.
    pub(crate) relay: bool,
    language: &'static str,
    second_language: bool,
    zone: usize,
    major: u32,
    phase_ms: i64,
    browser_ms: i64,
    system_version: (u32, u32),
    changes: [Vec<i64>; 3],
    clears: Vec<i64>,
}

/// What is wrong with a copy of somebody's signals.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Flaws {
    /// Canvas, sound, fonts differ.
    pub(crate) marks: [bool; 3],
    /// Driven by a program that says so.
    pub(crate) webdriver: bool,
}

impl Device {
    /// A device of somebody who lives in `country`.
    pub(crate) fn new(system: System, country: usize, world: &World, rng: &mut Rng) -> Self {
        let seed = rng.bits();
        let salted = |p: f64, rng: &mut Rng| if rng.chance(p) { rng.bits() } else { 0 };
        let (model, render, fonts) = match system {
            System::Ios => (rng.zipf(25, 0.8), 0.02, 0.0),
            System::Ipad => (rng.zipf(12, 0.8), 0.02, 0.0),
            System::Android => (rng.zipf(400, 0.9), 0.10, 0.05),
            System::AndroidTablet => (rng.zipf(80, 0.9), 0.10, 0.05),
            System::Windows => (rng.zipf(1_500, 0.7), 0.35, 0.50),
            System::Mac => (rng.zipf(60, 0.7), 0.10, 0.25),
            System::Linux => (rng.zipf(300, 0.7), 0.35, 0.50),
        };
        let browser = browser(system, rng);
        let horizon = hours(24.0 * (world.horizon_days + 2.0));
        let times = |mean_days: f64, rng: &mut Rng| {
            let mut times = Vec::new();
            let mut at = hours(24.0 * rng.exp(mean_days));
            while at < horizon {
                times.push(at);
                at += hours(24.0 * rng.exp(mean_days));
            }
            times
        };
        let desktop = matches!(system, System::Windows | System::Mac | System::Linux);
        let languages = COUNTRIES[country].languages;
        let apple = matches!(browser, Browser::Safari);
        Self {
            seed,
            system,
            browser,
            model,
            render_salt: salted(render, rng),
            font_salt: salted(fonts, rng),
            shuffles: rng.chance(world.more.shuffling.max(0.02)),
            software: false,
            silent: rng.chance(world.silent),
            private: rng.chance(world.private),
            relay: apple && rng.chance(world.relay),
            language: languages[rng.zipf(languages.len(), 2.2)],
            second_language: rng.chance(0.4),
            zone: country,
            major: match browser {
                Browser::Safari => 26,
                Browser::Firefox => 148 - u32::from(rng.chance(0.1)),
                Browser::Samsung => 29 - u32::from(rng.chance(0.2)),
                // Most are up to date, some are a release or two behind.
                Browser::Chrome | Browser::Edge => {
                    152 - u32::try_from(rng.geometric(0.75)).unwrap_or(0).min(9)
                }
            },
            phase_ms: hours(24.0 * rng.between(0.0, world.browser_days)),
            browser_ms: hours(24.0 * world.browser_days).max(1),
            system_version: match system {
                System::Ios | System::Ipad => [(26, 1), (26, 0), (18, 7), (18, 5), (17, 6)][rng.zipf(5, 1.2)],
                System::Android | System::AndroidTablet => {
                    [(15, 0), (14, 0), (16, 0), (13, 0), (12, 0)][rng.zipf(5, 0.8)]
                }
                _ => (0, 0),
            },
            changes: [
                times(45.0, rng),
                times(world.canvas_days, rng),
                times(if desktop { 90.0 } else { 900.0 }, rng),
            ],
            clears: times(world.cookie_days, rng),
        }
    }

    /// Sets the language that `person` (any number) prefers in `country`.
    pub(crate) fn speak(&mut self, country: usize, person: u64) {
        let mut rng = Rng::new(person);
        let languages = COUNTRIES[country].languages;
        self.language = languages[rng.zipf(languages.len(), 2.2)];
        self.second_language = rng.chance(0.4);
    }

    /// A phone.
    pub(crate) fn phone(country: usize, world: &World, rng: &mut Rng) -> Self {
        let system = if rng.chance(world.iphones) { System::Ios } else { System::Android };
        Self::new(system, country, world, rng)
    }

    /// A laptop.
    pub(crate) fn laptop(country: usize, world: &World, rng: &mut Rng) -> Self {
        let system = [System::Windows, System::Mac, System::Linux][rng.weighted(&[0.70, 0.27, 0.03])];
        Self::new(system, country, world, rng)
    }

    /// A tablet.
    pub(crate) fn tablet(country: usize, world: &World, rng: &mut Rng) -> Self {
        let system = if rng.chance(0.6) { System::Ipad } else { System::AndroidTablet };
        Self::new(system, country, world, rng)
    }

    /// Held in the hand?
    pub(crate) const fn is_phone(&self) -> bool {
        matches!(self.system, System::Ios | System::Android)
    }

    /// How often its cookies were cleared before `at`.
    pub(crate) fn clears(&self, at: i64) -> usize {
        before(&self.clears, at)
    }

    /// Its headers and signals at `at`. `app`: in an app's window. `turn` tells one visit from another.
    pub(crate) fn look(&self, at: i64, app: bool, turn: u64, flaws: Flaws) -> (Headers, Signals) {
        let releases = u32::try_from((at + self.phase_ms).max(0) / self.browser_ms).unwrap_or(0);
        let system_ups = u32::try_from(before(&self.changes[0], at)).unwrap_or(0);
        let version = (self.system_version.0, self.system_version.1 + system_ups);
        let major = match self.browser {
            Browser::Safari => version.0,
            Browser::Samsung => self.major + releases / 3,
            _ => self.major + releases,
        };
        (self.headers(version, major, app), self.signals(at, version.0, app, turn, flaws))
    }

    fn headers(&self, version: (u32, u32), major: u32, app: bool) -> Headers {
        let chromium =
            self.chromium() || (app && matches!(self.system, System::Android | System::AndroidTablet));
        let engine =
            if self.browser == Browser::Samsung || !self.chromium() { 146 + major % 7 } else { major };
        let hints = chromium && !(app && self.system == System::Ios);
        let brand = match self.browser {
            Browser::Edge => "Microsoft Edge",
            Browser::Samsung => "Samsung Internet",
            _ if app => "Android WebView",
            _ => "Google Chrome",
        };
        let mobile = matches!(self.system, System::Android);
        let language = if self.second_language && !self.language.starts_with("en") {
            format!("{},{};q=0.9,en;q=0.8", self.language, &self.language[..2])
        } else {
            format!("{},{};q=0.9", self.language, &self.language[..2])
        };
        Headers {
            ua: Some(self.agent(version, major, engine, app)),
            accept_language: Some(language),
            sec_ch_ua: hints.then(|| {
                format!("\"{brand}\";v=\"{major}\", \"Chromium\";v=\"{engine}\", \"Not)A;Brand\";v=\"24\"")
            }),
            sec_ch_ua_mobile: hints.then(|| if mobile { "?1".to_owned() } else { "?0".to_owned() }),
            sec_ch_ua_platform: hints.then(|| format!("\"{}\"", self.platform_hint())),
            accept: Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8".to_owned()),
            sec_fetch_mode: Some("navigate".to_owned()),
        }
    }

    const fn chromium(&self) -> bool {
        matches!(self.browser, Browser::Chrome | Browser::Edge | Browser::Samsung)
            && !matches!(self.system, System::Ios | System::Ipad)
    }

    const fn platform_hint(&self) -> &'static str {
        match self.system {
            System::Windows => "Windows",
            System::Mac | System::Ipad => "macOS",
            System::Linux => "Linux",
            System::Ios => "iOS",
            System::Android | System::AndroidTablet => "Android",
        }
    }

    fn signals(&self, at: i64, version: u32, app: bool, turn: u64, flaws: Flaws) -> Signals {
        let kind = self.system as u64;
        let model = self.model as u64;
        // Models share parts: what a script sees of them is coarser than the model.
        let part = |salt: u64, n: u64| hash(&[kind, model, salt]) % n;
        let (platform, touch, cores, screen, ratio, gpu) = self.hardware(&part);
        let noise = |flaw: bool| if flaw || self.shuffles { hash(&[turn, self.seed]) } else { 0 };
        let engine = if app { 9 } else { self.browser as u64 };
        let eras = [before(&self.changes[1], at) as u64, before(&self.changes[2], at) as u64];
        let mark = |parts: &[u64]| Some(format!("{:016x}", hash(parts)));
        let era = |era: u64| if era == 0 { 0 } else { hash(&[self.seed, era]) };
        let country = &COUNTRIES[self.zone];
        let renderer = if self.software {
            "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)".to_owned()
        } else {
            gpu.1
        };
        let vendor = if self.software { "Google Inc. (Google)".to_owned() } else { gpu.0 };
        let canvas_of = if self.software { 1 } else { part(4, 40) };
        Signals {
            platform: Some(platform.to_owned()),
            screen: Some(self.at_desk(screen, turn)),
            pixel_ratio: Some(ratio),
            color_depth: Some(if matches!(self.system, System::Mac) { 30 } else { 24 }),
            touch_points: Some(touch),
            cores: Some(cores),
            memory: if self.chromium() {
                Some([4.0, 8.0, 8.0, 16.0][usize::try_from(part(5, 4)).unwrap_or(0)])
            } else {
                None
            },
            timezone: Some(country.zone.to_owned()),
            tz_offset: Some(country.offset),
            languages: Some(if self.second_language {
                vec![self.language.to_owned(), "en".to_owned()]
            } else {
                vec![self.language.to_owned()]
            }),
            canvas: mark(&[
                1,
                kind,
                canvas_of,
                engine,
                u64::from(version),
                self.render_salt,
                era(eras[0]),
                noise(flaws.marks[0]),
            ]),
            audio: mark(&[2, kind, engine, part(6, 6), noise(flaws.marks[1])]),
            fonts: mark(&[
                3,
                kind,
                u64::from(version),
                self.font_salt,
                era(eras[1]),
                noise(flaws.marks[2]) * u64::from(flaws.marks[2]),
            ]),
            webgl_vendor: Some(vendor),
            webgl_renderer: Some(renderer),
            webdriver: Some(flaws.webdriver),
            plugins: Some(if self.is_phone() { 0 } else { 5 }),
            visible_ms: None,
            interacted: None,
        }
    }

    /// A desk's other screen now and then (RISK.md 7.3: 15 % of a laptop's visits).
    fn at_desk(&self, own: Screen, turn: u64) -> Screen {
        let laptop = matches!(self.system, System::Windows | System::Mac | System::Linux);
        if laptop && hash(&[turn, 15]) % 100 < 15 { Screen { width: 2560, height: 1440 } } else { own }
    }
}

fn before(times: &[i64], at: i64) -> usize {
    times.iter().filter(|time| **time <= at).count()
}

fn browser(system: System, rng: &mut Rng) -> Browser {
    use Browser::{Chrome, Edge, Firefox, Safari, Samsung};
    match system {
        System::Ios => [Safari, Chrome][rng.weighted(&[0.85, 0.15])],
        System::Ipad => Safari,
        System::Android | System::AndroidTablet => {
            [Chrome, Samsung, Firefox][rng.weighted(&[0.80, 0.14, 0.06])]
        }
        System::Windows => [Chrome, Edge, Firefox][rng.weighted(&[0.66, 0.24, 0.10])],
        System::Mac => [Safari, Chrome, Firefox][rng.weighted(&[0.55, 0.37, 0.08])],
        System::Linux => [Chrome, Firefox][rng.weighted(&[0.5, 0.5])],
    }
}
