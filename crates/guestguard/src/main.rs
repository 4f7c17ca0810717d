//! The GuestGuard binary.
fn main() {}
