//! The organiser's API as a program meets it: requests in, answers out, on a real database.

#![cfg(test)]

mod activity;
mod decisions;
mod events;
mod guests;
mod imports;
mod links;
mod live;
mod policy;
mod probes;
mod protocol;
mod rsvps;
mod stage;
mod tenancy;
