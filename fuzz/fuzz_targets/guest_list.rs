//! Any bytes as a guest list.
#![no_main]

#[path = "../properties/guest_list.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::holds(bytes));
