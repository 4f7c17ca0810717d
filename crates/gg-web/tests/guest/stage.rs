//! An event with one guest and his link, on a new SQLite file, behind the real router.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use gg_app::{App, Keyring, Secrets, fetches};
use gg_domain::actor::{Actor, Permission};
use gg_domain::event::EventInput;
use gg_domain::guest::GuestInput;
use gg_domain::id::{AccountId, EventId, GuestId};
use gg_domain::policy::{Action, Actions, Policy};
use gg_risk::InProcess;
use gg_store::testing::words;
use gg_testkit::TestDb;
use gg_web::limits::Link;
use gg_web::live::{AppFeed, Hub, HubLimits};
use gg_web::router::router;
use gg_web::{Site, Web};
use serde_json::{Value, json};
use tower::ServiceExt;

/// A browser of somebody who has the page before him.
pub(crate) const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1";

/// Makes of each sentence a test with a [`Stage`] of its own.
macro_rules! guest_path {
    ($($(#[$meta:meta])* async fn $name:ident($stage:ident: Stage) $body:block)+) => {$(
        #[test]
        $(#[$meta])*
        fn $name() {
            gg_testkit::on_sqlite(|db| async move {
                let $stage = crate::stage::Stage::new(db).await;
                $body
            });
        }
    )+};
}
pub(crate) use guest_path;

pub(crate) struct Stage {
    pub(crate) db: TestDb,
    pub(crate) app: App,
    pub(crate) web: Web,
    pub(crate) owner: AccountId,
    pub(crate) event: EventId,
    pub(crate) guest: GuestId,
    pub(crate) token: String,
    router: Router,
}

impl Stage {
    pub(crate) async fn new(db: TestDb) -> Self {
        Self::with(db, |_| {}).await
    }

    /// As `change` would have the use cases wired.
    pub(crate) async fn with(db: TestDb, change: impl FnOnce(&mut App)) -> Self {
        let secrets = Arc::new(Secrets::derive(b"a secret for tests"));
        let keyring = Keyring::open(db.store.clone(), db.sources.clone(), secrets.clone()).await.unwrap();
        let (fetches, queue) = fetches();
        let mut app = App {
            store: db.store.clone(),
            sources: db.sources.clone(),
            secrets,
            keyring: Arc::new(keyring),
            scorer: Arc::new(InProcess),
            fetches,
            imports: gg_app::Imports::default(),
            populations: gg_app::Populations::default(),
            turns: gg_app::Turns::default(),
            public_url: "https://guests.example".into(),
            outlet: gg_app::Outlet::Nowhere,
        };
        change(&mut app);
        tokio::spawn({
            let app = app.clone();
            async move { app.keep_fetches(queue, std::future::pending()).await }
        });

        let owner =
            app.create_account("ama@example.org", "a long enough password".to_owned()).await.unwrap().id;
        let wedding = EventInput {
            name: "Ama & Kojo’s wedding".into(),
            starts_at: "2026-12-12T15:00:00Z".into(),
            time_zone: "Europe/Paris".into(),
            venue: Some("Palais des Fleurs".into()),
            rsvp_deadline: Some("2026-12-05T22:59:00Z".into()),
            capacity: Some(3),
            ..EventInput::default()
        };
        let event = app.plan_event(owner, &wedding).await.unwrap().id;
        let web = web(&app);
        let mut stage = Self {
            router: router(web.clone()),
            web,
            owner,
            event,
            guest: GuestId::from_uuid(uuid::Uuid::nil()),
            token: String::new(),
            db,
            app,
        };
        (stage.guest, stage.token) = stage.invite("Efua Mensah", 1).await;
        stage
    }

    pub(crate) fn may(&self, permission: Permission) -> Actor {
        Actor::account(self.owner, permission)
    }

    /// The guest's link of a generation, as it is limited.
    pub(crate) fn link(&self, generation: u32) -> Link {
        Link { guest: self.guest, generation }
    }

    /// One more guest, with his link.
    pub(crate) async fn invite(&self, name: &str, plus_ones: i64) -> (GuestId, String) {
        let input =
            GuestInput { name: name.into(), plus_ones_allowed: Some(plus_ones), ..GuestInput::default() };
        let guest =
            self.app.add_guest(self.may(Permission::WriteGuests), self.event, &input).await.unwrap().id;
        let link = self.app.invite_guest(self.may(Permission::Links), guest).await.unwrap();
        (guest, link.token.expose().to_owned())
    }

    /// What the event does with everybody who opens a link.
    pub(crate) async fn treat_all(&self, action: Action) {
        let actions = Actions { low: action, medium: action, high: action, block: action };
        self.set_policy(Policy { actions, ..Policy::default() }).await;
    }

    pub(crate) async fn set_policy(&self, policy: Policy) {
        self.app.set_policy(self.may(Permission::WritePolicy), self.event, policy).await.unwrap();
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(Ask::new("GET", path).empty()).await
    }

    pub(crate) async fn open(&self, token: &str) -> Reply {
        self.tell(token, json!({"visible_ms": 2000, "interacted": true, "timezone": "Europe/Paris"})).await
    }

    pub(crate) async fn tell(&self, token: &str, signals: Value) -> Reply {
        let body = json!({"token": token, "signals": signals});
        self.ask(Ask::new("POST", "/api/v1/invites/access").json(&body)).await
    }

    /// A new opening's id.
    pub(crate) async fn access(&self) -> String {
        let opened = self.open(&self.token).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
        opened.json()["access_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn answer(&self, access: &str, members: Value) -> Reply {
        let mut body = json!({"token": self.token, "access_id": access, "attending": true});
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.ask(Ask::new("PUT", "/api/v1/invites/rsvp").json(&body)).await
    }

    /// One column of text.
    pub(crate) async fn words(&self, sql: &'static str) -> Vec<String> {
        words(&self.db.store, sql).await.unwrap()
    }

    /// How many rows there are of all that a link could write, but fetches.
    pub(crate) async fn rows(&self) -> Vec<String> {
        self.words(
            "select 'accesses ' || count(*) from accesses
            union all select 'access_signals ' || count(*) from access_signals
            union all select 'rsvps ' || count(*) from rsvps
            union all select 'rsvp_history ' || count(*) from rsvp_history
            union all select 'guest_risk ' || count(*) from guest_risk
            union all select 'guest_devices ' || count(*) from guest_devices
            union all select 'feed ' || count(*) from feed
            union all select 'opened ' || count(*) from invites where opened_at is not null
            union all select 'seats ' || sum(seats_taken) from events",
        )
        .await
    }
}

fn web(app: &App) -> Web {
    let sources = app.sources.clone();
    let hub = Hub::new(Arc::new(AppFeed(app.clone())), Arc::new(move || sources.now()), HubLimits::default());
    let site = Site {
        origins: vec!["https://guests.example".into()],
        secure: true,
        trusted_proxies: Vec::new(),
        metrics: Box::new(String::new),
        demo_token: None,
    };
    Web::new(app.clone(), hub, site)
}

/// A request on its way.
pub(crate) struct Ask(axum::http::request::Builder);

impl Ask {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self(Request::builder().method(method).uri(path)).header("user-agent", PHONE)
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().unwrap().insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn empty(self) -> Request<Body> {
        self.0.body(Body::empty()).unwrap()
    }

    pub(crate) fn json(self, body: &Value) -> Request<Body> {
        self.header("content-type", "application/json").0.body(Body::from(body.to_string())).unwrap()
    }

    /// A form as its bytes stand.
    pub(crate) fn form_body(self, body: &str) -> Request<Body> {
        let kind = "application/x-www-form-urlencoded";
        self.header("content-type", kind).0.body(Body::from(body.to_owned())).unwrap()
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Request<Body> {
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.form_body(&pairs.join("&"))
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The pointers of a 422.
    pub(crate) fn pointers(&self) -> Vec<String> {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", self.body);
        let problem = self.json();
        let errors = problem["errors"].as_array().unwrap().iter();
        errors.map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// `name=value` of the cookie whose name it is, to be sent back.
    pub(crate) fn cookie(&self, name: &str) -> String {
        let of = format!("{name}=");
        let cookies = self.cookies();
        let set = cookies.iter().find(|cookie| cookie.starts_with(&of)).copied();
        set.unwrap_or_else(|| panic!("no {name} in {cookies:?}")).split(';').next().unwrap().to_owned()
    }

    /// The value of a hidden field of the page.
    pub(crate) fn field(&self, name: &str) -> String {
        let of = format!("name=\"{name}\" value=\"");
        let at = self.body.find(&of).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        self.body[at + of.len()..].split('"').next().unwrap().to_owned()
    }

    /// All that a visitor can see, to compare. A request's own number says nothing of the link.
    pub(crate) fn all(&self) -> String {
        let mut headers = self.headers.clone();
        headers.remove("x-request-id");
        format!("{} {headers:?} {}", self.status, self.body)
    }
}
