//! One file a command. Each takes its arguments and the settings, and does its work or says why it could not.
//!
//! Only what a program may read goes to standard output, through `say`; logs and warnings go to standard error.

pub mod admin;
pub mod backup;
pub mod config;
pub mod doctor;
pub mod keys;
pub mod migrate;
pub mod openapi;
pub mod restore;
pub mod risk;
pub mod risk_record;
pub mod serve;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use tokio::runtime::Runtime;

use crate::cli::{Cli, Command, RiskCommand};
use crate::config::{Places, Settings};
use crate::telemetry;

/// Command line or settings are wrong; `clap` ends with the same.
const EXIT_USAGE: u8 = 2;

/// Runs a command to its end.
pub fn run(cli: Cli) -> ExitCode {
    let places = Places::of_process(cli.config.as_deref());
    let command = match cli.command {
        // These need no settings that fit: the one tells what does not, the others read none.
        Command::Config(command) => return config::run(&command, &places),
        Command::Openapi => return ended(openapi::run()),
        Command::Risk(command) if command.is_of_logs() => return ended(risk::run(&command)),
        command => command,
    };
    let settings = match Settings::load(&places) {
        Ok(settings) => settings,
        Err(problems) => {
            complain(&format!("{problems}"));
            return ExitCode::from(EXIT_USAGE);
        }
    };
    telemetry::log_to_stderr(&settings.log, settings.log_format);
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    ended(
        Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(dispatch(command, &settings))),
    )
}

async fn dispatch(command: Command, settings: &Settings) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve::run(&args, settings).await,
        Command::Migrate => migrate::run(settings).await,
        Command::Doctor => doctor::run(settings).await,
        Command::Backup { file } => backup::run(&file, settings).await,
        Command::Restore { file } => restore::run(&file, settings).await,
        Command::Admin(command) => admin::run(command, settings).await,
        Command::Keys(command) => keys::run(command, settings).await,
        Command::Risk(RiskCommand::Rebuild { event, check }) => {
            risk_record::rebuild(event.as_deref(), check, settings).await
        }
        Command::Risk(RiskCommand::Replay { event, policy, model, json }) => {
            risk_record::replay(&event, policy.as_deref(), model.as_deref(), json, settings).await
        }
        Command::Config(_) | Command::Openapi | Command::Risk(_) => unreachable!("run has done these"),
    }
}

fn ended(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// A line on standard output, at once, so that whoever waits for it has it.
///
/// # Errors
/// When nobody reads any more.
pub fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

/// "1 guest", "2 guests": a count with the noun that it wants.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let noun = if count == N::from(1) { one } else { many };
    format!("{count} {noun}")
}

/// The last word of a command that failed, on standard error; nothing is left to do where that is closed.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "guestguard: {message}");
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_not_many() {
        assert_eq!([0, 1, 2].map(|n: u64| counted(n, "link", "links")), ["0 links", "1 link", "2 links"]);
    }
}
