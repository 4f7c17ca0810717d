//! `POST /i/{token}`: the page's own form.

use axum::http::StatusCode;
use gg_domain::actor::Permission;
use gg_domain::event::EventInput;
use gg_domain::policy::Action;
use jiff::SignedDuration;
use serde_json::json;

use crate::stage::{Ask, Reply, Stage, guest_path};

impl Stage {
    /// The page's nonce, once somebody has had time to read the page.
    async fn read(&self) -> String {
        let nonce = self.get(&self.path()).await.field("nonce");
        self.db.clock.advance(SignedDuration::from_secs(20));
        nonce
    }

    async fn send(&self, nonce: &str, more: &[(&str, &str)]) -> Reply {
        let fields = [&[("nonce", nonce), ("step", "answer"), ("attending", "yes")], more].concat();
        self.ask(Ask::new("POST", &self.path()).form(&fields)).await
    }

    async fn answers(&self) -> Vec<String> {
        self.words("select attending || ' ' || plus_ones || ' ' || coalesce(note, '') from rsvps").await
    }
}

guest_path! {
    async fn without_script_opening_and_answer_come_together(stage: Stage) {
        let nonce = stage.read().await;
        let sent = stage.send(&nonce, &[("plus_one", "Kweku"), ("note", "Can’t wait"), ("diet", "nuts")]).await;

        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        assert_eq!(sent.header("location"), "/invite?sent", "the token leaves the address bar");
        sent.cookie("__Host-gg_device");
        assert_eq!(stage.answers().await, ["1 [\"Kweku\"] Can’t wait"]);
        assert_eq!(stage.words("select answers from rsvps").await, ["{\"diet\":\"nuts\"}"]);
        assert_eq!(stage.words("select class || ' ' || band from accesses").await, ["human low"]);
        let told = stage.words("select kind from feed where kind <> 'guest.created' order by seq").await;
        assert_eq!(told, ["guest.opened", "access.checked", "rsvp.created"]);
        let cookie = sent.cookie("gg_invite");
        let page = stage.ask(Ask::new("GET", "/invite?sent").header("cookie", &cookie).empty()).await;
        assert!(page.body.contains("We look forward to seeing you"), "{}", page.body);
    }

    async fn a_browser_that_keeps_no_cookie_is_thanked_and_told_how_to_see_the_answer(stage: Stage) {
        let nonce = stage.read().await;
        let sent = stage.send(&nonce, &[]).await;
        let page = stage.get(sent.header("location")).await;

        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("open the link in your invitation again"), "{}", page.body);
        assert!(!page.body.contains(&stage.token));
        assert_eq!(stage.get("/invite").await.status, StatusCode::NOT_FOUND);
    }

    async fn with_script_too_the_answer_leads_where_no_token_is(stage: Stage) {
        let cookie = stage.open(&stage.token).await.cookie("__Host-gg_device");
        let nonce = stage.read().await;
        let fields = [("nonce", nonce.as_str()), ("attending", "no")];
        let sent = stage.ask(Ask::new("POST", &stage.path()).header("cookie", &cookie).form(&fields)).await;

        assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, "/invite?sent"));
        let page = stage.ask(Ask::new("GET", "/invite").header("cookie", &sent.cookie("gg_invite")).empty()).await;
        assert!(page.body.contains("We will miss you"), "{}", page.body);
    }

    async fn with_the_opening_that_script_told_of_no_second_one_is_made(stage: Stage) {
        let access = stage.access().await;
        let nonce = stage.get(&stage.path()).await.field("nonce");
        let sent = stage.send(&nonce, &[("access_id", &access)]).await;

        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        assert_eq!(stage.words("select count(*) || '' from accesses").await, ["1"]);
    }

    async fn an_opening_that_no_longer_serves_is_made_anew(stage: Stage) {
        let access = stage.access().await;
        stage.db.clock.advance(SignedDuration::from_hours(30));
        let nonce = stage.read().await;
        let sent = stage.send(&nonce, &[("access_id", &access)]).await;

        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        assert_eq!(stage.words("select count(*) || '' from accesses").await, ["2"]);
    }

    async fn what_presses_at_once_is_asked_to_press_once_more(stage: Stage) {
        let nonce = stage.get(&stage.path()).await.field("nonce");
        let before = stage.rows().await;
        stage.db.clock.advance(SignedDuration::from_millis(1_400));
        let asked = stage.send(&nonce, &[("plus_one", "Kweku"), ("note", "Can’t wait")]).await;

        assert_eq!(asked.status, StatusCode::OK);
        assert_eq!(stage.rows().await, before);
        assert!(asked.cookies().is_empty());
        for kept in ["once more", "value=\"Kweku\"", "Can’t wait", "value=\"yes\" required checked"] {
            assert!(asked.body.contains(kept), "{kept} in {}", asked.body);
        }
        stage.db.clock.advance(SignedDuration::from_millis(200));
        let sent = stage.send(&asked.field("nonce"), &[("plus_one", "Kweku")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    }

    async fn a_form_of_somebody_elses_making_answers_nothing(stage: Stage) {
        let (_, other) = stage.invite("Yaw", 0).await;
        let others = stage.get(&format!("/i/{other}")).await.field("nonce");
        let old = stage.get(&stage.path()).await.field("nonce");
        stage.db.clock.advance(SignedDuration::from_hours(25));
        let before = stage.rows().await;

        let cases =
            [("", false), ("AAAA", false), (&others, false), (&format!("{old}A"), false), (&old, true)];
        for (nonce, is_old) in cases {
            let sent = stage.send(nonce, &[("note", "Can’t wait")]).await;
            assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{nonce}");
            assert!(sent.body.contains("Can’t wait"), "what was typed is kept");
            assert_eq!(sent.body.contains("was open for a long time"), is_old, "{nonce}");
            assert_eq!(sent.body.contains("A part of this page was missing"), !is_old, "{nonce}");
        }
        assert_eq!(stage.rows().await, before);
    }

    async fn a_form_sent_twice_answers_once(stage: Stage) {
        let nonce = stage.read().await;
        stage.send(&nonce, &[]).await;
        let again = stage.send(&nonce, &[]).await;

        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert_eq!(stage.words("select count(*) || '' from rsvp_history").await, ["1"]);
    }

    async fn another_sites_page_is_refused_and_our_own_is_not(stage: Stage) {
        let nonce = stage.read().await;
        let fields = [("nonce", nonce.as_str()), ("attending", "yes")];
        for origin in ["https://evil.example", "https://guests.example.evil.example", "http://guests.example"] {
            let sent = stage.ask(Ask::new("POST", &stage.path()).header("origin", origin).form(&fields)).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{origin}");
        }
        assert_eq!(stage.answers().await, [""; 0]);
        // What browsers send for our page, whose referrer policy is no-referrer.
        let sent = stage.ask(Ask::new("POST", &stage.path()).header("origin", "null").form(&fields)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    }

    async fn names_that_were_left_empty_bring_nobody(stage: Stage) {
        let (guest, token) = stage.invite("Yaw", 3).await;
        let path = format!("/i/{token}");
        let nonce = stage.get(&path).await.field("nonce");
        stage.db.clock.advance(SignedDuration::from_secs(9));
        let fields = [("nonce", nonce.as_str()), ("attending", "yes"), ("plus_one", ""), ("plus_one", "Abena"), ("plus_one", " ")];
        let sent = stage.ask(Ask::new("POST", &path).form(&fields)).await;

        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{guest} {}", sent.body);
        assert_eq!(stage.answers().await, ["1 [\"Abena\"] "]);
    }

    async fn what_is_wrong_is_said_beside_its_field(stage: Stage) {
        let nonce = stage.read().await;
        let long = "x".repeat(201);
        let sent = stage.send(&nonce, &[("plus_one", &long), ("note", "Can’t wait")]).await;

        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.body.contains("id=\"plus-1-error\"") && sent.body.contains("Can’t wait"), "{}", sent.body);
        assert_eq!(stage.words("select count(*) || '' from accesses").await, ["0"]);
    }

    async fn a_form_with_more_fields_than_any_of_ours_is_refused(stage: Stage) {
        let body = "plus_one=%FF&".repeat(5_000);
        let sent = stage.ask(Ask::new("POST", &format!("/i/{}", stage.token)).form_body(&body)).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn letters_that_are_none_are_asked_for_again_and_nothing_is_lost(stage: Stage) {
        let (_, token) = stage.invite("Yaw", 2).await;
        let path = format!("/i/{token}");
        let nonce = stage.get(&path).await.field("nonce");
        stage.db.clock.advance(SignedDuration::from_secs(9));
        let torn = |of: &str, by: &str| {
            let body = format!("nonce={nonce}&attending=yes&plus_one=&plus_one=Abena&plus_one=Kweku&diet=nuts&note=See+you");
            assert!(body.contains(of), "{of}");
            body.replace(of, by)
        };
        let cases = [
            ("plus_one=Kweku", "plus_one=Kw%FFeku", "id=\"plus-3-error\"", "Some letters of this name did not arrive"),
            ("diet=nuts", "diet=nuts%C3", "id=\"diet-error\"", "Some letters of what you don’t eat did not arrive"),
            ("note=See", "note=%ED%A0%80See", "id=\"note-error\"", "Some letters of your word to your hosts did not arrive"),
        ];
        for (of, by, field, words) in cases {
            let sent = stage.ask(Ask::new("POST", &path).form_body(&torn(of, by))).await;
            assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{by}");
            for kept in [field, words, "value=\"Abena\"", "ee you", "uts", "value=\"yes\" required checked"] {
                assert!(sent.body.contains(kept), "{by}: {kept} in {}", sent.body);
            }
        }
        assert_eq!(stage.answers().await, [""; 0]);
        let sent = stage.ask(Ask::new("POST", &path).form_body(&torn("nuts", "nuts"))).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    }

    async fn more_companions_than_allowed_stay_in_the_form(stage: Stage) {
        let nonce = stage.read().await;
        let crowd = [("plus_one", "Kweku"), ("plus_one", "Abena"), ("note", "Can’t wait"), ("diet", "nuts")];
        let sent = stage.send(&nonce, &crowd).await;

        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in ["You may bring one guest", "value=\"Kweku\"", "value=\"Abena\"", "Can’t wait", "value=\"nuts\""] {
            assert!(sent.body.contains(kept), "{kept} in {}", sent.body);
        }
    }

    async fn who_chose_nothing_is_asked_to_choose(stage: Stage) {
        let nonce = stage.read().await;
        let sent = stage.ask(Ask::new("POST", &stage.path()).form(&[("nonce", &nonce), ("attending", "perhaps")])).await;

        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.body.contains("Please choose"));
    }

    async fn who_finds_no_seat_can_say_no_with_what_was_typed(stage: Stage) {
        stage.fill().await;
        let nonce = stage.read().await;
        let full = stage.send(&nonce, &[("note", "Can’t wait"), ("diet", "nuts"), ("plus_one", "")]).await;
        assert_eq!(full.status, StatusCode::CONFLICT);
        let (_, decline) = full.body.split_once("class=\"decline\"").unwrap();
        for kept in ["Can’t wait", "value=\"nuts\"", "name=\"attending\" value=\"no\""] {
            assert!(decline.contains(kept), "{kept} in {}", full.body);
        }
        stage.db.clock.advance(SignedDuration::from_secs(9));
        let fields = [("nonce", &*full.field("nonce")), ("attending", "no"), ("note", "Can’t wait"), ("diet", "nuts")];
        let sent = stage.ask(Ask::new("POST", &stage.path()).form(&fields)).await;

        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let declined = "select attending || ' ' || note from rsvps where attending = 0";
        assert_eq!(stage.words(declined).await, ["0 Can’t wait"]);
        // A change of mind for which there is no seat leaves the no as it stands.
        let again = stage.send(&stage.read().await, &[]).await;
        assert!(again.body.contains("You said before that you can’t come, and that stands"), "{}", again.body);
    }

    async fn more_companions_than_seats_stay_in_the_form(stage: Stage) {
        let (_, token) = stage.invite("Yaw", 5).await;
        let path = format!("/i/{token}");
        let nonce = stage.get(&path).await.field("nonce");
        stage.db.clock.advance(SignedDuration::from_secs(9));
        let names = ["A", "B", "C"].map(|name| ("plus_one", name));
        let fields = [&[("nonce", nonce.as_str()), ("attending", "yes"), ("note", "Can’t wait")], &names[..]].concat();
        let sent = stage.ask(Ask::new("POST", &path).form(&fields)).await;

        assert_eq!(sent.status, StatusCode::CONFLICT);
        for kept in ["not enough seats left", "value=\"A\"", "value=\"C\"", "Can’t wait", "value=\"no\" required"] {
            assert!(sent.body.contains(kept), "{kept} in {}", sent.body);
        }
    }

    async fn an_answer_that_found_no_seat_leaves_the_opening(stage: Stage) {
        stage.fill().await;
        let nonce = stage.read().await;
        let sent = stage.send(&nonce, &[]).await;

        assert_eq!(sent.status, StatusCode::CONFLICT);
        assert!(sent.body.contains("Every seat is taken"), "{}", sent.body);
        assert_eq!(stage.words("select count(*) || '' from accesses").await, ["2"]);
        assert_eq!(stage.words("select count(*) || '' from rsvps").await, ["1"]);
        sent.cookie("__Host-gg_device");
    }

    async fn a_refusal_is_kind_and_leaves_the_opening(stage: Stage) {
        stage.treat_all(Action::Block).await;
        let nonce = stage.read().await;
        let sent = stage.send(&nonce, &[]).await;

        assert_eq!(sent.status, StatusCode::FORBIDDEN);
        assert!(sent.body.contains("This link belongs to someone else?"), "{}", sent.body);
        assert_eq!(stage.words("select decision from accesses").await, ["block"]);
        assert_eq!(stage.answers().await, [""; 0]);
    }

    async fn a_late_answer_is_told_so(stage: Stage) {
        let nonce = stage.get(&stage.path()).await.field("nonce");
        stage.db.clock.advance(SignedDuration::from_hours(23));
        let soon = jiff::Timestamp::from_second(1_795_521_600 + 3_600).unwrap().to_string();
        stage.close_at(&soon).await;
        let sent = stage.send(&nonce, &[]).await;

        assert_eq!(sent.status, StatusCode::GONE);
        assert!(sent.body.contains("The time to answer has passed"), "{}", sent.body);
    }

    async fn a_try_of_the_link_keeps_no_answer(stage: Stage) {
        let tried = stage.app.try_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        let path = format!("/i/{}", tried.token.expose());
        let page = stage.get(&path).await;
        assert!(page.body.contains("Only a test."), "{}", page.body);
        assert!(!stage.get(&stage.path()).await.body.contains("Only a test."));
        let nonce = page.field("nonce");
        stage.db.clock.advance(SignedDuration::from_secs(9));
        let sent = stage.ask(Ask::new("POST", &path).form(&[("nonce", &nonce), ("attending", "yes")])).await;

        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.body.contains("You are trying this link out"), "{}", sent.body);
        assert_eq!(stage.answers().await, [""; 0]);
    }

    async fn signals_that_cannot_be_read_lose_no_answer(stage: Stage) {
        let nonce = stage.read().await;
        let sent = stage.send(&nonce, &[("signals", "{\"cores\":\"four\"}")]).await;

        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    }

    async fn a_form_beyond_the_cap_is_not_read(stage: Stage) {
        let nonce = stage.read().await;
        let sent = stage.send(&nonce, &[("note", &"x".repeat(70_000))]).await;

        assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

impl Stage {
    /// Another guest takes every seat.
    async fn fill(&self) {
        let (_, token) = self.invite("Yaw", 5).await;
        let access = self.open(&token).await.json()["access_id"].clone();
        let crowd = json!({"token": token, "access_id": access, "plus_ones": [{"name": "A"}, {"name": "B"}]});
        assert_eq!(self.answer("", crowd).await.status, StatusCode::OK);
    }

    /// Answers close at `deadline` from now on.
    async fn close_at(&self, deadline: &str) {
        let event = self.app.event(self.may(Permission::ReadEvent), self.event).await.unwrap();
        let deadline = deadline.to_owned();
        let change = move |input: &mut EventInput| input.rsvp_deadline = Some(deadline);
        let actor = self.may(Permission::WriteEvent);
        self.app.change_event(actor, self.event, event.revision, change).await.unwrap();
    }
}
