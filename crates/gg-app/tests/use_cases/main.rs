//! What the use cases do, on both databases alike.
#![cfg(test)]

mod answers;
mod decisions;
mod import;
mod links;
mod opening;
mod population;
mod races;
mod records;
mod rescoring;
mod stage;
mod take_back;
mod tenancy;
