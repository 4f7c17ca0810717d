//! The organiser's pages from outside: what a browser without script sees, posts and is refused.
#![cfg(test)]

mod account;
mod events;
mod everywhere;
mod guests;
mod import;
mod kept;
mod live;
mod members;
mod outbox;
mod policy;
mod stage;
mod theme;
