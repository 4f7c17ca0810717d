//! Every page with something on it, to be looked at: `cargo run -p gg-web --example pages_server [PORT]`.
//!
//! An account, a wedding with guests who have opened links and answered, a past event, a team. The data is in a folder
//! for temporary files and gone with it; the way in is the link that is printed.

#![expect(clippy::print_stdout, reason = "prints where it serves")]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use gg_app::{App, Fetch, Imports, Keyring, Opening, Secrets, fetches};
use gg_domain::access::{Headers, Method, Network};
use gg_domain::actor::{Actor, Permission, Role};
use gg_domain::clock::Sources;
use gg_domain::event::EventInput;
use gg_domain::guest::GuestInput;
use gg_domain::id::{AccountId, DeviceId, EventId};
use gg_domain::policy::Policy;
use gg_domain::rsvp::AnswerInput;
use gg_domain::signals::Signals;
use gg_risk::InProcess;
use gg_store::Store;
use gg_web::listener::{Limits, serve};
use gg_web::live::{AppFeed, Hub, HubLimits, relay};
use gg_web::router::router;
use gg_web::{Site, Web};
use jiff::SignedDuration;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/17.4 Mobile/15E148 Safari/604.1";
const LAPTOP: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/140.0.0.0 Safari/537.36";
const NAMES: [&str; 12] = [
    "Efua Boateng",
    "Kwame Mensah",
    "ليلى عبد الرحمن المنصوري",
    "Nana Akosua Oforiwaa Agyemang-Prempeh von Hohenlohe-Waldenburg-Schillingsfürst",
    "Chloé Lindqvist",
    "Yaw Asante",
    "Zoë 👩🏽‍🚀 Ọlá",
    "Samuel Quartey",
    "李小龙",
    "Ingrid Müller",
    "Abena Tetteh",
    "Ibrahim Traoré",
];
/// Guests of the wedding: more than one page.
const GUESTS: usize = 130;

#[tokio::main]
async fn main() -> Result<()> {
    let port: u16 = std::env::args().nth(1).map_or(Ok(0), |port| port.parse()).context("PORT is a number")?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let origin = format!("http://{address}");
    let folder = std::env::temp_dir().join(format!("guestguard-pages-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;

    let sources = Sources::system();
    let store = Store::open(&format!("sqlite:{}", folder.join("pages.db").display()))?;
    store.migrate(sources.now()).await?;
    let secrets = Arc::new(Secrets::derive(&sources.bytes::<32>()));
    let keyring = Arc::new(Keyring::open(store.clone(), sources.clone(), secrets.clone()).await?);
    let (fetches, queue) = fetches();
    let app = App {
        store,
        sources: sources.clone(),
        secrets,
        keyring,
        scorer: Arc::new(InProcess),
        fetches,
        imports: Imports::default(),
        populations: gg_app::Populations::default(),
        turns: gg_app::Turns::default(),
        public_url: origin.as_str().into(),
        outlet: gg_app::Outlet::Nowhere,
    };
    let hub = Hub::new(Arc::new(AppFeed(app.clone())), Arc::new(move || sources.now()), HubLimits::default());
    let site = Site {
        origins: vec![origin.clone(), format!("http://localhost:{}", address.port())],
        secure: false,
        trusted_proxies: Vec::new(),
        metrics: Box::new(String::new),
        demo_token: Some("look".into()),
    };
    let keeper = app.clone();
    tokio::spawn(async move { keeper.keep_fetches(queue, std::future::pending()).await });
    tokio::spawn(relay(app.clone(), hub.clone(), CancellationToken::new()));

    println!("{origin}/setup?token={}", *app.setup_token().await?.context("there is no account yet")?);
    if std::env::args().nth(2).is_none() {
        let event = seed(&app).await?;
        println!("{origin}/demo?token=look\n{origin}/events/{event}/live");
    }
    let web = Web::new(app, hub, site);
    serve(listener, router(web), Limits::default(), CancellationToken::new()).await?;
    Ok(())
}

async fn seed(app: &App) -> Result<EventId> {
    let owner = app.create_account("demo@example.org", "four words in a row".into()).await?.id;
    let now = app.sources.now();
    let starts = now + SignedDuration::from_hours(18 * 24);
    let wedding = EventInput {
        name: "Ama & Kojo are getting married".into(),
        starts_at: starts.to_string(),
        time_zone: "Africa/Accra".into(),
        venue: Some("La Palm Gardens, Labadi, Accra".into()),
        capacity: Some(180),
        rsvp_deadline: Some((starts - SignedDuration::from_hours(7 * 24)).to_string()),
        ..EventInput::default()
    };
    let past = EventInput {
        name: "Harvest dinner".into(),
        starts_at: (now - SignedDuration::from_hours(30 * 24)).to_string(),
        time_zone: "Europe/Berlin".into(),
        ..EventInput::default()
    };
    app.plan_event(owner, &past).await?;
    let event = app.plan_event(owner, &wedding).await?.id;
    let may = |permission| Actor::account(owner, permission);
    let mut policy = Policy::default();
    policy.actions.high = gg_domain::policy::Action::Hold;
    app.set_policy(may(Permission::WritePolicy), event, policy).await?;
    app.invite_member(may(Permission::Members), event, "kofi.door@example.org", Role::Door).await?;
    app.create_api_key(owner, "Seating plan", vec![gg_domain::actor::Scope::GuestsRead]).await?;
    for n in 0..GUESTS {
        guest(app, owner, event, n).await?;
    }
    Ok(event)
}

async fn guest(app: &App, owner: AccountId, event: EventId, n: usize) -> Result<()> {
    let may = |permission| Actor::account(owner, permission);
    let name = if n < NAMES.len() { NAMES[n].into() } else { format!("{} {n}", NAMES[n % 2]) };
    let input = GuestInput {
        name,
        email: Some(format!("guest{n}@example.org")),
        phone: n.is_multiple_of(2).then(|| format!("+23320123{n:04}")),
        plus_ones_allowed: Some(i64::try_from(n % 3)?),
        household: n.is_multiple_of(4).then(|| format!("House {}", n / 8)),
        notes: (n == 0).then(|| "Vegetarian.\nSits beside her aunt.".into()),
        ..GuestInput::default()
    };
    let guest = app.add_guest(may(Permission::WriteGuests), event, &input).await?.id;
    if n > 40 {
        return Ok(());
    }
    let link = app.invite_guest(may(Permission::Links), guest).await?;
    let token = link.token.expose();
    let page = app.invite_page(token, None).await?;
    let preview = Headers { ua: Some("WhatsApp/2.24.1 A".into()), ..Headers::default() };
    let network = Network::at(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)));
    app.note_fetch(&page, &Fetch { network, headers: preview, method: Method::Get, has_cookie: false });
    if n % 5 == 4 {
        return Ok(());
    }
    let first = app.score_access(token, &opening(n, true, None)).await?;
    let answer = AnswerInput {
        attending: n % 6 != 5,
        plus_ones: if n % 3 == 2 { vec!["Kojo Mensah".into()] } else { vec![] },
        note: n.is_multiple_of(4).then(|| "Sending all our love".into()),
        answers: vec![],
    };
    app.answer_invite(token, first.access, &answer).await?;
    app.score_access(token, &opening(n, true, first.set_device)).await?;
    if n.is_multiple_of(7) {
        let stranger = app.score_access(token, &opening(n, false, None)).await?;
        drop(app.answer_invite(token, stranger.access, &AnswerInput { attending: false, ..answer }).await);
    }
    Ok(())
}

/// Somebody's own opening, or a stranger's from far away.
fn opening(n: usize, own: bool, device: Option<DeviceId>) -> Opening {
    let octet = u8::try_from(n % 200).unwrap_or(0);
    let address = if own { Ipv4Addr::new(203, 0, octet, 9) } else { Ipv4Addr::new(192, 0, 2, octet) };
    let signals = json!({
        "platform": if own { "iPhone" } else { "Win32" },
        "screen": if own { "390x844" } else { "2560x1440" },
        "timezone": if own { "Africa/Accra" } else { "Europe/Kyiv" },
        "languages": if own { json!(["en-GB"]) } else { json!(["uk-UA"]) },
        "canvas": if own { format!("{n:08x}") } else { "ffffffff".into() },
        "webdriver": !own,
        "visible_ms": 4_000,
        "interacted": true,
    });
    Opening {
        network: Network::at(IpAddr::V4(address)),
        headers: Headers { ua: Some(if own { PHONE } else { LAPTOP }.into()), ..Headers::default() },
        signals: Signals::parse(&signals).ok().flatten(),
        device,
        viewer: None,
        act: None,
    }
}
