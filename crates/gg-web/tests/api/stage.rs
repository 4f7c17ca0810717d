//! A server without a socket, and callers with their credentials.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, ORIGIN};
use axum::http::{HeaderMap, Request, StatusCode};
use gg_app::App;
use gg_domain::actor::Scope;
use gg_domain::event::EventInput;
use gg_domain::id::AccountId;
use gg_testkit::{PASSWORD, TestDb};
use gg_web::live::{AppFeed, Hub, HubLimits};
use gg_web::{Site, Web, router};
use serde_json::Value;
use tower::ServiceExt as _;

/// Where our pages come from.
pub(crate) const OUR_ORIGIN: &str = "https://party.example";

/// The server.
pub(crate) struct Server {
    pub(crate) app: App,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The kind of problem, without what all have in common.
    pub(crate) fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.json["status"], self.status.as_u16());
        self.json["type"].as_str().unwrap().strip_prefix("urn:guestguard:problem:").unwrap()
    }
}

/// A call that is put together.
pub(crate) struct Call(axum::http::request::Builder);

impl Call {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self(Request::builder().method(method).uri(path))
    }

    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// As a connection from that address brings it.
    pub(crate) fn peer(self, ip: [u8; 4]) -> Self {
        Self(self.0.extension(ConnectInfo(SocketAddr::from((ip, 4711)))))
    }

    pub(crate) fn key(self, key: &str) -> Self {
        Self(self.0.header(AUTHORIZATION, format!("Bearer {key}")))
    }

    /// As a browser sends it from one of our pages.
    pub(crate) fn session(self, secret: &str) -> Self {
        Self(self.0.header(COOKIE, format!("__Host-gg_session={secret}")).header(ORIGIN, OUR_ORIGIN))
    }

    pub(crate) fn json(self, body: &Value) -> Request<Body> {
        self.0.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
    }

    pub(crate) fn body(self, kind: &str, body: impl Into<Body>) -> Request<Body> {
        self.0.header(CONTENT_TYPE, kind).body(body.into()).unwrap()
    }

    pub(crate) fn empty(self) -> Request<Body> {
        self.0.body(Body::empty()).unwrap()
    }
}

impl Server {
    pub(crate) async fn new(db: &TestDb) -> Self {
        Self::of(db.app().await)
    }

    /// A server on use cases that a test has changed.
    pub(crate) fn of(app: App) -> Self {
        let sources = app.sources.clone();
        let clock: gg_web::live::Clock = Arc::new(move || sources.now());
        let site = Site {
            origins: vec![OUR_ORIGIN.to_string()],
            secure: true,
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            metrics: Box::new(String::new),
            demo_token: None,
        };
        let hub = Hub::new(Arc::new(AppFeed(app.clone())), clock, HubLimits::default());
        let web = Web::new(app.clone(), hub, site);
        Self { app, router: router::router(web) }
    }

    /// Sends a call and waits for its answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let json = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status: parts.status, headers: parts.headers, json }
    }

    /// An account of `address`, and a key of its with all scopes.
    pub(crate) async fn organiser(&self, address: &str) -> (AccountId, String) {
        let account = self.app.create_account(address, PASSWORD.to_string()).await.unwrap().id;
        (account, self.key(account, &[]).await)
    }

    pub(crate) async fn key(&self, account: AccountId, scopes: &[Scope]) -> String {
        self.app.create_api_key(account, "test", scopes.to_vec()).await.unwrap().1.to_string()
    }

    /// The path of the helpers of a new event of `owner`'s.
    pub(crate) async fn members_path(&self, owner: AccountId) -> String {
        let input = EventInput {
            name: "A wedding".into(),
            starts_at: "2026-12-12T15:00:00Z".into(),
            time_zone: "Europe/Berlin".into(),
            ..EventInput::default()
        };
        let event = self.app.plan_event(owner, &input).await.unwrap().id;
        format!("/api/v1/events/{event}/members")
    }

    /// Invites `address` to the helpers at `path`, and gives the last part of the URL.
    pub(crate) async fn invite(&self, path: &str, key: &str, address: &str, role: &str) -> String {
        let body = serde_json::json!({ "email": address, "role": role });
        let answer = self.send(Call::new("POST", path).key(key).json(&body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json["url"].as_str().unwrap().rsplit('/').next().unwrap().to_string()
    }

    /// Accepts an invitation.
    pub(crate) async fn join(&self, key: &str, token: &str) -> Answer {
        let body = serde_json::json!({ "token": token });
        self.send(Call::new("POST", "/api/v1/memberships").key(key).json(&body)).await
    }
}
