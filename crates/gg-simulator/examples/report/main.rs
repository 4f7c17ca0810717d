//! Makes the figures of docs/RISK.md anew: `report DOCS` puts them between the marks of DOCS/RISK.md and draws
//! DOCS/risk/*.svg. Run by `scripts/risk-report`.
//!
//! Everything is by seed, so the same code gives the same page.

mod left_out;

use std::collections::BTreeMap;
use std::env::args;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use gg_domain::access::Class;
use gg_domain::risk::{GuestRisk, ReasonCode};
use gg_domain::snapshot::Snapshot;
use gg_risk::{Known, MODEL, score, score_without, snapshot};
use gg_simulator::chart;
use gg_simulator::compare::{Comparison, Freeman, Points, line};
use gg_simulator::evaluate::{AttackReport, MACRO, Report, evaluate};
use gg_simulator::label::{Label, read_lines};
use gg_simulator::log::LogReader;
use gg_simulator::replay::Replay;
use gg_simulator::scores::ScoreLine;
use gg_simulator::world::{Figures, Kind, Structures, figures, simulate};

/// Seeds of the report: none of them was looked at while the model was made.
const SEEDS: [u64; 4] = [9301, 9302, 9303, 9304];
/// Seeds of worlds with one structure each.
const STRUCTURE_SEEDS: [u64; 2] = [9311, 9312];
const EVENTS: usize = 60;
const EVENTS_DRAWN: usize = 40;
/// Samples of guests behind an interval.
const SAMPLES: usize = 40;

/// A simulated log in memory.
struct World {
    log: Vec<u8>,
    labels: Vec<Label>,
    assistants: Vec<u64>,
}

fn main() -> io::Result<()> {
    let folder = args().nth(1).ok_or_else(|| io::Error::other("report DOCS"))?;
    let folder = Path::new(&folder);
    let mut page = String::new();
    let _ = writeln!(page, "Model `{MODEL}`; seeds {SEEDS:?}; mean ± standard deviation over seeds.\n");
    let usual = worlds(|seed| figures(Kind::Usual, seed, EVENTS), &SEEDS)?;
    let drawn = worlds(|seed| figures(Kind::Drawn, seed, EVENTS_DRAWN), &SEEDS)?;
    let engine = [run_all(&usual)?, run_all(&drawn)?];
    let compared = [compare(&usual)?, compare(&drawn)?];
    whole(&mut page, &engine, &compared);
    attacks(&mut page, "the world of RISK.md 7", &engine[0]);
    attacks(&mut page, "worlds drawn at random", &engine[1]);
    ablations(&mut page, &usual)?;
    structures(&mut page)?;
    left_out::write(&mut page)?;
    reliability(&mut page, &engine[0][0]);
    let page_file = folder.join("RISK.md");
    fs::write(&page_file, between_marks(&fs::read_to_string(&page_file)?, &page)?)?;
    let folder = folder.join("risk");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("roc-usual.svg"), chart::roc(&engine[0][0].roc))?;
    fs::write(folder.join("roc-drawn.svg"), chart::roc(&engine[1][0].roc))?;
    fs::write(folder.join("reliability.svg"), chart::reliability(&engine[0][0].reliability))
}

/// `text` with `page` between its marks.
fn between_marks(text: &str, page: &str) -> io::Result<String> {
    const MARKS: (&str, &str) = ("<!-- figures -->\n", "<!-- /figures -->");
    let parts =
        text.split_once(MARKS.0).and_then(|(before, rest)| Some((before, rest.split_once(MARKS.1)?.1)));
    let (before, after) = parts.ok_or_else(|| io::Error::other("RISK.md has no marks for figures"))?;
    Ok(format!("{before}{}{page}{}{after}", MARKS.0, MARKS.1))
}

fn worlds(figures: impl Fn(u64) -> Figures, seeds: &[u64]) -> io::Result<Vec<World>> {
    seeds
        .iter()
        .map(|seed| {
            let (mut log, mut labels) = (Vec::new(), Vec::new());
            let assistants = simulate(&figures(*seed), *seed, &mut log, &mut labels)?.assistants;
            Ok(World { log, labels: read_lines(labels.as_slice(), "labels")?, assistants })
        })
        .collect()
}

type Scorer<'a> = dyn FnMut(&Snapshot, &Known<'_>) -> gg_domain::risk::Score + 'a;

fn run(world: &World, mut replay: Replay, scorer: &mut Scorer<'_>, samples: usize) -> io::Result<Report> {
    let mut reader = LogReader::new(world.log.as_slice());
    let mut lines = Vec::with_capacity(world.labels.len());
    while let Some(entry) = reader.next_entry().map_err(io::Error::other)? {
        lines.push(ScoreLine::new(lines.len() as u64, replay.judge_with(&entry.access(), scorer)));
    }
    let mut report = evaluate(&lines, &world.labels, samples)?;
    report.tell_assistants(&lines, &world.assistants);
    Ok(report)
}

fn run_all(worlds: &[World]) -> io::Result<Vec<Report>> {
    worlds
        .iter()
        .map(|world| run(world, Replay::default(), &mut |seen, known| score(seen, known), SAMPLES))
        .collect()
}

/// H1 and F on every world, behind the engine's gate.
fn compare(worlds: &[World]) -> io::Result<[Vec<Report>; 2]> {
    let mut reports = [Vec::new(), Vec::new()];
    for world in worlds {
        let (mut points, mut freeman) = (Points::default(), Freeman::default());
        let (mut by_points, mut by_freeman) = (Vec::new(), Vec::new());
        let (mut replay, mut reader) = (Replay::default(), LogReader::new(world.log.as_slice()));
        while let Some(entry) = reader.next_entry().map_err(io::Error::other)? {
            let access = entry.access();
            let class = replay.judge(&access).class;
            let human = class == Class::Human;
            let seen = snapshot(&access, true);
            let i = by_points.len() as u64;
            by_points.push(line(i, class, human.then(|| points.p(&access, &seen))));
            by_freeman.push(line(i, class, human.then(|| freeman.p(&access, &seen))));
        }
        reports[0].push(evaluate(&by_points, &world.labels, 0)?);
        reports[1].push(evaluate(&by_freeman, &world.labels, 0)?);
    }
    Ok(reports)
}

#[expect(clippy::cast_precision_loss, reason = "a handful of worlds")]
fn spread(reports: &[Report], of: impl Fn(&Report) -> f64) -> (f64, f64) {
    // Worlds that have none of it say nothing of it.
    let values: Vec<f64> = reports.iter().map(of).filter(|value| !value.is_nan()).collect();
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    (mean, square.sqrt())
}

type Row = (&'static str, fn(&Report) -> f64, usize);

const ROWS: &[Row] = &[
    ("macro AUC", |r| r.macro_auc, 3),
    ("macro TPR at 5 % FPR", |r| r.macro_tpr_5, 3),
    ("macro TPR at 1 % FPR", |r| r.macro_tpr_1, 3),
    ("macro TPR at .1 % FPR", |r| r.macro_tpr_01, 3),
    ("attacks that section 4 does not know: AUC", |r| r.unknown_auc, 3),
    ("attacks that section 4 does not know: TPR at 1 %", |r| r.unknown_tpr_1, 3),
    ("clean guests ever Review, %", |r| 100.0 * r.clean_ever[0], 2),
    ("clean guests ever Suspicious, %", |r| 100.0 * r.clean_ever[1], 2),
    ("clean guests ever Blocked, %", |r| 100.0 * r.clean_ever[2], 3),
    ("guests of leaked links ever Suspicious, %", |r| 100.0 * r.collateral_ever[1], 1),
    ("the same, on a device known, %", |r| 100.0 * r.collateral_known_ever[1], 1),
    ("openings by assistants left Verified, %", |r| 100.0 * r.assistants_verified.unwrap_or(f64::NAN), 1),
    ("machines given a band, %", |r| 100.0 * r.machines_scored, 2),
    ("people taken for machines, %", |r| 100.0 * r.humans_gated, 3),
    ("ECE", |r| r.ece, 4),
    ("Brier", |r| r.brier[0], 4),
    ("Brier of the base rate", |r| r.brier[1], 4),
];

/// Are there attacks that the macro means leave out?
fn has_unknown(reports: &[Report]) -> bool {
    reports.iter().any(|report| report.attacks.keys().any(|kind| !MACRO.contains(&kind.as_str())))
}

fn whole(page: &mut String, engine: &[Vec<Report>; 2], compared: &[[Vec<Report>; 2]; 2]) {
    let _ = writeln!(
        page,
        "### On the whole\n\n| | engine, RISK.md 7 | H1 + gate | F + gate | engine, drawn worlds | H1 + gate | F + gate |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    for (name, of, digits) in ROWS {
        let _ = write!(page, "| {name} |");
        for world in 0..2 {
            for (column, reports) in
                [&engine[world], &compared[world][0], &compared[world][1]].iter().enumerate()
            {
                let unknown = name.starts_with("attacks that") && !has_unknown(reports);
                // The others have no bands of their own; only their order of openings is compared.
                if unknown || (column > 0 && !name.contains("AUC") && !name.contains("TPR")) {
                    page.push_str(" – |");
                    continue;
                }
                let (mean, sd) = spread(reports, of);
                if reports.iter().all(|report| of(report).is_nan()) {
                    page.push_str(" – |");
                    continue;
                }
                let _ = write!(page, " {mean:.digits$} ± {sd:.digits$} |");
            }
        }
        page.push('\n');
    }
    let first = &engine[0][0];
    let _ = writeln!(
        page,
        "\nBootstrap by guest (seed {}, {SAMPLES} samples, 90 %): macro AUC {:.3} to {:.3}, TPR at 1 % {:.3} to {:.3}.\n",
        SEEDS[0],
        first.macro_auc_90[0],
        first.macro_auc_90[1],
        first.macro_tpr_1_90[0],
        first.macro_tpr_1_90[1]
    );
}

fn attacks(page: &mut String, world: &str, reports: &[Report]) {
    let _ = writeln!(
        page,
        "### By attack, {world}\n\n| | links | AUC | TPR 5 % | TPR 1 % | TPR .1 % | links ever Review | ever Suspicious | delay median / p90 |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    let mut kinds: BTreeMap<&str, Vec<&AttackReport>> = BTreeMap::new();
    for report in reports {
        for (kind, one) in &report.attacks {
            kinds.entry(kind).or_default().push(one);
        }
    }
    for (kind, those) in kinds {
        #[expect(clippy::cast_precision_loss, reason = "a handful of worlds")]
        let mean = |of: &dyn Fn(&AttackReport) -> f64| {
            those.iter().map(|one| of(one)).sum::<f64>() / those.len() as f64
        };
        let links: usize = those.iter().map(|one| one.links).sum();
        let star = if MACRO.contains(&kind) { "" } else { " *" };
        let _ = writeln!(
            page,
            "| {kind}{star} | {links} | {:.3} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} / {:.1} |",
            mean(&|a| a.auc),
            mean(&|a| a.tpr_5),
            mean(&|a| a.tpr_1),
            mean(&|a| a.tpr_01),
            mean(&|a| a.links_review),
            mean(&|a| a.links_suspicious),
            mean(&|a| a.delay_median),
            mean(&|a| a.delay_p90),
        );
    }
    page.push('\n');
}

/// Parts that are taken out, by their reasons.
const PARTS: &[(&str, &[ReasonCode])] = &[
    (
        "device",
        &[
            ReasonCode::DevKnown,
            ReasonCode::DevNew,
            ReasonCode::DevReplayNoCookie,
            ReasonCode::DevUnproven,
            ReasonCode::DevDowngrade,
            ReasonCode::DevOtherLocale,
            ReasonCode::DevCookieMoved,
        ],
    ),
    ("second phone (ours)", &[ReasonCode::DevSecondPhone]),
    ("another guest's own device (ours)", &[ReasonCode::DevOtherGuest]),
    (
        "network",
        &[ReasonCode::NetHome, ReasonCode::NetNewAddress, ReasonCode::NetNewAsn, ReasonCode::NetNewCountry],
    ),
    (
        "class",
        &[
            ReasonCode::NetOrdinary,
            ReasonCode::NetTor,
            ReasonCode::NetHosting,
            ReasonCode::NetVpn,
            ReasonCode::NetRelay,
        ],
    ),
    ("graph", &[ReasonCode::GraphMultiGuest, ReasonCode::DelegateKnown, ReasonCode::IpFanout]),
    ("rare traits (9.4)", &[ReasonCode::GraphRareTraits]),
    ("delegates (9.6)", &[ReasonCode::DelegateKnown]),
    ("contradictions (9.2)", &[ReasonCode::SigContradiction]),
    ("share preview", &[ReasonCode::SharePreview]),
    ("velocity", &[ReasonCode::LinkSpread]),
];

fn ablations(page: &mut String, worlds: &[World]) -> io::Result<()> {
    let _ = writeln!(
        page,
        "### Ablations, the world of RISK.md 7\n\n| without | macro AUC | TPR 1 % | TPR .1 % | clean ever Review, % | ever Suspicious, % |\n| --- | --- | --- | --- | --- | --- |"
    );
    let worlds = &worlds[..2];
    let mut row = |name: &str, reports: &[Report]| {
        let mean = |of: fn(&Report) -> f64| spread(reports, of).0;
        let _ = writeln!(
            page,
            "| {name} | {:.3} | {:.3} | {:.3} | {:.2} | {:.2} |",
            mean(|r| r.macro_auc),
            mean(|r| r.macro_tpr_1),
            mean(|r| r.macro_tpr_01),
            mean(|r| 100.0 * r.clean_ever[0]),
            mean(|r| 100.0 * r.clean_ever[1]),
        );
    };
    let each = |scorer: &mut Scorer<'_>, gate: bool| -> io::Result<Vec<Report>> {
        let replay = || if gate { Replay::default() } else { Replay::ungated() };
        worlds.iter().map(|world| run(world, replay(), scorer, 0)).collect()
    };
    row("nothing", &each(&mut |seen, known| score(seen, known), true)?);
    for (name, codes) in PARTS {
        row(name, &each(&mut |seen, known| score_without(seen, known, codes), true)?);
    }
    let mut forgetful = |seen: &Snapshot, known: &Known<'_>| {
        let guest = GuestRisk { leak: GuestRisk::LEAK_PRIOR, ..known.guest.clone() };
        score(seen, &Known { guest: &guest, ..*known })
    };
    row("the leak filter", &each(&mut forgetful, true)?);
    row("the gate", &each(&mut |seen, known| score(seen, known), false)?);
    page.push('\n');
    Ok(())
}

/// One structure at a time, the world of RISK.md 7 otherwise.
fn structures(page: &mut String) -> io::Result<()> {
    let _ = writeln!(
        page,
        "### One structure at a time, seeds {STRUCTURE_SEEDS:?}\n\n| with | macro AUC | TPR 1 % | TPR .1 % | its own attack: AUC, TPR 1 % | clean ever Review / Suspicious / Blocked, % | assistants left Verified, % | scanners scored, % | people gated, % |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    let none = Structures::default;
    let all: [(&str, Structures); 14] = [
        ("none", none()),
        ("assistants", Structures { assistants: 0.7, ..none() }),
        ("shared mailboxes", Structures { shared_mailboxes: 0.05, ..none() }),
        ("dual-stack homes", Structures { dual_stack: 0.7, ..none() }),
        ("unlisted scanners", Structures { unlisted_scanners: 0.5, ..none() }),
        ("cloud desktops", Structures { cloud_desktops: 0.04, ..none() }),
        ("new phones", Structures { new_phones: 0.08, ..none() }),
        ("hotels", Structures { hotels: 0.2, ..none() }),
        ("shuffling browsers", Structures { shuffling: 0.12, ..none() }),
        ("filters at home", Structures { filters: 0.08, ..none() }),
        ("people on security networks", Structures { secured: 0.06, ..none() }),
        ("rotating proxies", Structures { rotating: 0.4, ..none() }),
        ("slow drip", Structures { drip: 0.02, ..none() }),
        ("real browsers driven", Structures { real_headless: 0.02, ..none() }),
    ];
    for (name, more) in all {
        let worlds =
            worlds(|_| Figures { more: more.clone(), ..Figures::specified(EVENTS / 2) }, &STRUCTURE_SEEDS)?;
        let reports = run_all(&worlds)?;
        let mean = |of: fn(&Report) -> f64| spread(&reports, of).0;
        let own = if reports
            .iter()
            .all(|report| report.attacks.keys().all(|kind| MACRO.contains(&kind.as_str())))
        {
            "–".to_owned()
        } else {
            format!("{:.3}, {:.2}", mean(|r| r.unknown_auc), mean(|r| r.unknown_tpr_1))
        };
        let helped = mean(|r| 100.0 * r.assistants_verified.unwrap_or(f64::NAN));
        let helped = if name == "assistants" { format!("{helped:.0}") } else { "–".to_owned() };
        let _ = writeln!(
            page,
            "| {name} | {:.3} | {:.2} | {:.2} | {own} | {:.2} / {:.2} / {:.3} | {helped} | {:.1} | {:.3} |",
            mean(|r| r.macro_auc),
            mean(|r| r.macro_tpr_1),
            mean(|r| r.macro_tpr_01),
            mean(|r| 100.0 * r.clean_ever[0]),
            mean(|r| 100.0 * r.clean_ever[1]),
            mean(|r| 100.0 * r.clean_ever[2]),
            mean(|r| 100.0 * r.scanners_scored),
            mean(|r| 100.0 * r.humans_gated),
        );
    }
    page.push('\n');
    Ok(())
}

fn reliability(page: &mut String, report: &Report) {
    let _ = writeln!(
        page,
        "### Reliability, the world of RISK.md 7, seed {}\n\n| p | openings | said | was |\n| --- | --- | --- | --- |",
        SEEDS[0]
    );
    for (index, bin) in report.reliability.iter().enumerate() {
        let _ = writeln!(
            page,
            "| .{index} to {} | {} | {:.3} | {:.3} |",
            if index == 9 { "1".to_owned() } else { format!(".{}", index + 1) },
            bin.count,
            bin.said,
            bin.was
        );
    }
}
