//! How organisers' pages look.

use axum::http::StatusCode;

use crate::stage::pages;

pages! {
    async fn pages_are_dark_until_somebody_chooses_and_then_arrive_as_chosen(stage: Stage) {
        let ama = stage.ama().await;
        ama.open("/events").await.shows("<html lang=\"en\" class=\"\">").shows("action=\"/theme\"");

        for (chosen, class) in [("light", "light"), ("system", "system"), ("dark", "")] {
            let from = ama.post("/theme", &[("theme", chosen)]).await;
            assert_eq!(from.location(), "/account");
            let cookie = from.header("set-cookie");
            assert!(cookie.contains("HttpOnly; SameSite=Lax; Max-Age=31536000; Secure"), "{cookie}");
            let html = format!("<html lang=\"en\" class=\"{class}\">");
            ama.open("/events").await.shows(&html).hides("<style");
            // Where nobody is signed in, and where nothing is, it looks the same.
            assert!(ama.get("/nothing/here").await.body.contains(&html));
            ama.post("/signout", &[]).await.location();
            ama.open("/signin").await.shows(&html);
            let fields = [("email", "ama@example.org"), ("password", gg_testkit::PASSWORD)];
            ama.post("/signin", &fields).await.location();
            ama.open("/events").await;
        }
    }

    async fn the_choice_leads_back_to_the_page_on_which_it_was_made(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let page = format!("/events/{event}/guests?q=Efua");
        let word = ama.open(&page).await.after("name=\"csrf\" value=\"").to_string();
        let chosen = ama.post_at("/theme", &page, &[("csrf", &word), ("theme", "light")]).await;
        assert_eq!(chosen.location(), page);
        let elsewhere = ama.post_at("/theme", "//evil.example", &[("csrf", &word), ("theme", "light")]).await;
        assert_eq!(elsewhere.location(), "/account");
    }

    async fn there_is_no_theme_of_another_name(stage: Stage) {
        let page = stage.ama().await.post("/theme", &[("theme", "\" onload=\"alert(1)")]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert_eq!(page.header("set-cookie"), "");
    }
}
