//! Stories of guests, strangers and machines, through the public functions alone.

mod fixtures;
mod poisoning;
mod properties;
mod returning;
mod stories;
mod traps;
