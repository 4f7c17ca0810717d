//! Tries the engine on worlds: `lab [-q] [-k] usual|specified|drawn EVENTS SEED…` prints a table for each and a line
//! of means. For those who change the engine.

use std::env::args;
use std::io::{self, Write as _};
use std::time::Instant;

use gg_simulator::evaluate::{Report, evaluate};
use gg_simulator::label::read_lines;
use gg_simulator::scores::{ScoreLine, score_log};
use gg_simulator::table::table;
use gg_simulator::world::{Kind, figures, simulate};

fn main() -> io::Result<()> {
    let args: Vec<String> = args().skip(1).collect();
    let kind = match args.first().map(String::as_str) {
        Some("specified") => Kind::Specified,
        Some("drawn") => Kind::Drawn,
        _ => Kind::Usual,
    };
    let quiet = args.iter().any(|arg| arg == "-q");
    let numbers: Vec<u64> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let events = usize::try_from(numbers.first().copied().unwrap_or(20)).unwrap_or(20);
    let mut out = io::stdout().lock();
    let mut reports = Vec::new();
    for seed in numbers.iter().skip(1) {
        let (mut log, mut labels) = (Vec::new(), Vec::new());
        let assistants = simulate(&figures(kind, *seed, events), *seed, &mut log, &mut labels)?.assistants;
        let started = Instant::now();
        let mut scores = Vec::new();
        let lines = score_log(log.as_slice(), &mut scores).map_err(io::Error::other)?;
        let took = started.elapsed().as_secs_f64();
        let lines_of: Vec<ScoreLine> = read_lines(scores.as_slice(), "scores")?;
        if args.iter().any(|arg| arg == "-k") {
            for (name, bytes) in [("log", &log), ("scores", &scores), ("labels", &labels)] {
                std::fs::write(std::env::temp_dir().join(format!("lab-{seed}.{name}")), bytes)?;
            }
        }
        let mut report = evaluate(&lines_of, &read_lines(labels.as_slice(), "labels")?, 0)?;
        report.tell_assistants(&lines_of, &assistants);
        if !quiet {
            writeln!(out, "seed {seed}: {lines} lines in {took:.2} s\n{}", table(&report))?;
        }
        reports.push(report);
    }
    means(&reports, &mut out)
}

#[expect(clippy::cast_precision_loss, reason = "a handful of worlds")]
fn means(reports: &[Report], out: &mut impl io::Write) -> io::Result<()> {
    let mean =
        |of: &dyn Fn(&Report) -> f64| reports.iter().map(of).sum::<f64>() / reports.len().max(1) as f64;
    let mean_of = |of: &dyn Fn(&Report) -> Option<f64>| {
        let those: Vec<f64> = reports.iter().filter_map(of).collect();
        those.iter().sum::<f64>() / those.len().max(1) as f64
    };
    writeln!(
        out,
        "MEAN auc {:.3} tpr1 {:.3} tpr01 {:.3} | unknown {:.3} {:.2} | clean ever {:.2} {:.2} {:.3} % | collateral susp {:.1} %, known device {:.1} % | assistants Verified {:.1} % | scanners scored {:.1} gated {:.3} % | ece {:.4}",
        mean(&|r| r.macro_auc),
        mean(&|r| r.macro_tpr_1),
        mean(&|r| r.macro_tpr_01),
        mean(&|r| r.unknown_auc),
        mean(&|r| r.unknown_tpr_1),
        100.0 * mean(&|r| r.clean_ever[0]),
        100.0 * mean(&|r| r.clean_ever[1]),
        100.0 * mean(&|r| r.clean_ever[2]),
        100.0 * mean(&|r| r.collateral_ever[1]),
        100.0 * mean(&|r| r.collateral_known_ever[1]),
        100.0 * mean_of(&|r| r.assistants_verified),
        100.0 * mean(&|r| r.scanners_scored),
        100.0 * mean(&|r| r.humans_gated),
        mean(&|r| r.ece),
    )?;
    for kind in ["A1", "A1b", "A2", "A3", "A5", "A6", "A7", "A3p", "A6r", "A8"] {
        let of = |f: &dyn Fn(&gg_simulator::evaluate::AttackReport) -> f64| {
            let those: Vec<f64> = reports.iter().filter_map(|r| r.attacks.get(kind)).map(f).collect();
            those.iter().sum::<f64>() / those.len().max(1) as f64
        };
        writeln!(
            out,
            "  {kind:<4} auc {:.3} tpr5 {:.2} tpr1 {:.2} tpr01 {:.2} review {:.2} susp {:.2}",
            of(&|a| a.auc),
            of(&|a| a.tpr_5),
            of(&|a| a.tpr_1),
            of(&|a| a.tpr_01),
            of(&|a| a.links_review),
            of(&|a| a.links_suspicious)
        )?;
    }
    Ok(())
}
