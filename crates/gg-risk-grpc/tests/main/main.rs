//! The engine in this process and the one behind a port: the same answers, and what happens when there are none.
#![cfg(test)]

mod bad_input;
mod conformance;
mod faults;
mod generated;
mod questions;
mod serving;
