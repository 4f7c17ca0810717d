//! The binary as others meet it: started, asked over HTTP, stopped, killed.
#![cfg(test)]

mod backup;
mod delay;
mod engine;
mod engine_away;
mod killed;
mod networks;
mod outbox;
mod record;
mod rescoring;
mod server;
mod start;
mod stopped;
