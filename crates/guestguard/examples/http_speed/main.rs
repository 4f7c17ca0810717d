//! What the service costs over HTTP, and a bare page beside the guest's.
//!
//! `scripts/bench` runs it, a case each time, so that cases stand side by side in one run:
//! `http_speed CASE PROGRAM SECONDS CONNECTIONS` starts PROGRAM (a `guestguard`) in a throw-away folder on the first
//! core, loads it from the second, and prints `CASE per-second cpu-µs-each-of-the-server`. The cases are `http-access`
//! and `http-answer`; `page`, which prints `guest-page` and `bare-page`, the same template in axum as it comes;
//! `start`, which prints `start MS-TO-READY IDLE-MB`; and `dead-links`, which compares the times of refusals. Linux only.
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

mod bare_page;
mod client;
mod dead_links;
mod server;

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use client::{Request, load};
use server::Server;

/// Guests whose links are opened: each connection walks through a part of them, as that many phones would.
const GUESTS: usize = 2_000;
/// A browser that everybody has.
const AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 \
    (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if arguments == ["serve-bare-page"] {
        return bare_page::serve();
    }
    let [case, program, seconds, connections] = arguments[..] else {
        bail!("usage: http_speed CASE PROGRAM SECONDS CONNECTIONS");
    };
    let (seconds, connections) = (Duration::from_secs(seconds.parse()?), connections.parse()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    runtime.block_on(local.run_until(async {
        match case {
            "http-access" => accesses(program, seconds, connections).await,
            "http-answer" => answers(program, seconds, connections).await,
            "page" => pages(program, seconds, connections).await,
            "start" => start(program).await,
            "dead-links" => dead_links::compare(program).await,
            other => bail!("there is no case {other}"),
        }
    }))
}

/// Openings by browsers that bring the cookie they were given, as a guest's does who comes back.
async fn accesses(program: &str, seconds: Duration, connections: usize) -> Result<()> {
    let server = Server::start(program, &[])?;
    let mut requests = Vec::with_capacity(GUESTS);
    for token in server.invite(GUESTS).await? {
        let opening = open(&token);
        let cookie = server.call(&opening).await?.cookies();
        requests.push(opening.header("cookie", &cookie));
    }
    measure("http-access", &server, requests, seconds, connections).await
}

/// Answers that each change something: how many the guest brings.
async fn answers(program: &str, seconds: Duration, connections: usize) -> Result<()> {
    let server = Server::start(program, &[])?;
    let mut requests = Vec::with_capacity(2 * GUESTS);
    let mut seconds_round = Vec::with_capacity(GUESTS);
    for token in server.invite(GUESTS).await? {
        let opened = server.call(&open(&token)).await?;
        let access = opened.json()?["access_id"].as_str().context("an access")?.to_string();
        let answer = |names: &[&str]| {
            let plus_ones: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
            let body = json!({
                "token": token, "access_id": access, "attending": true, "plus_ones": plus_ones,
                "answers": { "menu": "fish" }, "note": "We look forward to it",
            });
            Request::json("PUT", "/api/v1/invites/rsvp", &body).header("user-agent", AGENT)
        };
        requests.push(answer(&["Kofi Mensah"]));
        seconds_round.push(answer(&["Kofi Mensah", "Esi Mensah"]));
    }
    // The same link comes again only after all others have.
    requests.extend(seconds_round);
    measure("http-answer", &server, requests, seconds, connections).await
}

async fn pages(program: &str, seconds: Duration, connections: usize) -> Result<()> {
    let length = {
        let server = Server::start(program, &[])?;
        let tokens = server.invite(GUESTS).await?;
        let page = |token: &String| {
            Request::get(&format!("/i/{token}")).header("user-agent", AGENT).header("accept", "text/html")
        };
        let requests: Vec<Request> = tokens.iter().map(page).collect();
        let shown = server.call(&requests[0]).await?;
        measure("guest-page", &server, requests, seconds, connections).await?;
        shown.body.len()
    };
    let server = Server::start_bare_page()?;
    let request = Request::get(&format!("/i/{}", "x".repeat(56))).header("user-agent", AGENT);
    let shown = server.call(&request).await?;
    if shown.body.len().abs_diff(length) > 256 {
        bail!("the bare page has {} bytes, the guest's {length}", shown.body.len());
    }
    measure("bare-page", &server, vec![request; GUESTS], seconds, connections).await
}

async fn start(program: &str) -> Result<()> {
    let server = Server::start_empty(program, &[])?;
    let to_ready = server.until_ready().await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("start {} {}", to_ready.as_millis(), server.resident_kib()? / 1024);
    Ok(())
}

fn open(token: &str) -> Request {
    let body = json!({
        "token": token,
        "signals": {
            "platform": "iPhone", "screen": "390x844", "pixel_ratio": 3, "touch_points": 5, "cores": 6,
            "timezone": "Africa/Accra", "tz_offset": 0, "languages": ["en-GB", "en"], "canvas": "a1b2c3d4",
            "audio": "35.7383295930922", "webgl_renderer": "Apple GPU", "webdriver": false,
            "visible_ms": 2100, "interacted": true,
        },
    });
    Request::json("POST", "/api/v1/invites/access", &body)
        .header("user-agent", AGENT)
        .header("accept-language", "en-GB,en;q=0.9")
}

async fn measure(
    case: &str,
    server: &Server,
    requests: Vec<Request>,
    seconds: Duration,
    connections: usize,
) -> Result<()> {
    let before = server.cpu()?;
    let done = load(server.address(), requests, seconds, connections).await?;
    let spent = server.cpu()? - before;
    let (rate, each) = (done as f64 / seconds.as_secs_f64(), spent.as_secs_f64() * 1e6 / done as f64);
    println!("{case} {rate:.0} {each:.0}");
    Ok(())
}
