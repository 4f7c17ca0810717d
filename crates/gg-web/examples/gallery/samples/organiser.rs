//! Organisers' pages: an event, its guests, the account.

use super::*;

pub(super) fn event(can_manage: bool) -> EventPage {
    let member = |email: &str, role: &str, is_you, account: Option<&str>| MemberRow {
        id: account.unwrap_or("i1").into(),
        invited: account.is_none().then(|| when("3 hours ago")),
        email: email.into(),
        role: role.into(),
        is_you,
        removable: !is_you,
    };
    let rule = |band, does: &str| PolicyRow {
        band,
        range: match band {
            Band::Low => "below 20\u{a0}%",
            Band::Medium => "20\u{a0}% to 60\u{a0}%",
            Band::High => "60\u{a0}% to 97\u{a0}%",
            Band::Block => "from 97\u{a0}%, with hard evidence",
        }
        .into(),
        does: does.into(),
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
        policy: if can_manage {
            vec![
                rule(Band::Low, "Let in"),
                rule(Band::Medium, "Let in"),
                rule(Band::High, "Ask for a code"),
                rule(Band::Block, "Stop"),
            ]
        } else {
            vec![]
        },
        fresh_invitation: can_manage.then(|| FreshInvitation {
            email: "door@example.com".into(),
            url: "https://rsvp.example/join/AZOl0nwefVSbHy9Mim4LEQ".into(),
            replaces: true,
        }),
        wishes: if can_manage { wishes() } else { Vec::new() },
        has_outbox: can_manage,
        can_edit: can_manage,
        can_manage,
    }
}

fn wishes() -> Vec<WishRow> {
    let wish = |id: &str, guest: &str, name: &str, contact: &str, note: &str| WishRow {
        id: id.into(),
        guest_id: ID.into(),
        guest_name: guest.into(),
        name: name.into(),
        contact: contact.into(),
        note: note.into(),
        at: when("20 minutes ago"),
    };
    vec![
        wish("w1", "Efua Mensah", "Yaw Addo", "+233201234567", "Efua said I should just ask."),
        wish("w2", LONG, "", "", ""),
        wish("w3", "ليلى عمر", LONG, "", ""),
    ]
}

pub(super) fn event_form(id: Option<&str>) -> EventFormPage {
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

pub(super) fn guest_rows() -> Vec<GuestRow> {
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

pub(super) fn guests(rows: Vec<GuestRow>, query: &str, total: u32) -> GuestsPage {
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

pub(super) fn guest_form() -> GuestFormPage {
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

pub(super) fn guest() -> GuestPage {
    let line = |text: &str, detail: &str, at: &str, band, kind| TimelineRow {
        text: text.into(),
        detail: detail.into(),
        at: when(at),
        band,
        kind,
        opening: band.map(|_| "x1".into()),
    };
    let decided =
        |text: &str, who: &str, at: &str| DecisionRow { text: text.into(), who: who.into(), at: when(at) };
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
        decisions: vec![
            decided("An opening was somebody else (one hour ago)", "You", "one hour ago"),
            decided(
                "The link was replaced",
                "kojo.with.a.rather.long.address@family.example.com",
                "3 December",
            ),
            decided("A link was made", "You", "30 November"),
        ],
        no_code: "",
        can_edit: true,
    }
}

pub(super) fn guest_bare() -> GuestPage {
    GuestPage {
        name: LONG.into(),
        band: None,
        standing: Standing::Waiting,
        answer: None,
        link: LinkState::None { revoked: false },
        timeline: vec![],
        devices: vec![],
        decisions: vec![],
        no_code: "Where your rules ask for a code, this guest is let in instead: there is no e-mail or phone to send one to.",
        household: String::new(),
        notes: String::new(),
        ..guest()
    }
}

pub(super) fn account() -> AccountPage {
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
