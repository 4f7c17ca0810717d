//! HTTP, WebSocket and pages.

pub mod assets;
pub mod pages;
pub mod view;
