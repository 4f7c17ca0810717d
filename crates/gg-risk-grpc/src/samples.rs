//! For tests: a question with every field set, to extremes where a field has any.

use gg_domain::access::{Act, Acts, NetClass};
use gg_domain::id::{DeviceId, GuestId, PartyId};
use gg_domain::policy::{Action, Actions, Delegate, Policy, Thresholds};
use gg_domain::risk::{Band, GuestRisk, KnownCookie, KnownDevice, KnownNetwork, Refused, Traits};
use gg_domain::signals::Screen;
use gg_domain::snapshot::{
    Agent, Browser, DeviceKind, Hints, Machine, Mark, Os, OsVersion, SNAPSHOT_VERSION, SeenNetwork, Snapshot,
};
use gg_risk::{Count, Counts, EventFacts, Known, Population, Touched};
use jiff::Timestamp;
use uuid::Uuid;

/// What a score is asked for.
pub(crate) struct Question {
    pub(crate) seen: Snapshot,
    pub(crate) guest_id: GuestId,
    pub(crate) party: PartyId,
    pub(crate) guest: GuestRisk,
    pub(crate) policy: Policy,
    pub(crate) event: EventFacts,
}

impl Question {
    /// Every field set.
    pub(crate) fn full() -> Self {
        Self {
            seen: snapshot(),
            guest_id: GuestId::from_uuid(Uuid::from_u128(1)),
            party: PartyId::from_uuid(Uuid::from_u128(2)),
            guest: guest(),
            policy: policy(),
            event: facts(),
        }
    }

    pub(crate) fn known(&self) -> Known<'_> {
        Known {
            guest_id: self.guest_id,
            party: self.party,
            guest: &self.guest,
            policy: &self.policy,
            event: &self.event,
        }
    }
}

fn at(nanos: i128) -> Timestamp {
    Timestamp::from_nanosecond(nanos).unwrap()
}

fn device(n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(n))
}

fn network() -> SeenNetwork {
    SeenNetwork {
        prefix: Some("2001:db8:7::/48".parse().unwrap()),
        asn: Some(u32::MAX),
        city: Some("Sunyani ✓".into()),
        country: Some("GH".into()),
        class: Some(NetClass::Tor),
    }
}

fn snapshot() -> Snapshot {
    Snapshot {
        v: SNAPSHOT_VERSION,
        at: at(-1),
        cookie: Some(device(3)),
        set_cookie: Some(device(4)),
        act: Acts::Known(Some(Act::Answered)),
        net: network(),
        agent: Agent {
            os: Os::Chromeos,
            os_version: Some(OsVersion(17, 4)),
            browser: Browser::Library,
            major: Some(0),
            in_app: true,
            kind: DeviceKind::Unknown,
            headless: true,
        },
        hints: Some(Hints {
            mobile: Some(false),
            platform: Some(String::new()),
            chromium: Some(1),
            headless: true,
        }),
        header_language: Some("tw-GH".into()),
        script: true,
        machine: Machine {
            platform: Some("Linux armv81".into()),
            screen: Some(Screen { width: 390, height: 0 }),
            pixel_ratio: Some(f64::MIN_POSITIVE / 2.0),
            color_depth: Some(24),
            touch_points: Some(5),
            cores: Some(8),
            memory: Some(0.1 + 0.2),
            timezone: Some("Africa/Accra".into()),
            tz_offset: Some(i32::MIN),
            languages: vec!["tw".into(), String::new()],
            canvas: Some(Mark(u64::MAX)),
            audio: Some(Mark(0)),
            fonts: Some(Mark(7)),
            webgl_vendor: Some("v".into()),
            webgl_renderer: Some("r".into()),
            plugins: Some(0),
        },
        webdriver: Some(false),
        visible_ms: Some(u64::MAX),
        interacted: Some(true),
    }
}

fn guest() -> GuestRisk {
    let traits = Traits {
        os: Os::Other,
        browser: Browser::Other,
        major: Some(126),
        os_version: Some(OsVersion(0, 1)),
        in_app: true,
        kind: DeviceKind::Tablet,
        hardware: Some(Mark(1)),
        canvas: Some(Mark(2)),
        audio: Some(Mark(3)),
        fonts: Some(Mark(4)),
        timezone: Some("UTC".into()),
        language: Some("en".into()),
    };
    let known = KnownDevice {
        cookies: vec![
            KnownCookie { id: device(5), proven: true },
            KnownCookie { id: device(6), proven: false },
        ],
        weight: std::f64::consts::PI,
        first_at: at(1),
        last_at: at(1_700_000_000_123_456_789),
        proven_at: Some(at(2)),
        trusted: true,
        doubt: -0.0,
        heard: 1e-300,
        habit: (255, 1),
        traits,
        networks: vec![KnownNetwork { net: network(), weight: 0.3, at: at(3) }],
    };
    GuestRisk {
        v: GuestRisk::VERSION,
        devices: vec![known],
        leak: 0.005,
        accesses: u32::MAX,
        first_human_at: Some(at(-1_500_000_001)),
        last_at: Some(at(4)),
        new_devices: vec![at(5), at(6)],
        refused: vec![Refused { id: device(7), heard: 2.5, disowned: true }],
        standing: Some(Band::High),
    }
}

fn policy() -> Policy {
    Policy {
        thresholds: Thresholds { medium: 0.2, high: 0.600_000_000_000_000_1, block: 0.97 },
        actions: Actions {
            low: Action::Allow,
            medium: Action::Hold,
            high: Action::StepUp,
            block: Action::Block,
        },
        trusted_networks: vec!["203.0.113.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
        delegates: vec![Delegate {
            name: "Mia".into(),
            guests: vec![GuestId::from_uuid(Uuid::from_u128(8))],
        }],
        fingerprint: true,
    }
}

fn facts() -> EventFacts {
    let mut population = Population::default();
    for (n, block) in (1..).zip(gg_risk::Block::ALL) {
        *population.counts_mut(*block) =
            Counts { event: Count { seen: n, of: n + 1 }, all: Count { seen: n + 2, of: u32::MAX } };
    }
    EventFacts {
        touched: vec![Touched {
            guest: GuestId::from_uuid(Uuid::from_u128(9)),
            party: PartyId::from_uuid(Uuid::from_u128(10)),
        }],
        other_guests_own: true,
        address_parties: 1,
        share_preview_at: Some(at(7)),
        sender_links: 2,
        alike_parties: 3,
        block_parties: 4,
        block_kept: true,
        cookie_of_machine: true,
        population,
    }
}
