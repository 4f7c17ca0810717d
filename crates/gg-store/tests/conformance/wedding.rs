//! An event with guests, for tests of what happens in it.

use gg_domain::actor::{Actor, Permission};
use gg_domain::baseline::BaselineChange;
use gg_domain::event::EventDetails;
use gg_domain::feed::FeedKind;
use gg_domain::guest::{GuestDetails, GuestInput};
use gg_domain::id::{AccessId, AccountId, EventId, GuestId, PartyId, RsvpId};
use gg_domain::name::PersonName;
use gg_domain::risk::{GuestRisk, Reason, ReasonCode};
use gg_domain::rsvp::{Answer, Source};
use gg_domain::snapshot::{Agent, Machine, SNAPSHOT_VERSION, SeenNetwork, Snapshot};
use gg_store::{Conn, GuestRow, NewAccess, NewFeed, NewRsvp, RiskChange, StoreError, WriteTx};
use gg_testkit::TestDb;
use jiff::{SignedDuration, Timestamp};

use crate::stage;

/// Ama's wedding.
pub(crate) struct Wedding {
    pub(crate) owner: AccountId,
    pub(crate) event: EventId,
}

impl Wedding {
    /// Her event, with 120 seats.
    pub(crate) async fn plan(db: &TestDb) -> Self {
        let (owner, event, at) =
            (stage::organiser(db, "ama@example.org").await, db.sources.id(), db.sources.now());
        let details = details(at);
        let made =
            db.write(async move |tx: &mut WriteTx| tx.insert_event(owner, event, &details, at).await).await;
        assert_eq!(made, Ok::<_, StoreError>(()));
        Self { owner, event }
    }

    /// She herself.
    pub(crate) fn ama(&self) -> Actor {
        Actor::account(self.owner, Permission::ReadEvent)
    }

    /// A guest of no household.
    pub(crate) async fn guest(&self, db: &TestDb, name: &str) -> GuestId {
        self.guest_of(db, name, None).await
    }

    /// A guest of a household.
    pub(crate) async fn guest_of(&self, db: &TestDb, name: &str, household: Option<&str>) -> GuestId {
        let (guest, party, at, event) = (db.sources.id(), db.sources.id(), db.sources.now(), self.event);
        let details = guest_details(name, household);
        let insert = async move |tx: &mut WriteTx| tx.insert_guest(event, guest, party, &details, at).await;
        assert_eq!(db.write(insert).await, Ok::<_, StoreError>(()));
        guest
    }

    /// A guest's row, as Ama sees it.
    pub(crate) async fn row(&self, db: &TestDb, guest: GuestId) -> Option<GuestRow> {
        let ama = self.ama();
        db.read(async move |conn: &mut Conn| conn.guest(&ama, guest).await).await.unwrap()
    }

    /// His party.
    pub(crate) async fn party(&self, db: &TestDb, guest: GuestId) -> PartyId {
        self.row(db, guest).await.unwrap().party_id
    }

    /// A human opening of a guest's link.
    pub(crate) fn opening(&self, db: &TestDb, guest: GuestId) -> NewAccess {
        let (id, at): (AccessId, _) = (db.sources.id(), db.sources.now());
        NewAccess {
            id,
            guest,
            event: self.event,
            generation: 1,
            class: "human",
            test: false,
            band: Some("low"),
            p: Some(0.25),
            raw: Some(0.125),
            leak: Some(0.006),
            reasons: vec![Reason { code: ReasonCode::FirstSeen, nats: -0.5 }],
            snapshot: snapshot(at),
            facts: r#"{"a":2}"#.into(),
            model: "test".into(),
            degraded: false,
            decision: "allow",
            device: None,
            own: false,
            new_look: false,
            at,
            address: "41.57.16.9".into(),
            headers: "{}".into(),
            signals: None,
        }
    }

    /// A guest's yes.
    pub(crate) fn coming(&self, db: &TestDb, guest: GuestId, companions: &[&str]) -> NewRsvp {
        let plus_ones = companions.iter().map(|name| PersonName::parse(name).unwrap()).collect();
        let answers = vec![("menu".to_string(), "fish".to_string())];
        NewRsvp {
            id: db.sources.id::<RsvpId>(),
            guest,
            event: self.event,
            answer: Answer { attending: true, plus_ones, note: Some("with joy".into()), answers },
            source: Source::Guest,
            access: None,
            pending: false,
            at: db.sources.now(),
        }
    }

    /// A fact for the feed.
    pub(crate) fn fact(&self, db: &TestDb, guest: GuestId) -> NewFeed {
        NewFeed {
            id: db.sources.id::<EventId>().uuid(),
            event: self.event,
            kind: FeedKind::GuestCreated,
            guest,
            access: None,
            rsvp: None,
            figures: "{}".into(),
            at: db.sources.now(),
        }
    }
}

/// What Ama typed.
pub(crate) fn details(at: Timestamp) -> EventDetails {
    EventDetails {
        name: "Ama & Kojo".into(),
        starts_at: at + SignedDuration::from_hours(24),
        ends_at: at + SignedDuration::from_hours(30),
        time_zone: "Africa/Accra".into(),
        venue: Some("Aburi Gardens".into()),
        capacity: Some(120),
        rsvp_deadline: Some(at + SignedDuration::from_hours(12)),
    }
}

/// What she typed of a guest.
pub(crate) fn guest_details(name: &str, household: Option<&str>) -> GuestDetails {
    let input = GuestInput {
        name: name.into(),
        email: Some("guest@example.org".into()),
        phone: Some("+233 20 123 4567".into()),
        plus_ones_allowed: Some(2),
        household: household.map(str::to_string),
        locale: Some("en-GH".into()),
        notes: Some("vegetarian".into()),
    };
    GuestDetails::parse(&input).unwrap()
}

/// What is kept of an opening of which little is known.
pub(crate) fn snapshot(at: Timestamp) -> Snapshot {
    Snapshot {
        v: SNAPSHOT_VERSION,
        at,
        cookie: None,
        set_cookie: None,
        act: Default::default(),
        net: SeenNetwork::default(),
        agent: Agent::default(),
        hints: None,
        header_language: Some("en".into()),
        script: true,
        machine: Machine::default(),
        webdriver: None,
        visible_ms: Some(4_000),
        interacted: Some(true),
    }
}

/// A guest's risk row as a change leaves it that says nothing of an opening.
pub(crate) fn reset(
    event: EventId,
    guest: GuestId,
    revision: i64,
    risk: &GuestRisk,
    at: Timestamp,
) -> RiskChange<'_> {
    RiskChange { event, guest, revision, risk, change: &BaselineChange::Reset, access: None, at }
}
