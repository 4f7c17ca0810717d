//! HTTP, WebSocket and pages.

pub mod api;
pub mod assets;
pub mod extract;
pub mod idempotency;
pub mod limits;
pub mod listener;
pub mod live;
pub mod pages;
pub mod problem;
pub mod route;
pub mod router;
pub mod state;
pub mod view;

pub use state::{Site, Web};
