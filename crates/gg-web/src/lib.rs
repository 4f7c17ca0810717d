//! HTTP, WebSocket and pages.

pub mod api;
pub mod assets;
pub mod docs;
pub mod extract;
pub mod listener;
pub mod live;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod route;
pub mod state;
pub mod view;
