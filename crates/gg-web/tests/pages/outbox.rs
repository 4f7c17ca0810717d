//! The viewer of messages, and what guests ask their organiser for.

use axum::http::StatusCode;
use gg_app::{Outlet, Recipients};
use gg_domain::actor::{Permission, Role};
use gg_domain::message::{Channel, MessageKind};
use gg_domain::wish::AskerInput;

use crate::stage::{Stage, pages};

#[test]
fn the_owner_alone_reads_messages_as_guests_receive_them() {
    gg_testkit::on_sqlite(|db| async move {
        let stage = Stage::new(db).await.with_outlet(Outlet::Viewer);
        let event = stage.event().await;
        stage.guest(event, "Efua", 1).await;
        let links = stage.may(Permission::Links);
        let (all, kind) = (Recipients::All, MessageKind::Invitation);
        stage.app.send_invitations(links, event, all, Channel::Email, kind).await.unwrap();
        let path = format!("/events/{event}/outbox");

        let ama = stage.ama().await;
        ama.open(&format!("/events/{event}")).await.shows(&format!("href=\"{path}\""));
        let page = ama.open(&path).await;
        page.shows("E-mail to efua@example.org")
            .shows("Hello Efua,")
            .shows("https://party.example/i/")
            .shows("On its way");
        assert_eq!(page.header("cache-control"), "no-store");
        stage.app.deliver_messages().await.unwrap();
        ama.open(&path).await.shows(">Sent<");
        for role in [Role::Editor, Role::Viewer, Role::Door] {
            let member = stage.member(event, role).await;
            assert_eq!(member.get(&path).await.status, StatusCode::FORBIDDEN, "{role:?}");
            member.open(&format!("/events/{event}")).await.hides(&path);
        }
    });
}

pages! {
    async fn where_the_viewer_is_off_there_is_no_such_page(stage: Stage) {
        let event = stage.event().await;
        let ama = stage.ama().await;

        assert_eq!(ama.get(&format!("/events/{event}/outbox")).await.status, StatusCode::NOT_FOUND);
        ama.open(&format!("/events/{event}")).await.hides("/outbox");
        ama.open(&format!("/events/{event}/policy")).await.shows("No code can be sent yet");
    }

    async fn what_was_asked_for_is_shown_granted_and_put_away(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        let link = stage.app.invite_guest(stage.may(Permission::Links), guest).await.unwrap();
        for name in ["Yaw <Addo>", "Kofi"] {
            let asker = AskerInput { name: name.into(), contact: "+233201111111".into(), note: String::new() };
            stage.app.ask_own_invitation(link.token.expose(), None, &asker).await.unwrap();
        }
        stage.app.send_fresh_link(link.token.expose(), None).await.unwrap();

        let ama = stage.ama().await;
        let home = format!("/events/{event}");
        let page = ama.open(&home).await;
        page.shows("Yaw &#60;Addo&#62;").shows("+233201111111").shows("needs a new link");
        let wish = page.after(&format!("action=\"{home}/wishes/")).split('/').next().unwrap().to_string();
        let made = ama.post(&format!("{home}/wishes/{wish}/grant"), &[]).await.location().to_string();
        ama.open(&made).await.shows("The guest is added.").shows("Yaw &#60;Addo&#62;");

        let page = ama.open(&home).await;
        let wish = page.after(&format!("action=\"{home}/wishes/")).split('/').next().unwrap().to_string();
        let done = ama.post(&format!("{home}/wishes/{wish}/dismiss"), &[]).await.location().to_string();
        ama.open(&done).await.shows("Put away.").hides("Kofi").shows("needs a new link");
        for role in [Role::Viewer, Role::Door] {
            stage.member(event, role).await.open(&home).await.hides("needs a new link");
        }
    }

    async fn why_a_guest_is_not_asked_for_a_code_is_said(stage: Stage) {
        let event = stage.event().await;
        let guest = stage.guest(event, "Efua", 1).await;
        stage.app.invite_guest(stage.may(Permission::Links), guest).await.unwrap();

        stage.ama().await.open(&format!("/guests/{guest}")).await.shows("no way of sending one is set up yet");
    }
}
