//! Replays the corpora of the fuzz targets, so that what fuzzing once reached stays reached.
#![cfg(test)]

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/properties/access_log.rs"]
mod access_log;
#[path = "../../../fuzz/properties/signals.rs"]
mod signals;

#[test]
fn the_corpus_of_access_logs_holds() {
    replay("access_log", 9, access_log::holds);
}

#[test]
fn the_corpus_of_signals_holds() {
    replay("signals", 28, signals::holds);
}

#[test]
fn signals_of_ten_megabytes_and_of_a_million_fonts_are_read_or_refused() {
    const TEN_MEGABYTES: usize = 10_000_000;
    let long = format!(r#"{{"canvas":"{}"}}"#, "c".repeat(TEN_MEGABYTES));
    let fonts = format!(r#"{{"fonts":[{}"x"]}}"#, r#""Arial","#.repeat(1_000_000));
    let members: String = (0..1_000_000).map(|n| format!(r#""{n}":0,"#)).collect();
    let deep = "[".repeat(TEN_MEGABYTES);
    for hostile in [long, fonts, format!("{{{members}\"x\":0}}"), deep] {
        signals::holds(hostile.as_bytes());
    }
}

/// Every file of a corpus, of which there must be `least`.
fn replay(target: &str, least: usize, holds: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut replayed = 0;
    for case in fs::read_dir(corpus).unwrap() {
        holds(&fs::read(case.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed >= least, "{replayed} cases of {target}");
}
