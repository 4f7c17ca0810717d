//! Events: the list, the form, the overview.

use axum::http::StatusCode;
use gg_domain::actor::Permission;

use crate::stage::pages;

pages! {
    async fn an_event_is_planned_in_its_own_zone(stage: Stage) {
        let ama = stage.ama().await;
        ama.open("/events").await.hides("class=\"event-card");
        let fields = [
            ("name", "Ama & Kojo’s wedding"),
            ("venue", "Schloss am See"),
            ("starts_at", "2027-07-03T15:00"),
            ("ends_at", "2027-07-04T02:00"),
            ("time_zone", "Europe/Berlin"),
            ("capacity", "180"),
            ("rsvp_deadline", ""),
        ];
        let made = ama.post("/events/new", &fields).await.location().to_string();

        ama.open(&made).await.shows("Saturday 3 July 2027, 15:00").shows("The event is made.");
        let event = made.split(['/', '?']).nth(2).unwrap().parse::<uuid::Uuid>().unwrap().into();
        let row = stage.app.event(stage.may(Permission::ReadEvent), event).await.unwrap();
        assert_eq!(row.starts_at.to_string(), "2027-07-03T13:00:00Z");
        ama.open("/events").await.shows("Schloss am See").shows("of 180");
    }

    async fn wrong_fields_are_named_beside_them_and_what_was_typed_is_kept(stage: Stage) {
        let ama = stage.ama().await;
        let fields = [
            ("name", ""),
            ("venue", "Schloss am See"),
            ("starts_at", "2027-03-28T02:30"),
            ("time_zone", "Europe/Berlin"),
            ("capacity", "lots"),
        ];
        let page = ama.post("/events/new", &fields).await;

        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("The clocks are put forward over this time").shows("Give a whole number, or nothing");
        page.shows("value=\"Schloss am See\"").shows("value=\"2027-03-28T02:30\"").shows("value=\"lots\"");
        assert_eq!(page.body.matches("aria-invalid=\"true\"").count(), 3, "{}", page.body);
    }

    async fn an_unknown_zone_and_a_missing_start_are_named(stage: Stage) {
        let ama = stage.ama().await;
        let page = ama.post("/events/new", &[("name", "x"), ("time_zone", "Mars/Olympus")]).await;
        page.shows("Give an IANA time zone").shows("Say when it starts.");
    }

    async fn an_edit_changes_what_was_changed_alone(stage: Stage) {
        let event = stage.event().await;
        let exact = "2026-10-25T01:30:20Z";
        // The second half past two of the night in which clocks go back, and twenty seconds.
        let actor = stage.may(Permission::WriteEvent);
        let row = stage.app.event(actor, event).await.unwrap();
        let change = move |input: &mut gg_domain::event::EventInput| {
            input.starts_at = exact.into();
            input.ends_at = None;
        };
        let row = stage.app.change_event(actor, event, row.revision, change).await.unwrap();
        let ama = stage.ama().await;
        let path = format!("/events/{event}/edit");
        let form = ama.open(&path).await;
        form.shows("value=\"2026-10-25T02:30\"");
        let ends = form.after("name=\"ends_at\" type=\"datetime-local\" value=\"").to_string();
        let version = row.revision.to_string();
        let fields = [
            ("name", "Renamed"),
            ("starts_at", "2026-10-25T02:30"),
            ("ends_at", ends.as_str()),
            ("time_zone", "Europe/Berlin"),
            ("version", version.as_str()),
        ];

        assert_eq!(ama.post(&path, &fields).await.location(), format!("/events/{event}?done=saved"));
        let row = stage.app.event(actor, event).await.unwrap();
        assert_eq!((row.name.as_str(), row.starts_at.to_string().as_str()), ("Renamed", exact));
        assert_eq!(row.capacity, None);
    }

    async fn a_form_that_was_overtaken_overwrites_nothing_and_keeps_what_was_typed(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/edit");
        let fields = |name, version| {
            [("name", name), ("starts_at", "2026-12-12T16:00"), ("time_zone", "Europe/Berlin"), ("version", version)]
        };
        ama.post(&path, &fields("Theirs", "1")).await.location();

        let page = ama.post(&path, &fields("Mine", "1")).await;
        assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
        page.shows("Somebody else changed this event").shows("value=\"Mine\"");
        let version = page.after("name=\"version\" value=\"").to_string();
        ama.open(&format!("/events/{event}")).await.shows("Theirs");

        ama.post(&path, &fields("Mine", &version)).await.location();
        ama.open(&format!("/events/{event}")).await.shows("Mine");
    }

    async fn a_deleted_event_is_gone_with_its_guests(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;
        let form = ama.open(&format!("/events/{event}/edit")).await;
        let version = form.after("name=\"version\" value=\"").to_string();

        let gone = ama.post(&format!("/events/{event}/delete"), &[("version", &version)]).await;
        assert_eq!(gone.location(), "/events?done=deleted");
        assert_eq!(ama.get(&format!("/events/{event}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ama.get(&format!("/guests/{guest}")).await.status, StatusCode::NOT_FOUND);
    }

    async fn one_is_not_many(stage: Stage) {
        let one = gg_domain::event::EventInput {
            name: "Dinner".into(),
            starts_at: "2026-12-12T15:00:00Z".into(),
            time_zone: "UTC".into(),
            capacity: Some(1),
            ..Default::default()
        };
        stage.app.plan_event(stage.owner, &one).await.unwrap();
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        stage.guest(event, "Kwame", 0).await;
        let answer = gg_domain::rsvp::AnswerInput {
            attending: true,
            plus_ones: vec!["Kojo".into()],
            ..Default::default()
        };
        stage.app.record_answer(stage.may(Permission::WriteGuests), guest, &answer).await.unwrap();
        let ama = stage.ama().await;

        ama.open(&format!("/events/{event}")).await.shows("+ 1 guest</p>");
        let live = ama.open(&format!("/events/{event}/live")).await;
        live.shows("data-many=\"guests\">guest</span>").shows("data-many=\"people\">person</span>");
        ama.open("/events").await.shows("of 1 seat</p>").shows("of 3 seats</p>");
    }

    async fn a_past_event_stands_below_those_to_come(stage: Stage) {
        let mut past = gg_domain::event::EventInput {
            name: "Harvest dinner".into(),
            starts_at: "2026-10-01T18:00:00Z".into(),
            time_zone: "UTC".into(),
            ..Default::default()
        };
        stage.app.plan_event(stage.owner, &past).await.unwrap();
        past.name = "Christmas dinner".into();
        past.starts_at = "2026-12-24T18:00:00Z".into();
        stage.app.plan_event(stage.owner, &past).await.unwrap();

        let page = stage.ama().await.open("/events").await;
        let place = |text| page.body.find(text).unwrap();
        assert!(place("Christmas dinner") < place("Past") && place("Past") < place("Harvest dinner"));
    }
}
