//! What guests see, the steps of an import, and error pages.

use super::*;

pub(super) fn import(name: &str) -> Option<String> {
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

pub(super) fn invite(name: &str) -> Option<String> {
    let form = || AnswerForm { names: vec![Field::default()], ..AnswerForm::default() };
    let taken = |attending, change| {
        InviteState::Answered(Confirmation {
            attending,
            plus_ones: if attending { vec!["Kweku Mensah".into()] } else { vec![] },
            change,
        })
    };
    let ask = |sent, error: Option<&str>| {
        InviteState::StepUp(StepUp {
            access_id: "acc-1".into(),
            sent,
            error: error.map(Into::into),
            typed: Typed::default(),
        })
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
        "invite-kind" => InviteState::Blocked(Stopped::default()),
        "invite-fresh" => InviteState::Blocked(Stopped { fresh_link_sent: true, ..Stopped::default() }),
        "invite-passed-on" => InviteState::Blocked(Stopped {
            passed_on: PassedOn {
                is_open: true,
                contact: Field::wrong("020 1234", "This needs its country code, as in +44 20 7946 0958."),
                ..PassedOn::default()
            },
            ..Stopped::default()
        }),
        "invite-wish" => InviteState::WishTaken,
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
        access: String::new(),
        sends: true,
        state,
    };
    page.render().ok()
}

pub(super) fn error(name: &str) -> Option<String> {
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
