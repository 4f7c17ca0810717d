//! The committed code is what `proto/` says.

#[path = "../../examples/generate.rs"]
mod generate;

use std::fs;

#[test]
fn the_committed_code_is_what_the_proto_file_says() {
    let fresh = tempfile::tempdir().unwrap();
    generate::generate(fresh.path()).unwrap();

    let mut names: Vec<_> =
        fs::read_dir(fresh.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["descriptors.bin", "guestguard.risk.v1.rs"]);
    for name in names {
        let is_same = fs::read(fresh.path().join(&name)).unwrap()
            == fs::read(generate::committed().join(&name)).unwrap();
        assert!(is_same, "{} is stale: run scripts/proto and commit it", name.display());
    }
}
