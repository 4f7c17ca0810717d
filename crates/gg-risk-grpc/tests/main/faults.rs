//! The engine hung, dead, raving, and back: guests wait a few times at most, and nobody is judged by rubbish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gg_risk::{SCORE_DEADLINE, Scorer, ScorerError};
use gg_risk_grpc::v1::risk_scorer_server::{RiskScorer, RiskScorerServer};
use gg_risk_grpc::{FAILURES_MAX, RemoteScorer, v1};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::questions::{Question, questions};
use crate::serving::{PATIENCE, Serving, in_the_end, scorer};

async fn ask(scorer: &RemoteScorer, question: &Question) -> Result<gg_domain::risk::Score, ScorerError> {
    scorer.score(&question.seen, question.known()).await
}

/// Watched until it answers, or does not.
async fn watched_until(scorer: &RemoteScorer, answers: bool) {
    let stop = CancellationToken::new();
    let watcher = tokio::spawn({
        let (scorer, stop) = (scorer.clone(), stop.clone());
        async move { scorer.watch(stop).await }
    });
    let began = Instant::now();
    while scorer.answers() != answers {
        assert!(began.elapsed() < PATIENCE, "still {answers:?} after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    watcher.await.unwrap();
}

/// An address that takes connections and says nothing; what it was sent is counted.
async fn hung() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, met) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = met.clone();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            held.push(stream);
        }
    });
    (address, met)
}

#[tokio::test]
async fn a_hung_engine_costs_a_few_guests_a_wait_and_then_nothing() {
    let (address, met) = hung().await;
    let (scorer, questions) = (scorer(address, None), questions());

    for question in questions.iter().take(FAILURES_MAX as usize) {
        let began = Instant::now();
        assert_eq!(ask(&scorer, question).await.unwrap_err(), ScorerError::Timeout);
        assert!(began.elapsed() >= SCORE_DEADLINE && began.elapsed() < PATIENCE);
    }
    let began = Instant::now();
    for question in questions.iter().cycle().take(1000) {
        assert_eq!(ask(&scorer, question).await.unwrap_err(), ScorerError::Unavailable);
    }
    // A thousand deadlines are four minutes.
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    assert!(met.load(Ordering::SeqCst) > 0 && !scorer.answers());
}

#[tokio::test]
async fn a_guest_who_gives_up_does_not_open_the_breaker_and_one_that_hangs_does_without_him() {
    let (serving, questions) = (Serving::begin(None).await, questions());
    let well = serving.scorer(None);
    let mut stays_closed = false;
    // More than once, since on a busy machine the engine itself may be late.
    for _ in 0..5 {
        in_the_end(&well, async || ask(&well, &questions[0]).await).await;
        for question in questions.iter().take(20) {
            let _ = futures_util::FutureExt::now_or_never(ask(&well, question));
        }
        let _ = ask(&well, &questions[0]).await;
        stays_closed |= well.answers();
    }
    assert!(stays_closed, "who gives up is not the engine's fault");

    let (address, _) = hung().await;
    let hanging = scorer(address, None);
    for question in questions.iter().take(FAILURES_MAX as usize) {
        let _ = tokio::time::timeout(Duration::from_millis(1), ask(&hanging, question)).await;
    }
    let began = Instant::now();
    while hanging.answers() {
        assert!(began.elapsed() < PATIENCE, "what came of the calls is noted although nobody waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_engine_that_died_is_asked_again_when_it_is_back_and_no_guest_tries_it() {
    let serving = Serving::begin(None).await;
    let (scorer, questions) = (serving.scorer(None), questions());
    in_the_end(&scorer, async || ask(&scorer, &questions[0]).await).await;

    let address = serving.die().await;
    watched_until(&scorer, false).await;
    assert_eq!(ask(&scorer, &questions[0]).await.unwrap_err(), ScorerError::Unavailable);

    let again = Serving::at(address, None).await;
    watched_until(&scorer, true).await;
    for question in &questions {
        let score = in_the_end(&scorer, async || ask(&scorer, question).await).await;
        assert_eq!(score, question.score);
    }
    again.end().await;
}

#[tokio::test]
async fn many_at_once_share_one_connection_and_all_are_answered() {
    let serving = Serving::begin(None).await;
    let scorer = serving.scorer(None);
    in_the_end(&scorer, async || ask(&scorer, &questions()[0]).await).await;
    let asked = questions().into_iter().map(|question| {
        let scorer = scorer.clone();
        tokio::spawn(async move { (ask(&scorer, &question).await, question) })
    });
    let asked: Vec<_> = asked.collect();
    let mut answered = 0;
    for one in asked {
        let (outcome, question) = one.await.unwrap();
        // On a machine that is busy with other things a few may be late; who is answered is answered rightly.
        if let Ok(score) = outcome {
            assert_eq!(score, question.score);
            answered += 1;
        }
    }
    assert!(answered > 0);
}

/// Answers what is no score.
#[derive(Clone, Copy)]
enum Raving {
    Nothing,
    NoChance,
    NoBand,
    NoReason,
}

#[tonic::async_trait]
impl RiskScorer for Raving {
    async fn score(&self, _: Request<v1::ScoreRequest>) -> Result<Response<v1::ScoreResponse>, Status> {
        let sound =
            v1::Score { p: 0.1, raw: 0.1, z: 0.0, leak: 0.1, band: 1, reasons: vec![], model: "x".into() };
        let score = match self {
            Self::Nothing => None,
            Self::NoChance => Some(v1::Score { p: f64::NAN, ..sound }),
            Self::NoBand => Some(v1::Score { band: 9, ..sound }),
            Self::NoReason => {
                let reasons = vec![v1::Reason { code: "HUNCH".into(), nats: 1.0 }];
                Some(v1::Score { reasons, ..sound })
            }
        };
        Ok(Response::new(v1::ScoreResponse { score }))
    }

    async fn confirm(&self, _: Request<v1::ConfirmRequest>) -> Result<Response<v1::ConfirmResponse>, Status> {
        Err(Status::unimplemented("it raves"))
    }
}

#[tokio::test]
async fn rubbish_counts_as_no_answer() {
    for raving in [Raving::Nothing, Raving::NoChance, Raving::NoBand, Raving::NoReason] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::builder().add_service(RiskScorerServer::new(raving));
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        let scorer = scorer(address, None);
        for _ in 0..FAILURES_MAX {
            assert_eq!(scorer.try_once().await.unwrap_err(), ScorerError::Unavailable);
        }
        assert!(!scorer.answers());
    }
}
