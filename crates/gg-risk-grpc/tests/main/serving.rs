//! A server on a free port, in this process.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gg_risk::ScorerError;
use gg_risk_grpc::{RemoteScorer, serve};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

/// How long a test waits for what must come: far more than it takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What `ask` gives in the end: on a machine that is busy with other things an engine that is well may be late, and a
/// breaker open.
pub(crate) async fn in_the_end<T>(scorer: &RemoteScorer, ask: impl AsyncFn() -> Result<T, ScorerError>) -> T {
    let began = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => assert!(began.elapsed() < PATIENCE, "{error} after {PATIENCE:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let _ = scorer.try_once().await;
    }
}

pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Serving {
    pub(crate) async fn begin(token: Option<&'static str>) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), token).await
    }

    pub(crate) async fn at(address: SocketAddr, token: Option<&'static str>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let until = stop.clone();
        let task = tokio::spawn(async move { serve(listener, token, until).await.unwrap() });
        Self { address, stop, task }
    }

    pub(crate) fn scorer(&self, token: Option<&str>) -> RemoteScorer {
        scorer(self.address, token)
    }

    /// A bare connection.
    pub(crate) async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    /// Tells it to stop; gives back when it has.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// It is gone from one moment to the next, as a process that was killed.
    pub(crate) async fn die(self) -> SocketAddr {
        self.task.abort();
        let _ = self.task.await;
        self.address
    }
}

pub(crate) fn scorer(address: SocketAddr, token: Option<&str>) -> RemoteScorer {
    RemoteScorer::new(&format!("http://{address}"), token).unwrap()
}
