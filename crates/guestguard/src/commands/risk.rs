//! `guestguard risk …`: worlds to try the engine on, a log scored with it, and how well it did.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use gg_simulator::world::{Kind, figures, simulate};
use gg_simulator::{evaluate, label, scores, table};

use super::say;
use crate::cli::{RiskCommand, WorldKind};

/// Buffer of a file that is read or written in one go, in bytes.
const BUFFER_BYTES: usize = 1 << 20;
/// Samples of guests behind the intervals of the report.
const BOOTSTRAP_SAMPLES: usize = 100;

/// Simulates, scores or evaluates.
///
/// # Errors
/// When a file cannot be read or written; a line of it that is none is named.
pub fn run(command: &RiskCommand) -> Result<()> {
    match command {
        RiskCommand::Simulate { seed, events, world, out, labels } => {
            let kind = match world {
                WorldKind::Usual => Kind::Usual,
                WorldKind::Specified => Kind::Specified,
                WorldKind::Drawn => Kind::Drawn,
            };
            let (mut log, mut truth) = (create(out)?, create(labels)?);
            let written = simulate(&figures(kind, *seed, *events), *seed, &mut log, &mut truth)?;
            log.flush()?;
            truth.flush()?;
            say(&format!("{} accesses of {} guests", written.accesses, written.guests))?;
        }
        RiskCommand::Score { log, out } => {
            let mut output = create(out)?;
            let scored =
                scores::score_log(open(log)?, &mut output).with_context(|| format!("{}", log.display()))?;
            output.flush()?;
            say(&format!("{scored} accesses scored"))?;
        }
        RiskCommand::Evaluate { scores, labels, json } => {
            let read = label::read_lines(open(scores)?, "scores")?;
            let truth = label::read_lines(open(labels)?, "labels")?;
            let report = evaluate::evaluate(&read, &truth, BOOTSTRAP_SAMPLES)?;
            let text = if *json { serde_json::to_string_pretty(&report)? } else { table::table(&report) };
            say(text.trim_end())?;
        }
        RiskCommand::Rebuild { .. } | RiskCommand::Replay { .. } => {
            unreachable!("these work on a database, in risk_record")
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<BufReader<File>> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(BufReader::with_capacity(BUFFER_BYTES, file))
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(BufWriter::with_capacity(BUFFER_BYTES, file))
}
