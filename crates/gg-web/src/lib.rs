//! HTTP, WebSocket and pages.

pub mod api;
pub mod assets;
mod cookie;
pub mod delay;
pub mod device_cookie;
pub mod device_words;
pub mod docs;
pub mod engine;
pub mod error_page;
pub mod extract;
pub mod forms;
pub mod idempotency;
pub mod invite_cookie;
pub mod limits;
pub mod listener;
pub mod live;
pub mod nonce;
pub mod openapi;
pub mod pages;
pub mod place_words;
pub mod problem;
pub mod route;
pub mod router;
pub mod security_headers;
pub mod state;
pub mod time_words;
mod urlencoded;
pub mod view;
mod visit;

pub use state::{Site, Web};
