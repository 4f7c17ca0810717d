//! HTTP, WebSocket and pages.

pub mod api;
pub mod assets;
mod device_words;
pub mod error_page;
pub mod extract;
pub mod forms;
pub mod idempotency;
pub mod limits;
pub mod listener;
pub mod live;
pub mod pages;
pub mod problem;
pub mod route;
pub mod router;
pub mod security_headers;
pub mod state;
mod time_words;
pub mod view;

pub use state::{Site, Web};
