//! HTTP, WebSocket and pages.

pub mod api;
pub mod assets;
mod cookie;
pub mod delay;
pub mod device_cookie;
pub mod extract;
pub mod idempotency;
pub mod invite_cookie;
pub mod limits;
pub mod listener;
pub mod live;
pub mod nonce;
pub mod pages;
pub mod problem;
pub mod route;
pub mod router;
pub mod state;
pub mod view;
mod visit;

pub use state::{Site, Web};
