//! Sample data for every page and state.

use askama::Template;
use gg_web::{
    pages::{
        account::{AccountPage, FreshKey, KeyRow, ScopeChoice, SessionRow},
        errors::{ErrorKind, ErrorPage},
        event::{BandCount, EventFigures, EventPage, FreshInvitation, MemberRow, WishRow},
        event_form::EventFormPage,
        events::{EventCard, EventsPage},
        guest::{
            AnswerFacts, DecisionRow, DeviceRow, GuestPage, LinkState, RecordForm, TimelineKind, TimelineRow,
        },
        guest_form::GuestFormPage,
        guests::{FilterChip, GuestRow, GuestsPage},
        import::{ColumnMap, ImportCheck, ImportCounts, ImportPage, ImportProgress, ImportStage, RowError},
        invite::{
            AnswerForm, Confirmation, DeadLinkPage, InvitePage, InviteState, NeutralPage, Palette, PassedOn,
            SentPage, StepUp, Stopped, Typed,
        },
        join::{JoinPage, Joiner},
        kept::KeptPage,
        landing::LandingPage,
        live::{HourBar, LiveCounts, LivePage, LiveRow, LiveStats, RowBadge, Sheet},
        outbox::{MessageCard, OutboxPage},
        policy::{
            BandRule, DelegateRow, OtherwiseRow, PolicyPage, PolicyRow, ReasonFigure, ReasonFigures,
            TriedRules,
        },
        setup::{SetupGonePage, SetupPage},
        signin::SigninPage,
    },
    view::{
        Band, Choice, Chrome, EventTabs, Evidence, Field, Notice, Pager, Standing, Tab, Theme, Tone, When,
        reason_words,
    },
};

mod guest;
mod live;
mod organiser;
mod outbox;
mod rules;

use guest::{error, import, invite};
use live::live;
use organiser::{account, event, event_form, guest, guest_bare, guest_form, guest_rows, guests};
use outbox::outbox;

/// Every page by name.
pub(crate) const NAMES: &[&str] = &[
    "landing",
    "setup",
    "setup-gone",
    "signin",
    "kept",
    "join",
    "join-known",
    "events",
    "events-empty",
    "event",
    "event-viewer",
    "policy",
    "policy-wrong",
    "policy-tried",
    "outbox",
    "outbox-empty",
    "event-new",
    "event-edit",
    "guests",
    "guests-empty",
    "guests-none",
    "guest-form",
    "guest",
    "guest-bare",
    "import",
    "import-check",
    "import-errors",
    "import-running",
    "import-done",
    "live",
    "live-open",
    "live-empty",
    "account",
    "invite",
    "invite-long",
    "invite-arabic",
    "invite-yes",
    "invite-wrong",
    "invite-alone",
    "invite-taken",
    "invite-missed",
    "invite-held",
    "invite-full",
    "invite-closed",
    "invite-ask",
    "invite-code",
    "invite-kind",
    "invite-fresh",
    "invite-passed-on",
    "invite-wish",
    "invite-nofp",
    "invite-test",
    "invite-sent",
    "neutral",
    "dead",
    "error-403",
    "error-404",
    "error-412",
    "error-429",
    "error-500",
    "error-503",
];

const LONG: &str = "Nana Akosua Oforiwaa Agyemang-Prempeh von Hohenlohe-Waldenburg-Schillingsfürst";
const ARABIC: &str = "ليلى وعمر يدعوانكم إلى حفل زفافهما";
const EVENT: &str = "Ama & Kojo are getting married";
const WHEN: &str = "Saturday 12 December 2026, 15:00";
const PLACE: &str = "La Palm Gardens, Labadi, Accra";
const ID: &str = "0193a5d2-7c1e-7d54-9b1f-2f4c8a6e0b11";

/// The page called `name`, rendered.
pub(crate) fn page(name: &str) -> Option<String> {
    let rendered = match name {
        "landing" => LandingPage { signed_in: false }.render(),
        "policy" => rules::policy().render(),
        "policy-wrong" => rules::policy_wrong().render(),
        "policy-tried" => rules::policy_tried().render(),
        "setup" => setup().render(),
        "setup-gone" => SetupGonePage.render(),
        "signin" => signin().render(),
        "kept" => kept().render(),
        "join" => {
            join(Joiner::New { email: "kwame@example.com".into(), password: Field::default() }).render()
        }
        "join-known" => join(Joiner::SignedIn { email: "kwame@example.com".into() }).render(),
        "events" => {
            EventsPage { chrome: chrome(Tab::Events, false), coming: coming(), past: past() }.render()
        }
        "events-empty" => {
            EventsPage { chrome: chrome(Tab::Events, false), coming: vec![], past: vec![] }.render()
        }
        "event" => event(true).render(),
        "event-viewer" => event(false).render(),
        "outbox" => outbox(true).render(),
        "outbox-empty" => outbox(false).render(),
        "event-new" => event_form(None).render(),
        "event-edit" => event_form(Some(ID)).render(),
        "guests" => guests(guest_rows(), "", 312).render(),
        "guests-empty" => guests(vec![], "", 0).render(),
        "guests-none" => guests(vec![], "kwabna", 312).render(),
        "guest-form" => guest_form().render(),
        "guest" => guest().render(),
        "guest-bare" => guest_bare().render(),
        "account" => account().render(),
        "neutral" => NeutralPage { token: "tok".into(), nonce: "n".into() }.render(),
        "invite-sent" => SentPage.render(),
        "dead" => DeadLinkPage.render(),
        _ => {
            return None
                .or_else(|| live(name))
                .or_else(|| import(name))
                .or_else(|| invite(name))
                .or_else(|| error(name));
        }
    };
    rendered.ok()
}

fn when(said: &str) -> When {
    When { said: said.into(), exact: "2026-12-06T14:02:51Z".into() }
}

fn chrome(tab: Tab, in_event: bool) -> Chrome {
    let event = in_event.then(|| EventTabs { id: ID.into(), name: EVENT.into() });
    Chrome {
        email: "ama@example.com".into(),
        csrf: "csrf".into(),
        theme: Theme::default(),
        tab,
        event,
        notice: None,
    }
}

fn choice(value: &str, label: &str, chosen: bool) -> Choice {
    Choice { value: value.into(), label: label.into(), chosen }
}

fn setup() -> SetupPage {
    SetupPage {
        csrf: "c".into(),
        token: "t".into(),
        email: Field::of("ama@example.com"),
        password_error: Some("This password has 9 characters; it needs at least 15.".into()),
        notice: None,
    }
}

fn signin() -> SigninPage {
    let text = "E-mail or password is wrong. Check both and try again.".into();
    SigninPage {
        csrf: "c".into(),
        next: "/events".into(),
        theme: Theme::default(),
        kept: String::new(),
        email: Field::of("ama@example.com"),
        notice: Some(Notice { tone: Tone::Bad, text }),
    }
}

fn kept() -> KeptPage {
    let shown = [
        ("Name", LONG),
        ("E-mail", "nana.akosua@example.com"),
        ("May bring", "2"),
        ("Notes", "Vegetarian.\nSits beside her aunt, far from the loudspeakers, if that can be done."),
    ];
    KeptPage {
        theme: Theme::default(),
        csrf: "c".into(),
        action: "#".into(),
        page: "#".into(),
        shown: shown.map(|(what, typed)| (what.into(), typed.into())).into(),
        fields: Vec::new(),
    }
}

fn join(who: Joiner) -> JoinPage {
    JoinPage {
        csrf: "c".into(),
        token: "t".into(),
        event_name: EVENT.into(),
        role_words: "see and change guests and answers".into(),
        who,
        notice: None,
        theme: Theme::default(),
    }
}

fn card(name: &str, said: &str, seats: u32, capacity: Option<u32>, needs_you: u32) -> EventCard {
    EventCard {
        id: ID.into(),
        name: name.into(),
        when: when(said),
        venue: PLACE.into(),
        role: "Owner".into(),
        seats,
        capacity,
        waiting: 41,
        needs_you,
    }
}

fn coming() -> Vec<EventCard> {
    vec![
        card(EVENT, WHEN, 128, Some(180), 2),
        card("Winter board dinner", "Thursday 17 December 2026, 19:00", 14, Some(24), 0),
        card(ARABIC, "Friday 8 January 2027, 20:00", 310, None, 0),
        card(LONG, "Sunday 14 February 2027, 11:30", 0, Some(60), 0),
    ]
}

fn past() -> Vec<EventCard> {
    vec![card("Naming of Kwesi", "Saturday 5 September 2026, 9:00", 62, Some(64), 0)]
}
