//! What the store does, on both databases alike.
#![cfg(test)]

mod accesses;
mod api_keys;
mod deployment;
mod durability;
mod erasure;
mod events;
mod feed;
mod guests;
mod idempotency;
mod members;
mod migrate;
mod paging;
mod records;
mod sessions;
mod setup;
mod sightings;
mod stage;
mod tenancy;
mod wedding;
mod writer;
