//! The `guestguard` binary. All it does is in the library beside it, where tests reach it.

use std::process::ExitCode;

/// A call makes some hundred small allocations; docs/PERFORMANCE.md says what this one saves of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    guestguard::run()
}
