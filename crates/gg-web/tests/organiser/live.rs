//! Who may watch: every refusal comes before the upgrade.

use axum::http::StatusCode;

use crate::stage::{Client, ORIGIN, on_stage};

fn handshake(client: &Client) -> Client {
    client
        .with("connection", "Upgrade")
        .with("upgrade", "websocket")
        .with("sec-websocket-version", "13")
        .with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

#[test]
fn who_is_nobody_or_a_stranger_does_not_watch() {
    on_stage(async |s| {
        let path = format!("/ws/events/{}", s.event);
        let nobody = handshake(&s.nobody()).get(&path).await;
        assert_eq!((nobody.status, nobody.problem().as_str()), (StatusCode::UNAUTHORIZED, "unauthorized"));
        let stranger = handshake(&s.stranger().await).get(&path).await;
        assert_eq!((stranger.status, stranger.problem().as_str()), (StatusCode::NOT_FOUND, "not-found"));
    });
}

#[test]
fn a_browser_watches_from_our_own_pages_alone() {
    on_stage(async |s| {
        let path = format!("/ws/events/{}", s.event);
        let session = s.app.open_session(s.account, "a browser").await.unwrap();
        let cookie = s.nobody().with("cookie", &format!("__Host-gg_session={}", *session.secret));
        for client in
            [cookie.clone(), cookie.with("origin", "https://evil.example"), cookie.with("origin", "null")]
        {
            let refused = handshake(&client).get(&path).await;
            assert_eq!(
                (refused.status, refused.problem().as_str()),
                (StatusCode::FORBIDDEN, "foreign-origin")
            );
        }
        // There is no connection to upgrade in a test without one: who may watch gets as far as that.
        let ours = handshake(&cookie.with("origin", ORIGIN)).get(&path).await;
        assert_eq!(ours.status, StatusCode::UPGRADE_REQUIRED);
    });
}

#[test]
fn an_api_key_watches_from_anywhere() {
    on_stage(async |s| {
        let path = format!("/ws/events/{}", s.event);
        let key = handshake(&s.owner.with("origin", "https://elsewhere.example")).get(&path).await;
        assert_eq!(key.status, StatusCode::UPGRADE_REQUIRED);
    });
}

#[test]
fn what_is_no_handshake_is_told_what_would_be() {
    on_stage(async |s| {
        let plain = s.owner.get(&format!("/ws/events/{}", s.event)).await;
        assert_eq!(
            (plain.status, plain.problem().as_str()),
            (StatusCode::UPGRADE_REQUIRED, "upgrade-required")
        );
        assert_eq!((plain.header("upgrade"), plain.header("sec-websocket-version")), ("websocket", "13"));
        let refused = handshake(&s.owner).get(&format!("/ws/events/{}?after=-1", s.event)).await;
        assert_eq!(refused.pointers(), ["/after"]);
    });
}
