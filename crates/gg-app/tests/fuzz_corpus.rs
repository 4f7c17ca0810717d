//! Replays the corpora of `fuzz/` as ordinary tests, so that what fuzzing once found stays mended without a nightly
//! compiler.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/properties/guest_list.rs"]
mod guest_list;

#[test]
fn every_guest_list_of_the_corpus_keeps_its_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/guest_list");
    let mut replayed = 0;
    for entry in fs::read_dir(corpus).expect("the corpus is part of the repository") {
        guest_list::holds(&fs::read(entry.expect("an entry").path()).expect("a file"));
        replayed += 1;
    }
    assert!(replayed >= 20, "only {replayed} files: the corpus has been lost");
}
