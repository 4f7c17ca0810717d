//! The event that is written into: its guests' ids are numbers, so that `pgbench` can name them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use gg_domain::clock::Sources;
use gg_domain::email::EmailAddress;
use gg_domain::event::EventDetails;
use gg_domain::feed::FeedKind;
use gg_domain::guest::{GuestDetails, GuestInput};
use gg_domain::id::{AccessId, AccountId, DeviceId, EventId, GuestId, InviteId, PartyId, RsvpId};
use gg_domain::invite::InviteState;
use gg_domain::name::PersonName;
use gg_domain::risk::{Band, GuestRisk, KnownCookie, KnownDevice, Reason, ReasonCode, Traits};
use gg_domain::rsvp::{Answer, Source};
use gg_domain::signals::Screen;
use gg_domain::snapshot::{Agent, Machine, Mark, SNAPSHOT_VERSION, SeenNetwork, Snapshot};
use gg_domain::token::KeyId;
use gg_store::{Account, NewAccess, NewFeed, NewRsvp, PasswordHash, Store, StoreError, WriteTx};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Guests of the event.
pub(crate) const GUESTS: u128 = 10_000;
/// Rows seeded in one transaction.
const AT_ONCE: u128 = 500;

/// The one event.
pub(crate) fn event() -> EventId {
    EventId::from_uuid(Uuid::from_u128(1))
}

/// The guest with a number.
pub(crate) fn guest(number: u128) -> GuestId {
    GuestId::from_uuid(Uuid::from_u128(number))
}

/// Makes the event and its guests, each with a link.
pub(crate) async fn seed(store: &Store) {
    let at = Sources::system().now();
    store.migrate(at).await.expect("an empty database is migrated");
    let owner = AccountId::from_uuid(Uuid::from_u128(2));
    let account = Account {
        id: owner,
        email: EmailAddress::parse("ama@example.org").expect("an address"),
        password_hash: PasswordHash::new("none".into()),
        created_at: at,
    };
    let begin = async move |tx: &mut WriteTx| -> Result<(), StoreError> {
        tx.insert_account(&account).await?;
        tx.insert_signing_key(KeyId(1), &[0], at).await?;
        tx.insert_event(owner, event(), &details(at), at).await
    };
    store.write(begin).await.expect("an event is made");
    for first in (0..GUESTS).step_by(AT_ONCE as usize) {
        let guests = async move |tx: &mut WriteTx| -> Result<(), StoreError> {
            for number in first..first + AT_ONCE {
                let party = PartyId::from_uuid(Uuid::from_u128(number));
                tx.insert_guest(event(), guest(number), party, &guest_details(number), at).await?;
                let invite = InviteId::from_uuid(Uuid::from_u128(number));
                tx.insert_invite(event(), guest(number), invite, KeyId(1), InviteState::Living, at).await?;
            }
            Ok(())
        };
        store.write(guests).await.expect("guests are added");
    }
}

fn details(at: Timestamp) -> EventDetails {
    EventDetails {
        name: "Ama & Kojo".into(),
        starts_at: at + SignedDuration::from_hours(24),
        ends_at: at + SignedDuration::from_hours(30),
        time_zone: "Africa/Accra".into(),
        venue: None,
        capacity: Some(1_000_000),
        rsvp_deadline: None,
    }
}

fn guest_details(number: u128) -> GuestDetails {
    let input = GuestInput {
        name: format!("Guest Number {number}"),
        email: Some(format!("guest{number}@example.org")),
        plus_ones_allowed: Some(4),
        ..GuestInput::default()
    };
    GuestDetails::parse(&input).expect("a guest")
}

/// An opening as the product stores one: about 560 bytes of JSON, two reasons, a device.
/// What is looked up of an opening in an event of some hundred guests, as it is kept.
const FACTS: &str = r#"{"a":1,"n":{"os":[140,310,900,2400],"version":[31,140,120,900],"hardware":[12,140,60,900],"canvas":[9,12,40,60],"fonts":[70,140,500,900],"zone":[300,310,1800,2400],"language":[200,310,1500,2400],"prefix":[2,310,3,2400]}}"#;
/// Keys that a reload on a known device is noted under: its place, its kind, its home line.
pub(crate) const SIGHTINGS: usize = 3;

/// Under what a guest is seen.
pub(crate) fn keys(of: GuestId) -> [i64; SIGHTINGS] {
    let (high, low) = of.uuid().as_u64_pair();
    [high ^ low, low.rotate_left(17), low.rotate_left(41)].map(u64::cast_signed)
}

pub(crate) fn opening(sources: &Sources, of: GuestId) -> NewAccess {
    let at = sources.now();
    let reasons = [(ReasonCode::DevKnown, -2.5), (ReasonCode::NetHome, -1.25)];
    NewAccess {
        id: sources.id::<AccessId>(),
        guest: of,
        event: event(),
        generation: 1,
        class: "human",
        test: false,
        band: Some("low"),
        p: Some(0.0125),
        raw: Some(0.0075),
        leak: Some(0.005),
        reasons: reasons.map(|(code, nats)| Reason { code, nats }).into(),
        snapshot: snapshot(at),
        facts: FACTS.into(),
        model: "speed".into(),
        degraded: false,
        decision: "allow",
        device: Some(DeviceId::from_uuid(of.uuid())),
        own: true,
        new_look: false,
        at,
        address: "41.57.16.9".into(),
        headers: r#"{"ua":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1"}"#.into(),
        signals: Some(r#"{"platform":"iPhone","screen":"390x844","pixel_ratio":3,"touch_points":5}"#.into()),
    }
}

fn snapshot(at: Timestamp) -> Snapshot {
    let machine = Machine {
        platform: Some("iPhone".into()),
        screen: Some(Screen { width: 390, height: 844 }),
        pixel_ratio: Some(3.0),
        color_depth: Some(32),
        touch_points: Some(5),
        timezone: Some("Africa/Accra".into()),
        tz_offset: Some(0),
        languages: vec!["en-GB".into(), "en".into()],
        canvas: Some(Mark(0x1234_5678)),
        audio: Some(Mark(0x2345_6789)),
        fonts: Some(Mark(0x3456_789a)),
        webgl_vendor: Some("Apple Inc.".into()),
        webgl_renderer: Some("Apple GPU".into()),
        ..Machine::default()
    };
    Snapshot {
        v: SNAPSHOT_VERSION,
        at,
        cookie: None,
        set_cookie: None,
        act: gg_domain::access::Acts::Unknown,
        net: SeenNetwork::default(),
        agent: Agent::default(),
        hints: None,
        header_language: Some("en-GB".into()),
        script: true,
        machine,
        webdriver: Some(false),
        visible_ms: Some(4_000),
        interacted: Some(true),
    }
}

/// The guest's row after an opening: one device.
pub(crate) fn risk(of: GuestId, at: Timestamp) -> GuestRisk {
    let id = DeviceId::from_uuid(of.uuid());
    let device = KnownDevice {
        cookies: vec![KnownCookie { id, proven: true }],
        weight: 2.5,
        first_at: at,
        last_at: at,
        proven_at: Some(at),
        trusted: false,
        doubt: 0.0,
        heard: 0.0,
        habit: (0, 0),
        traits: Traits { timezone: Some("Africa/Accra".into()), ..Traits::default() },
        networks: Vec::new(),
    };
    GuestRisk {
        devices: vec![device],
        accesses: 3,
        first_human_at: Some(at),
        last_at: Some(at),
        standing: Some(Band::Low),
        ..GuestRisk::default()
    }
}

/// What the feed is told of it.
pub(crate) fn fact(sources: &Sources, kind: FeedKind, of: GuestId) -> NewFeed {
    NewFeed {
        id: sources.id::<EventId>().uuid(),
        event: event(),
        kind,
        guest: of,
        access: None,
        rsvp: None,
        figures: r#"{"band":"low","reasons":[{"code":"DEV_KNOWN","nats":-2.5}],"degraded":false}"#.into(),
        at: sources.now(),
    }
}

/// An answer, another each time.
pub(crate) fn answer(sources: &Sources, of: GuestId, companions: usize) -> NewRsvp {
    let names = ["Efua Mensah", "Yaw Mensah", "Esi Mensah", "Abena Mensah"];
    let plus_ones =
        names.iter().take(companions).map(|name| PersonName::parse(name).expect("a name")).collect();
    let answers: BTreeMap<_, _> = [("menu".to_string(), "fish".to_string())].into();
    NewRsvp {
        id: sources.id::<RsvpId>(),
        guest: of,
        event: event(),
        answer: Answer {
            attending: true,
            plus_ones,
            note: Some("with joy".into()),
            answers: answers.into_iter().collect(),
        },
        source: Source::Guest,
        access: None,
        pending: false,
        at: sources.now(),
    }
}

/// The next guest's number: each caller takes another.
pub(crate) fn next() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    u128::from(NEXT.fetch_add(1, Ordering::Relaxed)) % GUESTS
}
