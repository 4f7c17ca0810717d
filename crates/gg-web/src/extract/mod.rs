//! What handlers take from a request.
pub mod client_ip;
