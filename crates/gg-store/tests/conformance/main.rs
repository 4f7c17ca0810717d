//! What the store does, on both databases alike.

mod migrate;
