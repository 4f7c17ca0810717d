//! HTTP, WebSocket and pages.

pub mod api;
pub mod assets;
mod cookie;
pub mod delay;
pub mod device_cookie;
pub mod extract;
pub mod invite_cookie;
pub mod listener;
pub mod live;
pub mod nonce;
pub mod pages;
pub mod problem;
pub mod state;
pub mod view;
mod visit;
