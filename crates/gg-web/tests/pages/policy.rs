//! The rules of an event: tried on what has happened, then saved; the owner's alone.

use axum::http::StatusCode;
use gg_domain::actor::{Permission, Role};
use gg_domain::id::EventId;
use gg_domain::policy::Action;

use crate::stage::{Browser, Page, pages};

const RULES: [(&str, &str); 7] = [
    ("medium", "20"),
    ("high", "60"),
    ("block", "97"),
    ("action_low", "allow"),
    ("action_medium", "allow"),
    ("action_high", "step_up"),
    ("action_block", "block"),
];

/// The usual rules with some changed, and others beside them.
fn rules(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let stays = RULES.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    stays.chain(changed).copied().collect()
}

async fn saved(ama: &Browser, event: EventId, tried: &Page, fields: &[(&str, &str)]) -> Page {
    let mark = tried.after("name=\"tried\" value=\"").to_string();
    let all: Vec<_> = fields.iter().copied().chain([("step", "save"), ("tried", mark.as_str())]).collect();
    ama.post(&format!("/events/{event}/policy"), &all).await
}

pages! {
    async fn rules_are_tried_on_what_happened_and_then_saved(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        stage.opening(guest).await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/policy");
        ama.open(&path).await.shows("value=\"20\"").hides("value=\"save\"").shows("Say of openings whether");

        let strict = rules(&[("action_low", "hold"), ("fingerprint", "true")]);
        let tried = ama.post(&path, &strict).await;
        assert_eq!(tried.status, StatusCode::OK);
        tried.shows("1 of the latest 1 opening would have been treated otherwise");
        tried.shows("1 would have been held for your word").shows("Efua").shows("held for your word instead of let in");
        let policy = stage.app.policy(stage.may(Permission::ReadPolicy), event).await.unwrap();
        assert_eq!(policy.actions.low, Action::Allow, "nothing is saved by trying");

        let done = saved(&ama, event, &tried, &strict).await;
        assert_eq!(done.location(), format!("{path}?done=saved"));
        let policy = stage.app.policy(stage.may(Permission::ReadPolicy), event).await.unwrap();
        assert_eq!((policy.actions.low, policy.fingerprint), (Action::Hold, true));
        ama.open(&format!("/events/{event}")).await.shows("Hold the answer for me").shows("below 20\u{a0}%");
    }

    async fn what_was_changed_after_it_was_tried_is_tried_again(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/policy");
        let tried = ama.post(&path, &rules(&[("medium", "30.5")])).await;
        tried.shows("Nobody would have been treated otherwise");

        let again = saved(&ama, event, &tried, &rules(&[("medium", "40")])).await;

        assert_eq!(again.status, StatusCode::OK);
        again.shows("value=\"40\"").shows("value=\"save\"");
        let policy = stage.app.policy(stage.may(Permission::ReadPolicy), event).await.unwrap();
        assert!((policy.thresholds.medium - 0.2).abs() < f64::EPSILON);
    }

    async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(stage: Stage) {
        let event = stage.event().await;
        stage.guest(event, "Efua", 1).await;
        let ama = stage.ama().await;
        let wrong = rules(&[
            ("high", "ten"),
            ("trusted_networks", "203.0.113.0/24\nvenue"),
            ("delegate_name", "Mia"),
            ("delegate_guests", "Efua\nKwame"),
        ]);

        let page = ama.post(&format!("/events/{event}/policy"), &wrong).await;

        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("Give a percentage such as 20.").shows("Line 2: give a network such as 203.0.113.0/24");
        page.shows("Line 2: no guest of this event has this name, e-mail or id.");
        page.shows("value=\"ten\"").shows("value=\"Mia\"").shows("Kwame").hides("value=\"save\"");
        assert_eq!(page.body.matches("aria-invalid=\"true\"").count(), 3);
    }

    async fn rules_that_were_typed_while_the_session_ended_are_tried_after_the_sign_in(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;
        let path = format!("/events/{event}/policy");
        let typed = rules(&[("medium", "33"), ("trusted_networks", "203.0.113.0/24"), ("action_low", "hold")]);

        let kept = ama.post_bare(&path, &[&[("csrf", "of the old session")], &typed[..]].concat()).await;

        assert_eq!(kept.status, StatusCode::FORBIDDEN);
        kept.shows("Your form was not sent yet").shows("203.0.113.0/24").shows("name=\"action_low\" value=\"hold\"");
        assert_eq!(kept.after("method=\"post\" action=\""), path);
    }

    async fn assistants_are_named_as_people_call_their_guests(stage: Stage) {
        let event = stage.event().await;
        let efua = stage.guest(event, "Efua", 1).await;
        let (one, other) = (stage.guest(event, "Kofi", 0).await, stage.guest(event, "Kofi", 0).await);
        let ama = stage.ama().await;
        let path = format!("/events/{event}/policy");
        let twice = rules(&[("delegate_name", "Mia"), ("delegate_guests", "kofi")]);
        ama.post(&path, &twice).await.shows("Line 1: several guests are called that");

        let by_id = format!("EFUA\n{one}");
        let mut fields: Vec<(&str, &str)> = RULES.to_vec();
        fields.extend([("delegate_name", "Mia"), ("delegate_guests", by_id.as_str()), ("delegate_name", ""), ("delegate_guests", "")]);
        let tried = ama.post(&path, &fields).await;
        saved(&ama, event, &tried, &fields).await.location();

        let policy = stage.app.policy(stage.may(Permission::ReadPolicy), event).await.unwrap();
        assert_eq!(policy.delegates.len(), 1);
        assert_eq!(policy.delegates[0].guests, [efua, one]);
        let page = ama.open(&path).await;
        page.shows("value=\"Mia\"").shows("Efua").shows(&one.to_string()).hides(&other.to_string());
    }

    async fn the_rules_are_the_owners_to_read_and_to_set(stage: Stage) {
        let event = stage.event().await;
        let path = format!("/events/{event}/policy");
        for role in [Role::Editor, Role::Viewer, Role::Door] {
            let member = stage.member(event, role).await;
            assert_eq!(member.get(&path).await.status, StatusCode::FORBIDDEN);
            assert_eq!(member.post(&path, &RULES).await.status, StatusCode::FORBIDDEN);
            member.open(&format!("/events/{event}")).await.hides("When something looks strange");
        }
        stage.ama().await.open(&format!("/events/{event}")).await.shows(&format!("href=\"{path}\""));
    }

    async fn reasons_are_weighed_by_what_was_said(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        stage.opening(guest).await;
        let access = stage.opening(guest).await;
        let ama = stage.ama().await;
        ama.post(&format!("/guests/{guest}/openings/{access}/label"), &[("label", "not_guest")]).await.location();

        let page = ama.open(&format!("/events/{event}/policy")).await;

        page.shows("Of the 1 opening that you spoke on");
    }
}
