//! The binary as others meet it: started, asked over HTTP, stopped, killed.
#![cfg(test)]

mod backup;
mod killed;
mod record;
mod rescoring;
mod server;
mod start;
mod stopped;
