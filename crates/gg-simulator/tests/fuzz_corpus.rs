//! Replays the corpus of the fuzz target, so that what fuzzing once reached stays reached.
#![cfg(test)]

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/properties/access_log.rs"]
mod access_log;

#[test]
fn the_corpus_of_access_logs_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/access_log");
    let mut replayed = 0;
    for case in fs::read_dir(corpus).unwrap() {
        access_log::holds(&fs::read(case.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed >= 9, "{replayed} cases");
}
