//! The guest's path from outside: the page behind a link, its opening, its answer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod access;
mod answer;
mod form;
mod page;
mod stage;
