//! What holds for every page: who is let in, where forms come from, what browsers are told.

use axum::http::{Method, StatusCode};
use gg_domain::actor::Role;
use gg_domain::event::EventInput;
use gg_domain::id::{EventId, GuestId};

use crate::stage::pages;

/// Every page of an event and a guest, and every form, with fields that would do.
fn pages_of(event: EventId, guest: GuestId) -> Vec<String> {
    let of_event = ["", "/edit", "/guests", "/guests/new", "/guests/export", "/import", "/live", "/policy"];
    let of_guest = ["", "/edit"];
    let events = of_event.iter().map(|end| format!("/events/{event}{end}"));
    events.chain(of_guest.iter().map(|end| format!("/guests/{guest}{end}"))).collect()
}

fn forms_of(event: EventId, guest: GuestId) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let event_fields =
        vec![("name", "x"), ("starts_at", "2026-12-12T15:00"), ("time_zone", "UTC"), ("version", "1")];
    let guest_fields = vec![("name", "x"), ("version", "1")];
    let nobody = uuid::Uuid::from_u128(1);
    let actions =
        ["action_low", "action_medium", "action_high", "action_block"].map(|field| (field, "allow"));
    let rules = [("medium", "20"), ("high", "60"), ("block", "97")].into_iter().chain(actions).collect();
    vec![
        (format!("/events/{event}/edit"), event_fields),
        (format!("/events/{event}/delete"), vec![("version", "1")]),
        (format!("/events/{event}/members"), vec![("email", "x@example.org"), ("role", "viewer")]),
        (format!("/events/{event}/members/{nobody}/remove"), vec![]),
        (format!("/events/{event}/policy"), rules),
        (format!("/events/{event}/wishes/{nobody}/grant"), vec![]),
        (format!("/events/{event}/wishes/{nobody}/dismiss"), vec![]),
        (format!("/events/{event}/guests/new"), guest_fields.clone()),
        (format!("/events/{event}/import/map"), vec![("upload", "00000000-0000-0000-0000-000000000001")]),
        (format!("/events/{event}/import/confirm"), vec![("upload", "00000000-0000-0000-0000-000000000001")]),
        (format!("/guests/{guest}/edit"), guest_fields),
        (format!("/guests/{guest}/invite"), vec![]),
        (format!("/guests/{guest}/invite/rotate"), vec![]),
        (format!("/guests/{guest}/invite/revoke"), vec![]),
        (format!("/guests/{guest}/try"), vec![]),
        (format!("/guests/{guest}/answer"), vec![("attending", "yes")]),
        (format!("/guests/{guest}/forget-devices"), vec![]),
        (format!("/guests/{guest}/reset-baseline"), vec![]),
        (format!("/guests/{guest}/openings/{nobody}/label"), vec![("label", "guest")]),
        (format!("/guests/{guest}/openings/{nobody}/trust"), vec![]),
        (format!("/guests/{guest}/erase"), vec![]),
    ]
}

pages! {
    async fn who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let nobody = stage.browser();

        for path in pages_of(event, guest).iter().map(String::as_str).chain(["/events", "/events/new", "/account"]) {
            assert_eq!(nobody.get(path).await.location(), format!("/signin?next={path}"));
        }
    }

    async fn an_event_of_another_account_is_not_there(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let stranger = stage.stranger().await;

        for path in pages_of(event, guest) {
            let page = stranger.get(&path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            page.hides("Efua").shows("Nothing here");
        }
        for (path, fields) in forms_of(event, guest) {
            assert_eq!(stranger.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let upload = stranger.upload(&format!("/events/{event}/import"), None, b"name\nKofi\n").await;
        assert_eq!(upload.status, StatusCode::NOT_FOUND);
    }

    async fn who_comes_back_to_a_forms_address_gets_the_page_with_the_form(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;

        for (path, _) in forms_of(event, guest) {
            let mut page = ama.get(&path).await;
            if page.status == StatusCode::SEE_OTHER {
                page = ama.get(page.location()).await;
            }
            assert_eq!(page.status, StatusCode::OK, "{path}");
        }
        assert_eq!(ama.get("/guests/..%2F..%2Fevil/answer").await.status, StatusCode::NOT_FOUND);
    }

    async fn a_form_without_its_word_is_refused_and_does_nothing(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;

        for (path, fields) in forms_of(event, guest) {
            let with_wrong: Vec<_> = fields.iter().copied().chain([("csrf", "wrong")]).collect();
            assert_eq!(ama.post_bare(&path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(ama.post_bare(&path, &with_wrong).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in ["/signout", "/account/keys", "/account/sign-out-everywhere", "/events/new"] {
            assert_eq!(ama.post_bare(path, &[("name", "x")]).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let upload = ama.upload(&format!("/events/{event}/import"), Some("wrong"), b"name\nKofi\n").await;
        assert_eq!(upload.status, StatusCode::FORBIDDEN);
        ama.open(&format!("/guests/{guest}")).await.shows("Efua").shows("No link yet");
    }

    async fn a_form_of_another_site_is_refused_even_with_the_word(stage: Stage) {
        let ama = stage.ama().await;
        let word = ama.open("/account").await.after("name=\"csrf\" value=\"").to_string();

        for origin in ["https://evil.example", "null", "http://party.example"] {
            let page = ama.post_from(origin, "/signout", &[("csrf", &word)]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{origin}");
        }
        ama.open("/events").await;
    }

    async fn a_viewer_reads_and_changes_nothing(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let viewer = stage.member(event, Role::Viewer).await;

        viewer.open(&format!("/events/{event}")).await.hides("Invite</button>");
        viewer.open(&format!("/guests/{guest}")).await.shows("efua@example.org").hides("Make a link");
        for (path, fields) in forms_of(event, guest) {
            assert_eq!(viewer.post(&path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for end in ["guests/export", "edit", "import", "guests/new", "policy"] {
            assert_eq!(viewer.get(&format!("/events/{event}/{end}")).await.status, StatusCode::FORBIDDEN, "{end}");
        }
    }

    async fn the_door_sees_no_contacts_notes_nor_links(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let link = stage.app.invite_guest(stage.may(gg_domain::actor::Permission::Links), guest).await.unwrap();
        let door = stage.member(event, Role::Door).await;

        for path in [format!("/events/{event}/guests"), format!("/guests/{guest}"), format!("/events/{event}/live")] {
            let page = door.open(&path).await;
            page.hides("efua@example.org").hides("+233201234567").hides("beside her aunt");
            page.hides(link.token.expose());
        }
        // A search must not tell bit by bit what is not shown.
        door.open(&format!("/events/{event}/guests?q=efua@example")).await.hides("class=\"table-name\"");
        door.open(&format!("/events/{event}/guests?q=4567")).await.hides("class=\"table-name\"");
    }

    async fn an_editor_may_all_but_team_rules_and_deletion(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let editor = stage.member(event, Role::Editor).await;
        let owners = ["/delete", "/members", "/policy", "/remove"];

        for (path, fields) in forms_of(event, guest) {
            if owners.iter().any(|end| path.ends_with(end)) {
                assert_eq!(editor.post(&path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
        let renamed = editor.post(&format!("/guests/{guest}/edit"), &[("name", "Esi"), ("version", "1")]).await;
        assert_eq!(renamed.location(), format!("/guests/{guest}?done=saved"));
    }

    async fn pages_tell_browsers_to_load_our_own_files_alone(stage: Stage) {
        let ama = stage.ama().await;
        let page = ama.open("/events").await;

        assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        assert!(page.header("strict-transport-security").contains("max-age="));
        // Forms must say where they come from; addresses still go to nobody else.
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(ama.get("/api/v1/events").await.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-request-id").len(), 32);
    }

    async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(stage: Stage) {
        let nobody = stage.browser();

        let page = nobody.get("/nothing/here").await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
        page.shows(page.header("x-request-id"));
        let problem = nobody.get("/api/v1/nothing").await;
        assert_eq!(
            (problem.status, problem.header("content-type")),
            (StatusCode::NOT_FOUND, "application/problem+json")
        );
    }

    async fn a_method_that_a_page_does_not_take_names_those_that_it_takes(stage: Stage) {
        let page = stage.ama().await.method(Method::DELETE, "/events").await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(page.header("allow").contains("GET"), "{:?}", page.headers);
    }

    async fn a_form_that_is_too_large_or_of_another_kind_is_refused_kindly(stage: Stage) {
        let ama = stage.ama().await;
        let long = "x".repeat(70 * 1024);

        let page = ama.post("/events/new", &[("name", &long)]).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        page.shows("This did not go through");
        let page = ama.method(Method::POST, "/events/new").await;
        assert_eq!(page.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }

    async fn names_come_out_as_text_on_every_page(stage: Stage) {
        const SCRIPT: &str = "<script>alert(1)</script>";
        let input = EventInput {
            name: SCRIPT.into(),
            starts_at: "2026-12-12T15:00:00Z".into(),
            time_zone: "UTC".into(),
            venue: Some(SCRIPT.into()),
            ..EventInput::default()
        };
        let event = stage.app.plan_event(stage.owner, &input).await.unwrap().id;
        let guest = stage.guest(event, SCRIPT, 1).await;
        let ama = stage.ama().await;

        for path in pages_of(event, guest).iter().map(String::as_str).chain(["/events", "/account"]) {
            if !path.ends_with("export") {
                ama.open(path).await.hides("<script>alert");
            }
        }
    }

    async fn the_landing_page_leads_who_is_signed_in_to_his_events(stage: Stage) {
        stage.browser().open("/").await.shows("/signin");
        stage.ama().await.open("/").await.shows("href=\"/events\"");
    }
}
