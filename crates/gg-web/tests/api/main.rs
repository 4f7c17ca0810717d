//! The JSON API as its callers meet it, on both databases.
#![cfg(test)]

mod credentials;
mod idempotency;
mod members;
mod problems;
mod ready;
mod stage;
