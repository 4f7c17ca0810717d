//! A guest, a stranger, and a link between them. Everything has a default; a story says what differs.

use gg_domain::access::{Act, Acts, Headers, LinkAccess, Method, NetClass, Network};
use gg_domain::id::{AccessId, DeviceId, EventId, GuestId, PartyId};
use gg_domain::policy::Policy;
use gg_domain::risk::{Band, GuestRisk, ReasonCode, Score};
use gg_domain::signals::Signals;
use gg_domain::snapshot::Snapshot;
use gg_risk::{Admission, EventFacts, Known, score, snapshot, update};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) \
    AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1";
pub(crate) const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";

pub(crate) const GUEST: GuestId = GuestId::from_uuid(Uuid::from_u128(1));
pub(crate) const PARTY: PartyId = PartyId::from_uuid(Uuid::from_u128(2));

pub(crate) fn device(n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(1_000 + n))
}

pub(crate) fn start() -> Timestamp {
    "2026-06-01T10:00:00Z".parse().expect("a time of the fixtures")
}

/// A network of which only the address is known.
pub(crate) fn at(ip: &str) -> Network {
    Network::at(ip.parse().expect("an address of the fixtures"))
}

/// The guest's iPhone at home, touched; it is given cookie 1.
pub(crate) fn opening() -> LinkAccess {
    LinkAccess {
        id: AccessId::from_uuid(Uuid::from_u128(9)),
        at: start(),
        event: EventId::from_uuid(Uuid::from_u128(8)),
        guest: GUEST,
        party: PARTY,
        network: at("198.51.100.7"),
        headers: Headers {
            ua: Some(IPHONE.into()),
            accept_language: Some("de-DE,de;q=0.9".into()),
            ..Headers::default()
        },
        signals: signals(&phone()),
        device: None,
        new_device: Some(device(1)),
        act: Acts::Known(None),
        method: Method::Get,
    }
}

/// A Windows laptop elsewhere, of somebody who lives elsewhere; it is given cookie 2.
pub(crate) fn stranger() -> LinkAccess {
    LinkAccess {
        network: at("203.0.113.9"),
        headers: Headers {
            ua: Some(WINDOWS.into()),
            accept_language: Some("en-US,en;q=0.9".into()),
            ..Headers::default()
        },
        signals: signals(&laptop()),
        new_device: Some(device(2)),
        ..opening()
    }
}

/// The same visitor, who brings the cookie that he was given.
pub(crate) fn back(access: &LinkAccess) -> LinkAccess {
    LinkAccess { device: access.new_device, new_device: None, ..access.clone() }
}

/// The same over another kind of line.
pub(crate) fn over(class: NetClass, access: &LinkAccess) -> LinkAccess {
    let network = Network { class: Some(class), ..access.network.clone() };
    LinkAccess { network, ..access.clone() }
}

pub(crate) fn phone() -> Value {
    json!({
        "platform": "iPhone", "screen": "390x844", "pixel_ratio": 3, "touch_points": 5, "cores": 4,
        "timezone": "Europe/Berlin", "tz_offset": 120, "languages": ["de-DE", "en"], "canvas": "c1",
        "audio": "a1", "fonts": "f1", "webgl_vendor": "Apple Inc.", "webgl_renderer": "Apple GPU",
        "webdriver": false, "visible_ms": 4000, "interacted": true,
    })
}

pub(crate) fn laptop() -> Value {
    json!({
        "platform": "Win32", "screen": "1920x1080", "pixel_ratio": 1, "touch_points": 0, "cores": 8,
        "memory": 8, "timezone": "America/New_York", "tz_offset": -240, "languages": ["en-US"],
        "canvas": "c2", "audio": "a2", "fonts": "f2", "webgl_vendor": "Google Inc. (NVIDIA)",
        "webgl_renderer": "ANGLE (NVIDIA)", "webdriver": false, "visible_ms": 4000, "interacted": true,
    })
}

pub(crate) fn signals(said: &Value) -> Option<Signals> {
    Signals::parse(said).expect("fixtures have right types")
}

/// A guest's link and what is remembered, step by step.
#[derive(Clone, Default)]
pub(crate) struct Link {
    pub(crate) guest: GuestRisk,
    pub(crate) policy: Policy,
    pub(crate) event: EventFacts,
    pub(crate) hours: i64,
}

impl Link {
    /// A link whose guest opened on the iPhone at home and answered.
    pub(crate) fn answered() -> Self {
        let mut link = Self::default();
        link.open_and_answer(&opening());
        link
    }

    pub(crate) fn seen(&self, access: &LinkAccess) -> Snapshot {
        let at = start() + SignedDuration::from_hours(self.hours);
        snapshot(&LinkAccess { at, ..access.clone() }, self.policy.fingerprint)
    }

    /// What would be said, an hour later, without remembering it.
    pub(crate) fn judge(&self, access: &LinkAccess) -> Score {
        let known = Known {
            guest_id: GUEST,
            party: PARTY,
            guest: &self.guest,
            policy: &self.policy,
            event: &self.event,
        };
        score(&self.seen(access), &known)
    }

    /// Opens, and goes on by two hours.
    pub(crate) fn open(&mut self, access: &LinkAccess) -> Score {
        let score = self.judge(access);
        self.guest = update(&self.guest, &self.seen(access), &score, Admission::Opened);
        self.hours += 2;
        score
    }

    pub(crate) fn open_and_answer(&mut self, access: &LinkAccess) -> Score {
        let (seen, score) = (self.seen(access), self.judge(access));
        self.guest = update(&self.guest, &seen, &score, Admission::Opened);
        self.guest = update(&self.guest, &seen, &score, Admission::Followed(Act::Answered));
        self.hours += 2;
        score
    }
}

pub(crate) fn nats(score: &Score, code: ReasonCode) -> Option<f64> {
    score.reasons.iter().find(|reason| reason.code == code).map(|reason| reason.nats)
}

#[track_caller]
pub(crate) fn expect(score: &Score, band: Band) {
    assert_eq!(score.band, band, "p {:.3}, z {:.2}, {:?}", score.p, score.z, score.reasons);
}

/// What the gate takes an opening of a link for of which nothing is known.
pub(crate) fn gate(access: &LinkAccess) -> gg_domain::access::Class {
    let seen = snapshot(access, true);
    let previewer = gg_risk::names_previewer(access.headers.agent());
    gg_risk::gate(access, &seen, &GuestRisk::default(), &EventFacts::default(), previewer)
}
