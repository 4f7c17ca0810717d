//! The guest's path from outside: the page behind a link, its opening, its answer.
#![cfg(test)]

mod access;
mod answer;
mod form;
mod page;
mod repeat;
mod stage;
mod step_up;
