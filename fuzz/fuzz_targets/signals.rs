//! Any bytes as what a guest's browser says of itself.
#![no_main]

#[path = "../properties/signals.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::holds(bytes));
