//! `serve --demo`: a sample event with 200 guests, and people who open their links while one watches.
//!
//! The traffic goes through the very use cases that serve requests. Nothing of it is random beyond
//! repair: every visitor is one of a few kinds, so that an organiser sees each band within minutes.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use anyhow::{Context as _, Result};
use gg_app::{App, Opening, Recipients};
use gg_domain::access::{Headers, Network};
use gg_domain::actor::{Actor, Permission};
use gg_domain::event::EventInput;
use gg_domain::guest::GuestInput;
use gg_domain::id::{AccountId, DeviceId, GuestId};
use gg_domain::message::{Channel, MessageKind};
use gg_domain::policy::Action;
use gg_domain::rsvp::AnswerInput;
use gg_domain::signals::Signals;
use jiff::SignedDuration;
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// Guests of the sample event.
const GUESTS: usize = 200;
/// Seats of the sample event.
const CAPACITY: i64 = 260;
/// Between two visitors, in milliseconds: at least, and at most so much more.
const PAUSE_MS: (u64, u64) = (900, 3_500);

const FIRST: [&str; 20] = [
    "Ama", "Kojo", "Efua", "Yaw", "Adwoa", "Kwabena", "Esi", "Kofi", "Akosua", "Nana", "Lindiwe", "Samuel",
    "Abena", "Kwame", "Zainab", "Ibrahim", "Chloé", "Mateo", "Ingrid", "Yusuf",
];
const LAST: [&str; 20] = [
    "Mensah",
    "Boateng",
    "Asante",
    "Addo",
    "Osei",
    "Quartey",
    "Tetteh",
    "Khumalo",
    "Frimpong",
    "Owusu",
    "Appiah",
    "Darko",
    "Sarpong",
    "Ofori",
    "Diallo",
    "Traoré",
    "Okafor",
    "Müller",
    "García",
    "Lindqvist",
];
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/19.1 Mobile/15E148 Safari/604.1";
const LAPTOP: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/155.0.0.0 Safari/537.36";

/// The sample event: its guests with the devices that they use.
pub struct Demo {
    app: App,
    owner: AccountId,
    guests: Vec<Visitor>,
}

#[derive(Debug, Clone, Copy)]
struct Visitor {
    guest: GuestId,
    /// The cookie of his own browser, once he has one.
    device: Option<DeviceId>,
    home: Ipv4Addr,
    has_phone: bool,
}

/// Who comes next, and with what.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// The guest himself, and he answers.
    Guest,
    /// The guest on the way, on another network.
    Travelling,
    /// A stranger with the guest's link, on a machine of his own.
    Stranger,
    /// A browser that a program drives, with many links.
    Robot,
}

impl Demo {
    /// Plans the event and its guests for `owner`.
    ///
    /// # Errors
    /// The store's.
    pub async fn plan(app: App, owner: AccountId) -> Result<Self> {
        let starts = app.sources.now() + SignedDuration::from_hours(18 * 24);
        let event = EventInput {
            name: "Ama & Kojo’s wedding".into(),
            starts_at: starts.to_string(),
            time_zone: "Africa/Accra".into(),
            venue: Some("La Palm Gardens, Labadi, Accra".into()),
            capacity: Some(CAPACITY),
            rsvp_deadline: Some((starts - SignedDuration::from_hours(7 * 24)).to_string()),
            ..EventInput::default()
        };
        let event = app.plan_event(owner, &event).await.context("the sample event")?;
        let mut guests = Vec::with_capacity(GUESTS);
        for i in 0..GUESTS {
            let (first, last) = (FIRST[i % FIRST.len()], LAST[(i / FIRST.len() + i) % LAST.len()]);
            let input = GuestInput {
                name: format!("{first} {last}"),
                email: Some(format!("guest{i}@example.org")),
                plus_ones_allowed: Some(i64::try_from(i % 3)?),
                household: (i % 5 == 0).then(|| format!("{last} {i}")),
                ..GuestInput::default()
            };
            let actor = Actor::account(owner, Permission::WriteGuests);
            let guest = app.add_guest(actor, event.id, &input).await.context("a sample guest")?;
            let [a, b, ..] = app.sources.bytes::<4>();
            guests.push(Visitor {
                guest: guest.id,
                device: None,
                home: Ipv4Addr::new(203, 0, a % 120, b),
                has_phone: i % 3 != 0,
            });
        }
        let (links, all) = (Actor::account(owner, Permission::Links), Recipients::All);
        app.send_invitations(links, event.id, all, Channel::Email, MessageKind::Invitation)
            .await
            .context("the sample invitations")?;
        Ok(Self { app, owner, guests })
    }

    /// Lets visitors come until `shutdown`.
    pub async fn run(mut self, shutdown: CancellationToken) {
        loop {
            let [pause, who, kind, many] = self.app.sources.bytes::<4>();
            let pause = Duration::from_millis(PAUSE_MS.0 + PAUSE_MS.1 * u64::from(pause) / 255);
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            let kind = match kind {
                0..=170 => Kind::Guest,
                171..=215 => Kind::Travelling,
                216..=245 => Kind::Stranger,
                _ => Kind::Robot,
            };
            let index = usize::from(who) * 7 % self.guests.len();
            if let Err(error) = self.visit(index, kind, many).await {
                tracing::debug!(%error, "a visitor of the demo was turned away");
            }
        }
    }

    async fn visit(&mut self, index: usize, kind: Kind, chance: u8) -> gg_app::Result<()> {
        let visitor = self.guests[index];
        let link =
            self.app.invite_guest(Actor::account(self.owner, Permission::Links), visitor.guest).await?;
        let opening = opening(&visitor, kind, chance);
        let judged = self.app.score_access(link.token.expose(), &opening).await?;
        if judged.decision == Action::StepUp {
            // Whoever it is has digits sent; they stand in the viewer.
            return self.app.send_code(link.token.expose(), judged.access).await;
        }
        if !matches!(kind, Kind::Guest) {
            return Ok(());
        }
        self.guests[index].device = visitor.device.or(judged.set_device);
        let (guest, _) =
            self.app.guest(Actor::account(self.owner, Permission::ReadGuests), visitor.guest).await?;
        let brings = guest.plus_ones_allowed > 0 && chance.is_multiple_of(2);
        let answer = AnswerInput {
            attending: !chance.is_multiple_of(6),
            plus_ones: if brings {
                vec![format!("{} {}", FIRST[usize::from(chance) % FIRST.len()], LAST[index % LAST.len()])]
            } else {
                vec![]
            },
            note: chance.is_multiple_of(9).then(|| "Sending all our love".to_string()),
            answers: vec![],
        };
        self.app.answer_invite(link.token.expose(), judged.access, &answer).await.map(|_| ())
    }
}

fn opening(visitor: &Visitor, kind: Kind, chance: u8) -> Opening {
    let (ua, address, device) = match kind {
        Kind::Guest => (if visitor.has_phone { PHONE } else { LAPTOP }, visitor.home, visitor.device),
        Kind::Travelling => (
            if visitor.has_phone { PHONE } else { LAPTOP },
            Ipv4Addr::new(198, 51, 100, chance),
            visitor.device,
        ),
        Kind::Stranger => (LAPTOP, Ipv4Addr::new(192, 0, 2, chance), None),
        Kind::Robot => {
            (LAPTOP, Ipv4Addr::new(192, 0, 2, 7), Some(DeviceId::from_uuid(uuid::Uuid::from_u128(0xb07))))
        }
    };
    let signals = signals(ua == PHONE, kind, chance);
    Opening {
        network: Network::at(IpAddr::V4(address)),
        headers: Headers {
            ua: Some(ua.into()),
            accept_language: Some("en-GB,en;q=0.9".into()),
            ..Headers::default()
        },
        signals,
        device,
        viewer: None,
        act: None,
    }
}

fn signals(phone: bool, kind: Kind, chance: u8) -> Option<Signals> {
    let stranger = matches!(kind, Kind::Stranger);
    let seen = json!({
        "platform": if phone { "iPhone" } else { "Win32" },
        "screen": if stranger { "2560x1440" } else if phone { "390x844" } else { "1920x1080" },
        "pixel_ratio": if phone { 3 } else { 1 },
        "touch_points": if phone { 5 } else { 0 },
        "cores": if stranger { 16 } else { 8 },
        "timezone": if stranger { "Europe/Kyiv" } else { "Africa/Accra" },
        "tz_offset": if stranger { 120 } else { 0 },
        "languages": if stranger { json!(["uk-UA", "uk"]) } else { json!(["en-GB", "en"]) },
        "canvas": if stranger { format!("{chance:08x}") } else { "a1b2c3d4".into() },
        "webdriver": matches!(kind, Kind::Robot),
        "visible_ms": 4_000 + u32::from(chance) * 20,
        "interacted": true,
    });
    Signals::parse(&seen).ok().flatten()
}
