//! Who is invited: households, their lines and devices, how they are sent their links.

use super::device::{Device, System};
use super::net::{self, Line, Place};
use super::params::World;
use crate::rng::{Rng, hash, hours, whole};

/// How a link travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Channel {
    /// Mail.
    Email,
    /// WhatsApp.
    WhatsApp,
    /// A text message.
    Sms,
    /// A social network.
    Social,
}

impl Channel {
    /// As the log has it, where it has it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::WhatsApp => "whatsapp",
            Self::Sms => "sms",
            Self::Social => "link",
        }
    }
}

/// A home or somewhere else where one lives for a while.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    /// Where.
    pub(crate) place: Place,
    line: Line,
    seed: u64,
    renumbers_ms: i64,
    v6: bool,
}

impl Home {
    /// A home at `place`.
    pub(crate) fn new(place: Place, world: &World, rng: &mut Rng) -> Self {
        let isp = rng.zipf(6, 1.0);
        // Whether a provider renumbers daily is the provider's habit, not the home's.
        let daily = hash(&[place.country as u64, isp as u64, 24]) % 1_000
            < u64::try_from(whole(world.daily_renumbering * 1_000.0, 0, 1_000)).unwrap_or(0);
        Self {
            place,
            line: net::residential(place, isp, rng),
            seed: rng.bits(),
            renumbers_ms: if daily { hours(24.0) } else { hours(24.0 * rng.exp(45.0).max(1.0)) },
            v6: rng.chance(world.more.dual_stack),
        }
    }

    /// Its line at `at`; over IPv6 half the time where it has that.
    pub(crate) fn line(&self, at: i64, rng: &mut Rng) -> Line {
        let era = u64::try_from(at.max(0) / self.renumbers_ms).unwrap_or(0);
        if self.v6 && rng.chance(0.5) {
            let day = u64::try_from(at.max(0) / hours(24.0)).unwrap_or(0);
            return self.line.over_v6(day);
        }
        if era == 0 { self.line } else { net::renumbered(self.line, hash(&[self.seed, era])) }
    }
}

/// A guest, or a stranger.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Home.
    pub(crate) home: Home,
    /// Devices by number in the world, the main one first.
    pub(crate) devices: Vec<usize>,
    carrier: usize,
    office: usize,
    /// Works behind a security network's proxy.
    pub(crate) secured: bool,
    vpn: bool,
    phone_home: [f64; 2],
    cloud_line: u64,
    travel: Option<(i64, i64, Place)>,
    hotel: Option<u64>,
    /// Gets a new phone then.
    pub(crate) new_phone: Option<(i64, usize)>,
}

/// One invitation.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    /// Number of the event.
    pub(crate) event: usize,
    /// Household as the organiser knows it.
    pub(crate) party: usize,
    /// Who.
    pub(crate) person: Person,
    /// How the link came.
    pub(crate) channel: Channel,
    /// A mailbox at work.
    pub(crate) corporate_mail: bool,
    /// When it was sent.
    pub(crate) sent_at: i64,
    /// Seat of companions.
    pub(crate) plus_ones: u32,
}

/// An event: when, where, who.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Where.
    pub(crate) place: Place,
    /// When it takes place.
    pub(crate) at: i64,
    /// First guest in the world's list, and one past the last.
    pub(crate) guests: (usize, usize),
    /// Seed of its venue's line.
    pub(crate) venue: u64,
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Population {
    /// Events.
    pub(crate) events: Vec<Event>,
    /// Guests of all events, event by event.
    pub(crate) guests: Vec<Guest>,
    /// Devices of all people.
    pub(crate) devices: Vec<Device>,
}

impl Population {
    /// Draws it.
    pub(crate) fn new(world: &World, rng: &mut Rng) -> Self {
        let mut all = Self::default();
        for number in 0..world.events {
            all.add_event(number, world, rng);
        }
        all
    }

    /// Adds a device and gives its number.
    pub(crate) fn add_device(&mut self, device: Device) -> usize {
        self.devices.push(device);
        self.devices.len() - 1
    }

    /// A person of no household here: a friend, a thief.
    pub(crate) fn stranger(&mut self, place: Place, world: &World, rng: &mut Rng) -> Person {
        let home = Home::new(place, world, rng);
        self.person(home, None, world, rng)
    }

    fn add_event(&mut self, number: usize, world: &World, rng: &mut Rng) {
        let place = Place::anywhere(rng);
        let first = self.guests.len();
        let size = whole(rng.lognormal(world.guests_median, 0.6), 20, 600);
        let mut party = 0;
        while self.guests.len() - first < size {
            let people = 1 + rng.weighted(&world.households);
            let known = rng.chance(world.known_households);
            let at = match rng.weighted(&world.home) {
                0 => place,
                1 => place.elsewhere(rng),
                _ => Place::anywhere(rng),
            };
            let home = Home::new(at, world, rng);
            let shared = (people > 1 && rng.chance(world.shared_device)).then(|| {
                let device = if rng.chance(0.5) {
                    Device::tablet(at.country, world, rng)
                } else {
                    Device::laptop(at.country, world, rng)
                };
                self.add_device(device)
            });
            for _ in 0..people {
                let guest = self.guest(number, party, &home, shared, world, rng);
                self.guests.push(guest);
                party += usize::from(!known);
            }
            party += usize::from(known);
        }
        let at = hours(24.0 * world.horizon_days);
        self.events.push(Event { place, at, guests: (first, self.guests.len()), venue: rng.bits() });
    }

    fn guest(
        &mut self,
        event: usize,
        party: usize,
        home: &Home,
        shared: Option<usize>,
        world: &World,
        rng: &mut Rng,
    ) -> Guest {
        let channels = [Channel::Email, Channel::WhatsApp, Channel::Sms, Channel::Social];
        let channel = channels[rng.weighted(&[0.55, 0.25, 0.15, 0.05])];
        Guest {
            event,
            party,
            person: self.person(home.clone(), shared, world, rng),
            channel,
            corporate_mail: channel == Channel::Email && rng.chance(0.25),
            // Sent in one go in the first hour, a tenth of them later.
            sent_at: if rng.chance(0.9) {
                hours(rng.between(0.0, 1.0))
            } else {
                hours(24.0 * rng.between(0.0, 6.0))
            },
            plus_ones: u32::try_from(rng.weighted(&[0.5, 0.35, 0.15])).unwrap_or(0),
        }
    }

    fn person(&mut self, home: Home, shared: Option<usize>, world: &World, rng: &mut Rng) -> Person {
        let country = home.place.country;
        let cloud = rng.chance(world.more.cloud_desktops);
        let language = rng.bits();
        let mut devices = Vec::new();
        for number in 0..=rng.weighted(&world.devices) {
            let mut device = self.one_device(number, country, world, rng);
            // People set their devices alike, nearly always.
            if rng.chance(0.92) {
                device.speak(country, language);
            }
            if cloud && !device.is_phone() {
                device.software = true;
                device.system = System::Windows;
            }
            devices.push(self.add_device(device));
        }
        devices.extend(shared);
        let horizon = 24.0 * world.horizon_days;
        let travel = rng.chance(world.travel).then(|| {
            let from = rng.between(0.0, horizon);
            (hours(from), hours(from + 24.0 * rng.between(3.0, 7.0)), Place::anywhere(rng))
        });
        let new_phone = rng.chance(world.more.new_phones).then(|| {
            let at = hours(rng.between(0.1, 0.9) * horizon);
            (at, self.add_device(Device::phone(country, world, rng)))
        });
        Person {
            home,
            devices,
            carrier: rng.zipf(4, 0.8),
            office: rng.below(30),
            secured: rng.chance(world.more.secured),
            vpn: rng.chance(world.vpn),
            phone_home: world.phone_home,
            cloud_line: rng.bits(),
            travel,
            hotel: rng.chance(world.more.hotels).then(|| rng.bits() % 2),
            new_phone,
        }
    }

    #[expect(clippy::unused_self, reason = "reads as the others do")]
    fn one_device(&self, number: usize, country: usize, world: &World, rng: &mut Rng) -> Device {
        match number {
            0 if rng.chance(0.97) => Device::phone(country, world, rng),
            0 => Device::laptop(country, world, rng),
            1 => match rng.weighted(&[0.75, 0.15, 0.10]) {
                0 => Device::laptop(country, world, rng),
                1 => Device::tablet(country, world, rng),
                _ => Device::phone(country, world, rng),
            },
            _ if rng.chance(0.4) => Device::tablet(country, world, rng),
            _ => Device::laptop(country, world, rng),
        }
    }
}

impl Person {
    /// The line that `device` uses at `at`, around an event.
    pub(crate) fn line(&self, device: &Device, work: bool, at: i64, event: &Event, rng: &mut Rng) -> Line {
        let day = hours(24.0);
        let near = at > event.at - day;
        if at >= event.at - day / 3 && rng.chance(0.3) {
            return net::venue(event.place, event.venue);
        }
        if near && let Some(hotel) = self.hotel {
            return net::venue(event.place, hash(&[event.venue, hotel]));
        }
        let place = match self.travel {
            Some((from, to, place)) if at >= from && at < to => place,
            _ => self.home.place,
        };
        let away = place != self.home.place;
        if self.vpn && rng.chance(0.4) {
            return net::vpn(self.home.place, rng);
        }
        if device.software {
            // His own desktop in the cloud: the same block each time, now and then another host.
            return net::hosting_block(usize::try_from(self.cloud_line % 9_973).unwrap_or(0), rng);
        }
        if device.relay && rng.chance(0.9) {
            return net::relay(place, rng);
        }
        if device.is_phone() {
            match rng.weighted(&[
                self.phone_home[0],
                self.phone_home[1],
                1.0 - self.phone_home[0] - self.phone_home[1],
            ]) {
                0 if !away => self.home.line(at, rng),
                1 => net::mobile(place, self.carrier, rng),
                _ => Home { place, ..self.away_home(place, rng) }.line(0, rng),
            }
        } else if work && !away {
            if rng.chance(0.8) { self.office_line(rng) } else { self.home.line(at, rng) }
        } else {
            match rng.weighted(&[0.8, 0.1, 0.1]) {
                0 if !away => self.home.line(at, rng),
                1 if !away => self.office_line(rng),
                _ => self.away_home(place, rng).line(0, rng),
            }
        }
    }

    /// The line at work.
    pub(crate) fn office_line(&self, rng: &mut Rng) -> Line {
        if self.secured {
            net::secured(self.home.place, self.office, rng)
        } else {
            net::corporate(self.home.place, self.office, rng)
        }
    }

    /// The mobile line.
    pub(crate) fn mobile(&self, rng: &mut Rng) -> Line {
        net::mobile(self.home.place, self.carrier, rng)
    }

    #[expect(clippy::unused_self, reason = "where he is, not who")]
    fn away_home(&self, place: Place, rng: &mut Rng) -> Home {
        let line = net::residential(place, rng.zipf(6, 1.0), rng);
        Home { place, line, seed: rng.bits(), renumbers_ms: i64::MAX, v6: false }
    }
}
