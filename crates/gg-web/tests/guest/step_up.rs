//! Six digits and new links: the calls, and the page without script.

use axum::http::StatusCode;
use gg_app::Outlet;
use gg_domain::actor::Permission;
use gg_domain::guest::GuestInput;
use gg_domain::policy::Action;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stage::{Ask, Reply, Stage};

/// Makes of each sentence a test where every opening is asked for a code, and one can be sent.
macro_rules! asked {
    ($(async fn $name:ident($stage:ident: Stage) $body:block)+) => {$(
        #[test]
        fn $name() {
            gg_testkit::on_sqlite(|db| async move {
                let mut $stage = Stage::with(db, |app| app.outlet = Outlet::Viewer).await;
                $stage.reach().await;
                $stage.treat_all(Action::StepUp).await;
                $body
            });
        }
    )+};
}

impl Stage {
    /// Efua with an address, and her link.
    async fn reach(&mut self) {
        let input = GuestInput {
            name: "Efua Mensah".into(),
            email: Some("efua@example.org".into()),
            plus_ones_allowed: Some(1),
            ..GuestInput::default()
        };
        self.guest =
            self.app.add_guest(self.may(Permission::WriteGuests), self.event, &input).await.unwrap().id;
        let link = self.app.invite_guest(self.may(Permission::Links), self.guest).await.unwrap();
        self.token = link.token.expose().to_owned();
    }

    async fn call(&self, path: &str, body: Value) -> Reply {
        self.ask(Ask::new("POST", &format!("/api/v1/invites/{path}")).json(&body)).await
    }

    async fn send_code(&self, access: &str) -> Reply {
        self.call("step-up", json!({"token": self.token, "access_id": access})).await
    }

    async fn verify(&self, access: &str, code: Value) -> Reply {
        self.call("step-up/verify", json!({"token": self.token, "access_id": access, "code": code})).await
    }

    async fn latest_code(&self) -> String {
        let messages = self.app.messages(self.may(Permission::ReadMessages), self.event).await.unwrap();
        messages[0].code.as_ref().unwrap().expose().to_owned()
    }

    async fn latest_link(&self) -> String {
        let messages = self.app.messages(self.may(Permission::ReadMessages), self.event).await.unwrap();
        messages[0].link.as_ref().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// Posts a form of the page, once somebody has had time to read it.
    async fn press_step(&self, nonce: &str, step: &str, fields: &[(&str, &str)]) -> Reply {
        self.db.clock.advance(SignedDuration::from_secs(3));
        let fields = [&[("nonce", nonce), ("step", step)], fields].concat();
        self.ask(Ask::new("POST", &self.path()).form(&fields)).await
    }

    /// An answer without script, which is asked for a code.
    async fn stopped(&self) -> Reply {
        let nonce = self.get(&self.path()).await.field("nonce");
        let typed = [("attending", "yes"), ("plus_one", "Kweku <Boateng>"), ("note", "Can’t wait")];
        let page = self.press_step(&nonce, "answer", &typed).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
        page
    }
}

/// The fields of the page's form with that step, as a browser sends them.
fn fields(page: &Reply, step: &str) -> Vec<(String, String)> {
    let form = page.body.split("<form").find(|form| form.contains(&format!("value=\"{step}\""))).unwrap();
    let form = form.split("</form>").next().unwrap();
    form.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            let value = rest.split('"').next().unwrap();
            (name.to_owned(), value.replace("&#60;", "<").replace("&#62;", ">"))
        })
        .collect()
}

impl Stage {
    /// Presses the button of the form with that step, with what is typed there.
    async fn go_on(&self, page: &Reply, step: &str, typed: &[(&str, &str)]) -> Reply {
        self.db.clock.advance(SignedDuration::from_secs(3));
        let fields = fields(page, step);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(typed.iter().copied())
            .collect();
        self.ask(Ask::new("POST", &self.path()).form(&fields)).await
    }
}

asked! {
    async fn a_code_is_asked_for_sent_and_confirms(stage: Stage) {
        let access = stage.access().await;
        let refused = stage.answer(&access, json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(refused.json()["type"], "urn:guestguard:problem:step-up-required");
        let sent = stage.send_code(&access).await;
        assert_eq!((sent.status, sent.body.as_str(), sent.header("cache-control")), (StatusCode::ACCEPTED, "", "no-store"));

        let code = stage.latest_code().await;
        let right = stage.verify(&access, json!(code)).await;
        assert_eq!((right.status, right.body.as_str()), (StatusCode::NO_CONTENT, ""));
        assert_eq!(stage.answer(&access, json!({})).await.status, StatusCode::OK);
        assert_eq!(stage.verify(&access, json!(code)).await.pointers(), ["/code"], "it was used");
    }

    async fn with_and_without_a_contact_the_answer_is_the_same(stage: Stage) {
        let access = stage.access().await;
        let with = stage.send_code(&access).await;
        let (_, token) = stage.invite("Kojo", 0).await;
        let opened = stage.open(&token).await.json();
        assert_eq!(opened["decision"], "allow", "nobody is asked for what cannot be sent");
        let without = stage.call("step-up", json!({"token": token, "access_id": opened["access_id"]})).await;

        assert_eq!(with.all(), without.all());
        let with = stage.call("fresh-link", json!({"token": stage.token})).await;
        let without = stage.call("fresh-link", json!({"token": token})).await;
        assert_eq!((with.status, with.all()), (StatusCode::ACCEPTED, without.all()));
    }

    async fn what_is_no_code_is_named_and_not_judged(stage: Stage) {
        let access = stage.access().await;
        stage.send_code(&access).await;
        for code in [Value::Null, json!(123_456), json!(["123456"]), json!({}), json!("12345"), json!("１２３４５６"), json!("12345a"), json!(" 123456"), json!("1234567")] {
            assert_eq!(stage.verify(&access, code.clone()).await.pointers(), ["/code"], "{code}");
        }
        assert!(stage.words("select tries || '' from step_up_tries").await.is_empty());
        assert_eq!(stage.call("step-up/verify", json!({"token": stage.token})).await.pointers(), ["/access_id", "/code"]);
        assert_eq!(stage.call("step-up", json!({"token": stage.token, "access_id": 7})).await.pointers(), ["/access_id"]);
        assert_eq!(stage.call("fresh-link", json!({})).await.pointers(), ["/token"]);
    }

    async fn after_ten_tries_none_is_judged_for_an_hour(stage: Stage) {
        let access = stage.access().await;
        stage.send_code(&access).await;
        let right = stage.latest_code().await;
        for wrong in 0..10 {
            let code = format!("{:06}", (right.parse::<u32>().unwrap() + 1 + wrong) % 1_000_000);
            assert_eq!(stage.verify(&access, json!(code)).await.pointers(), ["/code"]);
        }
        let refused = stage.verify(&access, json!(right)).await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "3601"));
    }

    async fn a_dead_link_is_one_whatever_else_is_wrong(stage: Stage) {
        let access = stage.access().await;
        let dead = stage.call("step-up", json!({"token": "x", "access_id": access})).await;
        assert_eq!(dead.status, StatusCode::NOT_FOUND);
        stage.app.rotate_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        for (path, body) in [
            ("step-up", json!({"token": stage.token, "access_id": access})),
            ("step-up", json!({"token": stage.token})),
            ("step-up/verify", json!({"token": stage.token, "access_id": access, "code": "123456"})),
            ("step-up/verify", json!({"token": stage.token, "code": null})),
            ("fresh-link", json!({"token": stage.token})),
        ] {
            assert_eq!(stage.call(path, body).await.all(), dead.all(), "{path}");
        }
    }

    async fn a_code_that_is_asked_for_twice_with_one_key_is_sent_once(stage: Stage) {
        let access = stage.access().await;
        let body = json!({"token": stage.token, "access_id": access});
        for replayed in ["", "true"] {
            let request = Ask::new("POST", "/api/v1/invites/step-up").header("idempotency-key", "once").json(&body);
            let sent = stage.ask(request).await;
            assert_eq!((sent.status, sent.header("idempotency-replayed")), (StatusCode::ACCEPTED, replayed));
        }
        assert_eq!(stage.words("select count(*) || '' from outbox").await, ["1"]);
    }

    async fn without_script_the_answer_is_given_once_and_arrives_after_the_code(stage: Stage) {
        let asked = stage.stopped().await;
        assert!(asked.body.contains("Send me the digits") && !asked.body.contains("efua@"), "{}", asked.body);
        let typing = stage.go_on(&asked, "send-code", &[]).await;
        assert_eq!(typing.status, StatusCode::OK);
        assert!(typing.body.contains("autocomplete=\"one-time-code\"") && !typing.body.contains("efua@"));
        let code = stage.latest_code().await;
        let spaced = format!("{} {}", &code[..3], &code[3..]);

        let done = stage.go_on(&typing, "code", &[("code", &spaced)]).await;

        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/invite?sent"), "{}", done.body);
        assert_eq!(stage.words("select attending || plus_ones || note from rsvps").await, ["1[\"Kweku <Boateng>\"]Can’t wait"]);
        assert_eq!(stage.words("select count(*) || '' from accesses").await, ["1"], "one visit is one opening");
    }

    async fn wrong_digits_and_too_many_are_said_in_words_and_what_was_typed_stays(stage: Stage) {
        let typing = stage.go_on(&stage.stopped().await, "send-code", &[]).await;
        let code = stage.latest_code().await;
        let short = stage.go_on(&typing, "code", &[("code", "12")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.body.contains("Please type the six digits"));
        let mut page = typing;
        for wrong in 0..10 {
            let guess = format!("{:06}", (code.parse::<u32>().unwrap() + 1 + wrong) % 1_000_000);
            page = stage.go_on(&page, "code", &[("code", &guess)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.body.contains("have new ones sent") && page.body.contains("Kweku &#60;Boateng&#62;"));
        }
        let stop = stage.go_on(&page, "code", &[("code", &code)]).await;
        assert_eq!(stop.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(!stop.header("retry-after").is_empty());
        assert!(stop.body.contains("tried too often") && stop.body.contains("Send me a new link instead"));
    }

    async fn digits_are_sent_again_a_few_times(stage: Stage) {
        let mut page = stage.stopped().await;
        for _ in 0..5 {
            page = stage.go_on(&page, "send-code", &[]).await;
            assert_eq!(page.status, StatusCode::OK);
        }
        let stop = stage.go_on(&page, "send-code", &[]).await;
        assert_eq!(stop.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(stop.body.contains("Please try again in 60 minutes.") && stop.body.contains("one-time-code"), "{}", stop.body);
    }

    async fn who_was_asked_before_he_typed_goes_on_to_the_question(stage: Stage) {
        let access = stage.access().await;
        let nonce = stage.get(&stage.path()).await.field("nonce");
        stage.press_step(&nonce, "send-code", &[("access_id", &access)]).await;
        let code = stage.latest_code().await;

        let page = stage.press_step(&nonce, "code", &[("access_id", &access), ("code", &code)]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("name=\"access_id\" value=\"{access}\"")) && page.body.contains("data-told"));
        let done = stage.press_step(&page.field("nonce"), "answer", &[("access_id", &access), ("attending", "no")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    }

    async fn what_presses_at_once_is_asked_to_press_once_more(stage: Stage) {
        let access = stage.access().await;
        let nonce = stage.get(&stage.path()).await.field("nonce");
        for step in ["send-code", "fresh-link", "passed-on"] {
            let fields = [("nonce", nonce.as_str()), ("step", step), ("access_id", &access), ("asker_name", "Yaw")];
            let page = stage.ask(Ask::new("POST", &stage.path()).form(&fields)).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains("Please press once more"), "{step}");
            let foreign = [("nonce", "x"), ("step", step), ("access_id", access.as_str())];
            let page = stage.ask(Ask::new("POST", &stage.path()).form(&foreign)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        }
        assert_eq!(stage.words("select count(*) || '' from outbox").await, ["0"]);
        assert_eq!(stage.words("select count(*) || '' from wishes").await, ["0"]);
    }

    async fn a_look_at_a_page_sends_nothing(stage: Stage) {
        for path in ["?step=send-code", "?step=fresh-link", ""] {
            stage.get(&format!("{}{path}", stage.path())).await;
        }
        assert_eq!(stage.words("select count(*) || '' from outbox").await, ["0"]);
    }

    async fn who_is_stopped_has_a_new_link_sent_and_answers_with_it(stage: Stage) {
        stage.treat_all(Action::Block).await;
        let nonce = stage.get(&stage.path()).await.field("nonce");
        let stopped = stage.press_step(&nonce, "answer", &[("attending", "yes")]).await;
        assert_eq!(stopped.status, StatusCode::FORBIDDEN);
        let sent = stage.go_on(&stopped, "fresh-link", &[]).await;
        assert_eq!(sent.status, StatusCode::OK);
        assert!(sent.body.contains("A new link is on its way") && !sent.body.contains("efua@"));
        stage.treat_all(Action::Allow).await;

        let old = stage.path();
        let mut stage = stage;
        stage.token = stage.latest_link().await;
        assert_eq!(stage.get(&old).await.status, StatusCode::OK, "the old one lives until the new one is used");
        assert_eq!(stage.get(&stage.path()).await.status, StatusCode::OK);
        assert_eq!(stage.get(&old).await.status, StatusCode::OK, "a look is no use");
        let access = stage.access().await;
        assert_eq!(stage.get(&old).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stage.answer(&access, json!({})).await.status, StatusCode::OK);
    }

    async fn somebody_to_whom_it_was_passed_on_asks_for_his_own(stage: Stage) {
        let stopped = stage.stopped().await;
        let wrong = stage.go_on(&stopped, "passed-on", &[("asker_name", "Yaw <Addo>"), ("asker_contact", "020 1234")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("needs its country code") && wrong.body.contains("value=\"Yaw &#60;Addo&#62;\""), "{}", wrong.body);

        let before = stage.words("select state || revision from guest_risk").await;
        let done = stage.go_on(&wrong, "passed-on", &[("asker_name", "Yaw Addo"), ("asker_contact", "yaw@example.org"), ("asker_note", "Hello")]).await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("Your hosts know now"), "{}", done.body);
        assert_eq!(stage.words("select name || ' ' || email || ' ' || note from wishes").await, ["Yaw Addo yaw@example.org Hello"]);
        assert_eq!(stage.words("select state || revision from guest_risk").await, before);
    }
}
