//! HTTP, WebSocket and pages.

pub mod listener;
pub mod live;
