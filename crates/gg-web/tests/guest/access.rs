//! `POST /api/v1/invites/access`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use gg_domain::actor::Permission;
use gg_domain::policy::Policy;
use serde_json::{Value, json};

use crate::stage::{Ask, guest_path};

const PATH: &str = "/api/v1/invites/access";

guest_path! {
    async fn an_opening_is_answered_with_exactly_what_the_contract_says(stage: Stage) {
        let opened = stage.open(&stage.token).await;
        let mut said = opened.json();
        let access: uuid::Uuid = said["access_id"].take().as_str().unwrap().parse().unwrap();

        assert_eq!(access.get_version_num(), 7);
        let exactly = json!({"access_id": null, "decision": "allow", "band": "low", "label": "Verified", "degraded": false});
        assert_eq!(said, exactly);
        assert_eq!(opened.header("cache-control"), "no-store");
    }

    async fn a_browser_without_script_is_judged_too(stage: Stage) {
        for body in [json!({"token": stage.token}), json!({"token": stage.token, "signals": null}), json!({"token": stage.token, "signals": {}})] {
            let opened = stage.ask(Ask::new("POST", PATH).json(&body)).await.json();
            assert!(opened["band"].is_string(), "{body}: {opened}");
        }
    }

    async fn a_machines_opening_comes_in_unjudged_and_makes_no_message(stage: Stage) {
        let opened = stage.tell(&stage.token, json!({"visible_ms": 300, "interacted": false})).await;

        let said = opened.json();
        assert_eq!((&said["band"], &said["label"], &said["decision"]), (&Value::Null, &Value::Null, &json!("allow")));
        assert!(opened.cookies().is_empty(), "a cookie that is born there proves nothing");
        assert_eq!(stage.words("select class from accesses").await, ["scanner"]);
        assert_eq!(stage.words("select kind from feed where kind <> 'guest.created'").await, [""; 0]);
    }

    async fn wrong_signals_are_named_each_and_nothing_is_written(stage: Stage) {
        let before = stage.rows().await;
        let told = stage.tell(&stage.token, json!({"cores": "four", "webdriver": 1, "later": {}})).await;

        assert_eq!(told.pointers(), ["/signals/cores", "/signals/webdriver"]);
        assert_eq!(stage.rows().await, before);
    }

    async fn no_signals_make_more_of_a_fault_than_a_refusal(stage: Stage) {
        let before = stage.rows().await;
        let told = async |signals: &[u8]| {
            let body = [format!(r#"{{"token":"{}","signals":"#, stage.token).as_bytes(), signals, b"}"].concat();
            let request = Request::post(PATH).header("content-type", "application/json").body(Body::from(body));
            stage.ask(request.unwrap()).await
        };
        let ten_megabytes = format!(r#""{}""#, "f".repeat(10_000_000));
        let fonts = format!(r#"{{"fonts":[{}"x"]}}"#, r#""Arial","#.repeat(1_000_000));
        let deep = format!(r#"{{"fonts":{}1{}}}"#, "[".repeat(100), "]".repeat(100));

        assert_eq!(told(ten_megabytes.as_bytes()).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(told(fonts.as_bytes()).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(told(deep.as_bytes()).await.pointers(), ["/signals/fonts"]);
        let unlike = br#"{"cores":"4","screen":[],"languages":["de",7],"interacted":"yes"}"#;
        assert_eq!(
            told(unlike).await.pointers(),
            ["/signals/screen", "/signals/cores", "/signals/languages/1", "/signals/interacted"]
        );
        for no_json in ["{\"memory\":NaN}", "{\"memory\":1e999}", &"[".repeat(5_000), "{\"fonts\":", "\"\\ud800\""] {
            assert_eq!(told(no_json.as_bytes()).await.status, StatusCode::BAD_REQUEST, "{no_json}");
        }
        assert_eq!(told(b"{\"platform\":\"\xff\"}").await.status, StatusCode::BAD_REQUEST);
        assert_eq!(stage.rows().await, before);
    }

    async fn every_signals_of_the_fuzz_corpus_is_scored_or_refused(stage: Stage) {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/signals");
        for case in std::fs::read_dir(corpus).unwrap() {
            let case = case.unwrap().path();
            let signals = std::fs::read(&case).unwrap();
            let body = [format!(r#"{{"token":"{}","signals":"#, stage.token).as_bytes(), &signals, b"}"].concat();
            let request = Request::post(PATH).header("content-type", "application/json").body(Body::from(body));
            let status = stage.ask(request.unwrap()).await.status;

            assert!(matches!(status.as_u16(), 200 | 400 | 422), "{}: {status}", case.display());
        }
    }

    async fn a_token_must_be_a_text(stage: Stage) {
        for body in [json!({}), json!({"token": null}), json!({"token": [stage.token]})] {
            assert_eq!(stage.ask(Ask::new("POST", PATH).json(&body)).await.pointers(), ["/token"]);
        }
    }

    async fn every_dead_token_gets_one_and_the_same_problem(stage: Stage) {
        let (revoked_guest, revoked) = stage.invite("Yaw", 0).await;
        stage.app.revoke_invite(stage.may(Permission::Links), revoked_guest).await.unwrap();
        let rotated = stage.token.clone();
        stage.app.rotate_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        let padded = format!("{revoked}==");

        let first = stage.open("x").await;
        assert_eq!(first.status, StatusCode::NOT_FOUND);
        assert_eq!(first.header("content-type"), "application/problem+json");
        for dead in ["", &revoked, &rotated, &rotated[1..], &padded, "eyJhbGciOiJub25lIn0.e30.", "\u{202e}é"] {
            assert_eq!(stage.open(dead).await.all(), first.all(), "{dead}");
            // Whoever holds no living link is told nothing else.
            assert_eq!(stage.tell(dead, json!(7)).await.all(), first.all(), "{dead}");
        }
    }

    async fn one_changed_character_anywhere_kills_a_token(stage: Stage) {
        let first = stage.open("x").await.all();
        for at in 0..stage.token.len() {
            let mut changed = stage.token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(stage.open(&changed).await.all(), first, "at {at}");
        }
    }

    async fn an_organisers_look_is_a_test(stage: Stage) {
        let (_, key) = stage.app.create_api_key(stage.owner, "tests", Vec::new()).await.unwrap();
        let body = json!({"token": stage.token, "signals": null});
        let ask = Ask::new("POST", PATH).header("authorization", &format!("Bearer {}", *key));
        let looked = stage.ask(ask.json(&body)).await;

        assert_eq!((&looked.json()["test"], &looked.json()["band"]), (&json!(true), &Value::Null));
        assert!(!looked.cookies().iter().any(|cookie| cookie.contains("device")), "a test binds nothing");
        assert_eq!(stage.words("select kind from feed where kind <> 'guest.created'").await, [""; 0]);
    }

    async fn a_try_of_the_link_is_a_test_for_whoever_opens_it(stage: Stage) {
        let tried = stage.app.try_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        let looked = stage.open(tried.token.expose()).await.json();

        assert_eq!((&looked["test"], &looked["band"]), (&json!(true), &Value::Null));
    }

    async fn a_browser_keeps_its_cookie_and_is_known_by_it(stage: Stage) {
        let first = stage.open(&stage.token).await;
        let body = json!({"token": stage.token, "signals": {"interacted": true, "visible_ms": 9000}});
        let ask = Ask::new("POST", PATH).header("cookie", &first.cookie("__Host-gg_device"));
        let second = stage.ask(ask.json(&body)).await;

        assert!(!second.cookies().iter().any(|cookie| cookie.contains("device")), "{:?}", second.cookies());
        assert_eq!(stage.words("select count(*) || '' from guest_devices").await, ["1"]);
        assert_eq!(stage.words("select count(distinct device_id) || '' from accesses").await, ["1"]);
    }

    async fn a_cookie_that_we_did_not_write_is_no_device(stage: Stage) {
        let forged = format!("__Host-gg_device={}", "A".repeat(43));
        let body = json!({"token": stage.token, "signals": null});
        let opened = stage.ask(Ask::new("POST", PATH).header("cookie", &forged).json(&body)).await;

        assert!(!opened.cookie("__Host-gg_device").contains("AAAAAAAA"));
    }

    async fn bodies_that_are_none_are_refused_as_the_standards_say(stage: Stage) {
        let send = |kind: &str, body: String| {
            let request = Request::builder().method("POST").uri(PATH).header("content-type", kind);
            request.body(Body::from(body)).unwrap()
        };
        let large = json!({"token": "x".repeat(70_000)}).to_string();

        assert_eq!(stage.ask(send("application/json", large)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(stage.ask(send("application/json", "{".into())).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(stage.ask(send("application/json", "[]".into())).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(stage.ask(send("text/plain", "{}".into())).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(stage.get(PATH).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }

    async fn a_link_that_was_used_up_is_still_open_to_the_guests_own_device(stage: Stage) {
        let cookie = stage.open(&stage.token).await.cookie("__Host-gg_device");
        while stage.web.limits.opening(stage.link(1)).is_ok() {}

        let stranger = stage.open(&stage.token).await;
        assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(stranger.header("retry-after").parse::<u32>().unwrap() >= 1);
        let body = json!({"token": stage.token, "signals": null});
        let own = stage.ask(Ask::new("POST", PATH).header("cookie", &cookie).json(&body)).await;
        assert_eq!(own.status, StatusCode::OK, "{}", own.body);
        let (_, other) = stage.invite("Yaw", 0).await;
        assert_eq!(stage.open(&other).await.status, StatusCode::OK);
    }

    async fn a_dead_link_is_dead_however_often_it_is_tried_and_uses_up_nothing_of_the_new_one(stage: Stage) {
        let dead = stage.token.clone();
        let new = stage.app.rotate_invite(stage.may(Permission::Links), stage.guest).await.unwrap();
        while stage.web.limits.opening(stage.link(1)).is_ok() {}

        assert_eq!(stage.open(&dead).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stage.open(new.token.expose()).await.status, StatusCode::OK);
    }

    async fn a_flood_of_bad_tokens_keeps_nobody_with_a_living_link_out(stage: Stage) {
        while stage.web.limits.bad_token(None).is_ok() {}

        assert_eq!(stage.open("x").await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(stage.get("/i/x").await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(stage.open(&stage.token).await.status, StatusCode::OK);
    }

    async fn without_fingerprint_nothing_of_the_machine_is_kept(stage: Stage) {
        stage.set_policy(Policy { fingerprint: false, ..Policy::default() }).await;
        stage.tell(&stage.token, json!({"canvas": "c0ffee", "cores": 4, "visible_ms": 2000, "interacted": true})).await;

        let kept = stage.words("select signals from access_signals union all select snapshot from accesses").await;
        assert_eq!(kept.len(), 2);
        assert!(kept.iter().all(|kept| !kept.contains("c0ffee") && !kept.contains("cores")), "{kept:?}");
    }
}
