//! Makes `src/generated` anew from `proto/`: `scripts/proto` runs it, a test compares. No `protoc`, and nothing is
//! generated at build time.

use std::fs;
use std::path::{Path, PathBuf};

use protox::Compiler;
use protox::prost::Message as _;

/// The root of all `.proto` files, from this crate.
const ROOT: &str = "../../proto";
/// The file of the service.
const PROTO: &str = "guestguard/risk/v1/risk.proto";

/// Where the generated files are committed.
pub(crate) fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated")
}

/// Writes code and descriptor set into `folder`.
///
/// # Errors
/// What is wrong with the `.proto` file, or with the folder.
pub(crate) fn generate(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(ROOT);
    // Comments become those of the code; the set that reflection serves has none.
    let described = Compiler::new([&root])?
        .include_source_info(true)
        .include_imports(true)
        .open_file(PROTO)?
        .file_descriptor_set();
    tonic_prost_build::configure()
        // A message tells a person from others: none can be written to a log.
        .skip_debug(["."])
        .out_dir(folder)
        .compile_fds(described)?;
    let bare = Compiler::new([&root])?.include_imports(true).open_file(PROTO)?.file_descriptor_set();
    fs::write(folder.join("descriptors.bin"), bare.encode_to_vec())?;
    Ok(())
}

#[cfg_attr(test, expect(dead_code, reason = "the test compares, and writes nothing"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    generate(&committed())
}
