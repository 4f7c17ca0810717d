//! The commands of README.md do what it says. A fenced block is run when the line before it is a marker:
//! `<!-- runs -->`: each command ends well; `<!-- serves -->`: each prints a link to open, and ends well when it is
//! told to stop.
//!
//! `cargo run --release --` stands for the binary of this test's own profile.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::metadata::root;

/// What a block promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    Runs,
    Serves,
}

/// A marked block: its promise and its commands.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    promise: Promise,
    commands: Vec<String>,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let promise = match line.trim() {
            "<!-- runs -->" => Promise::Runs,
            "<!-- serves -->" => Promise::Serves,
            _ => continue,
        };
        let fence = lines.next().unwrap_or_default();
        assert!(fence.starts_with("```"), "after {line} comes a fenced block, not `{fence}`");
        let commands = lines.by_ref().take_while(|line| !line.starts_with("```"));
        let is_command = |line: &&str| !line.is_empty() && !line.starts_with('#');
        blocks.push(Block { promise, commands: commands.filter(is_command).map(str::to_owned).collect() });
    }
    blocks
}

/// The arguments of our binary.
fn arguments(command: &str) -> Vec<&str> {
    let ours =
        ["cargo run --release -- ", "guestguard "].iter().find_map(|begin| command.strip_prefix(begin));
    let ours =
        ours.unwrap_or_else(|| panic!("README.md has a command that this test does not know: {command}"));
    ours.split_whitespace().take_while(|word| *word != "#").collect()
}

fn guestguard(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guestguard"));
    let ours = std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.to_string_lossy().starts_with("GUESTGUARD_"));
    ours.for_each(|name| {
        command.env_remove(name);
    });
    command.args(arguments).current_dir(folder);
    command
}

fn runs(arguments: &[&str], folder: &Path) {
    let output = guestguard(arguments, folder).stdin(Stdio::null()).output().expect("the binary starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Another port than the usual one, which somebody may use here.
fn serves(arguments: &[&str], folder: &Path) {
    let mut server = guestguard(arguments, folder)
        .env("GUESTGUARD_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let output = BufReader::new(server.stdout.take().expect("it is piped"));
    let link = output.lines().map_while(Result::ok).find(|line| line.starts_with("http://"));
    let stopped =
        Command::new("kill").args(["-TERM", &server.id().to_string()]).status().expect("kill starts");
    let status = server.wait().expect("it ends");
    assert!(stopped.success() && status.success(), "{arguments:?} ended with {status}");
    assert!(link.is_some_and(|link| link.contains("token=")), "{arguments:?} printed no link to open");
}

/// An empty folder, taken away at the end.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Self {
        let path = std::env::temp_dir().join(format!("guestguard-readme-{}", std::process::id()));
        std::fs::create_dir(&path).expect("a new folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_commands_of_the_readme_work() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md is there");
    let blocks = blocks(&readme);
    assert!(!blocks.is_empty(), "README.md has no marked block");
    let folder = Folder::make();
    for Block { promise, commands } in blocks {
        for command in &commands {
            match promise {
                Promise::Runs => runs(&arguments(command), &folder.0),
                Promise::Serves => serves(&arguments(command), &folder.0),
            }
        }
    }
}

#[test]
fn only_marked_blocks_are_commands() {
    let markdown = "```\nrm -rf /\n```\n<!-- runs -->\n```sh\n# first\nguestguard doctor\n```\n";
    assert_eq!(
        blocks(markdown),
        [Block { promise: Promise::Runs, commands: vec!["guestguard doctor".to_owned()] }]
    );
    assert_eq!(arguments("cargo run --release -- serve --demo  # why"), ["serve", "--demo"]);
}

#[test]
#[should_panic(expected = "does not know: make all")]
fn a_command_that_nobody_can_check_is_seen() {
    arguments("make all");
}
