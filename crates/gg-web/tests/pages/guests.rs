//! Guests: the list, the form, a guest's own page and what can be done there.

use axum::http::StatusCode;
use gg_domain::actor::Permission;
use gg_domain::rsvp::AnswerInput;

use crate::stage::pages;

pages! {
    async fn the_list_is_paged_and_searched_by_name_address_and_number(stage: Stage) {
        let event = stage.event().await;
        for n in 0..60 {
            stage.guest(event, &format!("Guest {n:02}"), 0).await;
        }
        stage.guest(event, "Josephine", 0).await;
        let ama = stage.ama().await;
        let list = format!("/events/{event}/guests");

        let first = ama.open(&list).await;
        first.shows("Guest 00").shows("Guest 49").hides("Guest 50").shows("1 to 50 of 61");
        let (_, before) = first.body.split_once("rel=\"next\"").map(|(a, b)| (b, a)).unwrap();
        let next = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&#38;", "&");
        ama.open(&next).await.shows("Guest 50").hides("Guest 49").shows("51 to 61 of 61").shows("To the first");

        ama.open(&format!("{list}?q=JOSEPH")).await.shows("Josephine").hides("Guest 01");
        ama.open(&format!("{list}?q=efua%40example")).await.shows("Guest 01");
        ama.open(&format!("{list}?q=20+123+4567")).await.shows("Guest 01");
        ama.open(&format!("{list}?q=%3Cb%3E")).await.shows("No guest matches").hides("<b>");
    }

    async fn the_list_is_filtered_by_how_answers_stand(stage: Stage) {
        let event = stage.event().await;
        let coming = stage.guest(event, "Coming Efua", 1).await;
        let answer = AnswerInput { attending: true, ..AnswerInput::default() };
        stage.app.record_answer(stage.may(Permission::WriteGuests), coming, &answer).await.unwrap();
        stage.guest(event, "Waiting Kojo", 1).await;
        let ama = stage.ama().await;

        let filtered = async |standing| ama.open(&format!("/events/{event}/guests?standing={standing}")).await;
        filtered("coming").await.shows("Coming Efua").hides("Waiting Kojo");
        filtered("waiting").await.shows("Waiting Kojo").hides("Coming Efua");
        filtered("held").await.hides("Waiting Kojo").hides("Coming Efua");
        filtered("nonsense").await.shows("Waiting Kojo").shows("Coming Efua");
    }

    async fn a_guest_is_added_and_the_next_one_after_him(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let form = format!("/events/{event}/guests/new");
        let page = ama.post(&form, &[("name", ""), ("phone", "12"), ("plus_ones_allowed", "many")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.body.matches("aria-invalid=\"true\"").count(), 3, "{}", page.body);
        page.shows("value=\"many\"");

        let next = ama.post(&form, &[("name", "Efua"), ("then", "another")]).await.location().to_string();
        ama.open(&next).await.shows("Efua is added. The next one:");
        let made = ama.post(&form, &[("name", "Kojo"), ("plus_ones_allowed", "2")]).await.location().to_string();
        ama.open(&made).await.shows("Kojo").shows("The guest is added.");
    }

    async fn an_edit_keeps_what_is_not_in_question(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;
        let path = format!("/guests/{guest}/edit");
        let form = ama.open(&path).await;
        form.shows("value=\"efua@example.org\"").shows("sits beside her aunt");
        let version = form.after("name=\"version\" value=\"").to_string();
        let fields = [
            ("name", "Efua Mensah"),
            ("email", "efua@example.org"),
            ("plus_ones_allowed", "1"),
            ("version", version.as_str()),
        ];
        ama.post(&path, &fields).await.location();

        ama.open(&format!("/guests/{guest}")).await.shows("Efua Mensah").hides("+233201234567");
        let page = ama.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
        page.shows("Somebody else changed this guest");
    }

    async fn a_link_is_made_told_again_replaced_and_revoked(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;
        let path = format!("/guests/{guest}");
        ama.open(&path).await.shows("No link yet");

        assert_eq!(ama.post(&format!("{path}/invite"), &[]).await.location(), format!("{path}?done=issued#link"));
        let url = link_of(&ama.open(&path).await.body);
        assert_eq!(url, link_of(&ama.open(&path).await.body));
        ama.post(&format!("{path}/invite/rotate"), &[]).await.location();
        assert_ne!(url, link_of(&ama.open(&path).await.body));
        ama.post(&format!("{path}/invite/revoke"), &[]).await.location();
        ama.open(&path).await.hides("https://party.example/i/");
    }

    async fn looking_at_a_guest_s_page_makes_no_link(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        stage.ama().await.open(&format!("/guests/{guest}")).await;
        assert!(stage.app.living_invite(stage.may(Permission::Links), guest).await.unwrap().is_none());
    }

    async fn a_try_of_the_link_leads_to_the_guest_s_page(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;
        let location = ama.post(&format!("/guests/{guest}/try"), &[]).await.location().to_string();
        assert!(location.starts_with("/i/"), "{location}");
        ama.open(&location).await.shows("Efua");
    }

    async fn an_answer_by_telephone_is_recorded_and_seen(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 2).await;
        let ama = stage.ama().await;
        let path = format!("/guests/{guest}/answer");
        let fields = [("attending", "yes"), ("plus_one", "Kojo"), ("plus_one", ""), ("note", "may be late")];

        assert_eq!(ama.post(&path, &fields).await.location(), format!("/guests/{guest}?done=recorded#answer"));
        let page = ama.open(&format!("/guests/{guest}")).await;
        page.shows("Kojo").shows("may be late").shows("recorded by you or your team");
        page.shows("You or your team recorded an answer");
    }

    async fn an_answer_that_does_not_fit_is_told_beside_what_was_typed(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let other = stage.guest(event, "Kojo", 5).await;
        let ama = stage.ama().await;

        let two = [("attending", "yes"), ("plus_one", "Kojo"), ("plus_one", "Ama"), ("note", "late")];
        let page = ama.post(&format!("/guests/{guest}/answer"), &two).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("value=\"Kojo\"").shows("value=\"Ama\"").shows("late</textarea>").shows("role=\"alert\"");

        let four = [("attending", "yes"), ("plus_one", "a"), ("plus_one", "b"), ("plus_one", "c")];
        let page = ama.post(&format!("/guests/{other}/answer"), &four).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("no seats left for so many");
    }

    async fn an_erased_guest_is_gone(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;

        let gone = ama.post(&format!("/guests/{guest}/erase"), &[]).await;
        assert_eq!(gone.location(), format!("/events/{event}/guests?done=erased"));
        assert_eq!(ama.get(&format!("/guests/{guest}")).await.status, StatusCode::NOT_FOUND);
    }

    async fn devices_are_forgotten(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let link = stage.app.invite_guest(stage.may(Permission::Links), guest).await.unwrap();
        stage.app.score_access(link.token.expose(), &crate::live::opening(true)).await.unwrap();
        let ama = stage.ama().await;
        ama.open(&format!("/guests/{guest}")).await.shows("Safari on iPhone").shows("The link was opened");

        ama.post(&format!("/guests/{guest}/forget-devices"), &[]).await.location();
        ama.open(&format!("/guests/{guest}")).await.hides("Safari on iPhone");
    }

    async fn the_list_goes_out_as_a_file_that_spreadsheets_read(stage: Stage) {
        let event = stage.event().await;
        stage.guest(event, "Zoë", 1).await;
        let page = stage.ama().await.open(&format!("/events/{event}/guests/export")).await;

        assert_eq!(page.header("content-type"), "text/csv; charset=utf-8");
        assert!(page.header("content-disposition").contains("filename*=UTF-8''Ama%20Kojo%20s%20wedding%20guests.csv"));
        assert!(page.body.starts_with('\u{feff}') && page.body.contains("Zoë"));
    }
}

fn link_of(page: &str) -> String {
    let (_, rest) = page.split_once("value=\"https://party.example/i/").expect("the link is shown");
    rest.split('"').next().unwrap().to_string()
}

pages! {
    async fn words_on_an_opening_are_given_where_it_is_shown_and_kept(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let access = stage.opening(guest).await;
        let ama = stage.ama().await;
        let path = format!("/guests/{guest}");
        ama.open(&path).await.shows(&format!("action=\"{path}/openings/{access}/trust\"")).shows("A link was made");

        let trusted = ama.post(&format!("{path}/openings/{access}/trust"), &[]).await;
        assert_eq!(trusted.location(), format!("{path}?done=trusted#devices"));
        let label = format!("{path}/openings/{access}/label");
        ama.post(&label, &[("label", "not_guest")]).await.location();
        assert_eq!(ama.post(&label, &[("label", "nobody")]).await.status, StatusCode::BAD_REQUEST);
        let refused = ama.post(&format!("{path}/openings/{access}/trust"), &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        refused.shows("This opening was said not to be the guest: say first that it was.");
        ama.post(&format!("{path}/reset-baseline"), &[]).await.location();

        let page = ama.open(&path).await;
        for said in ["All that was known was forgotten", "An opening was somebody else", "The device of an opening", "You"] {
            page.shows(said);
        }
        let other = stage.guest(event, "Kojo", 1).await;
        let wrong = ama.post(&format!("/guests/{other}/openings/{access}/label"), &[("label", "guest")]).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    }

    async fn the_monitor_trusts_a_device_without_script(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let access = stage.opening(guest).await;
        let ama = stage.ama().await;
        let sheet = ama.open(&format!("/events/{event}/live?open={access}")).await;
        let action = format!("/events/{event}/accesses/{access}/trust");
        sheet.shows(&format!("action=\"{action}\""));

        let trusted = ama.post(&action, &[]).await;

        assert_eq!(trusted.location(), format!("/events/{event}/live?open={access}&done=trusted#sheet"));
        ama.open(&format!("/guests/{guest}")).await.shows("Confirmed");
    }

    async fn who_decided_is_told_to_the_owner_alone(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let editor = stage.member(event, gg_domain::actor::Role::Editor).await;
        editor.post(&format!("/guests/{guest}/invite"), &[]).await.location();
        let path = format!("/guests/{guest}");

        editor.open(&path).await.shows("A link was made").shows(">You<");
        stage.ama().await.open(&path).await.shows("editor@example.org");
        let viewer = stage.member(event, gg_domain::actor::Role::Viewer).await;
        viewer.open(&path).await.shows("Somebody of your team").hides("editor@example.org").hides("Who was it?");
    }
}
