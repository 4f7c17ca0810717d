//! How organisers get in, and with whom they share: the use cases on both databases.
#![cfg(test)]

mod keys;
mod members;
mod setup;
mod sign_in;
mod stage;
