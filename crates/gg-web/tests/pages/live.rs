//! The monitor as it is served, before any script runs.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::StatusCode;
use gg_app::Opening;
use gg_domain::access::{Headers, Network};
use gg_domain::actor::{Permission, Role};
use gg_domain::id::{AccessId, EventId, GuestId};
use gg_domain::policy::{Action, Actions, Policy, Thresholds};
use gg_domain::rsvp::AnswerInput;
use gg_domain::signals::Signals;
use serde_json::json;

use crate::stage::{Stage, pages};

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/17.4 Mobile/15E148 Safari/604.1";

/// The guest's own opening, or that of a program from elsewhere.
pub(crate) fn opening(own: bool) -> Opening {
    let address = if own { Ipv4Addr::new(203, 0, 113, 9) } else { Ipv4Addr::new(192, 0, 2, 1) };
    let signals = json!({
        "platform": if own { "iPhone" } else { "Win32" },
        "screen": if own { "390x844" } else { "2560x1440" },
        "webdriver": !own,
        "visible_ms": 4_000,
        "interacted": true,
    });
    Opening {
        network: Network::at(IpAddr::V4(address)),
        headers: Headers { ua: Some(PHONE.into()), ..Headers::default() },
        signals: Signals::parse(&signals).unwrap(),
        device: None,
        viewer: None,
        act: None,
    }
}

/// A guest whose link a stranger has used: suspicious, and the answer held.
async fn suspicious(stage: &Stage) -> (EventId, GuestId, AccessId) {
    let event = stage.event().await;
    let guest = stage.guest(event, "Efua Mensah", 1).await;
    let thresholds = Thresholds { medium: 0.001, high: 0.002, block: 0.9999 };
    let actions = Actions { high: Action::Hold, ..Actions::default() };
    let policy = Policy { thresholds, actions, ..Policy::default() };
    stage.app.set_policy(stage.may(Permission::WritePolicy), event, policy).await.unwrap();
    let link = stage.app.invite_guest(stage.may(Permission::Links), guest).await.unwrap();
    stage.app.score_access(link.token.expose(), &opening(true)).await.unwrap();
    let judged = stage.app.score_access(link.token.expose(), &opening(false)).await.unwrap();
    assert_eq!(judged.decision, Action::Hold, "{judged:?}");
    let answer = AnswerInput { attending: true, ..AnswerInput::default() };
    stage.app.answer_invite(link.token.expose(), judged.access, &answer).await.unwrap();
    (event, guest, judged.access)
}

pages! {
    async fn what_happened_stands_there_newest_first_in_plain_words(stage: Stage) {
        let (event, ..) = suspicious(&stage).await;
        let page = stage.ama().await.open(&format!("/events/{event}/live")).await;

        page.shows("Efua Mensah").shows("answered, and waits for your word").shows("Suspicious");
        page.shows("data-position=\"5\"").shows("data-zone=\"Europe/Berlin\"");
        let (rows, _) = page.body.split_once("<template").unwrap();
        let place = |text: &str| rows.find(text).unwrap_or_else(|| panic!("{text}"));
        assert!(place("data-seq=\"5\"") < place("data-seq=\"4\""));
        for jargon in ["fingerprint", "ASN", "token", "fraud"] {
            assert!(!rows.contains(jargon), "{jargon}");
        }
    }

    async fn a_row_opens_in_the_sheet_and_a_word_settles_it(stage: Stage) {
        let (event, _, access) = suspicious(&stage).await;
        let ama = stage.ama().await;
        let live = format!("/events/{event}/live");
        let page = ama.open(&format!("{live}?open={access}")).await;
        page.shows("Someone else may hold Efua Mensah’s link").shows("What speaks for and against");
        assert_eq!(page.after("data-count=\"needs\">").split('<').next(), Some("2"));

        let label = format!("/events/{event}/accesses/{access}/label");
        let said = ama.post(&label, &[("label", "guest")]).await;
        assert_eq!(said.location(), format!("{live}?open={access}&done=labelled#sheet"));
        let page = ama.open(&format!("{live}?open={access}")).await;
        page.shows("You said that it was the guest.");
        assert_eq!(page.after("data-count=\"needs\">").split('<').next(), Some("0"));
    }

    async fn an_opening_that_was_said_to_be_a_stranger_s_waits_for_nobody(stage: Stage) {
        let (event, _, access) = suspicious(&stage).await;
        let ama = stage.ama().await;
        ama.post(&format!("/events/{event}/accesses/{access}/label"), &[("label", "not_guest")]).await.location();

        let page = ama.open(&format!("/events/{event}/live")).await;
        assert_eq!(page.after("data-count=\"needs\">").split('<').next(), Some("0"));
    }

    async fn an_opening_keeps_its_time_when_a_word_is_given_long_after(stage: Stage) {
        let (event, _, access) = suspicious(&stage).await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/live");
        let times = |page: &crate::stage::Page| {
            let (rows, _) = page.body.split_once("<template").unwrap();
            let row = rows.split("<li class=\"live-row").find(|row| row.contains(&format!("?open={access}"))).unwrap();
            row.split_once("datetime=\"").unwrap().1.split('"').next().unwrap().to_string()
        };
        let before = times(&ama.open(&path).await);
        stage.db.clock.advance(jiff::SignedDuration::from_hours(5));
        stage.guest(event, "Kwame", 0).await;
        ama.post(&format!("/events/{event}/accesses/{access}/label"), &[("label", "guest")]).await.location();

        let page = ama.open(&path).await;
        assert_eq!(times(&page), before);
        // What the word set free was told after it, and stands above.
        let (rows, _) = page.body.split_once("<template").unwrap();
        assert!(rows.find("is coming").unwrap() < rows.find(&format!("?open={access}")).unwrap());
    }

    async fn an_address_with_a_piece_of_an_id_is_nothing_here(stage: Stage) {
        let event = stage.event().await;
        for open in ["garbage", "%00", "0193a5d2"] {
            let page = stage.ama().await.get(&format!("/events/{event}/live?open={open}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{open}");
            page.shows("Nothing here").hides("form");
        }
    }

    async fn the_team_sees_where_a_link_was_opened_and_the_door_does_not(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua Mensah", 1).await;
        let link = stage.app.invite_guest(stage.may(Permission::Links), guest).await.unwrap();
        let own = opening(true);
        let network = Network { city: Some("Accra".into()), country: Some("GH".into()), ..own.network.clone() };
        let opened = Opening { network, ..own };
        let access = stage.app.score_access(link.token.expose(), &opened).await.unwrap().access;

        let (sheet, page) = (format!("/events/{event}/live?open={access}"), format!("/guests/{guest}"));
        let ama = stage.ama().await;
        ama.open(&sheet).await.shows("This opening came from").shows("Accra, Ghana");
        ama.open(&page).await.shows(", Accra, Ghana");
        let door = stage.member(event, Role::Door).await;
        door.open(&sheet).await.shows("Efua Mensah").hides("Accra");
        door.open(&page).await.shows("Efua Mensah").hides("Accra");
    }

    async fn the_door_may_say_who_it_was_and_a_viewer_may_not(stage: Stage) {
        let (event, _, access) = suspicious(&stage).await;
        let label = format!("/events/{event}/accesses/{access}/label");
        let viewer = stage.member(event, Role::Viewer).await;
        assert_eq!(viewer.post(&label, &[("label", "guest")]).await.status, StatusCode::FORBIDDEN);
        viewer.open(&format!("/events/{event}/live?open={access}")).await.hides("value=\"not_guest\"");

        let door = stage.member(event, Role::Door).await;
        door.post(&label, &[("label", "guest")]).await.location();
    }

    async fn an_opening_of_another_event_is_not_shown(stage: Stage) {
        let (_, _, access) = suspicious(&stage).await;
        let other = stage.event().await;
        let page = stage.ama().await.get(&format!("/events/{other}/live?open={access}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.hides("Efua");
    }

    async fn an_imported_list_does_not_push_what_happened_off_the_page(stage: Stage) {
        let (event, ..) = suspicious(&stage).await;
        for n in 0..60 {
            stage.guest(event, &format!("Guest {n}"), 0).await;
        }
        let page = stage.ama().await.open(&format!("/events/{event}/live")).await;
        page.shows("Efua Mensah").shows("data-position=\"65\"");
    }

    async fn nothing_yet_says_so(stage: Stage) {
        let event = stage.event().await;
        stage.ama().await.open(&format!("/events/{event}/live")).await.shows("Nothing yet");
    }
}
