//! A server in a process of its own, so that its CPU time can be read.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use crate::client::{Answer, Request, call};

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(1);

pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    key: String,
    began: Instant,
    /// Thrown away with it.
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// `guestguard serve` on the first core, and an organiser with an API key.
    pub(crate) fn start(program: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let mut server = Self::start_empty(program, settings)?;
        let data = server.folder.path().join("data");
        for arguments in [
            &["create-account", "--email", "ama@example.org", "--password-stdin"][..],
            &["create-api-key", "--account", "ama@example.org", "--name", "speed"],
        ] {
            let mut command = Command::new(program);
            command
                .arg("admin")
                .args(arguments)
                .env("GUESTGUARD_DATA_DIR", &data)
                .current_dir(&server.folder);
            let mut admin = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
            admin.stdin.take().context("piped")?.write_all(b"four words in a row\n")?;
            server.key = String::from_utf8(admin.wait_with_output()?.stdout)?.trim().to_string();
        }
        Ok(server)
    }

    /// `guestguard serve` on the first core, in an empty folder.
    pub(crate) fn start_empty(program: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut serve = on_first_core(program);
        serve
            .arg("serve")
            .env("GUESTGUARD_DATA_DIR", folder.path().join("data"))
            .env("GUESTGUARD_LISTEN", "127.0.0.1:0")
            .envs(settings.iter().copied())
            .current_dir(&folder);
        let began = Instant::now();
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        let address = loop {
            let line = lines.next().context("the server ended")??;
            if let Some(url) = line.strip_prefix("GuestGuard serves at http://") {
                break url.parse()?;
            }
        };
        // Whatever it says later has somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address, key: String::new(), began, folder })
    }

    /// The bare page, on the first core.
    pub(crate) fn start_bare_page() -> Result<Self> {
        let own = std::env::current_exe()?;
        let mut serve = on_first_core(own.to_str().context("a path in UTF-8")?);
        let began = Instant::now();
        let mut child = serve.arg("serve-bare-page").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("piped")?).read_line(&mut line)?;
        let address = line.trim().parse()?;
        Ok(Self { child, address, key: String::new(), began, folder: tempfile::tempdir()? })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) async fn call(&self, request: &Request) -> Result<Answer> {
        call(self.address, request).await
    }

    /// A link for each of `count` guests, who may bring three.
    pub(crate) async fn invite(&self, count: usize) -> Result<Vec<String>> {
        let key = format!("Bearer {}", self.key);
        let event = json!({ "name": "Speed", "starts_at": "2090-01-01T00:00:00Z", "time_zone": "UTC" });
        let event = Request::json("POST", "/api/v1/events", &event).header("authorization", &key);
        let event = self.call(&event).await?.json()?;
        let event = event["id"].as_str().context("an event")?;

        let rows: String = (0..count).map(|guest| format!("Guest {guest},3\n")).collect();
        let import = Request::text(
            "POST",
            &format!("/api/v1/events/{event}/guests/import"),
            "text/csv",
            format!("name,plus_ones_allowed\n{rows}"),
        );
        self.call(&import.header("authorization", &key)).await?;

        let mut tokens = Vec::with_capacity(count);
        let mut cursor = String::new();
        loop {
            let list = format!("/api/v1/events/{event}/guests?limit=200{cursor}");
            let page = self.call(&Request::get(&list).header("authorization", &key)).await?.json()?;
            for guest in page["data"].as_array().context("guests")? {
                let path = format!("/api/v1/guests/{}/invite", guest["id"].as_str().context("an id")?);
                let invite = Request::json("POST", &path, &json!({})).header("authorization", &key);
                let link = self.call(&invite).await?.json()?;
                tokens.push(link["token"].as_str().context("a token")?.to_string());
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(tokens),
            }
        }
    }

    /// A link that opened once, and is revoked.
    pub(crate) async fn revoked_link(&self) -> Result<String> {
        let token = self.invite(1).await?.remove(0);
        let key = format!("Bearer {}", self.key);
        let events =
            self.call(&Request::get("/api/v1/events").header("authorization", &key)).await?.json()?;
        let event = events["data"][0]["id"].as_str().context("an event")?.to_string();
        let guests = Request::get(&format!("/api/v1/events/{event}/guests")).header("authorization", &key);
        let guests = self.call(&guests).await?.json()?;
        let guest = guests["data"][0]["id"].as_str().context("a guest")?.to_string();
        let revoke = Request::json("DELETE", &format!("/api/v1/guests/{guest}/invite"), &json!({}));
        self.call(&revoke.header("authorization", &key)).await?;
        Ok(token)
    }

    /// From the start of the process to the first 200 of `/readyz`.
    pub(crate) async fn until_ready(&self) -> Result<Duration> {
        while self.call(&Request::get("/readyz")).await.is_err() {
            if self.began.elapsed() > PATIENCE {
                bail!("it does not become ready");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(self.began.elapsed())
    }

    /// CPU time of all its threads so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let mut total = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let stat = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            total += stat.split(' ').next().context("a first figure")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(total))
    }

    pub(crate) fn resident_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("resident memory")?;
        Ok(line.split_whitespace().next().context("a figure")?.parse()?)
    }
}

/// A program on the first core, where the system can pin it.
fn on_first_core(program: &str) -> Command {
    let can_pin =
        Command::new("taskset").args(["-c", "0", "true"]).status().is_ok_and(|status| status.success());
    if can_pin {
        let mut command = Command::new("taskset");
        command.args(["-c", "0", program]);
        command
    } else {
        Command::new(program)
    }
}
