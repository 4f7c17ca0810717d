//! What was true of an access: a file beside the log, which no scorer sees.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

/// Label of the guest's own accesses.
pub const LEGIT: &str = "legit";
/// Label of a previewer's fetch.
pub const UNFURL: &str = "unfurl";
/// Label of a scanner's fetch.
pub const SCANNER: &str = "scanner";

/// One line of the label file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Label {
    /// Line of the access, from 0.
    pub i: u64,
    /// `legit`, an attack (`A1` …), `scanner` or `unfurl`.
    pub label: String,
    /// Of which event.
    pub event: String,
    /// Whose link.
    pub guest: String,
    /// Is the link ever attacked?
    pub attacked_link: bool,
    /// A legit access after the link's first attack.
    pub after_attack: bool,
}

impl Label {
    /// A machine's fetch that means no harm.
    pub fn is_automation(&self) -> bool {
        self.label == UNFURL || self.label == SCANNER
    }

    /// Somebody who is not the guest.
    pub fn is_attack(&self) -> bool {
        self.label != LEGIT && !self.is_automation()
    }

    /// Writes it as a line.
    ///
    /// # Errors
    /// When `out` takes no more.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}

/// Reads a whole file of lines that serde knows.
///
/// # Errors
/// The first line that is none, by its number.
pub fn read_lines<T: for<'de> Deserialize<'de>>(input: impl BufRead, of: &str) -> io::Result<Vec<T>> {
    let mut read = Vec::new();
    for (number, line) in input.lines().enumerate() {
        let line = line?;
        let one = serde_json::from_str(&line)
            .map_err(|error| io::Error::other(format!("{of}, line {}: {error}", number + 1)))?;
        read.push(one);
    }
    Ok(read)
}
