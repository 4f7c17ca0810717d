//! Nouns and rules of GuestGuard, pure: no I/O, no clock, no randomness of its own.
