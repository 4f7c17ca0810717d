//! `/readyz` while the database or a risk engine elsewhere is away, and when the database is back; and that of a process
//! which serves the engine alone.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use gg_domain::snapshot::Snapshot;
use gg_risk::{Known, ScoreFuture, Scorer, ScorerError};
use gg_store::{Store, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database, on_sqlite};
use gg_web::engine::{self, Engine};
use serde_json::json;
use tower::ServiceExt as _;

use crate::stage::{Answer, Call, Server};

/// Longest time that it takes to be ready again (SAFETY.md).
const BACK_MAX: Duration = Duration::from_secs(5);

each_database! {
    async fn a_server_whose_database_is_away_says_so_and_comes_back_by_itself(db: TestDb) {
        let server = Server::new(&db).await;
        let (_, key) = server.organiser("ama@example.org").await;
        assert_eq!(ready(&server).await.status, StatusCode::OK);

        for _ in 0..2 {
            let away = db.take_away().await;
            let failing = ready(&server).await;
            assert_eq!(failing.status, StatusCode::SERVICE_UNAVAILABLE, "{failing:?}");
            let checks = json!({ "database": "failing", "bus": "ok", "risk": "ok" });
            assert_eq!(failing.json, json!({ "status": "failing", "checks": checks }));
            assert_eq!(server.send(Call::new("GET", "/healthz").empty()).await.status, StatusCode::OK, "it lives");
            if !db.is_sqlite() {
                let refused = server.send(Call::new("GET", "/api/v1/events").key(&key).empty()).await;
                assert_eq!((refused.status, refused.problem()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
                assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
            }

            away.back().await;
            until_ready(&server).await;
            let served = server.send(Call::new("GET", "/api/v1/events").key(&key).empty()).await;
            assert_eq!(served.status, StatusCode::OK);
        }
    }
}

/// An engine that does not answer, and knows it.
struct Away;

impl Scorer for Away {
    fn score<'a>(&'a self, _: &'a Snapshot, _: Known<'a>) -> ScoreFuture<'a> {
        Box::pin(std::future::ready(Err(ScorerError::Unavailable)))
    }

    fn answers(&self) -> bool {
        false
    }
}

#[test]
fn guests_can_be_sent_here_while_the_engine_is_away_and_it_is_named() {
    on_sqlite(async |db: TestDb| {
        let mut app = db.app().await;
        app.scorer = Arc::new(Away);

        let ready = ready(&Server::of(app)).await;

        assert_eq!(ready.status, StatusCode::OK);
        let checks = json!({ "database": "ok", "bus": "ok", "risk": "degraded" });
        assert_eq!(ready.json, json!({ "status": "degraded", "checks": checks }));
    });
}

#[tokio::test]
async fn an_engine_that_fails_is_not_ready_and_lives() {
    for (answers, status, word) in [(true, 200, "ok"), (false, 503, "failing")] {
        let router = engine::router(Engine {
            answers: Box::new(move || Box::pin(std::future::ready(answers))),
            metrics: Box::new(|| "guestguard_up 1".to_string()),
        });
        let ask = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            (status, to_bytes(answer.into_body(), 1 << 20).await.unwrap())
        };
        let (code, said) = ask("/readyz").await;
        assert_eq!(code, status);
        let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
        assert_eq!(said, json!({ "status": word, "checks": { "risk": word } }));
        assert_eq!(ask("/healthz").await.0, 200);
        assert_eq!(ask("/metrics").await.1, "guestguard_up 1");
        assert_eq!(ask("/").await.0, 404);
    }
}

#[test]
fn a_database_that_another_process_keeps_locked_is_not_ready_until_it_lets_go() {
    on_sqlite(async |db: TestDb| {
        let server = Server::new(&db).await;
        let other = Store::open(&db.url).unwrap();
        let (locked, is_locked) = mpsc::sync_channel(1);
        let (let_go, wait) = mpsc::sync_channel::<()>(1);
        let wait = Arc::new(std::sync::Mutex::new(wait));
        let holder = tokio::spawn(async move {
            other
                .write(async move |_: &mut WriteTx| -> Result<(), StoreError> {
                    locked.send(()).unwrap();
                    let _ = wait.lock().unwrap().recv();
                    Ok(())
                })
                .await
        });
        tokio::task::spawn_blocking(move || is_locked.recv().unwrap()).await.unwrap();

        let failing = ready(&server).await;
        drop(let_go);
        holder.await.unwrap().unwrap();

        assert_eq!(failing.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(failing.json["checks"]["database"], "failing");
        until_ready(&server).await;
    });
}

async fn ready(server: &Server) -> Answer {
    server.send(Call::new("GET", "/readyz").empty()).await
}

async fn until_ready(server: &Server) {
    let began = Instant::now();
    while ready(server).await.status != StatusCode::OK {
        assert!(began.elapsed() < BACK_MAX, "it is not ready {BACK_MAX:?} after the database came back");
        tokio::task::yield_now().await;
    }
}
