//! What the tests stand on: the router on a database of its own, an organiser with a key, his event.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use gg_app::{App, Imports, Keyring, Opening, Secrets, fetches};
use gg_domain::access::{Headers, Network};
use gg_domain::actor::{Actor, Permission, Role, Scope};
use gg_domain::email::EmailAddress;
use gg_domain::id::{AccountId, EventId, GuestId};
use gg_domain::signals::Signals;
use gg_store::{Account, PasswordHash, Store, StoreError, WriteTx};
use gg_testkit::{TestDb, on_sqlite};
use gg_web::live::{AppFeed, Hub, HubLimits};
use gg_web::{Site, Web};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Where the pages of these tests come from.
pub(crate) const ORIGIN: &str = "https://guests.example";
/// Bytes of any answer in these tests.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Runs `test` on a stage of its own.
pub(crate) fn on_stage(test: impl AsyncFnOnce(Stage)) {
    on_sqlite(|db| async move { test(Stage::set(db).await).await });
}

/// The router, and an organiser who owns an event.
pub(crate) struct Stage {
    pub(crate) db: TestDb,
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) owner: Client,
    pub(crate) account: AccountId,
    pub(crate) event: String,
}

/// A caller with or without a key.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    headers: Vec<(String, String)>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Stage {
    async fn set(db: TestDb) -> Self {
        let secrets = Arc::new(Secrets::derive(b"a secret of thirty-two characters"));
        let keyring = Keyring::open(db.store.clone(), db.sources.clone(), secrets.clone()).await.unwrap();
        let app = App {
            store: db.store.clone(),
            sources: db.sources.clone(),
            secrets,
            keyring: Arc::new(keyring),
            scorer: Arc::new(gg_risk::InProcess),
            fetches: fetches().0,
            imports: Imports::default(),
            populations: gg_app::Populations::default(),
            turns: gg_app::Turns::default(),
            public_url: ORIGIN.into(),
            outlet: gg_app::Outlet::Nowhere,
        };
        let router = router(&app);
        let account = account(&app.store, &app, "ama@example.org").await;
        let owner = client(&app, &router, account, Vec::new()).await;
        let made = owner.post("/api/v1/events", &wedding()).await;
        let event = made.json()["id"].as_str().expect("an event was made").to_string();
        Self { db, app, router, owner, account, event }
    }

    /// A path below the event's own.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/events/{}{rest}", self.event)
    }

    /// Nobody.
    pub(crate) fn nobody(&self) -> Client {
        Client { router: self.router.clone(), headers: Vec::new() }
    }

    /// Somebody who is `role` to the event.
    pub(crate) async fn member(&self, role: Role) -> Client {
        let account = account(&self.app.store, &self.app, &format!("{}@example.org", role.as_str())).await;
        let (event, now) = (self.event(), self.app.sources.now());
        let joined = self
            .app
            .store
            .write(async move |tx: &mut WriteTx| tx.upsert_member(event, account, role, now).await);
        joined.await.unwrap();
        client(&self.app, &self.router, account, Vec::new()).await
    }

    /// Somebody with an account and nothing to do with the event.
    pub(crate) async fn stranger(&self) -> Client {
        let account = account(&self.app.store, &self.app, "stranger@example.org").await;
        client(&self.app, &self.router, account, Vec::new()).await
    }

    /// The owner, with a key for `scopes` alone.
    pub(crate) async fn limited_to(&self, scopes: Vec<Scope>) -> Client {
        client(&self.app, &self.router, self.account, scopes).await
    }

    /// The owner in a browser: his session cookie and the word that proves a page of ours.
    pub(crate) async fn browser(&self) -> Client {
        let session = self.app.open_session(self.account, "a browser").await.unwrap();
        let csrf = self.app.secrets.csrf(&session.secret);
        self.nobody()
            .with("cookie", &format!("__Host-gg_session={}", *session.secret))
            .with("origin", ORIGIN)
            .with("x-csrf-token", &csrf)
    }

    /// A guest of the event.
    pub(crate) async fn guest(&self, guest: &Value) -> String {
        let added = self.owner.post(&self.path("/guests"), guest).await;
        added.json()["id"].as_str().expect("a guest was added").to_string()
    }

    /// Efua, who may bring one.
    pub(crate) async fn efua(&self) -> String {
        let efua = json!({
            "name": "Efua Mensah", "email": "efua@example.org", "phone": "+233201234567",
            "plus_ones_allowed": 1, "household": "Mensah", "notes": "vegetarian",
        });
        self.guest(&efua).await
    }

    /// Opens a guest's link as a person does, and gives the access.
    pub(crate) async fn opening(&self, guest: &str) -> String {
        let guest: GuestId = guest.parse().unwrap();
        let actor = Actor::account(self.account, Permission::Links);
        let link = self.app.invite_guest(actor, guest).await.unwrap();
        let opening = Opening {
            network: Network::at("41.57.16.9".parse().unwrap()),
            headers: Headers {
                ua: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into()),
                accept_language: Some("en-GB,en;q=0.9".into()),
                ..Headers::default()
            },
            signals: Some(Signals { visible_ms: Some(4_000), interacted: Some(true), ..Signals::default() }),
            device: None,
            viewer: None,
            act: None,
        };
        self.app.score_access(link.token.expose(), &opening).await.unwrap().access.to_string()
    }

    fn event(&self) -> EventId {
        self.event.parse().unwrap()
    }
}

impl Client {
    /// The same caller with one header more.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.push((name.to_string(), value.to_string()));
        Self { router: self.router.clone(), headers }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::PUT, path, body).await
    }

    /// A merge patch of whatever is there.
    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.with("if-match", "*").send_json(Method::PATCH, path, body).await
    }

    /// Deletes whatever is there.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.with("if-match", "*").send(Method::DELETE, path, None, Vec::new()).await
    }

    pub(crate) async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some("application/json"), body.to_string().into_bytes()).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        media_type: Option<&str>,
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(media_type) = media_type {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{}: not JSON: {}", self.status, self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The last word of a problem's `type`, which must be a whole problem.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(problem["title"].is_string() && problem["detail"].is_string());
        problem["type"].as_str().unwrap().strip_prefix("urn:guestguard:problem:").unwrap().to_string()
    }

    /// The pointers of a 422.
    pub(crate) fn pointers(&self) -> Vec<String> {
        assert_eq!(self.problem(), "invalid");
        let problem = self.json();
        let errors = problem["errors"].as_array().unwrap();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_string()).collect()
    }
}

/// An event to be made.
pub(crate) fn wedding() -> Value {
    json!({
        "name": "Ama & Kojo", "starts_at": "2026-12-12T15:00:00Z", "time_zone": "Africa/Accra",
        "venue": "Labadi", "capacity": 100,
    })
}

async fn account(store: &Store, app: &App, address: &str) -> AccountId {
    let account = Account {
        id: app.sources.id(),
        email: EmailAddress::parse(address).unwrap(),
        password_hash: PasswordHash::new("$argon2id$none".to_string()),
        created_at: app.sources.now(),
    };
    let id = account.id;
    let made = store.write(async move |tx: &mut WriteTx| tx.insert_account(&account).await).await;
    assert_eq!(made, Ok::<_, StoreError>(true));
    id
}

async fn client(app: &App, router: &Router, account: AccountId, scopes: Vec<Scope>) -> Client {
    let (_, key) = app.create_api_key(account, "a test", scopes).await.unwrap();
    Client { router: router.clone(), headers: vec![("authorization".into(), format!("Bearer {}", *key))] }
}

fn router(app: &App) -> Router {
    let sources = app.sources.clone();
    let clock: gg_web::live::Clock = Arc::new(move || sources.now());
    let site = Site {
        origins: vec![ORIGIN.into()],
        secure: true,
        trusted_proxies: Vec::new(),
        metrics: Box::new(|| "guestguard_up 1\n".into()),
        demo_token: None,
    };
    let hub = Hub::new(Arc::new(AppFeed(app.clone())), clock, HubLimits::default());
    let web = Web::new(app.clone(), hub, site);
    gg_web::router::router(web)
}
