//! The verbs of the product: each use case loads, decides, saves and tells.

pub mod guest_list;
