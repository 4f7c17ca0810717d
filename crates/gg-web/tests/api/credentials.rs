//! Who is let in: keys, their scopes, sessions, and calls that other sites make in their name.

use axum::http::StatusCode;
use gg_domain::actor::Scope;
use gg_testkit::{PASSWORD, each_database};
use serde_json::json;

use crate::stage::{Call, OUR_ORIGIN, Server};

each_database! {
    async fn who_has_no_key_is_told_how_to_get_in(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let cut = &key[..key.len() - 1];
        let values = ["".to_string(), format!("Bearer {cut}"), format!("Bearer {}", key.to_uppercase()), format!("Basic {key}"), key.clone()];
        for value in values {
            let answer = server.send(Call::new("GET", &path).with("authorization", &value).empty()).await;

            assert_eq!((answer.status, answer.problem()), (StatusCode::UNAUTHORIZED, "unauthorized"), "{value}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
        let in_query = server.send(Call::new("GET", &format!("{path}?api_key={key}")).empty()).await;
        assert_eq!(in_query.status, StatusCode::UNAUTHORIZED);
        let in_cookie = server.send(Call::new("GET", &path).session(&key).empty()).await;
        assert_eq!(in_cookie.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_revoked_key_is_refused_at_once(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, _) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let (id, key) = server.app.create_api_key(ama, "lost", vec![]).await.unwrap();
        assert_eq!(server.send(Call::new("GET", &path).key(&key).empty()).await.status, StatusCode::OK);

        server.app.revoke_api_key(None, id).await.unwrap();

        assert_eq!(server.send(Call::new("GET", &path).key(&key).empty()).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_key_without_the_scope_is_refused(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, _) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let scopes: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != Scope::MembersWrite).collect();
        let key = server.key(ama, &scopes).await;

        let answer = server.send(Call::new("GET", &path).key(&key).empty()).await;

        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.json["detail"].as_str().unwrap().contains("members:write"));
    }

    async fn a_key_that_may_only_read_joins_nothing(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, owners) = server.organiser("ama@example.org").await;
        let (kofi, _) = server.organiser("kofi@example.org").await;
        let path = server.members_path(ama).await;
        let token = server.invite(&path, &owners, "kofi@example.org", "editor").await;
        let all_but: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != Scope::MembersWrite).collect();

        let refused = server.join(&server.key(kofi, &all_but).await, &token).await;
        let joined = server.join(&server.key(kofi, &[Scope::MembersWrite]).await, &token).await;

        assert_eq!((refused.status, joined.status), (StatusCode::FORBIDDEN, StatusCode::CREATED));
        assert!(refused.json["detail"].as_str().unwrap().contains("members:write"));
    }

    async fn a_flood_of_bad_keys_is_slowed_by_its_network_and_nobody_elses_key_is(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let from = |forwarded: &str, key: &str| {
            let call = Call::new("GET", &path).key(key).with("x-forwarded-for", forwarded);
            call.peer([10, 0, 0, 1]).empty()
        };
        let mut last = server.send(from("203.0.113.7", "gg_none")).await;
        for n in 0..2_000u32 {
            if last.status != StatusCode::UNAUTHORIZED {
                break;
            }
            last = server.send(from(&format!("203.0.113.{}", n % 250), "gg_none")).await;
        }

        assert_eq!((last.status, last.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many-requests"));
        assert!(last.header("retry-after").parse::<u32>().unwrap() >= 1);
        assert_eq!(server.send(from("203.0.113.7", &key)).await.status, StatusCode::OK);
        assert_eq!(server.send(from("198.51.100.7", "gg_none")).await.status, StatusCode::UNAUTHORIZED);
        // Whoever is no proxy of ours is counted as who he is, whatever he says.
        let own = Call::new("GET", &path).key("gg_none").with("x-forwarded-for", "203.0.113.7").peer([192, 0, 2, 1]);
        assert_eq!(server.send(own.empty()).await.status, StatusCode::UNAUTHORIZED);
        let nobody = Call::new("GET", &path).with("x-forwarded-for", "203.0.113.7").peer([10, 0, 0, 1]);
        assert_eq!(server.send(nobody.empty()).await.status, StatusCode::UNAUTHORIZED, "who brings no key guesses none");
    }

    async fn a_session_reads_and_writes_from_our_pages(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, _) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let session = sign_in(&server).await;
        let word = server.app.secrets.csrf(&session);
        assert_eq!(server.send(Call::new("GET", &path).session(&session).empty()).await.status, StatusCode::OK);

        let invite = Call::new("POST", &path).session(&session).with("x-csrf-token", &word);

        assert_eq!(server.send(invite.json(&body())).await.status, StatusCode::CREATED);
    }

    async fn a_write_in_a_sessions_name_from_elsewhere_is_refused(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, _) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let session = sign_in(&server).await;
        let word = server.app.secrets.csrf(&session);
        let others = server.app.secrets.csrf("another session");
        let cookie = format!("__Host-gg_session={session}");
        let from = |name: &str, value: &str| {
            Call::new("POST", &path).with("cookie", &cookie).with("x-csrf-token", &word).with(name, value)
        };
        let ours = || Call::new("POST", &path).with("cookie", &cookie).with("origin", OUR_ORIGIN);
        let calls = [
            from("origin", "https://evil.example"),
            from("origin", "https://party.example.evil.example"),
            from("origin", "https://party.example:8443"),
            from("origin", "http://party.example"),
            from("origin", "null"),
            from("sec-fetch-site", "cross-site"),
            from("sec-fetch-site", "same-site"),
            from("x-nothing", "neither header"),
            ours(),
            ours().with("x-csrf-token", ""),
            ours().with("x-csrf-token", &others),
        ];
        for (n, call) in calls.into_iter().enumerate() {
            let answer = server.send(call.json(&body())).await;

            assert_eq!((answer.status, answer.problem()), (StatusCode::FORBIDDEN, "forbidden"), "call {n}");
        }
        let listed = server.send(Call::new("GET", &path).session(&session).empty()).await;
        assert_eq!(listed.json["data"].as_array().unwrap().len(), 1);
    }

    async fn a_session_that_was_signed_out_is_nobody(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, _) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let session = sign_in(&server).await;

        server.app.sign_out_everywhere(ama).await.unwrap();

        let answer = server.send(Call::new("GET", &path).session(&session).empty()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
}

fn body() -> serde_json::Value {
    json!({ "email": "kofi@example.org", "role": "editor" })
}

async fn sign_in(server: &Server) -> String {
    server.app.sign_in("ama@example.org", PASSWORD.to_string(), "Firefox").await.unwrap().secret.to_string()
}
