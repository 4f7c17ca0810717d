//! What was typed into a form outlives the session in which it was typed.

use axum::http::StatusCode;
use gg_testkit::PASSWORD;

use crate::stage::{Browser, Page, pages};

const TYPED: [(&str, &str); 5] = [
    ("name", "Efua <b>Mensah</b>"),
    ("email", "efua@example.org"),
    ("notes", "Vegetarian.\nSits beside her aunt."),
    ("plus_ones_allowed", "2"),
    ("locale", "en"),
];

async fn sign_in(browser: &Browser, kept: &str) -> Page {
    let fields = [("email", "ama@example.org"), ("password", PASSWORD), ("next", "/events"), ("kept", kept)];
    browser.post("/signin", &fields).await
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

pages! {
    async fn what_was_typed_while_the_session_ended_is_sent_after_the_sign_in(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/guests/new");
        ama.open(&path).await;
        stage.app.sign_out_everywhere(stage.owner).await.unwrap();

        let asked = ama.post(&path, &TYPED).await;
        assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
        asked.shows("What you typed is kept").hides("<b>Mensah");
        let kept = unescaped(asked.after("name=\"kept\" value=\""));

        // A wrong password loses nothing either.
        let wrong = ama.post("/signin", &[("email", "ama@example.org"), ("password", "no"), ("kept", &kept)]).await;
        assert_eq!(unescaped(wrong.after("name=\"kept\" value=\"")), kept);

        let page = sign_in(&ama, &kept).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page.shows("Sits beside her aunt.").shows("Your form was not sent yet").hides("<b>Mensah").hides(PASSWORD);
        let guests = format!("/events/{event}/guests");
        ama.open(&guests).await.hides("Efua");

        assert_eq!(page.after("method=\"post\" action=\""), path);
        ama.post(&path, &TYPED).await.location();
        ama.open(&guests).await.shows("Efua &#60;b&#62;Mensah");
    }

    async fn what_was_typed_in_the_session_before_this_one_is_shown_to_be_sent(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/guests/new");
        let page = ama.post_bare(&path, &[&[("csrf", "of the old session")], &TYPED[..]].concat()).await;

        assert_eq!(page.status, StatusCode::FORBIDDEN);
        page.shows("Your form was not sent yet").shows("Sits beside her aunt.").hides("of the old session");
        ama.open(&format!("/events/{event}/guests")).await.hides("Efua");
        ama.post(&path, &TYPED).await.location();
    }

    async fn what_another_site_sends_is_kept_by_nobody(stage: Stage) {
        let event = stage.event().await;
        let path = format!("/events/{event}/guests/new");
        for browser in [stage.browser(), stage.ama().await] {
            let page = browser.post_from("https://evil.example", &path, &TYPED).await;
            page.hides("Efua").hides("beside her aunt");
            assert!([StatusCode::SEE_OTHER, StatusCode::FORBIDDEN].contains(&page.status), "{}", page.status);
        }
    }

    async fn a_press_in_a_session_that_ended_leads_back_to_its_page(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 0).await;
        let nobody = stage.browser();
        let page = nobody.post_at(&format!("/guests/{guest}/erase"), &format!("/guests/{guest}"), &[]).await;
        assert_eq!(page.location(), format!("/signin?next=/guests/{guest}"));
        let page = nobody.post_at(&format!("/guests/{guest}/erase"), "//evil.example", &[]).await;
        assert_eq!(page.location(), "/signin?next=/events");
    }
}
