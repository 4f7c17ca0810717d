//! The engine in the product, beside the engine on a log: both judge alike, from what they look up themselves.
#![cfg(test)]

mod looked_up;
