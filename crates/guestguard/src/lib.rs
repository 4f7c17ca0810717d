//! The one place that knows everything: command line, settings, logs, shutdown, and how the parts are wired.
//!
//! A library with a `main.rs` of five lines, so that tests call what the commands call.

pub mod chores;
pub mod cli;
pub mod commands;
pub mod config;
pub mod data_dir;
pub mod demo;
pub mod lifecycle;
pub mod telemetry;
pub mod wiring;

use std::process::ExitCode;

use clap::Parser;

/// Reads the command line and runs what it asks; the exit code is 0 when that was done, 1 when it failed,
/// 2 when the command line or the settings are wrong.
pub fn run() -> ExitCode {
    commands::run(cli::Cli::parse())
}
