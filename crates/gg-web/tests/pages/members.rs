//! The team: invitations, who they let in, and who is taken off.

use axum::http::StatusCode;
use gg_testkit::PASSWORD;

use crate::stage::{Stage, pages};

async fn invitation(stage: &Stage, email: &str) -> (gg_domain::id::EventId, String) {
    let event = stage.event().await;
    let ama = stage.ama().await;
    let page = ama.post(&format!("/events/{event}/members"), &[("email", email), ("role", "viewer")]).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.body);
    let url = page.after("id=\"member-url\" value=\"").to_string();
    ama.open(&format!("/events/{event}")).await.shows(email).hides(&url);
    (event, url.strip_prefix("https://party.example").unwrap().to_string())
}

pages! {
    async fn who_is_invited_makes_an_account_there_and_is_in(stage: Stage) {
        let (event, join) = invitation(&stage, "kofi@example.org").await;
        let kofi = stage.browser();
        kofi.open(&join).await.shows("kofi@example.org").shows("see everything, and change nothing");

        let page = kofi.post(&join, &[("password", "short")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("Use at least 15 characters");
        let done = kofi.post(&join, &[("password", PASSWORD), ("email", "evil@example.org")]).await;
        assert_eq!(done.location(), format!("/events/{event}?done=joined"));
        kofi.open(&format!("/events/{event}")).await;
        kofi.open("/account").await.shows("kofi@example.org").hides("evil@example.org");
    }

    async fn an_invitation_works_once(stage: Stage) {
        let (_, join) = invitation(&stage, "kofi@example.org").await;
        let kofi = stage.browser();
        kofi.open(&join).await;
        kofi.post(&join, &[("password", PASSWORD)]).await.location();

        assert_eq!(stage.browser().get(&join).await.status, StatusCode::NOT_FOUND);
    }

    async fn an_invitation_is_for_the_invited_address_alone(stage: Stage) {
        let (event, join) = invitation(&stage, "kofi@example.org").await;
        let stranger = stage.stranger().await;

        stranger.open(&join).await.shows("somebody else was invited").hides("Join the team");
        assert_eq!(stranger.post(&join, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&format!("/events/{event}")).await.status, StatusCode::NOT_FOUND);
    }

    async fn who_is_signed_in_as_the_invited_one_joins_with_one_press(stage: Stage) {
        let (event, join) = invitation(&stage, "Stranger@example.org").await;
        let stranger = stage.stranger().await;

        stranger.open(&join).await.shows("Join the team");
        assert_eq!(stranger.post(&join, &[]).await.location(), format!("/events/{event}?done=joined"));
    }

    async fn who_has_an_account_is_told_to_sign_in(stage: Stage) {
        let (_, join) = invitation(&stage, "stranger@example.org").await;
        stage.stranger().await;
        let browser = stage.browser();
        browser.open(&join).await.shows(&format!("/signin?next={join}"));

        let page = browser.post(&join, &[("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("This address has an account already: sign in.");
    }

    async fn a_wrong_invitation_is_nothing(stage: Stage) {
        assert_eq!(stage.browser().get("/join/wrong").await.status, StatusCode::NOT_FOUND);
    }

    async fn who_is_invited_again_has_a_new_link_and_the_page_says_that_the_old_one_is_dead(stage: Stage) {
        let (event, first) = invitation(&stage, "kofi@example.org").await;
        let path = format!("/events/{event}/members");
        let page = stage.ama().await.post(&path, &[("email", "Kofi@example.org"), ("role", "door")]).await;

        page.shows("The earlier link no longer works.");
        assert_eq!(stage.browser().get(&first).await.status, StatusCode::NOT_FOUND);
        let other = stage.ama().await.post(&path, &[("email", "esi@example.org"), ("role", "door")]).await;
        other.shows("Send this link").hides("The earlier link");
    }

    async fn an_invitation_that_waits_can_be_taken_back(stage: Stage) {
        let (event, join) = invitation(&stage, "kofi@example.org").await;
        let ama = stage.ama().await;
        let page = ama.open(&format!("/events/{event}")).await;
        page.shows("Take back the invitation of kofi@example.org").shows("Invited ");
        let (rows, _) = page.body.split_once("Take back the invitation").unwrap();
        let (_, action) = rows.rsplit_once("action=\"").unwrap();

        let done = ama.post(action.split('"').next().unwrap(), &[]).await;
        assert_eq!(done.location(), format!("/events/{event}?done=uninvited#team"));
        assert_eq!(stage.browser().get(&join).await.status, StatusCode::NOT_FOUND);
        ama.open(&format!("/events/{event}?done=uninvited")).await.hides("kofi@").shows("is taken back");
        assert_eq!(ama.post(action.split('"').next().unwrap(), &[]).await.status, StatusCode::NOT_FOUND);
    }

    async fn the_address_of_the_team_shows_it_when_it_is_read(stage: Stage) {
        let event = stage.event().await;
        stage.ama().await.open(&format!("/events/{event}/members")).await.shows("id=\"team\"");
        let stranger = stage.stranger().await.get(&format!("/events/{event}/members")).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    }

    async fn an_address_that_is_none_is_not_invited(stage: Stage) {
        let event = stage.event().await;
        let page =
            stage.ama().await.post(&format!("/events/{event}/members"), &[("email", "kofi"), ("role", "door")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("“kofi” is not invited.");
    }

    async fn who_is_taken_off_sees_the_event_no_more(stage: Stage) {
        let event = stage.event().await;
        let viewer = stage.member(event, gg_domain::actor::Role::Viewer).await;
        let ama = stage.ama().await;
        let page = ama.open(&format!("/events/{event}")).await;
        let remove = page.after(&format!("action=\"/events/{event}/members/")).to_string();

        ama.post(&format!("/events/{event}/members/{remove}"), &[]).await.location();
        assert_eq!(viewer.get(&format!("/events/{event}")).await.status, StatusCode::NOT_FOUND);
    }

    async fn the_last_owner_cannot_be_taken_off(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let page = ama.post(&format!("/events/{event}/members/{}/remove", stage.owner), &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("An event keeps one owner");
    }
}
