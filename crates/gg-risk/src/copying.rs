//! The copying model (RISK.md 5.1): how a device's looks drift, against how common each look is.

use gg_domain::risk::Traits;
use gg_domain::snapshot::Os;

use crate::population::{Block, Population};

/// Shares of this opening's own values.
pub(crate) struct Rarity {
    os: f64,
    version: f64,
    hardware: f64,
    canvas: f64,
    fonts: f64,
    zone: f64,
    language: f64,
}

impl Rarity {
    pub(crate) fn of(population: &Population) -> Self {
        Self {
            os: population.share(Block::Os),
            version: population.share(Block::Version),
            hardware: population.share(Block::Hardware),
            canvas: population.share(Block::Canvas),
            fonts: population.share(Block::Fonts),
            zone: population.share(Block::Zone),
            language: population.share(Block::Language),
        }
    }
}

/// p(looks | this device) over p(looks | anybody): RISK.md 5.1's copying model, in its constants.
pub(crate) fn likeness(then: &Traits, now: &Traits, days: f64, rarity: &Rarity) -> f64 {
    // iPads that ask for desktop pages say macOS on one page and iOS on another.
    let apple = |os| matches!(os, Os::Ios | Os::Macos);
    let os = if then.os == now.os {
        1.0 / rarity.os
    } else if apple(then.os) && apple(now.os) {
        0.05
    } else {
        return 0.0;
    };
    let same_window = then.browser == now.browser && then.in_app == now.in_app;
    let version = if same_window {
        0.98 * upgraded(then, now, days) / rarity.version
    } else if then.in_app != now.in_app {
        0.036 / 0.25
    } else {
        0.02
    };
    let copied = |keeps: f64, agree: Option<bool>, share: f64| match agree {
        None => 1.0,
        Some(true) => keeps / share + 1.0 - keeps,
        Some(false) => 1.0 - keeps,
    };
    let fades = |keeps: f64, over: f64| keeps * (-days / over).exp();
    let drawn = |agree: Option<bool>| agree.filter(|_| same_window);
    os * version
        * copied(0.995, agree(then.hardware, now.hardware), rarity.hardware)
        * copied(fades(0.93, 100.0), drawn(agree(then.canvas, now.canvas)), rarity.canvas)
        * copied(fades(0.95, 150.0), drawn(agree(then.fonts, now.fonts)), rarity.fonts)
        * copied(0.985, agree(then.timezone.as_deref(), now.timezone.as_deref()), rarity.zone)
        * copied(0.97, agree(then.language.as_deref(), now.language.as_deref()), rarity.language)
}

fn agree<T: PartialEq>(then: Option<T>, now: Option<T>) -> Option<bool> {
    then.zip(now).map(|(then, now)| then == now)
}

/// Chance of this step of versions: browsers move up by themselves, once in about two weeks since
/// September 2026 (RISK.md 3.2), and nearly never down.
fn upgraded(then: &Traits, now: &Traits, days: f64) -> f64 {
    const DAYS_BETWEEN_RELEASES: f64 = 14.0;
    let stays = (-days / DAYS_BETWEEN_RELEASES).exp();
    let major = match then.major.zip(now.major) {
        None => 0.9,
        Some((then, now)) if now == then => 0.97 * stays + 0.01,
        Some((then, now)) if now > then => {
            0.97 * (1.0 - stays) * 0.5_f64.powf(f64::from(now - then - 1).min(8.0)) + 0.005
        }
        Some(_) => 0.003,
    };
    let same_system = agree(then.os_version, now.os_version);
    let system_stays = (-days / 45.0).exp();
    let system = match same_system {
        None => 1.0,
        Some(true) => 0.985 * system_stays + 0.005,
        Some(false) => 0.985 * (1.0 - system_stays) * 0.6 + 0.004,
    };
    major * system
}
