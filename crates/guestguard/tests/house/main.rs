//! The habits of the house, kept by machine: which crate may see which, what may come in from outside, and that
//! the commands of README.md work.

mod arrows;
mod metadata;
mod readme;
mod supply;
