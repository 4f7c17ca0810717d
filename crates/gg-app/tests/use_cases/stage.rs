//! What has to be there before a test can begin: an application, an organiser, her event.

use std::sync::Arc;

use gg_app::{App, Judged, Keyring, Opening, Outlet, Secrets, SeenMessage, fetches};
use gg_domain::access::{Headers, Network};
use gg_domain::actor::{Actor, Permission};
use gg_domain::email::EmailAddress;
use gg_domain::event::EventInput;
use gg_domain::guest::GuestInput;
use gg_domain::id::{AccountId, EventId, GuestId};
use gg_domain::policy::{Action, Actions, Policy};
use gg_domain::rsvp::AnswerInput;
use gg_domain::signals::{Screen, Signals};
use gg_domain::step_up::Code;
use gg_store::{Account, PasswordHash, StoreError, WriteTx};
use gg_testkit::TestDb;

/// An organiser with an event.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) owner: AccountId,
    pub(crate) event: EventId,
}

impl Stage {
    /// Ama's wedding, for `capacity` heads.
    pub(crate) async fn set(db: &TestDb, capacity: Option<i64>) -> Self {
        let secrets = Arc::new(Secrets::derive(b"a secret of thirty-two characters"));
        let keyring = Keyring::open(db.store.clone(), db.sources.clone(), secrets.clone()).await.unwrap();
        let app = App {
            store: db.store.clone(),
            sources: db.sources.clone(),
            secrets,
            keyring: Arc::new(keyring),
            scorer: Arc::new(gg_risk::InProcess),
            fetches: fetches().0,
            imports: gg_app::Imports::default(),
            populations: gg_app::Populations::default(),
            turns: gg_app::Turns::default(),
            public_url: "https://guests.example".into(),
            outlet: Outlet::Nowhere,
        };
        let owner = organiser(&app, "ama@example.org").await;
        let event = event(&app, owner, capacity).await;
        Self { app, owner, event }
    }

    /// The organiser: the permission that only an owner has.
    pub(crate) fn organiser(&self) -> Actor {
        Actor::account(self.owner, Permission::Members)
    }

    /// A guest who may bring `plus_ones`.
    pub(crate) async fn guest(&self, name: &str, plus_ones: i64) -> GuestId {
        let input =
            GuestInput { name: name.into(), plus_ones_allowed: Some(plus_ones), ..GuestInput::default() };
        self.app.add_guest(self.organiser(), self.event, &input).await.unwrap().id
    }

    /// `count` guests who may bring `plus_ones` each.
    pub(crate) async fn guests(&self, count: usize, plus_ones: i64) -> Vec<GuestId> {
        let mut guests = Vec::new();
        for i in 0..count {
            guests.push(self.guest(&format!("Guest {i}"), plus_ones).await);
        }
        guests
    }

    /// The secret part of a guest's link.
    pub(crate) async fn token(&self, guest: GuestId) -> String {
        let link = self.app.invite_guest(self.organiser(), guest).await.unwrap();
        link.token.expose().to_string()
    }

    /// Heads that hold seats, as the event counts them and as its guests do.
    pub(crate) async fn seats(&self) -> (i64, i64) {
        let event = self.app.event(self.organiser(), self.event).await.unwrap();
        let (summary, _) = self.app.summary(self.organiser(), self.event).await.unwrap();
        (event.seats_taken, summary.seats)
    }

    /// Heads that the answers seat.
    pub(crate) async fn heads(&self, guests: &[GuestId]) -> i64 {
        let mut heads = 0;
        for guest in guests {
            if let Ok((Some(row), ..)) = self.app.answer_of(self.organiser(), *guest).await {
                heads += row.answer().unwrap().seats();
            }
        }
        heads
    }

    /// The numbers of the event's feed, and who each is about.
    pub(crate) async fn feed(&self) -> Vec<i64> {
        while self.app.number_feed().await.unwrap() > 0 {}
        let activity = self.app.activity(self.organiser(), self.event, 0, 10_000).await.unwrap();
        activity.iter().map(|message| message.seq).collect()
    }
}

/// An account.
pub(crate) async fn organiser(app: &App, address: &str) -> AccountId {
    let account = Account {
        id: app.sources.id(),
        email: EmailAddress::parse(address).unwrap(),
        password_hash: PasswordHash::new("$argon2id$none".to_string()),
        created_at: app.sources.now(),
    };
    let id = account.id;
    let made = app.store.write(async move |tx: &mut WriteTx| tx.insert_account(&account).await).await;
    assert_eq!(made, Ok::<_, StoreError>(true));
    id
}

/// An event of `owner`.
pub(crate) async fn event(app: &App, owner: AccountId, capacity: Option<i64>) -> EventId {
    let input = EventInput {
        name: "Ama & Kojo".into(),
        starts_at: "2026-12-12T15:00:00Z".into(),
        time_zone: "Africa/Accra".into(),
        capacity,
        ..EventInput::default()
    };
    app.plan_event(owner, &input).await.unwrap().id
}

/// Coming, with `companions`.
pub(crate) fn coming(companions: &[&str]) -> AnswerInput {
    let plus_ones = companions.iter().map(|name| (*name).to_string()).collect();
    AnswerInput { attending: true, plus_ones, ..AnswerInput::default() }
}

/// Not coming.
pub(crate) fn declining() -> AnswerInput {
    AnswerInput::default()
}

/// A person's opening, in a browser of his own.
pub(crate) fn opening() -> Opening {
    const AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
    Opening {
        network: Network::at("41.57.16.9".parse().unwrap()),
        headers: Headers {
            ua: Some(AGENT.into()),
            accept_language: Some("en-GB,en;q=0.9".into()),
            ..Headers::default()
        },
        signals: Some(Signals {
            platform: Some("iPhone".into()),
            screen: Some(Screen { width: 390, height: 844 }),
            pixel_ratio: Some(3.0),
            touch_points: Some(5),
            timezone: Some("Africa/Accra".into()),
            languages: Some(vec!["en-GB".into()]),
            canvas: Some("c0ffee".into()),
            webdriver: Some(false),
            visible_ms: Some(4_000),
            interacted: Some(true),
            ..Signals::default()
        }),
        device: None,
        viewer: None,
        act: None,
    }
}

impl Stage {
    /// The same, where messages go into the viewer, and every opening is asked for a code.
    pub(crate) async fn asking(db: &TestDb) -> Self {
        let mut stage = Self::set(db, None).await;
        stage.app.outlet = Outlet::Viewer;
        stage.treat_all(Action::StepUp).await;
        stage
    }

    /// What the event does with everybody who opens a link.
    pub(crate) async fn treat_all(&self, action: Action) {
        let actions = Actions { low: action, medium: action, high: action, block: action };
        let policy = Policy { actions, ..Policy::default() };
        self.app.set_policy(self.organiser(), self.event, policy).await.unwrap();
    }

    /// A guest whom mail reaches.
    pub(crate) async fn mailed_guest(&self, name: &str) -> GuestId {
        let email = format!("{}@example.org", name.to_lowercase());
        let input = GuestInput { name: name.into(), email: Some(email), ..GuestInput::default() };
        self.app.add_guest(self.organiser(), self.event, &input).await.unwrap().id
    }

    /// A person's opening of a link.
    pub(crate) async fn open(&self, token: &str) -> Judged {
        self.app.score_access(token, &opening()).await.unwrap()
    }

    /// The event's messages, the latest first.
    pub(crate) async fn messages(&self) -> Vec<SeenMessage> {
        self.app.messages(self.organiser(), self.event).await.unwrap()
    }

    /// The code in the latest message.
    pub(crate) async fn latest_code(&self) -> Code {
        self.messages().await[0].code.clone().unwrap()
    }

    /// The secret part of the link in the latest message.
    pub(crate) async fn latest_link(&self) -> String {
        let link = self.messages().await[0].link.clone().unwrap();
        link.rsplit('/').next().unwrap().to_string()
    }
}
