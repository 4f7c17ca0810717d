//! `/readyz` while the database is away, and when it is back.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use gg_store::{Store, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database, on_sqlite};
use serde_json::json;

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

#[test]
fn a_database_that_another_process_keeps_locked_is_not_ready_until_it_lets_go() {
    on_sqlite(async |db: TestDb| {
        let server = Server::new(&db).await;
        let other = Store::open(&db.url).unwrap();
        let (locked, is_locked) = mpsc::sync_channel(1);
        let (let_go, wait) = mpsc::sync_channel::<()>(1);
        let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
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
