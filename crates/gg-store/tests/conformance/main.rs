//! What the store does, on both databases alike.
#![cfg(test)]

mod api_keys;
mod deployment;
mod idempotency;
mod members;
mod migrate;
mod sessions;
mod setup;
mod stage;
