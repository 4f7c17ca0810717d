//! The live feed over real TCP, with tokio-tungstenite as the client.

mod closing;
mod delivery;
mod handshake;
mod stage;
