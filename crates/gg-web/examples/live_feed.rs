//! What the live feed costs beside the least that it could: one event, 1,000 subscribers, messages of 300 bytes.
//!
//! Three servers, each in a process of its own so that its CPU time can be read: the hub; a loop that writes ready
//! bytes, one call for each message and socket; and the same loop that joins the messages that wait. The load keeps one
//! message in flight, or sixteen: the next is asked for when one has arrived everywhere. CPU time for each delivery is
//! what holds on a noisy machine. Run with `cargo run --release -p gg-web --example live_feed`; Linux only.

#![expect(clippy::print_stdout, reason = "prints its result")]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use gg_web::listener::{Limits, serve};
use gg_web::live::{
    EventId, FeedError, FeedMessage, FeedSource, Hub, HubLimits, Position, View, Watch, upgrade,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const SUBSCRIBERS: usize = 1_000;
/// Bytes of one message, and of its frame: a header of four.
const MESSAGE_LEN: usize = 300;
const FRAME_LEN: usize = MESSAGE_LEN + 4;
/// Time to warm up, and to measure.
const WARM_UP: Duration = Duration::from_millis(700);
const MEASURED: Duration = Duration::from_secs(3);
/// Rounds, of which the median counts.
const ROUNDS: usize = 3;
const EVENT: EventId = EventId::from_u128(1);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", "hub"] => serve_hub(),
        ["serve", "bare"] => serve_bare(1),
        ["serve", "joined"] => serve_bare(usize::MAX),
        ["load"] => measure_all(),
        [] => pinned("1", &["load"]).status().context("the load runs").map(drop),
        _ => bail!("usage: live_feed"),
    }
}

/// This program with `arguments`, on one core where the system can pin it.
fn pinned(core: &str, arguments: &[&str]) -> Command {
    let own = std::env::current_exe().unwrap_or_default();
    let can_pin =
        Command::new("taskset").args(["-c", core, "true"]).status().is_ok_and(|status| status.success());
    let mut command = if can_pin {
        let mut command = Command::new("taskset");
        command.args(["-c", core]).arg(own);
        command
    } else {
        Command::new(own)
    };
    command.args(arguments);
    command
}

// The servers. Each prints the addresses of its feed and of its control, on which one byte asks for one message.

fn message(seq: i64) -> FeedMessage {
    let start = format!(r#"{{"type":"access.checked","event_id":"{EVENT}","seq":{seq},"payload":{{"pad":""#);
    let json = format!("{start}{}\"}}}}", "x".repeat(MESSAGE_LEN - start.len() - 3));
    FeedMessage { seq, json: json.into() }
}

struct Counted(AtomicI64);

impl FeedSource for Counted {
    fn position(&self, _: EventId) -> BoxFuture<'_, Result<Position, FeedError>> {
        let highest = self.0.load(Ordering::SeqCst);
        async move { Ok(Position { epoch: "e1".into(), lowest: highest.min(1), highest }) }.boxed()
    }

    fn after(
        &self,
        _: EventId,
        _: View,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<FeedMessage>, FeedError>> {
        let highest = self.0.load(Ordering::SeqCst);
        async move { Ok((after + 1..=highest).take(limit).map(message).collect()) }.boxed()
    }
}

fn serve_hub() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let source = Arc::new(Counted(AtomicI64::new(0)));
        // The load counts bytes, so no ping may come between.
        let limits = HubLimits { ping_every: Duration::from_secs(3_600), ..HubLimits::default() };
        let hub = Hub::new(
            Arc::clone(&source) as _,
            Arc::new(|| "2026-05-01T12:00:00Z".parse().expect("a time")),
            limits,
        );
        let watched = Arc::clone(&hub);
        let app = Router::new().route(
            "/",
            get(move |request: Request| async move {
                let watch =
                    Watch { event: EVENT, view: View::Full, account: EVENT, after: None, epoch: None };
                upgrade(&watched, watch, request).await
            }),
        );
        let feed = TcpListener::bind("127.0.0.1:0").await?;
        let control = TcpListener::bind("127.0.0.1:0").await?;
        println!("{} {}", feed.local_addr()?, control.local_addr()?);
        tokio::spawn(serve(feed, app, Limits::default(), CancellationToken::new()));

        let (mut control, _) = control.accept().await?;
        let mut asked = [0; 256];
        loop {
            let count = control.read(&mut asked).await?;
            if count == 0 {
                return Ok(());
            }
            let first = source.0.load(Ordering::SeqCst) + 1;
            let messages: Vec<FeedMessage> = (first..).take(count).map(message).collect();
            source.0.store(first + i64::try_from(count)? - 1, Ordering::SeqCst);
            hub.publish(EVENT, View::Full, &messages);
        }
    })
}

/// Writes up to `join` waiting messages in one call.
fn serve_bare(join: usize) -> Result<()> {
    let feed = StdListener::bind("127.0.0.1:0")?;
    let control = StdListener::bind("127.0.0.1:0")?;
    println!("{} {}", feed.local_addr()?, control.local_addr()?);

    let mut sockets = Vec::with_capacity(SUBSCRIBERS);
    for _ in 0..SUBSCRIBERS {
        let (socket, _) = feed.accept()?;
        socket.set_nodelay(true)?;
        sockets.push(socket);
    }
    let mut frame = vec![0x81, 126, 0x01, 0x2C];
    frame.extend_from_slice(&message(1).json);
    let (mut control, _) = control.accept()?;
    let mut asked = [0; 256];
    loop {
        let count = control.read(&mut asked)?;
        if count == 0 {
            return Ok(());
        }
        let mut left = count;
        while left > 0 {
            let joined = left.min(join);
            let bytes = frame.repeat(joined);
            for socket in &mut sockets {
                if socket.write_all(&bytes).is_err() {
                    // The load has seen enough.
                    return Ok(());
                }
            }
            left -= joined;
        }
    }
}

// The load.

#[derive(Debug, Clone, Copy)]
struct Figures {
    cpu_us: f64,
    deliveries_per_s: f64,
    idle_kib: f64,
}

fn measure_all() -> Result<()> {
    println!(
        "| server | CPU us per delivery, one at a time | 16 in flight | deliveries/s, 16 in flight | KiB per idle subscriber |"
    );
    println!("| --- | --- | --- | --- | --- |");
    let servers = ["bare", "joined", "hub"];
    let mut samples = vec![[const { Vec::new() }; 2]; servers.len()];
    for _ in 0..ROUNDS {
        for (server, samples) in servers.iter().zip(&mut samples) {
            for (flight, samples) in [1, 16].into_iter().zip(samples) {
                samples.push(measure(server, flight)?);
            }
        }
    }

    let mut json = Vec::new();
    let mut rows = Vec::new();
    for (server, [single, load]) in servers.iter().zip(&samples) {
        let row = [
            median(single, |it| it.cpu_us),
            median(load, |it| it.cpu_us),
            median(load, |it| it.deliveries_per_s),
            median(single, |it| it.idle_kib),
        ];
        println!("| {server} | {:.2} | {:.2} | {:.0} | {:.1} |", row[0], row[1], row[2], row[3]);
        json.push(serde_json::json!({
            "server": server, "cpu_us_one": row[0], "cpu_us_16": row[1], "per_s_16": row[2], "idle_kib": row[3],
        }));
        rows.push(row);
    }
    let [bare, joined, hub] = rows[..] else { bail!("three servers") };
    println!(
        "\none at a time: {:.2} x the CPU of a bare write (goal <= 1.4)\n\
         16 in flight: {:.0} % of the joined limit by CPU (goal >= 60 %), {:.0} % by rate\n\
         idle: {:.1} KiB a subscriber (goal <= 12)\n",
        hub[0] / bare[0],
        100.0 * joined[1] / hub[1],
        100.0 * hub[2] / joined[2],
        hub[3],
    );
    println!(
        "{}",
        serde_json::json!({ "subscribers": SUBSCRIBERS, "message_bytes": MESSAGE_LEN, "servers": json })
    );
    Ok(())
}

fn median(samples: &[Figures], figure: impl Fn(&Figures) -> f64) -> f64 {
    let mut sorted: Vec<f64> = samples.iter().map(figure).collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// CPU time of all its threads so far.
    fn cpu(&self) -> Result<Duration> {
        let mut total = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.0.id()))? {
            let stat = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            total += stat.split(' ').next().context("a first figure")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(total))
    }

    fn resident_kib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("resident memory")?;
        Ok(line.split_whitespace().next().context("a figure")?.parse()?)
    }
}

fn measure(server: &str, flight: usize) -> Result<Figures> {
    let mut child = pinned("0", &["serve", server]).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("piped")?).read_line(&mut line)?;
    let server_process = Server(child);
    let (feed, control) = line.trim().split_once(' ').context("two addresses")?;
    let (feed, control): (SocketAddr, SocketAddr) = (feed.parse()?, control.parse()?);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    runtime.block_on(local.run_until(async {
        let before = server_process.resident_kib()?;
        let mut sockets = Vec::with_capacity(SUBSCRIBERS);
        for _ in 0..SUBSCRIBERS {
            sockets.push(subscribe(feed, server == "hub").await?);
        }
        tokio::time::sleep(WARM_UP).await;
        let idle_kib = (server_process.resident_kib()? - before) / SUBSCRIBERS as f64;

        let control = StdStream::connect(control)?;
        control.set_nodelay(true)?;
        let tally = Rc::new(Tally { control, arrived: RefCell::default(), done: Cell::new(0) });
        for socket in sockets {
            tokio::task::spawn_local(count(socket, Rc::clone(&tally)));
        }
        tally.ask(flight)?;

        tokio::time::sleep(WARM_UP).await;
        let (started, done, cpu) = (Instant::now(), tally.done.get(), server_process.cpu()?);
        tokio::time::sleep(MEASURED).await;
        let deliveries = (tally.done.get() - done) as f64 * SUBSCRIBERS as f64;
        if deliveries == 0.0 {
            bail!("{server} delivers nothing");
        }
        let cpu = server_process.cpu()? - cpu;
        Ok(Figures {
            cpu_us: cpu.as_secs_f64() * 1e6 / deliveries,
            deliveries_per_s: deliveries / started.elapsed().as_secs_f64(),
            idle_kib,
        })
    }))
}

async fn subscribe(feed: SocketAddr, shakes_hands: bool) -> Result<TcpStream> {
    let mut socket = TcpStream::connect(feed).await?;
    socket.set_nodelay(true)?;
    if shakes_hands {
        let request = "GET / HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
            sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        socket.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await?);
        }
    }
    Ok(socket)
}

/// Which messages have arrived at how many subscribers.
struct Tally {
    control: StdStream,
    /// For each message from the first that has not arrived everywhere.
    arrived: RefCell<VecDeque<usize>>,
    /// Messages that have arrived everywhere.
    done: Cell<usize>,
}

impl Tally {
    fn ask(&self, count: usize) -> Result<()> {
        (&self.control).write_all(&vec![1; count])?;
        Ok(())
    }

    /// One subscriber has messages `from` to before `to`.
    fn add(&self, from: usize, to: usize) -> Result<()> {
        let mut arrived = self.arrived.borrow_mut();
        let before = self.done.get();
        let length = arrived.len().max(to - before);
        arrived.resize(length, 0);
        for index in from..to {
            arrived[index - before] += 1;
        }
        while arrived.front() == Some(&SUBSCRIBERS) {
            arrived.pop_front();
            self.done.set(self.done.get() + 1);
        }
        self.ask(self.done.get() - before)
    }
}

async fn count(mut socket: TcpStream, tally: Rc<Tally>) -> Result<()> {
    let mut bytes = 0;
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = socket.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let from = bytes / FRAME_LEN;
        bytes += read;
        tally.add(from, bytes / FRAME_LEN)?;
    }
}
