//! `guestguard config check` and `config print`: what is wrong with the settings, and what they are.

use std::process::ExitCode;

use super::{EXIT_USAGE, complain, ended, say};
use crate::cli::ConfigCommand;
use crate::config::{self, Places, Settings};

/// Checks or prints; exits 0 where the settings would let the server start, warnings or not.
pub fn run(command: &ConfigCommand, places: &Places) -> ExitCode {
    let output = match command {
        ConfigCommand::Check => Settings::load(places).map(|settings| checked(&settings)),
        ConfigCommand::Print => config::print(places),
    };
    match output {
        Ok(text) => ended(say(text.trim_end()).map_err(Into::into)),
        Err(problems) => {
            complain(&problems.to_string());
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn checked(settings: &Settings) -> String {
    let warnings = settings.warnings();
    let mut lines: Vec<String> = warnings.iter().map(|warning| format!("warning: {warning}")).collect();
    lines.push(match warnings.len() {
        0 => "the settings are in order".to_owned(),
        1 => "the settings are in order, with 1 warning".to_owned(),
        n => format!("the settings are in order, with {n} warnings"),
    });
    lines.join("\n")
}
