//! What the store answers of other guests is what [`gg_risk::Memory`], the reference, holds of the same openings.

use std::collections::{BTreeSet, HashMap};
use std::io::Cursor;

use gg_app::{App, Opening};
use gg_domain::access::{Act, Acts, Class, LinkAccess};
use gg_domain::actor::{Actor, Permission};
use gg_domain::event::EventInput;
use gg_domain::guest::GuestInput;
use gg_domain::id::{AccountId, DeviceId, EventId, FetchId, GuestId, PartyId};
use gg_domain::risk::{ModelVersion, Score};
use gg_risk::{EventFacts, Memory};
use gg_simulator::log::{Entry, LogReader};
use gg_simulator::world::{Kind, figures, simulate};
use gg_store::{AccessRow, Conn, NewFetch, StoreError, WriteTx};
use gg_testkit::{PASSWORD, TestDb, each_database};

/// Openings compared: some weeks of one event.
const OPENINGS: usize = 1_200;

each_database! {
    async fn the_store_answers_what_the_reference_holds(db: TestDb) {
        let mut stage = Stage::set(&db).await;
        let mut compared = Told::default();
        for entry in entries() {
            db.clock.advance(entry.at.duration_since(db.sources.now()));
            let Some((access, row)) = stage.open(&db, &entry).await else { continue };
            let seen = row.snapshot.0.clone();
            let expected = stage.memory.facts(&access, &seen);
            let answered: EventFacts = serde_json::from_str(row.facts.as_deref().unwrap()).unwrap();
            assert_alike(&answered, &expected, access.party, compared.openings);
            compared.count(&answered);
            stage.remember(&access, &row);
        }
        compared.must_have_met_everything();
    }
}

/// Alike, but that the reference forgets after days what the store keeps: a household's devices, and whose own one is.
fn assert_alike(answered: &EventFacts, expected: &EventFacts, party: PartyId, i: usize) {
    let touched = |facts: &EventFacts| -> BTreeSet<(GuestId, PartyId)> {
        let strangers = facts.touched.iter().filter(|touched| touched.party != party);
        strangers.map(|touched| (touched.guest, touched.party)).collect()
    };
    assert_eq!(touched(answered), touched(expected), "touched, opening {i}");
    let forgotten = expected.touched.iter().find(|touched| !answered.touched.contains(touched));
    assert_eq!(forgotten, None, "opening {i}");
    let figures = |facts: &EventFacts| {
        let EventFacts { address_parties, alike_parties, block_parties, block_kept, .. } = *facts;
        (address_parties, alike_parties, block_parties, block_kept)
    };
    assert_eq!(figures(answered), figures(expected), "opening {i}");
    assert!(answered.other_guests_own || !expected.other_guests_own, "opening {i}");
    assert_eq!(answered.population, expected.population, "opening {i}");
}

/// What was met on the way: a comparison of nothing proves nothing.
#[derive(Debug, Default)]
struct Told {
    openings: usize,
    touched: usize,
    own: usize,
    address: usize,
    alike: usize,
    blocks: usize,
    kept: usize,
    previewed: usize,
}

impl Told {
    fn count(&mut self, facts: &EventFacts) {
        self.openings += 1;
        self.touched += usize::from(!facts.touched.is_empty());
        self.own += usize::from(facts.other_guests_own);
        self.address += usize::from(facts.address_parties > 0);
        self.alike += usize::from(facts.alike_parties > 0);
        self.blocks += usize::from(facts.block_parties > 0);
        self.kept += usize::from(facts.block_kept);
        self.previewed += usize::from(facts.share_preview_at.is_some());
    }

    fn must_have_met_everything(&self) {
        let Self { openings, touched, own, address, alike, blocks, kept, previewed } = *self;
        let all = [openings, touched, own, address, alike, blocks, kept, previewed];
        assert!(all.iter().all(|met| *met > 0), "{self:?}");
    }
}

/// An event whose guests are those of a log.
struct Stage {
    app: App,
    owner: AccountId,
    event: EventId,
    memory: Memory,
    guests: HashMap<String, (GuestId, PartyId, String)>,
    /// Devices as this site knows them, by the log's cookies.
    devices: HashMap<String, DeviceId>,
}

impl Stage {
    async fn set(db: &TestDb) -> Self {
        let app = db.app().await;
        let owner = app.create_account("ama@example.org", PASSWORD.to_owned()).await.unwrap().id;
        let input = EventInput {
            name: "Ama & Kojo".into(),
            starts_at: "2098-12-12T15:00:00Z".into(),
            time_zone: "UTC".into(),
            ..EventInput::default()
        };
        let event = app.plan_event(owner, &input).await.unwrap().id;
        let (memory, guests, devices) = (Memory::default(), HashMap::new(), HashMap::new());
        Self { app, owner, event, memory, guests, devices }
    }

    /// Opens the link as the log says, and gives the opening as the engine saw it.
    async fn open(&mut self, db: &TestDb, entry: &Entry) -> Option<(LinkAccess, AccessRow)> {
        let (guest, party, token) = self.guest(entry).await;
        let access = entry.clone().access();
        let device = entry
            .cookie
            .as_ref()
            .map(|cookie| *self.devices.entry(cookie.clone()).or_insert_with(|| db.sources.random_id()));
        let opening = Opening {
            network: access.network.clone(),
            headers: access.headers.clone(),
            signals: access.signals.clone(),
            device,
            viewer: None,
            act: match access.act {
                Acts::Known(act) => act.filter(|act| *act < Act::Verified),
                Acts::Unknown => None,
            },
        };
        let judged = self.app.score_access(&token, &opening).await.unwrap();
        if let (Some(cookie), Some(device)) = (&entry.set_cookie, judged.set_device) {
            self.devices.insert(cookie.clone(), device);
        }
        let actor = Actor::Invite { event: self.event, guest };
        let id = judged.access;
        let row = db.read(async move |conn: &mut Conn| conn.access(&actor, id).await).await.unwrap().unwrap();
        let seen = &row.snapshot.0;
        let access = LinkAccess {
            id,
            at: row.at,
            event: self.event,
            guest,
            party,
            device: seen.cookie,
            new_device: seen.set_cookie,
            act: seen.act,
            ..access
        };
        if row.class == Class::Preview.as_str() {
            self.fetch(db, &access).await;
        }
        Some((access, row))
    }

    /// The GET that a previewer's call came after.
    async fn fetch(&self, db: &TestDb, access: &LinkAccess) {
        let fetch = NewFetch {
            id: db.sources.id::<FetchId>(),
            guest: access.guest,
            event: access.event,
            class: "preview",
            network: access.network.prefix().map(|prefix| prefix.to_string()).unwrap_or_default(),
            at: access.at,
        };
        let kept = db.write(async move |tx: &mut WriteTx| -> Result<bool, StoreError> {
            tx.insert_fetch(&fetch).await
        });
        kept.await.unwrap();
    }

    /// Tells the reference of an opening that the product has judged.
    fn remember(&mut self, access: &LinkAccess, row: &AccessRow) {
        let class = match row.class.as_str() {
            "human" => Class::Human,
            "preview" => Class::Preview,
            _ => Class::Scanner,
        };
        let score = row.band.as_deref().map(|band| Score {
            p: row.p.unwrap(),
            raw: row.raw.unwrap(),
            z: 0.0,
            leak: 0.0,
            band: gg_domain::risk::Band::parse(band).unwrap(),
            reasons: row.reasons.0.clone(),
            model: ModelVersion("test".into()),
            degraded: false,
        });
        self.memory.note(access, &row.snapshot.0, class, score.as_ref(), row.new_look);
    }

    async fn guest(&mut self, entry: &Entry) -> (GuestId, PartyId, String) {
        if let Some(known) = self.guests.get(&entry.guest) {
            return known.clone();
        }
        let organiser = Actor::account(self.owner, Permission::Members);
        let input = GuestInput {
            name: format!("Guest {}", entry.guest),
            household: Some(entry.party.clone()),
            ..GuestInput::default()
        };
        let row = self.app.add_guest(organiser, self.event, &input).await.unwrap();
        let link = self.app.invite_guest(organiser, row.id).await.unwrap();
        let known = (row.id, row.party_id, link.token.expose().to_string());
        self.guests.insert(entry.guest.clone(), known.clone());
        known
    }
}

/// A world with everything in it that the store is asked of.
fn entries() -> Vec<Entry> {
    let mut world = figures(Kind::Drawn, 44, 1);
    world.guests_median = 200.0;
    world.scanned = [0.9, 0.6];
    world.attacks = 4.0;
    world.more.unlisted_scanners = 0.8;
    world.more.shared_mailboxes = 0.1;
    world.more.assistants = 1.0;
    world.more.cloud_desktops = 0.1;
    let (mut log, mut labels) = (Vec::new(), Vec::new());
    simulate(&world, 44, &mut log, &mut labels).unwrap();
    let mut reader = LogReader::new(Cursor::new(log));
    let mut entries = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        entries.push(entry);
    }
    entries.truncate(OPENINGS);
    entries
}
