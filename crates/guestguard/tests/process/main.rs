//! The binary as others meet it: started, asked over HTTP, stopped, killed.
#![cfg(test)]

mod backup;
mod killed;
mod server;
mod start;
