//! `config print`: the settings in force as TOML, each with where it comes from, and nothing secret.

use std::fmt::Write as _;

use super::source::{Text, Written};
use super::value::Setting as _;
use super::{DatabaseUrl, Places, Problems, Settings};

/// Keys whose value is shown as `***`.
const SECRET_KEYS: [&str; 3] = ["secret", "risk.token", "twilio.auth_token"];

/// The settings in force, as a settings file.
///
/// # Errors
/// All that is wrong with them: what does not fit cannot be redacted safely either.
pub fn print(places: &Places) -> Result<String, Problems> {
    let settings = Settings::load(places)?;
    let written = places.gather().written;
    let mut settings_in_order: Vec<_> = written.iter().collect();
    settings_in_order.sort_by_key(|(_, written)| written.place);
    let mut output = String::new();
    let mut section = "";
    for (key, written) in settings_in_order {
        let (of, name) = key.split_once('.').unwrap_or(("", key));
        if of != section {
            section = of;
            write!(output, "\n[{section}]\n").expect("a string takes everything");
        }
        let value = shown(key, written, &settings);
        writeln!(output, "{name} = {value}  # {}", written.origin).expect("a string takes everything");
    }
    Ok(output)
}

fn shown(key: &str, written: &Written, settings: &Settings) -> String {
    match &written.text {
        Text::One(text) if text.is_empty() && key == "database.url" => quoted(&settings.database.to_string()),
        Text::One(text) if text.is_empty() => quoted(""),
        _ if SECRET_KEYS.contains(&key) => quoted("***"),
        Text::One(_) if key == "risk.url" => {
            quoted(&settings.risk_url.as_ref().map(ToString::to_string).unwrap_or_default())
        }
        Text::One(text) if key.ends_with(".url") => quoted(&without_password(text)),
        Text::One(text) if text == "true" || text == "false" => text.clone(),
        Text::One(text) if key == "trusted_proxies" => listed(text.split(',').map(str::trim)),
        Text::One(text) => quoted(text),
        Text::Many(items) => listed(items.iter().map(String::as_str)),
    }
}

/// Of those that may hold one only databases can be set in this build; others are refused before they are printed.
fn without_password(text: &str) -> String {
    DatabaseUrl::parse(text).map_or_else(|_| "***".to_owned(), |url| url.to_string())
}

fn listed<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.map(quoted).collect::<Vec<_>>().join(", "))
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            char if char.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(char)).expect("a string takes everything");
            }
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
