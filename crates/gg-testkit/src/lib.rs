//! What tests share: factories, clients, both databases.
