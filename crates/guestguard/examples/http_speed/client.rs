//! The least of an HTTP client: keep-alive, one request in flight on each connection, any answer but 200 is an error.

use std::cell::Cell;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request, ready to be sent.
#[derive(Clone)]
pub(crate) struct Request {
    head: String,
    body: String,
}

/// What came back.
pub(crate) struct Answer {
    head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self { head: format!("GET {path} HTTP/1.1\r\nhost: bench\r\n"), body: String::new() }
    }

    pub(crate) fn json(method: &str, path: &str, body: &serde_json::Value) -> Self {
        Self::text(method, path, "application/json", body.to_string())
    }

    pub(crate) fn text(method: &str, path: &str, kind: &str, body: String) -> Self {
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n"
        );
        Self { head, body }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        // Writing to a text does not fail.
        let _ = write!(self.head, "{name}: {value}\r\n");
        self
    }

    /// Its first line.
    fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    fn bytes(&self) -> Vec<u8> {
        format!("{}\r\n{}", self.head, self.body).into_bytes()
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Result<serde_json::Value> {
        Ok(serde_json::from_str(&self.body)?)
    }

    /// The cookies that were set, as a browser sends them back.
    pub(crate) fn cookies(&self) -> String {
        let set = self.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        let pairs: Vec<&str> = set.filter_map(|cookie| cookie.split(';').next()).collect();
        pairs.join("; ")
    }
}

/// One call on a connection of its own, that is answered.
pub(crate) async fn call(address: SocketAddr, request: &Request) -> Result<Answer> {
    let answer = send(address, request).await?;
    if !answer.head.starts_with("HTTP/1.1 2") {
        bail!("{} was answered\n{}{}", request.line(), answer.head, answer.body);
    }
    Ok(answer)
}

/// One call on a connection of its own, that is refused with `status`.
pub(crate) async fn call_refused(address: SocketAddr, request: &Request, status: u16) -> Result<()> {
    let answer = send(address, request).await?;
    if !answer.head.starts_with(&format!("HTTP/1.1 {status} ")) {
        bail!("{} was answered\n{}", request.line(), answer.head);
    }
    Ok(())
}

async fn send(address: SocketAddr, request: &Request) -> Result<Answer> {
    let mut connection = Connection::open(address).await?;
    connection.send(&request.bytes()).await?;
    let head = String::from_utf8(connection.buffer[..connection.head].to_vec())?;
    let body = String::from_utf8(connection.buffer[connection.head..].to_vec())?;
    Ok(Answer { head, body })
}

/// Requests for so long, each connection walking through its own part of them; how many were answered.
pub(crate) async fn load(
    address: SocketAddr,
    requests: Vec<Request>,
    seconds: Duration,
    connections: usize,
) -> Result<u64> {
    let done = Rc::new(Cell::new(0));
    let until = Instant::now() + seconds;
    let requests: Vec<Vec<u8>> = requests.iter().map(Request::bytes).collect();
    let requests: Rc<[Vec<u8>]> = requests.into();
    let mut callers = Vec::with_capacity(connections);
    for first in 0..connections {
        let (requests, done) = (Rc::clone(&requests), Rc::clone(&done));
        callers.push(tokio::task::spawn_local(async move {
            let mut connection = Connection::open(address).await?;
            for request in requests.iter().skip(first).step_by(connections).cycle() {
                if Instant::now() > until {
                    break;
                }
                connection.send(request).await?;
                if !connection.buffer.starts_with(b"HTTP/1.1 200") {
                    bail!("{}", String::from_utf8_lossy(&connection.buffer));
                }
                done.set(done.get() + 1);
            }
            Ok(())
        }));
    }
    for caller in callers {
        caller.await??;
    }
    Ok(done.get())
}

struct Connection {
    socket: TcpStream,
    /// The answer, its head first.
    buffer: Vec<u8>,
    head: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: Vec::with_capacity(64 * 1024), head: 0 })
    }

    /// Sends a request and reads its answer.
    async fn send(&mut self, request: &[u8]) -> Result<()> {
        self.socket.write_all(request).await?;
        self.buffer.clear();
        let mut whole = usize::MAX;
        while self.buffer.len() < whole {
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server hung up");
            }
            if whole == usize::MAX
                && let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n")
            {
                self.head = end + 4;
                let head = std::str::from_utf8(&self.buffer[..self.head])?;
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                whole = self.head + length.map_or(Ok(0), str::parse).context("a length")?;
            }
        }
        Ok(())
    }
}
