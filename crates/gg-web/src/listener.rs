//! Accepts connections and serves HTTP/1.1 on them. Ours rather than `axum::serve`, which has no time-out for request
//! headers and no cap on connections: here everything a peer can hold is counted, and everything it can delay is timed.

mod body;
mod connection;
mod host;
mod pace;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(crate) use connection::Connection;
pub use pace::Patience;

/// Connections at one time where the system allows as many files. Each costs some 20 KiB while it is served.
pub const CONNECTIONS_MAX: usize = 8_192;
/// Open files kept for other than connections: databases, pools, logs, refusals.
pub const FILES_RESERVED: usize = 64;
/// Time for a request's head, and for an idle connection to send its next one.
pub const HEADER_LIMIT: Duration = Duration::from_secs(15);
/// Bytes of a request's head: twice what browsers with large cookies send.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Waiting for one request's body, or for one response to be read, that costs the peer nothing.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes a second at which a peer may go on beyond that: a poor mobile line sends 48 MB in 25 minutes.
pub const PACE_MIN: u64 = 32 * 1024;
/// Time for requests in flight, and feeds, to end at shutdown: shorter than the 30 s after which supervisors kill.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(20);

/// Connections over the cap that are told so at one time; more wait in the kernel's backlog.
const REFUSALS_MAX: usize = 16;
/// Time to tell one of them.
const REFUSAL_LIMIT: Duration = Duration::from_secs(1);
/// hyper's least buffer for one connection, in bytes; it panics below.
const BUFFER_MIN: usize = 8 * 1024;
/// Pause when the system has no socket to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    retry-after: 5\r\ncontent-type: application/problem+json\r\ncontent-length: 97\r\nconnection: close\r\n\r\n\
    {\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"too many connections\"}";

/// What one listener lets peers have.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at one time, feeds among them; one more gets 503. See [`CONNECTIONS_MAX`].
    pub connections: usize,
    /// See [`HEADER_LIMIT`].
    pub header: Duration,
    /// See [`HEAD_BYTES_MAX`]; more gets 431, as do more than 100 fields (hyper's own limit, which costs nothing).
    pub head_bytes: usize,
    /// How slowly a body may come (else 408) and a response may be read (else the connection is cut).
    pub patience: Patience,
    /// See [`DRAIN_LIMIT`].
    pub drain: Duration,
}

impl Default for Limits {
    /// The product's limits, with fewer connections where the process may open fewer files.
    fn default() -> Self {
        let files = open_files_max().unwrap_or(usize::MAX);
        Self {
            connections: files.saturating_sub(FILES_RESERVED).clamp(1, CONNECTIONS_MAX),
            header: HEADER_LIMIT,
            head_bytes: HEAD_BYTES_MAX,
            patience: Patience { grace: PATIENCE, bytes_per_s: PACE_MIN },
            drain: DRAIN_LIMIT,
        }
    }
}

/// Serves `app` on `listener` until `shutdown`; then takes no more, closes idle connections, and waits for what is in
/// flight, at most `limits.drain`. Feeds are in flight until [`crate::live::Hub::drain`] ends them. Handlers find the peer's address in [`ConnectInfo<SocketAddr>`].
///
/// # Errors
/// None that a peer or a lack of files can cause: those are waited out.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let refusals = Arc::new(Semaphore::new(REFUSALS_MAX));
    // Cancelled when the drain is over, or when this future is dropped.
    let hard_stop = CancellationToken::new();
    let _stop_on_drop = hard_stop.clone().drop_guard();
    let mut is_short_of_files = false;

    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                is_short_of_files = false;
                if let Ok(permit) = Arc::clone(&connections).try_acquire_owned() {
                    let served = serve_one(stream, peer, permit, app.clone(), limits, shutdown.clone());
                    tokio::spawn(hard_stop.clone().run_until_cancelled_owned(served));
                } else if let Ok(permit) = tokio::select! {
                    () = shutdown.cancelled() => break,
                    permit = Arc::clone(&refusals).acquire_owned() => permit,
                } {
                    metrics::counter!("guestguard_connections_refused_total").increment(1);
                    tokio::spawn(refuse(stream, permit));
                }
            }
            Err(error) if is_of_one_peer(&error) => {}
            Err(error) => {
                if !std::mem::replace(&mut is_short_of_files, true) {
                    tracing::error!(%error, "no connection can be accepted now");
                }
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);

    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    if timeout(limits.drain, connections.acquire_many(all)).await.is_err() {
        tracing::warn!("connections were cut, since they did not end in time");
    }
    Ok(())
}

async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
    app: Router,
    limits: Limits,
    shutdown: CancellationToken,
) {
    // Answers and feed messages are small and whole: waiting for more to send only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "connection keeps its delay");
    }
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let app = app.clone();
        async move {
            let (parts, body) = request.into_parts();
            if let Some(refused) = host::refused(parts.version, &parts.headers) {
                return Ok(refused);
            }
            let (body, cut) = body::watched(body, limits.patience);
            let mut request = hyper::Request::from_parts(parts, body);
            request.extensions_mut().insert(ConnectInfo(peer));
            let Ok(response) = app.oneshot(request).await;
            Ok::<_, Infallible>(cut.or(response))
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.head_bytes.max(BUFFER_MIN))
        .serve_connection(TokioIo::new(Connection::new(stream, permit, limits.patience)), service)
        .with_upgrades();

    let mut served = pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = shutdown.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Says 503 and reads to the end, so that the kernel does not answer the unread request with a reset before the peer
/// has read why.
async fn refuse(mut stream: TcpStream, _permit: OwnedSemaphorePermit) {
    let told = async {
        stream.write_all(REFUSAL).await?;
        stream.shutdown().await?;
        let mut piece = [0; 1_024];
        while stream.read(&mut piece).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    // A peer that is gone, or that sends for ever, has had its answer.
    let _ = timeout(REFUSAL_LIMIT, told).await;
}

/// Whether an error of `accept` is about the one connection that was to be accepted.
fn is_of_one_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Files that this process may open, where the system tells.
fn open_files_max() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    soft_limit_of_files(&limits)
}

fn soft_limit_of_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_is_as_long_as_it_says() {
        let text = std::str::from_utf8(REFUSAL).expect("ASCII");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    }

    #[test]
    fn limit_of_open_files_is_read_from_the_systems_words() {
        let text = "Limit                     Soft Limit           Hard Limit           Units     \n\
            Max open files            256                  1048576              files     \n";
        assert_eq!(soft_limit_of_files(text), Some(256));
        assert_eq!(soft_limit_of_files("Max open files            unlimited   unlimited  files\n"), None);
    }
}
