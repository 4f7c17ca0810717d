//! Sample data for every page and state.

use askama::Template;
use gg_web::{
    pages::{
        account::{AccountPage, FreshKey, KeyRow, ScopeChoice, SessionRow},
        errors::{ErrorKind, ErrorPage},
        event::{BandCount, EventFigures, EventPage, FreshInvitation, MemberRow, PolicyRow},
        event_form::EventFormPage,
        events::{EventCard, EventsPage},
        guest::{AnswerFacts, DeviceRow, GuestPage, LinkState, RecordForm, TimelineKind, TimelineRow},
        guest_form::GuestFormPage,
        guests::{FilterChip, GuestRow, GuestsPage},
        import::{ColumnMap, ImportCheck, ImportCounts, ImportPage, ImportProgress, ImportStage, RowError},
        invite::{
            AnswerForm, Confirmation, DeadLinkPage, InvitePage, InviteState, NeutralPage, Palette, SentPage,
            StepUp,
        },
        join::{JoinPage, Joiner},
        kept::KeptPage,
        landing::LandingPage,
        live::{HourBar, LiveCounts, LivePage, LiveRow, LiveStats, RowBadge, Sheet},
        setup::{SetupGonePage, SetupPage},
        signin::SigninPage,
    },
    view::{
        Band, Choice, Chrome, EventTabs, Evidence, Field, Notice, Pager, Standing, Tab, Theme, Tone, When,
        reason_words,
    },
};

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

fn event(can_manage: bool) -> EventPage {
    let member = |email: &str, role: &str, is_you, account: Option<&str>| MemberRow {
        id: account.unwrap_or("i1").into(),
        invited: account.is_none().then(|| when("3 hours ago")),
        email: email.into(),
        role: role.into(),
        is_you,
        removable: !is_you,
    };
    let rule = |band, field: &str, chosen: &str| PolicyRow {
        band,
        range: match band {
            Band::Low => "below 20\u{a0}%",
            Band::Medium => "20\u{a0}% to 60\u{a0}%",
            Band::High => "60\u{a0}% to 97\u{a0}%",
            Band::Block => "from 97\u{a0}%, with hard evidence",
        }
        .into(),
        field: field.into(),
        actions: [
            ("allow", "Let in"),
            ("step_up", "Ask for a code"),
            ("hold", "Keep the answer for me"),
            ("block", "Stop"),
        ]
        .map(|(value, label)| choice(value, label, value == chosen))
        .into(),
    };
    EventPage {
        chrome: chrome(Tab::Overview, true),
        id: ID.into(),
        name: EVENT.into(),
        starts_at: when(WHEN),
        time_zone: "Africa/Accra".into(),
        venue: PLACE.into(),
        deadline: "Saturday 5 December, 23:59".into(),
        figures: EventFigures {
            seats: 128,
            capacity: Some(180),
            attending: 94,
            plus_ones: 34,
            declined: 12,
            waiting: 41,
            invited: 140,
            opened: 121,
            guests: 147,
        },
        bands: vec![
            BandCount { band: Band::Low, count: 160 },
            BandCount { band: Band::Medium, count: 12 },
            BandCount { band: Band::High, count: 4 },
            BandCount { band: Band::Block, count: 1 },
        ],
        members: vec![
            member("ama@example.com", "Owner", true, Some("a1")),
            member(
                "kojo.with.a.rather.long.address@family-of-the-groom.example.com",
                "Editor",
                false,
                Some("a2"),
            ),
            member("door@example.com", "Door", false, None),
        ],
        roles: vec![
            choice("editor", "Editor", true),
            choice("door", "Door", false),
            choice("viewer", "Viewer", false),
        ],
        policy: vec![
            rule(Band::Low, "action_low", "allow"),
            rule(Band::Medium, "action_medium", "allow"),
            rule(Band::High, "action_high", "step_up"),
            rule(Band::Block, "action_block", "block"),
        ],
        actions: vec![
            ("Let in".into(), "The page opens, and the answer counts at once.".into()),
            (
                "Ask for a code".into(),
                "Six digits go to where the invitation went, and are asked for. No code can be sent yet, so the \
                 guest is let in."
                    .into(),
            ),
        ],
        fingerprint: true,
        fresh_invitation: can_manage.then(|| FreshInvitation {
            email: "door@example.com".into(),
            url: "https://rsvp.example/join/AZOl0nwefVSbHy9Mim4LEQ".into(),
            replaces: true,
        }),
        can_edit: can_manage,
        can_manage,
    }
}

fn event_form(id: Option<&str>) -> EventFormPage {
    EventFormPage {
        chrome: chrome(Tab::Events, id.is_some()),
        id: id.map(Into::into),
        version: "7".into(),
        name: Field::of(EVENT),
        starts_at: Field::of("2026-12-12T15:00"),
        ends_at: Field::of("2026-12-12T23:00"),
        time_zone: Field::of("Africa/Accra"),
        zones: vec!["Africa/Accra".into(), "Africa/Lagos".into(), "Europe/Berlin".into()],
        venue: Field::of(PLACE),
        capacity: Field::wrong("0", "Seats are at least one; leave it empty for no limit."),
        rsvp_deadline: Field::of("2026-12-05T23:59"),
        preview_when: WHEN.into(),
        preview_deadline: "5 December".into(),
        notice: None,
        can_delete: id.is_some(),
    }
}

fn guest_rows() -> Vec<GuestRow> {
    let row = |name: &str, contact: &str, standing, party: &str, band, opened: &str| GuestRow {
        id: "g1".into(),
        name: name.into(),
        contact: contact.into(),
        standing,
        party: party.into(),
        band,
        opened: (!opened.is_empty()).then(|| when(opened)),
        link: "Sent, not opened".into(),
    };
    vec![
        row("Adwoa Frimpong", "adwoa@example.com", Standing::Coming, "", Some(Band::Low), "5 minutes ago"),
        row("Efua Mensah", "+233 20 123 4567", Standing::Held, "with 1", Some(Band::High), "one minute ago"),
        row("Kofi Asante", "kofi@example.com", Standing::Waiting, "may bring 1", Some(Band::Medium), "13:58"),
        row("Lindiwe Khumalo", "lindiwe@example.com", Standing::NotComing, "", Some(Band::Low), "14:00"),
        row(
            LONG,
            "nana.akosua.oforiwaa.agyemang-prempeh.the.second@a-very-long-subdomain.example.com",
            Standing::Coming,
            "with 2",
            Some(Band::Low),
            "yesterday",
        ),
        row("ليلى عمر", "laila@example.com", Standing::Coming, "with 3", Some(Band::Low), "3 December"),
        row("Zoë 👩🏽‍🚀 Ọlá", "", Standing::Waiting, "may bring 1", None, ""),
        row("Samuel Tetteh", "samuel@example.com", Standing::Waiting, "", Some(Band::Block), "13:55"),
        row("Yaw Boateng", "yaw@example.com", Standing::Coming, "with 1", Some(Band::Low), "14:03"),
    ]
}

fn guests(rows: Vec<GuestRow>, query: &str, total: u32) -> GuestsPage {
    let chip = |label: &str, count, on| FilterChip { label: label.into(), count, href: "?".into(), on };
    GuestsPage {
        chrome: chrome(Tab::Guests, true),
        event_id: ID.into(),
        query: query.into(),
        filters: vec![
            chip("All", total, true),
            chip("Coming", 94, false),
            chip("Waiting for", 41, false),
            chip("Not coming", 12, false),
            chip("Needs you", 2, false),
        ],
        rows,
        total,
        pager: Pager { first: None, next: Some("?cursor=x".into()), seen: "1 to 50 of 312".into() },
        can_edit: true,
    }
}

fn guest_form() -> GuestFormPage {
    GuestFormPage {
        chrome: chrome(Tab::Guests, true),
        event_id: ID.into(),
        id: None,
        version: String::new(),
        name: Field::of("Efua Mensah"),
        email: Field::wrong("efua@example", "This address has no ending, such as .com."),
        phone: Field::of("+233 20 123 4567"),
        plus_ones_allowed: Field::of("1"),
        household: Field::default(),
        locales: vec![choice("en", "English", true), choice("ar", "العربية", false)],
        notes: Field::default(),
        notice: None,
    }
}

fn guest() -> GuestPage {
    let line = |text: &str, detail: &str, at: &str, band, kind| TimelineRow {
        text: text.into(),
        detail: detail.into(),
        at: when(at),
        band,
        kind,
    };
    GuestPage {
        chrome: chrome(Tab::Guests, true),
        event_id: ID.into(),
        id: "g1".into(),
        name: "Efua Mensah".into(),
        email: "efua@example.com".into(),
        phone: "+233 20 123 4567".into(),
        household: "Mensah, Osu".into(),
        notes: "Sits with the Boatengs. Comes from Tema.".into(),
        plus_ones_allowed: 1,
        standing: Standing::Coming,
        band: Some(Band::High),
        answer: Some(AnswerFacts {
            plus_ones: vec!["Kweku Mensah".into()],
            note: "We can’t wait!".into(),
            answers: vec![("Doesn’t eat".into(), "Groundnuts".into())],
            source: "by the guest".into(),
            at: when("3 December, 9:12"),
        }),
        record: RecordForm {
            attending: Some(true),
            names: vec![Field::of("Kweku Mensah")],
            ..RecordForm::default()
        },
        link: LinkState::Living {
            url: Some("https://rsvp.example/i/AQEBGTpdJ8HtSbHy9Mim4LEQAAAAAXq0wz5vK1mT8bX2".into()),
            detail: "Sent 1 December by e-mail, opened 6 times.".into(),
        },
        timeline: vec![
            line(
                "Opened on an unknown phone",
                "It opened three other guests’ links in the last ten minutes.",
                "14:02",
                Some(Band::High),
                TimelineKind::Opened,
            ),
            line("Said yes, with Kweku Mensah", "", "3 December", None, TimelineKind::Answered),
            line(
                "Opened on an iPhone, at home",
                "Home broadband, Accra",
                "3 December",
                Some(Band::Low),
                TimelineKind::Opened,
            ),
            line(
                "A mail filter looked at the link",
                "Not counted",
                "1 December",
                None,
                TimelineKind::Fetched,
            ),
            line("Invitation sent by e-mail", "Delivered", "1 December", None, TimelineKind::Sent),
            line(
                "You tried the link",
                "Your own look, not counted",
                "30 November",
                None,
                TimelineKind::Tested,
            ),
            line("Link made", "", "30 November", None, TimelineKind::Changed),
        ],
        devices: vec![
            DeviceRow {
                name: "iPhone, Safari".into(),
                detail: "Trusted since 3 November".into(),
                openings: "5 openings".into(),
            },
            DeviceRow {
                name: "Windows, Edge".into(),
                detail: "Seen once".into(),
                openings: "1 opening".into(),
            },
        ],
        can_edit: true,
    }
}

fn guest_bare() -> GuestPage {
    GuestPage {
        name: LONG.into(),
        band: None,
        standing: Standing::Waiting,
        answer: None,
        link: LinkState::None { revoked: false },
        timeline: vec![],
        devices: vec![],
        household: String::new(),
        notes: String::new(),
        ..guest()
    }
}

fn account() -> AccountPage {
    let key = |name: &str, used: Option<&str>| KeyRow {
        id: "k1".into(),
        name: name.into(),
        hint: "gg_4fK2…".into(),
        scopes: "reads guests, writes answers".into(),
        used: used.map(when),
    };
    let scope = |value: &str, explains: &str| ScopeChoice {
        value: value.into(),
        explains: explains.into(),
        ticked: true,
    };
    AccountPage {
        chrome: chrome(Tab::Account, false),
        sessions: vec![
            SessionRow {
                id: "1".into(),
                browser: "Firefox on Linux".into(),
                seen: when("Now"),
                is_this: true,
            },
            SessionRow {
                id: "2".into(),
                browser: "Safari on iPhone".into(),
                seen: when("Yesterday, 21:40"),
                is_this: false,
            },
        ],
        keys: vec![key("Seating plan", Some("3 hours ago")), key("Door tablets", None)],
        scopes: vec![
            scope("events:read", "Read events"),
            scope("events:write", "Change events"),
            scope("guests:read", "Read guests and answers"),
            scope("guests:write", "Change guests and answers"),
            scope("links", "Make and revoke links"),
            scope("feed", "Follow the live feed"),
        ],
        key_name: Field::default(),
        fresh_key: Some(FreshKey {
            name: "Seating plan".into(),
            key: "gg_4fK2vQ8mZs1TnB7xWc3RyL9pHd6JuE0a".into(),
        }),
    }
}

fn reason(code: &str, nats: f64) -> Evidence {
    Evidence {
        code: code.into(),
        words: reason_words(code, nats).map_or(code, |words| words.name).into(),
        nats,
    }
}

fn live_row(
    seq: u64,
    at: &str,
    name: &str,
    badge: RowBadge,
    sentence: &str,
    reasons: Vec<Evidence>,
) -> LiveRow {
    LiveRow {
        seq,
        access_id: matches!(badge, RowBadge::Band(_)).then(|| format!("acc-{seq}")),
        guest_id: format!("g{seq}"),
        guest_name: name.into(),
        at: When { said: at.into(), exact: format!("2026-12-06T{at}Z") },
        badge,
        sentence: sentence.into(),
        reasons,
        needs_you: matches!(
            badge,
            RowBadge::Band(Band::High | Band::Block) | RowBadge::Standing(Standing::Held)
        ),
    }
}

fn live_rows() -> Vec<LiveRow> {
    use RowBadge::{Band as B, Standing as S};
    let known = || vec![reason("DEV_KNOWN", -2.6), reason("NET_HOME", -1.2)];
    vec![
        live_row(
            312,
            "14:03:12",
            "Yaw Boateng",
            S(Standing::Coming),
            "is coming, with one guest: Abena Boateng",
            vec![],
        ),
        live_row(
            311,
            "14:02:51",
            "Efua Mensah",
            B(Band::High),
            "opened on an unknown phone that opened 3 other links",
            vec![
                reason("GRAPH_MULTI_GUEST", 3.1),
                reason("DEV_NEW", 1.1),
                reason("NET_NEW_ASN", 0.9),
                reason("FIRST_SEEN", -0.6),
            ],
        ),
        live_row(310, "14:02:07", "Nana Addo", B(Band::Low), "opened on a known laptop, at home", known()),
        live_row(
            309,
            "14:01:40",
            "Dr Kwabena Osei",
            B(Band::Low),
            "opened on a new phone, usual network",
            vec![reason("NET_HOME", -1.4), reason("DEV_NEW", 0.6)],
        ),
        live_row(
            308,
            "14:00:58",
            "Lindiwe Khumalo",
            S(Standing::NotComing),
            "cannot come: “Sending all our love from Durban”",
            vec![],
        ),
        live_row(
            307,
            "13:58:33",
            "Kofi Asante",
            B(Band::Medium),
            "opened from a new city, on a device never seen",
            vec![reason("NET_NEW_COUNTRY", 1.5), reason("DEV_NEW", 0.9), reason("TZ_MISMATCH", -0.4)],
        ),
        live_row(
            306,
            "13:57:15",
            "Adwoa Frimpong",
            B(Band::Low),
            "opened in WhatsApp, same phone as before",
            known(),
        ),
        live_row(
            305,
            "13:55:49",
            "Samuel Tetteh",
            B(Band::Block),
            "stopped: automated browser in a data centre",
            vec![reason("AUTOMATION_FLAG", 4.2), reason("NET_HOSTING", 2.0)],
        ),
        live_row(304, "13:54:02", LONG, S(Standing::Coming), "is coming", vec![]),
        live_row(303, "13:52:40", "ليلى عمر", B(Band::Low), "opened on a known device", known()),
        live_row(
            302,
            "13:50:11",
            "Zoë 👩🏽‍🚀 Ọlá",
            S(Standing::Held),
            "answered, and waits for your word",
            vec![],
        ),
    ]
}

fn live(name: &str) -> Option<String> {
    let hours = [0, 1, 0, 0, 1, 0, 0, 2, 4, 8, 6, 8, 6, 11, 7, 6, 5, 8, 10, 13, 9, 8, 5, 12]
        .map(|count: u32| (count, u32::from(count % 5 == 3)));
    let sheet = Sheet {
        access_id: "acc-311".into(),
        guest_id: "g311".into(),
        guest_name: "Efua".into(),
        band: Band::High,
        title: "Someone else may hold Efua Mensah’s link".into(),
        sentence: "This phone opened three other guests’ links in the last ten minutes, and none of its traits match Efua’s.".into(),
        at: when("14:02:51, one minute ago"),
        reasons: vec![
            reason("GRAPH_MULTI_GUEST", 3.1),
            reason("DEV_NEW", 1.1),
            reason("NET_NEW_ASN", 0.9),
            reason("FIRST_SEEN", -0.6),
        ],
        known: vec![
            ("iPhone, Safari".into(), "trusted since 3 November, 5 openings".into()),
            ("Home broadband, Accra".into(), "and MTN mobile, both usual".into()),
        ],
    };
    let empty = name == "live-empty";
    let page = LivePage {
        chrome: chrome(Tab::Live, true),
        event_id: ID.into(),
        name: EVENT.into(),
        time_zone: "Africa/Accra".into(),
        facts: format!("{WHEN} · {PLACE} · answers close in 6 days"),
        position: if empty { 0 } else { 312 },
        epoch: "ep1".into(),
        stats: if empty {
            LiveStats { capacity: Some(180), waiting: 147, ..LiveStats::default() }
        } else {
            LiveStats { seats: 128, capacity: Some(180), attending: 94, plus_ones: 34, waiting: 41 }
        },
        hours: HourBar::scale(if empty { &[] } else { &hours }),
        counts: if empty {
            LiveCounts::default()
        } else {
            LiveCounts { all: 312, answers: 135, openings: 177, needs_you: 3 }
        },
        rows: if empty { vec![] } else { live_rows() },
        sheet: (name == "live-open").then_some(sheet),
        can_label: true,
    };
    matches!(name, "live" | "live-open" | "live-empty").then(|| page.render().ok())?
}

fn import(name: &str) -> Option<String> {
    let fields = [
        ("name", "Name"),
        ("email", "E-mail"),
        ("phone", "Phone"),
        ("plus_ones_allowed", "May bring"),
        ("", "Leave out"),
    ];
    let column = |header: &str, sample: &str, at: usize| ColumnMap {
        header: header.into(),
        sample: sample.into(),
        field: format!("map_{at}"),
        choices: fields
            .iter()
            .enumerate()
            .map(|(here, (value, label))| choice(value, label, here == at))
            .collect(),
    };
    let check = |errors: Vec<RowError>, errors_total| {
        Box::new(ImportCheck {
            upload: "u1".into(),
            file_name: "guests-december.csv".into(),
            read_as: "UTF-8, separated by semicolons, 312 rows".into(),
            columns: vec![
                column("Guest", "Efua Mensah", 0),
                column("Mail", "efua@example.com", 1),
                column("Mobile", "+233 20 123 4567", 2),
                column("+1", "1", 3),
                column("Colour of the envelope", "green", 4),
            ],
            fields: vec!["Name".into(), "E-mail".into(), "Phone".into(), "May bring".into()],
            rows: vec![
                vec!["Efua Mensah".into(), "efua@example.com".into(), "+233 20 123 4567".into(), "1".into()],
                vec!["ليلى عمر".into(), "laila@example.com".into(), String::new(), "3".into()],
                vec![LONG.into(), "nana@example.com".into(), "+49 30 901820".into(), "2".into()],
            ],
            counts: ImportCounts { created: 306, updated: 3, unchanged: 0 },
            errors,
            errors_total,
        })
    };
    let error =
        |line, column: &str, detail: &str| RowError { line, column: column.into(), detail: detail.into() };
    let stage = match name {
        "import" => ImportStage::Choose,
        "import-check" => ImportStage::Check(check(vec![], 0)),
        "import-errors" => ImportStage::Check(check(
            vec![
                error(41, "Mobile", "This phone is two digits short: +233 20 123 45"),
                error(107, "Guest", "The name is empty"),
                error(288, "+1", "“two” is no number from 0 to 20"),
            ],
            5,
        )),
        "import-running" => ImportStage::Running(ImportProgress { done: 4200, total: 10_000 }),
        "import-done" => ImportStage::Done(ImportCounts { created: 306, updated: 3, unchanged: 0 }),
        _ => return None,
    };
    ImportPage { chrome: chrome(Tab::Guests, true), event_id: ID.into(), stage, notice: None }.render().ok()
}

fn invite(name: &str) -> Option<String> {
    let form = || AnswerForm { names: vec![Field::default()], ..AnswerForm::default() };
    let taken = |attending, change| {
        InviteState::Answered(Confirmation {
            attending,
            plus_ones: if attending { vec!["Kweku Mensah".into()] } else { vec![] },
            change,
        })
    };
    let ask = |sent, error: Option<&str>| {
        InviteState::StepUp(StepUp { access_id: "acc-1".into(), sent, error: error.map(Into::into) })
    };
    let state = match name {
        "invite" | "invite-nofp" | "invite-test" => InviteState::Open(form()),
        "invite-alone" => InviteState::Open(AnswerForm { attending: Some(true), ..AnswerForm::default() }),
        "invite-long" | "invite-arabic" => InviteState::Open(AnswerForm {
            attending: Some(true),
            bringing: 2,
            names: vec![Field::of("Kweku Mensah"), Field::of(LONG), Field::default()],
            ..AnswerForm::default()
        }),
        "invite-yes" => InviteState::Open(AnswerForm {
            attending: Some(true),
            bringing: 1,
            names: vec![Field::of("Kweku Mensah")],
            ..AnswerForm::default()
        }),
        "invite-wrong" => InviteState::Open(AnswerForm {
            attending: Some(true),
            bringing: 1,
            names: vec![Field::wrong("K", "Please give the whole name.")],
            error: Some("One thing is missing below.".into()),
            ..AnswerForm::default()
        }),
        "invite-taken" => taken(true, Some(form())),
        "invite-missed" => taken(false, Some(form())),
        "invite-held" => InviteState::Held,
        "invite-full" => InviteState::Full { form: form(), declined: false },
        "invite-closed" => InviteState::Closed { answered: None },
        "invite-ask" => ask(false, None),
        "invite-code" => ask(true, Some("These digits are not right. Look at the latest message.")),
        "invite-kind" => InviteState::Blocked { fresh_link_sent: false, offered: true },
        "invite-fresh" => InviteState::Blocked { fresh_link_sent: true, offered: true },
        _ => return None,
    };
    let (title, guest_name, palette) = match name {
        "invite-long" => (
            "The silver wedding of Nana Akosua Oforiwaa and Bartholomäus von Hohenlohe-Schillingsfürst",
            LONG,
            Palette::Ember,
        ),
        "invite-arabic" => (ARABIC, "ليلى عمر", Palette::Rose),
        "invite-held" | "invite-full" => (EVENT, "Efua", Palette::Dusk),
        _ => (EVENT, "Efua", Palette::Evergreen),
    };
    let page = InvitePage {
        token: "AQEBGTpdJ8HtSbHy9Mim4LEQAAAAAXq0wz5vK1mT8bX2".into(),
        nonce: "n".into(),
        title: title.into(),
        when: WHEN.into(),
        venue: PLACE.into(),
        guest_name: guest_name.into(),
        seats: match name {
            "invite-alone" => 1,
            "invite-long" | "invite-arabic" => 4,
            _ => 2,
        },
        until: "5 December".into(),
        palette,
        test: name == "invite-test",
        fingerprint: name != "invite-nofp",
        state,
    };
    page.render().ok()
}

fn error(name: &str) -> Option<String> {
    let kind = match name {
        "error-403" => ErrorKind::Forbidden,
        "error-404" => ErrorKind::NotFound,
        "error-412" => ErrorKind::Stale,
        "error-429" => ErrorKind::TooMany,
        "error-500" => ErrorKind::Internal,
        "error-503" => ErrorKind::Unavailable,
        _ => return None,
    };
    ErrorPage { theme: Theme::default(), kind, request_id: "0193a5d2-7c1e".into() }.render().ok()
}
