//! `/api/v1/events/{event_id}/members` and `/api/v1/memberships`.

use axum::http::StatusCode;
use gg_testkit::each_database;
use serde_json::json;

use crate::stage::{Call, Server};

each_database! {
    async fn an_invitation_tells_nothing_of_the_address(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        server.organiser("kofi@example.org").await;
        let path = server.members_path(ama).await;

        for address in ["kofi@example.org", "nobody@example.org"] {
            let body = json!({ "email": address, "role": "editor" });
            let answer = server.send(Call::new("POST", &path).key(&key).json(&body)).await;

            assert_eq!(answer.status, StatusCode::CREATED);
            assert_eq!((&answer.json["account_id"], &answer.json["status"]), (&json!(null), &json!("pending")));
            assert!(answer.json["url"].as_str().unwrap().starts_with("https://party.example/join/"));
            assert_eq!(answer.header("location"), path);
        }
    }

    async fn the_invited_account_joins_with_its_key(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let (kofi, kofis) = server.organiser("kofi@example.org").await;
        let path = server.members_path(ama).await;
        let token = server.invite(&path, &key, "kofi@example.org", "door").await;

        let joined = server.join(&kofis, &token).await;

        assert_eq!(joined.status, StatusCode::CREATED);
        assert_eq!((&joined.json["account_id"], &joined.json["role"]), (&json!(kofi), &json!("door")));
        assert_eq!(server.join(&kofis, &token).await.status, StatusCode::NOT_FOUND);
        let list = server.send(Call::new("GET", &path).key(&key).empty()).await;
        let who: Vec<_> = list.json["data"].as_array().unwrap().iter().map(|one| (&one["email"], &one["status"])).collect();
        assert_eq!(who, [(&json!("ama@example.org"), &json!("confirmed")), (&json!("kofi@example.org"), &json!("confirmed"))]);
    }

    async fn helpers_come_in_pages_each_once(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let (_, kofis) = server.organiser("kofi@example.org").await;
        let token = server.invite(&path, &key, "kofi@example.org", "editor").await;
        server.join(&kofis, &token).await;
        for waiting in 0..3 {
            server.invite(&path, &key, &format!("waiting{waiting}@example.org"), "door").await;
        }

        let (mut seen, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let page = server.send(Call::new("GET", &format!("{path}?limit=2{cursor}")).key(&key).empty()).await;
            assert_eq!(page.status, StatusCode::OK, "{page:?}");
            let helpers = page.json["data"].as_array().unwrap();
            assert!(helpers.len() <= 2);
            seen.extend(helpers.iter().map(|helper| helper["email"].as_str().unwrap().to_string()));
            next = page.json["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        }

        seen.sort();
        let waiting = (0..3).map(|waiting| format!("waiting{waiting}@example.org"));
        let all: Vec<_> = ["ama@example.org", "kofi@example.org"].map(String::from).into_iter().chain(waiting).collect();
        assert_eq!(seen, all);
    }

    async fn every_role_meets_what_the_table_says(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;
        let mut callers = vec![("stranger", server.organiser("stranger@example.org").await.1, StatusCode::NOT_FOUND)];
        let (_, unconfirmed) = server.organiser("unconfirmed@example.org").await;
        server.invite(&path, &key, "unconfirmed@example.org", "owner").await;
        callers.push(("unconfirmed", unconfirmed, StatusCode::NOT_FOUND));
        for role in ["editor", "door", "viewer"] {
            let address = format!("{role}@example.org");
            let (_, helper) = server.organiser(&address).await;
            let token = server.invite(&path, &key, &address, role).await;
            server.join(&helper, &token).await;
            callers.push((role, helper, StatusCode::FORBIDDEN));
        }

        for (who, caller, expected) in callers {
            let invite = json!({ "email": "more@example.org", "role": "owner" });
            let invited = server.send(Call::new("POST", &path).key(&caller).json(&invite)).await;
            let listed = server.send(Call::new("GET", &path).key(&caller).empty()).await;
            let removed = server.send(Call::new("DELETE", &format!("{path}/{ama}")).key(&caller).empty()).await;

            assert_eq!([invited.status, listed.status, removed.status], [expected; 3], "{who}");
        }
    }

    async fn a_foreign_event_answers_as_one_that_never_was(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, _) = server.organiser("ama@example.org").await;
        let (_, stranger) = server.organiser("stranger@example.org").await;
        let foreign = server.members_path(ama).await;

        let never = "/api/v1/events/01935b2f-0000-7000-8000-000000000000/members";
        let no_id = "/api/v1/events/1/members";

        let mut answers = Vec::new();
        for path in [foreign.as_str(), never, no_id] {
            let mut answer = server.send(Call::new("GET", path).key(&stranger).empty()).await;
            // The number of a request is another each time, and tells nothing.
            answer.headers.remove("x-request-id");
            answers.push((answer.status, answer.headers, answer.json));
        }
        assert_eq!(answers[0].0, StatusCode::NOT_FOUND);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }

    async fn a_waiting_invitation_is_taken_back_by_its_id(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let (_, kofis) = server.organiser("kofi@example.org").await;
        let path = server.members_path(ama).await;
        let token = server.invite(&path, &key, "kofi@example.org", "owner").await;
        let list = server.send(Call::new("GET", &path).key(&key).empty()).await;
        let waiting = list.json["data"][1]["invite_id"].as_str().unwrap().to_string();

        let taken = server.send(Call::new("DELETE", &format!("{path}/{waiting}")).key(&key).empty()).await;

        assert_eq!(taken.status, StatusCode::NO_CONTENT);
        assert_eq!(server.join(&kofis, &token).await.status, StatusCode::NOT_FOUND);
    }

    async fn the_last_owner_is_not_removed(db: TestDb) {
        let server = Server::new(&db).await;
        let (ama, key) = server.organiser("ama@example.org").await;
        let path = server.members_path(ama).await;

        let kept = server.send(Call::new("DELETE", &format!("{path}/{ama}")).key(&key).empty()).await;

        assert_eq!((kept.status, kept.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
    }
}
