//! HTTP, WebSocket and pages.

pub mod assets;
pub mod listener;
pub mod live;
pub mod pages;
pub mod view;
