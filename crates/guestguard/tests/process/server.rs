//! A server of a test: the real binary in a folder of its own, ended with the test.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_guestguard");

/// A folder with a data folder in it, thrown away with the test.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    database: Option<String>,
    env: Vec<(&'static str, OsString)>,
}

/// A server that runs.
pub(crate) struct Server {
    child: Mutex<Child>,
    id: u32,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    /// What it said on standard output before it served.
    pub(crate) said: Vec<String>,
    rest: Option<BufReader<std::process::ChildStdout>>,
}

/// What came back.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The head and the body, as they came.
    pub(crate) text: String,
}

impl Place {
    /// A new place with SQLite.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: None, env: Vec::new() }
    }

    /// A new place on a database that is there.
    pub(crate) fn on(url: &str) -> Self {
        Self { database: Some(url.to_string()), ..Self::new() }
    }

    /// The same place, with a setting more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A command of the binary in this place.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        // Nothing of what the tests' own process was given, but where programs are.
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .args(args)
            .current_dir(self.folder.path())
            .env("GUESTGUARD_DATA_DIR", self.data())
            .env("GUESTGUARD_LISTEN", "127.0.0.1:0");
        if let Some(url) = &self.database {
            command.env("GUESTGUARD_DATABASE_URL", url);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end, with `input` on its standard input.
    pub(crate) fn run(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What a command that succeeds says on standard output.
    pub(crate) fn say(&self, args: &[&str], input: &str) -> String {
        let output = self.run(args, input);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts a server and waits until it serves.
    pub(crate) fn serve(&self, args: &[&str]) -> Server {
        self.serve_with(args, &[])
    }

    /// The same with variables set.
    pub(crate) fn serve_with(&self, args: &[&str], env: &[(&str, &str)]) -> Server {
        let mut command = self.command(&[&["serve"], args].concat());
        command.envs(env.iter().copied());
        // The last line of a greeting tells how a phone gets here.
        Server::start(command, "GuestGuard serves at ", "From a phone")
    }

    /// Starts a risk engine alone, which serves gRPC at `listen`, and waits until it does.
    pub(crate) fn engine(&self, listen: &str, env: &[(&str, &str)]) -> Server {
        let mut command = self.command(&["serve", "--role", "risk"]);
        command.env("GUESTGUARD_RISK_LISTEN", listen).envs(env.iter().copied());
        Server::start(command, "Its health and metrics are at ", "Its health")
    }

    /// An account with an API key, and the key.
    pub(crate) fn api_key(&self) -> String {
        self.say(
            &["admin", "create-account", "--email", "ama@example.org", "--password-stdin"],
            "four words in a row\n",
        );
        let key =
            self.say(&["admin", "create-api-key", "--account", "ama@example.org", "--name", "test"], "");
        key.trim_end().to_string()
    }
}

impl Server {
    /// Starts it, and waits for the line that begins with `last`; its address is on the line that begins with `at`.
    fn start(mut command: Command, at: &str, last: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let (mut said, mut url) = (Vec::new(), None);
        loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended: {said:?}");
            let line = line.trim_end().to_string();
            if let Some(address) = line.strip_prefix(at) {
                url = Some(address.to_string());
            }
            let is_last = line.starts_with(last);
            said.push(line);
            if is_last {
                break;
            }
        }
        let (id, url) = (child.id(), url.expect("it says where it serves"));
        Self { id, child: Mutex::new(child), url, said, rest: Some(lines) }
    }

    /// The next line on standard output that has `part` in it.
    pub(crate) fn line_with(&mut self, part: &str) -> String {
        let lines = self.rest.as_mut().expect("it still runs");
        loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended");
            if line.contains(part) {
                return line.trim_end().to_string();
            }
        }
    }

    /// A page, asked for with a cookie.
    pub(crate) fn ask_with(&self, path: &str, cookie: &str) -> Answer {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, text: answer }
    }

    /// Asks, with a body where there is one.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<(&str, &str)>,
    ) -> Answer {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        if let Some(key) = key {
            head += &format!("authorization: Bearer {key}\r\n");
        }
        let (kind, text) = body.unwrap_or(("", ""));
        if !kind.is_empty() {
            head += &format!("content-type: {kind}\r\ncontent-length: {}\r\n", text.len());
        }
        stream.write_all(format!("{head}\r\n{text}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, text: answer }
    }

    /// What a POST with JSON gives that a proxy forwards for `address`.
    pub(crate) fn ask_from(&self, address: &str, path: &str, body: &serde_json::Value) -> Answer {
        let kind = format!("application/json\r\nx-forwarded-for: {address}");
        self.ask("POST", path, None, Some((&kind, &body.to_string())))
    }

    /// What a POST with JSON gives, which must succeed.
    pub(crate) fn made(&self, key: &str, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let answer = self.ask("POST", path, Some(key), Some(("application/json", &body.to_string())));
        assert!(matches!(answer.status, 200 | 201), "{path}: {}", answer.text);
        body_of(&answer.text)
    }

    /// What a call with JSON that succeeds gives; nothing where it does not, or the server is gone.
    pub(crate) fn try_ask(
        &self,
        method: &str,
        path: &str,
        body: &serde_json::Value,
    ) -> Option<serde_json::Value> {
        let host = self.url.strip_prefix("http://")?;
        let mut stream = TcpStream::connect(host).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let body = body.to_string();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n",
            body.len()
        );
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        if !head.starts_with("HTTP/1.1 200") {
            return None;
        }
        serde_json::from_str(body).ok()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.id.to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end, and gives its exit code.
    pub(crate) fn exit(&self) -> i32 {
        self.child.lock().unwrap().wait().unwrap().code().unwrap_or(-1)
    }

    /// Asks it to stop, and gives its exit code.
    pub(crate) fn stop(mut self) -> i32 {
        self.signal("TERM");
        drop(self.rest.take());
        self.exit()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// The JSON of an answer.
pub(crate) fn body_of(text: &str) -> serde_json::Value {
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The mode of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
