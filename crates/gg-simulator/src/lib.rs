//! Simulated worlds, the access log, and the evaluation of the risk engine on both (RISK.md 6 and 7).

pub mod chart;
pub mod compare;
mod curve;
pub mod evaluate;
pub mod fit;
pub mod label;
mod line;
pub mod log;
pub mod replay;
pub mod rng;
pub mod scores;
pub mod table;
pub mod world;
