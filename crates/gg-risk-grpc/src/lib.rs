//! The risk engine in another process: served and asked over gRPC (`proto/guestguard/risk/v1/risk.proto`).
//!
//! [`serve`] answers with the pure functions of gg-risk; [`RemoteScorer`] asks such a server as the product asks the
//! engine in its own process, with a deadline, and a breaker so that a hung engine costs few guests a wait. The only
//! crate that knows tonic (docs/adr/0011-risk-over-grpc.md).

mod breaker;
mod client;
#[cfg(test)]
mod samples;
mod server;
mod trial;
mod wire;

/// The messages and the service as generated from the `.proto` file, for who writes another client.
#[expect(
    missing_docs,
    unused_qualifications,
    clippy::all,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "generated; the comments are those of the .proto file"
)]
pub mod v1 {
    include!("generated/guestguard.risk.v1.rs");
}

pub use breaker::FAILURES_MAX;
pub use client::{AddressError, CALLS_MAX, RemoteScorer};
pub use server::{DESCRIPTORS, serve};
pub use wire::Fault;

/// Largest message, in bytes. A policy of 64 delegates with 200 guests each and names of 200 letters has 0.6 MiB; what
/// is known of an opening and its guest some kilobytes.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
