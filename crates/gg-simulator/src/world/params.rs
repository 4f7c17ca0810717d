//! The figures of a world. [`World::specified`] is RISK.md 7; [`World::drawn`] another world each time:
//! every figure moved by chance, and structures added that section 7 does not have (RISK.md 9), so that
//! nothing can be tuned to one.

use crate::rng::Rng;

/// What a world is made of: shares (0 to 1) unless the name says otherwise.
#[derive(Clone, Debug)]
pub struct World {
    /// Events.
    pub events: usize,
    /// Guests of an event: the median.
    pub guests_median: f64,
    /// Days from the first invitation to the event.
    pub horizon_days: f64,
    /// Homes in the event's city, elsewhere in its country, abroad.
    pub home: [f64; 3],
    /// Households of 1, 2, 3, 4.
    pub households: [f64; 4],
    /// Households of several that share a tablet or laptop.
    pub shared_device: f64,
    /// Households of several that the organiser knows as such.
    pub known_households: f64,
    /// Guests with 1, 2, 3 devices.
    pub devices: [f64; 3],
    /// Phones that are iPhones.
    pub iphones: f64,
    /// Days between releases of a browser.
    pub browser_days: f64,
    /// Days between new canvas hashes of a device.
    pub canvas_days: f64,
    /// Days until cookies are cleared.
    pub cookie_days: f64,
    /// Devices in private mode.
    pub private: f64,
    /// Devices where no script runs.
    pub silent: f64,
    /// Apple devices behind a relay.
    pub relay: f64,
    /// Guests with a VPN.
    pub vpn: f64,
    /// Guests who travel.
    pub travel: f64,
    /// Providers that renumber every day.
    pub daily_renumbering: f64,
    /// Phones' openings at home, on mobile; the rest is elsewhere.
    pub phone_home: [f64; 2],
    /// Openings after the first: the mean.
    pub extra_opens: f64,
    /// Guests who never open.
    pub never: f64,
    /// Corporate mailboxes with a scanner, consumer mailboxes with one.
    pub scanned: [f64; 2],
    /// Scanners that run scripts.
    pub scanner_script: f64,
    /// Log knows acts (and how long a page was seen).
    pub acts: bool,
    /// Multiplies every attack's rate.
    pub attacks: f64,
    /// What section 7 does not have.
    pub more: Structures,
}

/// Structures beyond RISK.md 7; 0 is absent.
#[derive(Clone, Debug, Default)]
pub struct Structures {
    /// Events with an assistant who opens 3 to 12 guests' links.
    pub assistants: f64,
    /// Guests who share a mailbox and a device with another household's guest.
    pub shared_mailboxes: f64,
    /// Homes with IPv6 beside IPv4.
    pub dual_stack: f64,
    /// Scanned mailboxes whose scanner nobody lists; it copies whole browser headers.
    pub unlisted_scanners: f64,
    /// Guests on a cloud desktop: a hosting or security network, a software renderer, cookies kept.
    pub cloud_desktops: f64,
    /// Guests who get a new phone meanwhile.
    pub new_phones: f64,
    /// Guests who stay at the event's hotel.
    pub hotels: f64,
    /// Devices that draw every canvas otherwise.
    pub shuffling: f64,
    /// Homes with a filter that fetches what was opened, without script, from the same address.
    pub filters: f64,
    /// Guests behind a security network's proxy at work.
    pub secured: f64,
    /// Events harvested through a proxy for each link.
    pub rotating: f64,
    /// Guests whose link a patient stranger opens again and again.
    pub drip: f64,
    /// Guests whose link a program opens in a real browser through a home line.
    pub real_headless: f64,
}

impl World {
    /// RISK.md 7, as it stands.
    pub fn specified(events: usize) -> Self {
        Self {
            events,
            guests_median: 110.0,
            horizon_days: 21.0,
            home: [0.70, 0.22, 0.08],
            households: [0.55, 0.35, 0.07, 0.03],
            shared_device: 0.25,
            known_households: 1.0,
            devices: [0.40, 0.40, 0.20],
            iphones: 0.45,
            browser_days: 14.0,
            canvas_days: 120.0,
            cookie_days: 60.0,
            private: 0.08,
            silent: 0.02,
            relay: 0.15,
            vpn: 0.05,
            travel: 0.05,
            daily_renumbering: 0.15,
            phone_home: [0.5, 0.4],
            extra_opens: 2.5,
            never: 0.12,
            scanned: [0.70, 0.10],
            scanner_script: 0.25,
            acts: false,
            attacks: 1.0,
            more: Structures::default(),
        }
    }

    /// RISK.md 7, where the organiser knows part of the households and people sit on security networks,
    /// as issue 13 asks of every world.
    pub fn usual(events: usize) -> Self {
        let more = Structures { secured: 0.01, ..Structures::default() };
        Self { known_households: 0.5, more, ..Self::specified(events) }
    }

    /// Another world for each seed.
    pub fn drawn(events: usize, rng: &mut Rng) -> Self {
        let mut moved = |value: f64, sigma: f64| value * (sigma * rng.normal()).exp();
        let base = Self::specified(events);
        let mut world = Self {
            guests_median: moved(80.0, 0.4).clamp(25.0, 300.0),
            horizon_days: moved(21.0, 0.4).clamp(7.0, 60.0),
            browser_days: moved(18.0, 0.4),
            canvas_days: moved(120.0, 0.5),
            cookie_days: moved(60.0, 0.7),
            private: moved(0.08, 0.6).min(0.3),
            silent: moved(0.02, 0.7).min(0.1),
            relay: moved(0.2, 0.7).min(0.6),
            vpn: moved(0.06, 0.7).min(0.35),
            travel: moved(0.06, 0.7).min(0.3),
            daily_renumbering: moved(0.15, 0.8).min(0.7),
            extra_opens: moved(2.5, 0.4),
            scanned: [moved(0.6, 0.4).min(0.95), moved(0.12, 0.6).min(0.5)],
            scanner_script: moved(0.3, 0.5).min(0.9),
            attacks: moved(0.8, 0.6).clamp(0.15, 3.0),
            ..base
        };
        world.known_households = rng.between(0.0, 0.9);
        world.iphones = rng.between(0.25, 0.7);
        world.shared_device = rng.between(0.1, 0.45);
        world.home[0] = rng.between(0.4, 0.85);
        world.home[1] = (1.0 - world.home[0]) * rng.between(0.5, 0.9);
        world.home[2] = 1.0 - world.home[0] - world.home[1];
        world.phone_home[0] = rng.between(0.35, 0.6);
        world.phone_home[1] = rng.between(0.2, 0.5).min(0.95 - world.phone_home[0]);
        world.acts = rng.chance(0.5);
        // Each structure is there in two worlds of three, more or less of it.
        let mut some = |most: f64| if rng.chance(0.67) { most * rng.unit() } else { 0.0 };
        world.more = Structures {
            assistants: some(0.9),
            shared_mailboxes: some(0.05),
            dual_stack: some(0.8),
            unlisted_scanners: some(0.6),
            cloud_desktops: some(0.04),
            new_phones: some(0.08),
            hotels: some(0.15),
            shuffling: some(0.12),
            filters: some(0.08),
            secured: some(0.05),
            rotating: some(0.25),
            drip: some(0.01),
            real_headless: some(0.012),
        };
        world
    }
}
