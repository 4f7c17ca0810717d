//! The automation gate and the risk engine: pure functions behind one trait.
