//! What the use cases do, on both databases alike.
#![cfg(test)]

mod answers;
mod decisions;
mod fresh_links;
mod import;
mod links;
mod messages;
mod opening;
mod population;
mod races;
mod records;
mod rescoring;
mod stage;
mod step_up;
mod take_back;
mod tenancy;
mod wishes;
