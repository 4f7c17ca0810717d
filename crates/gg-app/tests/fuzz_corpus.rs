//! Replays the corpora of `fuzz/` as ordinary tests, so that what fuzzing once found stays mended without a nightly
//! compiler.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/properties/guest_list.rs"]
mod guest_list;
#[path = "../../../fuzz/properties/token.rs"]
mod token;

#[test]
fn every_guest_list_of_the_corpus_keeps_its_promises() {
    replay("guest_list", 20, guest_list::holds);
}

#[test]
fn every_token_of_the_corpus_keeps_its_promises() {
    replay("token", 30, token::holds);
}

/// The bytes of every file of a corpus, of which there must be `least`.
fn replay(target: &str, least: usize, holds: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut replayed = 0;
    for entry in fs::read_dir(corpus).expect("the corpus is part of the repository") {
        holds(&fs::read(entry.expect("an entry").path()).expect("a file"));
        replayed += 1;
    }
    assert!(replayed >= least, "only {replayed} files: the corpus has been lost");
}
