//! What a GET of a link shows, and what it leaves.

use axum::http::StatusCode;
use gg_domain::actor::Permission;
use gg_domain::policy::Policy;
use jiff::SignedDuration;
use serde_json::json;
use tokio::time::Instant;

use crate::stage::{Ask, Stage, guest_path};

const WHATSAPP: &str = "WhatsApp/2.23.20.0 A";

impl Stage {
    pub(crate) fn path(&self) -> String {
        format!("/i/{}", self.token)
    }

    async fn card(&self) -> crate::stage::Reply {
        self.ask(Ask::new("GET", &self.path()).header("user-agent", WHATSAPP).empty()).await
    }

    async fn press(&self, nonce: &str) -> crate::stage::Reply {
        let fields = [("step", "open"), ("nonce", nonce)];
        self.ask(Ask::new("POST", &self.path()).header("user-agent", WHATSAPP).form(&fields)).await
    }

    /// The classes of the fetches that were kept, once there are as many as `count`.
    async fn fetches(&self, count: usize) -> Vec<String> {
        let kept = async {
            loop {
                let kept = self.words("select class from fetches order by id").await;
                if kept.len() >= count {
                    return kept;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), kept).await.expect("fetches are kept")
    }
}

fn is_whole(page: &crate::stage::Reply) -> bool {
    page.status == StatusCode::OK
        && page.body.contains("Efua Mensah")
        && page.body.contains("Palais des Fleurs")
}

guest_path! {
    async fn get_and_head_leave_a_fetch_each_and_nothing_else(stage: Stage) {
        let before = stage.rows().await;
        let page = stage.get(&stage.path()).await;
        let head = stage.ask(Ask::new("HEAD", &stage.path()).empty()).await;

        assert!(is_whole(&page), "{}", page.body);
        assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
        assert_eq!(stage.fetches(2).await, ["browser", "scanner"]);
        assert_eq!(stage.rows().await, before);
        assert!(page.cookies().is_empty() && head.cookies().is_empty());
    }

    async fn answers_in_the_query_of_a_get_are_not_read(stage: Stage) {
        let before = stage.rows().await;
        stage.get(&format!("{}?attending=yes&step=answer&open=1", stage.path())).await;

        assert_eq!(stage.rows().await, before);
    }

    async fn no_cache_keeps_the_page_and_no_other_site_learns_of_it(stage: Stage) {
        for page in [stage.get(&stage.path()).await, stage.card().await, stage.get("/i/x").await] {
            assert_eq!(page.header("cache-control"), "no-store");
            assert_eq!(page.header("referrer-policy"), "no-referrer");
            assert!(page.header("x-robots-tag").starts_with("noindex"));
        }
    }

    async fn times_are_said_as_people_say_them_where_the_event_is(stage: Stage) {
        let page = stage.get(&stage.path()).await;

        assert!(page.body.contains("Saturday 12 December 2026, 16:00"), "{}", page.body);
        assert!(page.body.contains("until Saturday 5 December, 23:59"), "{}", page.body);
    }

    async fn a_previewer_sees_neither_name_nor_place_nor_event(stage: Stage) {
        let card = stage.card().await;

        assert_eq!(card.status, StatusCode::OK);
        for secret in ["Efua", "Palais", "wedding", "December"] {
            assert!(!card.body.contains(secret), "{secret} in {}", card.body);
        }
        assert!(!card.body.contains("<script"));
        assert_eq!(stage.fetches(1).await, ["preview"]);
    }

    async fn what_presses_the_cards_button_at_once_gets_the_card_again(stage: Stage) {
        let nonce = stage.card().await.field("nonce");
        stage.db.clock.advance(SignedDuration::from_millis(1_400));
        let again = stage.press(&nonce).await;

        assert!(!again.body.contains("Efua"), "{}", again.body);
        assert_eq!(again.field("nonce"), nonce);
    }

    async fn a_person_behind_a_previewers_name_is_led_on_and_writes_nothing_by_it(stage: Stage) {
        let before = stage.rows().await;
        let nonce = stage.card().await.field("nonce");
        stage.db.clock.advance(SignedDuration::from_millis(1_600));
        let page = stage.press(&nonce).await;

        assert!(is_whole(&page), "{}", page.body);
        assert!(page.cookies().is_empty());
        assert_eq!(stage.rows().await, before);
    }

    async fn a_card_that_we_did_not_make_leads_nowhere(stage: Stage) {
        let page = stage.press("AAAA").await;

        assert!(!page.body.contains("Efua"), "{}", page.body);
    }

    async fn who_brings_our_cookie_gets_the_page_whatever_he_calls_himself(stage: Stage) {
        let cookie = stage.open(&stage.token).await.cookie("__Host-gg_device");
        let ask = Ask::new("GET", &stage.path()).header("user-agent", WHATSAPP).header("cookie", &cookie);

        assert!(is_whole(&stage.ask(ask.empty()).await));
    }

    async fn every_dead_link_shows_one_and_the_same_page(stage: Stage) {
        let (revoked_guest, revoked) = stage.invite("Yaw", 0).await;
        stage.app.revoke_invite(stage.may(Permission::Links), revoked_guest).await.unwrap();
        let rotated = stage.token.clone();
        stage.app.rotate_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        let mut turned = revoked.clone().into_bytes();
        turned[40] ^= 1;

        let first = stage.get("/i/x").await;
        assert_eq!(first.status, StatusCode::NOT_FOUND);
        for dead in [
            &revoked,
            &rotated,
            &String::from_utf8(turned).unwrap(),
            &"A".repeat(56),
            &"A".repeat(4_000),
            &"%00%ff".to_owned(),
            &format!("{rotated}="),
        ] {
            assert_eq!(stage.get(&format!("/i/{dead}")).await.all(), first.all(), "{dead}");
            let posted = Ask::new("POST", &format!("/i/{dead}")).form(&[("attending", "yes")]);
            assert_eq!(stage.ask(posted).await.all(), first.all(), "{dead}");
        }
        assert_eq!(stage.get("/invite").await.all(), first.all());
    }

    async fn a_living_link_has_one_spelling_only(stage: Stage) {
        let spelt = format!("/i/%{:02X}{}", stage.token.as_bytes()[0], &stage.token[1..]);

        assert_eq!(stage.get(&spelt).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_dead_link_takes_its_time(stage: Stage) {
        let start = Instant::now();
        stage.get("/i/x").await;

        assert!(start.elapsed() >= gg_web::delay::DEAD_LINK_DELAY);
    }

    async fn once_opened_the_page_is_found_without_the_token_in_its_address(stage: Stage) {
        let opened = stage.open(&stage.token).await;
        let set = opened.cookies().join("\n");
        let cookie = opened.cookie("gg_invite");

        assert!(set.contains("Path=/invite; HttpOnly; SameSite=Lax; Max-Age=86400; Secure"), "{set}");
        let page = stage.ask(Ask::new("GET", "/invite").header("cookie", &cookie).empty()).await;
        assert!(is_whole(&page));
        assert!(page.cookies().is_empty());
    }

    async fn a_replaced_link_is_dead_at_its_other_address_too(stage: Stage) {
        let cookie = stage.open(&stage.token).await.cookie("gg_invite");
        stage.app.rotate_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        let page = stage.ask(Ask::new("GET", "/invite").header("cookie", &cookie).empty()).await;

        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }

    async fn an_event_that_wants_no_signals_says_so_on_the_page(stage: Stage) {
        assert!(stage.get(&stage.path()).await.body.contains("data-fingerprint=\"on\""));
        stage.set_policy(Policy { fingerprint: false, ..Policy::default() }).await;

        assert!(stage.get(&stage.path()).await.body.contains("data-fingerprint=\"off\""));
    }

    async fn a_guest_who_answered_finds_his_answer_and_can_change_it(stage: Stage) {
        let access = stage.access().await;
        stage.answer(&access, json!({"plus_ones": [{"name": "Kweku"}], "note": "Can’t wait"})).await;
        let page = stage.get(&stage.path()).await;

        assert!(page.body.contains("Change my answer"), "{}", page.body);
        for said in ["value=\"Kweku\"", "Can’t wait", "value=\"yes\" required checked"] {
            assert!(page.body.contains(said), "{said} in {}", page.body);
        }
    }

    async fn after_the_deadline_the_page_says_so_and_has_no_form(stage: Stage) {
        stage.db.clock.advance(SignedDuration::from_hours(24 * 12));
        let page = stage.get(&stage.path()).await;

        assert!(page.body.contains("The time to answer has passed"), "{}", page.body);
        assert!(!page.body.contains("<form"));
    }
}
