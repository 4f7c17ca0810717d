//! HTTP, WebSocket and pages.
