//! A deployment on a new SQLite file, and browsers without script before it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use gg_app::{App, Outlet};
use gg_domain::actor::{Actor, Permission, Role};
use gg_domain::event::EventInput;
use gg_domain::guest::GuestInput;
use gg_domain::id::{AccessId, AccountId, EventId, GuestId};
use gg_testkit::{PASSWORD, TestDb};
use gg_web::live::{AppFeed, Hub, HubLimits};
use gg_web::router::router;
use gg_web::{Site, Web};
use tower::ServiceExt as _;

/// Where the tests' pages come from.
pub(crate) const ORIGIN: &str = "https://party.example";

/// Makes of each sentence a test with a [`Stage`] of its own.
macro_rules! pages {
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
pub(crate) use pages;

pub(crate) struct Stage {
    pub(crate) db: TestDb,
    pub(crate) app: App,
    pub(crate) owner: AccountId,
    router: Router,
}

impl Stage {
    pub(crate) async fn new(db: TestDb) -> Self {
        Self::with(db, true).await
    }

    /// With an account, or as a deployment starts that has none.
    pub(crate) async fn with(db: TestDb, has_account: bool) -> Self {
        let app = db.app().await;
        let owner = if has_account {
            app.create_account("ama@example.org", PASSWORD.into()).await.unwrap().id
        } else {
            AccountId::from_uuid(uuid::Uuid::nil())
        };
        let router = served(&app);
        Self { router, db, app, owner }
    }

    /// The same deployment, where messages leave it so.
    pub(crate) fn with_outlet(self, outlet: Outlet) -> Self {
        let app = App { outlet, ..self.app };
        Self { router: served(&app), app, ..self }
    }

    pub(crate) fn may(&self, permission: Permission) -> Actor {
        Actor::account(self.owner, permission)
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Mutex::default(), csrf: Mutex::default() }
    }

    /// The owner's browser.
    pub(crate) async fn ama(&self) -> Browser {
        self.browser_of(self.owner).await
    }

    /// A browser in which that account is signed in.
    pub(crate) async fn browser_of(&self, account: AccountId) -> Browser {
        let session = self.app.open_session(account, "Firefox").await.unwrap();
        let browser = self.browser();
        browser.cookies.lock().unwrap().insert("__Host-gg_session".into(), session.secret.to_string());
        *browser.csrf.lock().unwrap() = self.app.secrets.csrf(&session.secret);
        browser
    }

    /// Somebody who helps with the event.
    pub(crate) async fn member(&self, event: EventId, role: Role) -> Browser {
        let email = format!("{}@example.org", role.as_str());
        let account = self.app.create_account(&email, PASSWORD.into()).await.unwrap().id;
        let invite =
            self.app.invite_member(self.may(Permission::Members), event, &email, role).await.unwrap();
        let token = invite.url.rsplit('/').next().unwrap();
        self.app.join_event(account, token).await.unwrap();
        self.browser_of(account).await
    }

    /// A person's opening of a guest's link.
    pub(crate) async fn opening(&self, guest: GuestId) -> AccessId {
        let link = self.app.invite_guest(self.may(Permission::Links), guest).await.unwrap();
        self.app.score_access(link.token.expose(), &crate::live::opening(true)).await.unwrap().access
    }

    /// Somebody who has nothing to do with any of it.
    pub(crate) async fn stranger(&self) -> Browser {
        let account = self.app.create_account("stranger@example.org", PASSWORD.into()).await.unwrap();
        self.browser_of(account.id).await
    }

    pub(crate) async fn event(&self) -> EventId {
        let wedding = EventInput {
            name: "Ama & Kojo’s wedding".into(),
            starts_at: "2026-12-12T15:00:00Z".into(),
            time_zone: "Europe/Berlin".into(),
            venue: Some("Schloss am See".into()),
            capacity: Some(3),
            ..EventInput::default()
        };
        self.app.plan_event(self.owner, &wedding).await.unwrap().id
    }

    pub(crate) async fn guest(&self, event: EventId, name: &str, plus_ones: i64) -> GuestId {
        let input = GuestInput {
            name: name.into(),
            email: Some("efua@example.org".into()),
            phone: Some("+233201234567".into()),
            notes: Some("sits beside her aunt".into()),
            plus_ones_allowed: Some(plus_ones),
            ..GuestInput::default()
        };
        self.app.add_guest(self.may(Permission::WriteGuests), event, &input).await.unwrap().id
    }
}

/// Everything that is served.
fn served(app: &App) -> Router {
    let sources = app.sources.clone();
    let hub = Hub::new(Arc::new(AppFeed(app.clone())), Arc::new(move || sources.now()), HubLimits::default());
    let site = Site {
        origins: vec![ORIGIN.into()],
        secure: true,
        trusted_proxies: Vec::new(),
        metrics: Box::new(String::new),
        demo_token: None,
    };
    let web = Web::new(app.clone(), hub, site);
    router(web)
}

/// A browser without script: it keeps cookies, and the word of the last form that it saw.
pub(crate) struct Browser {
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
    csrf: Mutex<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    /// Where it leads on.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of an attribute behind `before`.
    pub(crate) fn after(&self, before: &str) -> &str {
        let (_, rest) =
            self.body.split_once(before).unwrap_or_else(|| panic!("{before} is not in {}", self.body));
        rest.split('"').next().unwrap()
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{text} is not in\n{}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn hides(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text} is in\n{}", self.body);
        self
    }
}

impl Browser {
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.ask(Request::get(path), Body::empty()).await
    }

    pub(crate) async fn get_with_key(&self, path: &str, key: &str) -> Page {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {key}"));
        self.ask(request, Body::empty()).await
    }

    /// A page that is there.
    pub(crate) async fn open(&self, path: &str) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        page
    }

    /// Posts a form of ours, with the word of the last page.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let word = self.csrf.lock().unwrap().clone();
        let with_word: Vec<(&str, &str)> =
            [("csrf", word.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post_bare(path, &with_word).await
    }

    /// Posts these fields alone.
    pub(crate) async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from(ORIGIN, path, fields).await
    }

    /// Posts from a page of another origin.
    pub(crate) async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = Request::post(path)
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.join("&"))).await
    }

    /// Posts these fields from the page at `from`.
    pub(crate) async fn post_at(&self, path: &str, from: &str, fields: &[(&str, &str)]) -> Page {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = Request::post(path)
            .header(header::ORIGIN, ORIGIN)
            .header(header::REFERER, format!("{ORIGIN}{from}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.join("&"))).await
    }

    /// Uploads a file with the word of the last page, or another.
    pub(crate) async fn upload(&self, path: &str, word: Option<&str>, file: &[u8]) -> Page {
        let word = word.map_or_else(|| self.csrf.lock().unwrap().clone(), str::to_string);
        let mut body = format!(
            "--b\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{word}\r\n--b\r\ncontent-disposition: \
             form-data; name=\"file\"; filename=\"guests.csv\"\r\ncontent-type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let request = Request::post(path)
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        self.ask(request, Body::from(body)).await
    }

    pub(crate) async fn method(&self, method: Method, path: &str) -> Page {
        self.ask(Request::builder().method(method).uri(path).header(header::ORIGIN, ORIGIN), Body::empty())
            .await
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    async fn ask(&self, mut request: axum::http::request::Builder, body: Body) -> Page {
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        self.keep(&page);
        page
    }

    fn keep(&self, page: &Page) {
        for cookie in page.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.into(), value.into());
            }
        }
        if page.body.contains("name=\"csrf\" value=\"") {
            *self.csrf.lock().unwrap() = page.after("name=\"csrf\" value=\"").to_string();
        }
    }
}

fn encoded(text: &str) -> String {
    gg_web::forms::query_value(text).replace('/', "%2F")
}
