//! Setting up, signing in and out, sessions and keys.

use axum::http::StatusCode;
use gg_testkit::PASSWORD;

use crate::stage::{Stage, pages};

const SESSION: &str = "__Host-gg_session";

#[test]
fn the_setup_link_makes_the_first_account_once_and_signs_it_in() {
    gg_testkit::on_sqlite(|db| async move {
        let stage = Stage::with(db, false).await;
        let token = stage.app.setup_token().await.unwrap().unwrap();
        let browser = stage.browser();
        let setup = format!("/setup?token={}", *token);

        browser.open(&setup).await.shows("Make your account");
        let short = [("token", token.as_str()), ("email", "ama@example.org"), ("password", "short")];
        let page = browser.post("/setup", &short).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("Use at least 15 characters").shows("ama@example.org").hides("value=\"short\"");

        let good = [("token", token.as_str()), ("email", "ama@example.org"), ("password", PASSWORD)];
        assert_eq!(browser.post("/setup", &good).await.location(), "/events");
        browser.open("/events").await;

        let late = stage.browser();
        let page = late.get(&setup).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.shows("guestguard serve");
    });
}

pages! {
    async fn a_wrong_setup_link_shows_no_form(stage: Stage) {
        for path in ["/setup", "/setup?token=wrong"] {
            let page = stage.browser().get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            page.hides("type=\"password\"");
        }
    }

    async fn signing_in_leads_to_where_one_wanted_to_go(stage: Stage) {
        let browser = stage.browser();
        browser.open("/signin?next=/account").await.shows("name=\"next\" value=\"/account\"");
        let fields = [("email", "ama@example.org"), ("password", PASSWORD), ("next", "/account")];

        assert_eq!(browser.post("/signin", &fields).await.location(), "/account");
        browser.open("/account").await.shows("ama@example.org");
    }

    async fn nobody_is_led_to_another_site(stage: Stage) {
        let browser = stage.browser();
        browser.open("/signin").await;
        let fields = [("email", "ama@example.org"), ("password", PASSWORD), ("next", "//evil.example/")];
        assert_eq!(browser.post("/signin", &fields).await.location(), "/events");
        assert_eq!(stage.ama().await.get("/signin?next=https://evil.example").await.location(), "/events");
    }

    async fn a_wrong_password_and_an_unknown_address_are_told_alike(stage: Stage) {
        let browser = stage.browser();
        browser.open("/signin").await;
        let attempt = async |email: &str| {
            let page = browser.post("/signin", &[("email", email), ("password", "not this one at all")]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            page.body.replace(email, "")
        };

        assert_eq!(attempt("ama@example.org").await, attempt("who@example.org").await);
        assert_eq!(browser.cookie(SESSION), None);
    }

    async fn too_many_attempts_are_sent_away(stage: Stage) {
        let browser = stage.browser();
        browser.open("/signin").await;
        let mut last = StatusCode::OK;
        for _ in 0..40 {
            last = browser.post("/signin", &[("email", "ama@example.org"), ("password", "x")]).await.status;
            if last == StatusCode::TOO_MANY_REQUESTS {
                break;
            }
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn signing_in_cannot_be_forged(stage: Stage) {
        let fields = [("email", "ama@example.org"), ("password", PASSWORD), ("csrf", "guessed")];
        assert_eq!(stage.browser().post_bare("/signin", &fields).await.status, StatusCode::FORBIDDEN);
        let seen = stage.browser();
        let word = seen.open("/signin").await.after("name=\"csrf\" value=\"").to_string();
        let fields = [("email", "ama@example.org"), ("password", PASSWORD), ("csrf", word.as_str())];
        assert_eq!(stage.browser().post_bare("/signin", &fields).await.status, StatusCode::FORBIDDEN);
    }

    async fn a_session_is_new_at_each_sign_in_and_the_one_before_ends(stage: Stage) {
        let browser = stage.browser();
        browser.open("/signin").await;
        let fields = [("email", "ama@example.org"), ("password", PASSWORD)];
        browser.post("/signin", &fields).await.location();
        let first = browser.cookie(SESSION).unwrap();
        assert!(stage.app.session(&first).await.unwrap().is_some());
        let word = browser.open("/account").await.after("name=\"csrf\" value=\"").to_string();
        drop(word);
        // The sign-in form sends on who is signed in; a second tab may still hold it.
        let other_word = {
            let form = browser.cookie("__Host-gg_form").unwrap();
            stage.app.secrets.csrf(&form)
        };
        let fields = [("email", "ama@example.org"), ("password", PASSWORD), ("csrf", other_word.as_str())];
        browser.post_bare("/signin", &fields).await.location();

        let second = browser.cookie(SESSION).unwrap();
        assert_ne!(first, second);
        assert!(stage.app.session(&first).await.unwrap().is_none());
    }

    async fn signing_out_ends_the_session_on_the_server_too(stage: Stage) {
        let ama = stage.ama().await;
        let secret = ama.cookie(SESSION).unwrap();
        assert_eq!(ama.post("/signout", &[]).await.location(), "/signin");

        assert_eq!(ama.cookie(SESSION), None);
        assert!(stage.app.session(&secret).await.unwrap().is_none());
    }

    async fn another_browser_is_signed_out_from_here(stage: Stage) {
        let (ama, phone) = (stage.ama().await, stage.ama().await);
        let page = ama.open("/account").await;
        let end = page.after("action=\"/account/sessions/").to_string();

        assert_eq!(ama.post(&format!("/account/sessions/{end}"), &[]).await.location(), "/account?done=session-ended");
        ama.open("/account").await.hides("action=\"/account/sessions/");
        assert_eq!(phone.get("/account").await.status, StatusCode::SEE_OTHER);
    }

    async fn signing_out_everywhere_leaves_nobody_in(stage: Stage) {
        let (ama, phone) = (stage.ama().await, stage.ama().await);
        ama.open("/account").await;
        ama.post("/account/sign-out-everywhere", &[]).await.location();

        for browser in [&ama, &phone] {
            assert_eq!(browser.get("/events").await.status, StatusCode::SEE_OTHER);
        }
    }

    async fn a_key_is_shown_once_works_and_is_revoked(stage: Stage) {
        let ama = stage.ama().await;
        let made = ama.post("/account/keys", &[("name", "Seating"), ("scope", "guests:read")]).await;
        assert_eq!(made.status, StatusCode::CREATED);
        let key = made.after("id=\"fresh-key\" value=\"").to_string();
        assert!(stage.app.key(&key).await.unwrap().is_some());

        let page = ama.open("/account").await;
        page.shows("Seating").shows("guests:read").hides(&key);
        let revoke = page.after("action=\"/account/keys/").to_string();
        ama.post(&format!("/account/keys/{revoke}"), &[]).await.location();
        assert!(stage.app.key(&key).await.unwrap().is_none());
    }

    async fn a_key_for_nothing_is_not_made(stage: Stage) {
        let ama = stage.ama().await;
        let page = ama.post("/account/keys", &[("name", "Seating")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("Tick at least one thing").shows("value=\"Seating\"");
        assert!(stage.app.api_keys(Some(stage.owner)).await.unwrap().is_empty());
    }

    async fn an_api_key_opens_no_pages(stage: Stage) {
        let (_, key) = stage.app.create_api_key(stage.owner, "Seating", vec![]).await.unwrap();
        let page = stage.browser().get_with_key("/events", &key).await;
        assert_eq!(page.location(), "/signin?next=/events");
    }

    async fn there_is_no_way_into_a_demo_outside_one(stage: Stage) {
        assert_eq!(stage.browser().get("/demo?token=").await.status, StatusCode::NOT_FOUND);
    }
}
