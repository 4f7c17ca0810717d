//! The file of scores: one line an access, as `risk score` writes it (CONTRACT.md).

use std::io::{self, BufRead, Write};

use gg_domain::access::Class;
use gg_domain::risk::{Band, Reason};
use serde::{Deserialize, Serialize};

use crate::log::{LogError, LogReader};
use crate::replay::{Judged, Replay};

/// One line of the file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScoreLine {
    /// Line of the access, from 0.
    pub i: u64,
    /// What the gate took it for.
    pub class: Class,
    /// Calibrated chance that it was not the guest; none where it is no person.
    pub p: Option<f64>,
    /// The band; none where it is no person.
    pub band: Option<Band>,
    /// Why.
    #[serde(default)]
    pub reasons: Vec<Reason>,
}

impl ScoreLine {
    /// The line of an opening.
    pub fn new(i: u64, judged: Judged) -> Self {
        let Judged { class, score } = judged;
        let (p, band) = (score.as_ref().map(|score| score.p), score.as_ref().map(|score| score.band));
        Self { i, class, p, band, reasons: score.map(|score| score.reasons).unwrap_or_default() }
    }
}

/// Scores a whole log; memory holds the guests, not the log. Gives the number of accesses.
///
/// # Errors
/// The log's, with the line.
pub fn score_log(log: impl BufRead, out: &mut impl Write) -> Result<u64, LogError> {
    let mut reader = LogReader::new(log);
    let mut replay = Replay::default();
    let mut i = 0;
    while let Some(entry) = reader.next_entry()? {
        let line = ScoreLine::new(i, replay.judge(&entry.access()));
        serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
        i += 1;
    }
    Ok(i)
}
