//! The accept loop over real TCP, against peers that behave as badly as they can.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use gg_web::listener::{Limits, Patience, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Longest wait for anything that should happen.
const SOON: Duration = Duration::from_secs(30);
/// Time-outs short enough for a test, long enough for a busy machine to be prompt.
const SHORT: Duration = Duration::from_millis(700);

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, future).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

fn short() -> Limits {
    let patience = Patience { grace: SHORT, bytes_per_s: 1_000_000 };
    Limits { header: SHORT, patience, drain: SHORT, ..Limits::default() }
}

struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    /// Lets `/wait` answer.
    go: Arc<Notify>,
    /// Tells that `/wait` was reached.
    reached: Arc<Notify>,
}

impl Server {
    async fn new(limits: Limits) -> Self {
        let (go, reached) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (wait_go, wait_reached) = (Arc::clone(&go), Arc::clone(&reached));
        let app = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/who", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
            .route("/echo", post(|body: Bytes| async { body }))
            .route("/large", get(|| async { Body::from(vec![b'x'; 64 * 1024 * 1024]) }))
            .route(
                "/wait",
                get(|| async move {
                    wait_reached.notify_one();
                    wait_go.notified().await;
                    "done"
                }),
            );
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(serve(listener, app, limits, shutdown.clone()));
        Self { address, shutdown, served, go, reached }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    async fn ask(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_ref()).await.expect("a request");
        to_the_end(stream).await
    }

    async fn is_well(&self) {
        let answer = self.ask("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
    }
}

async fn to_the_end(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset may follow an answer that came before the whole request.
    let _ = soon("the end of the answer", stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn handlers_know_the_peer() {
    let server = Server::new(Limits::default()).await;
    let mut stream = server.connect().await;
    let own = stream.local_addr().expect("an address").to_string();
    stream.write_all(b"GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("a request");
    let answer = to_the_end(stream).await;
    assert!(answer.ends_with(&own), "{answer}");
}

#[tokio::test]
async fn head_that_dribbles_is_cut_while_others_are_served() {
    let server = Server::new(short()).await;
    let (mut read, mut write) = server.connect().await.into_split();
    let dribble = tokio::spawn(async move {
        write.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await?;
        loop {
            write.write_all(b"x: y\r\n").await?;
            tokio::time::sleep(SHORT / 20).await;
        }
        #[expect(unreachable_code, reason = "names the type of the errors above")]
        Ok::<(), std::io::Error>(())
    });
    server.is_well().await;
    let mut answer = Vec::new();
    let _ = soon("the cut", read.read_to_end(&mut answer)).await;
    assert!(soon("the end of the dribble", dribble).await.expect("no panic").is_err());
}

#[tokio::test]
async fn connection_that_asks_nothing_is_closed() {
    let server = Server::new(short()).await;
    assert_eq!(server.ask("").await, "");
    let kept_alive = server.ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(kept_alive.ends_with("here"), "{kept_alive}");
}

#[tokio::test]
async fn body_that_dribbles_gets_408() {
    let server = Server::new(short()).await;
    let (mut read, mut write) = server.connect().await.into_split();
    let head = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n";
    write.write_all(head.as_bytes()).await.expect("a head");
    let dribble = tokio::spawn(async move {
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SHORT / 20).await;
        }
    });
    let mut answer = Vec::new();
    let _ = soon("the answer", read.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("connection: close"), "{answer}");
    drop(read);
    soon("the end of the dribble", dribble).await.expect("no panic");
}

#[tokio::test]
async fn body_that_comes_is_taken_whole() {
    let server = Server::new(short()).await;
    let body = "x".repeat(1_000_000);
    let head = format!(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let (mut read, mut write) = server.connect().await.into_split();
    let sending = async {
        write.write_all(head.as_bytes()).await.expect("a head");
        write.write_all(body.as_bytes()).await.expect("a body");
    };
    let mut answer = Vec::new();
    let (_, read) = soon("the echo", async { tokio::join!(sending, read.read_to_end(&mut answer)) }).await;
    read.expect("an answer");
    assert!(answer.ends_with(body.as_bytes()));
}

#[tokio::test]
async fn peer_that_does_not_read_is_cut_and_its_place_is_free_again() {
    let server = Server::new(Limits { connections: 1, ..short() }).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4 * 1024).expect("a small buffer");
    let mut slow = socket.connect(server.address).await.expect("a connection");
    slow.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
    soon("the free place", async {
        while !server
            .ask("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 200")
        {}
    })
    .await;
    drop(slow);
}

#[tokio::test]
async fn connection_over_the_cap_is_told_so_and_the_next_after_one_ends_is_served() {
    let server = Server::new(Limits { connections: 2, ..Limits::default() }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
        soon("an answer", stream.read_u8()).await.expect("a first byte");
        held.push(stream);
    }
    let answer = server.ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: "), "{answer}");

    held.pop();
    soon("the free place", async {
        while !server
            .ask("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 200")
        {}
    })
    .await;
}

#[tokio::test]
async fn head_that_is_too_large_is_refused() {
    let server = Server::new(Limits::default()).await;
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(32 * 1024));
    let answer = server.ask(large).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(101));
    let answer = server.ask(many).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "y".repeat(32 * 1024));
    let answer = server.ask(long).await;
    assert!(answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 414"), "{answer}");
    server.is_well().await;
}

#[tokio::test]
async fn framing_that_can_be_read_in_two_ways_is_refused() {
    let server = Server::new(short()).await;
    for framing in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5, 6",
        "content-length: +5",
        "content-length: -5",
        "content-length: 0x5",
        "content-length : 5",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: identity",
        "transfer-encoding: xchunked",
        "transfer-encoding : chunked",
        "transfer-encoding:\x0bchunked",
        "content-length: 5\r\n folded: 1",
    ] {
        let request =
            format!("POST /echo HTTP/1.1\r\nhost: x\r\n{framing}\r\n\r\n0\r\n\r\nGET /who HTTP/1.1\r\n\r\n");
        let answer = server.ask(request).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{framing:?}: {answer}");
        assert_eq!(
            answer.matches("HTTP/1.1").count(),
            usize::from(!answer.is_empty()),
            "{framing:?}: {answer}"
        );
    }
    server.is_well().await;
}

#[tokio::test]
async fn shutdown_closes_the_idle_and_lets_the_busy_finish() {
    let server = Server::new(Limits::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
    soon("an answer", idle.read_u8()).await.expect("a first byte");
    let mut busy = server.connect().await;
    busy.write_all(b"GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
    soon("the handler", server.reached.notified()).await;

    server.shutdown.cancel();
    assert!(to_the_end(idle).await.ends_with("here"));
    soon("the closed door", async { while TcpStream::connect(server.address).await.is_ok() {} }).await;
    assert!(!server.served.is_finished(), "a request is in flight");
    server.go.notify_one();
    assert!(to_the_end(busy).await.ends_with("done"));
    soon("the end", server.served).await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn drain_ends_in_time_whatever_is_in_flight() {
    let server = Server::new(short()).await;
    let mut stuck = server.connect().await;
    stuck.write_all(b"GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
    soon("the handler", server.reached.notified()).await;
    server.shutdown.cancel();
    soon("the end", server.served).await.expect("no panic").expect("no error");
    assert_eq!(to_the_end(stuck).await, "");
}

/// Not a test of its own: the server of the next one, in a process that may open few files.
#[tokio::test]
#[ignore = "runs as the child of lack_of_files_is_waited_out"]
async fn child_with_few_files() {
    let server = Server::new(Limits { connections: 1_000, ..Limits::default() }).await;
    eprintln!("serving on {}", server.address);
    server.served.await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn lack_of_files_is_waited_out() {
    let own = std::env::current_exe().expect("this test has a file");
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 32; exec \"$0\" --exact child_with_few_files --ignored --nocapture"])
        .arg(own)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let address: SocketAddr = lines
        .find_map(|line| line.ok()?.strip_prefix("serving on ")?.parse().ok())
        .expect("the child tells its address");

    for _ in 0..3 {
        let mut crowd = Vec::new();
        for _ in 0..80 {
            crowd.push(TcpStream::connect(address).await.expect("the kernel takes it"));
        }
        drop(crowd);
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("a request");
        assert!(to_the_end(stream).await.ends_with("here"));
    }
    child.kill().expect("the child ends");
    child.wait().expect("the child ended");
}

#[tokio::test]
async fn a_request_names_one_host() {
    let server = Server::new(short()).await;
    for hosts in ["", "host: x\r\nhost: x\r\n", "host: x\r\nHOST: y\r\n", "host:\r\n", "host: a b\r\n"] {
        let answer =
            server.ask(format!("GET / HTTP/1.1\r\n{hosts}\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n")).await;

        assert!(answer.starts_with("HTTP/1.1 400"), "{hosts:?}: {answer}");
        assert!(answer.contains("application/problem+json") && answer.contains("Host"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "what follows is not read: {answer}");
    }
    let old = server.ask("GET / HTTP/1.0\r\n\r\n").await;
    assert!(old.contains(" 200 ") && old.ends_with("here"), "{old}");
    server.is_well().await;
}
