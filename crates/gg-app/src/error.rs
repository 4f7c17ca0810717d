//! What can come of a use case beside its result: each a thing that can happen, said once.

use gg_domain::actor::Forbidden;
use gg_domain::fields::FieldErrors;
use gg_domain::token::BadToken;
use gg_store::StoreError;
use jiff::SignedDuration;

use crate::guest_list::{FileError, RowError};

/// Why a use case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or none that the actor may know of.
    #[error("there is no such thing")]
    NotFound,
    /// A member whose role does not suffice.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Fields are wrong, each with a pointer and a remedy.
    #[error("some fields are not right: {0}")]
    Invalid(#[from] FieldErrors),
    /// Somebody changed it in the meantime.
    #[error("it was changed in the meantime: load it again")]
    Stale,
    /// The link is not a living one of ours: why is nobody's business.
    #[error(transparent)]
    DeadLink(#[from] BadToken),
    /// No seats are left.
    #[error("the event is full")]
    Full,
    /// The deadline has passed.
    #[error("answers are closed")]
    Closed,
    /// A code must come first.
    #[error("please confirm that this link is yours first")]
    StepUpRequired,
    /// This opening may not answer.
    #[error("this link cannot be used from here")]
    Blocked,
    /// The digits are not those that were sent, or not any more.
    #[error("these are not the digits that were sent for this opening, or not any more: have new ones sent")]
    WrongCode,
    /// Too often: it may be tried again after so long.
    #[error("too often: try again later")]
    TooOften(SignedDuration),
    /// The guest has no link that could be told.
    #[error("the guest has no living link: issue one first")]
    NoLink,
    /// The event ended too long ago for links.
    #[error("links end 30 days after the event: move its end first")]
    LinksOver,
    /// A file that cannot be read as a guest list at all.
    #[error(transparent)]
    File(#[from] FileError),
    /// Rows of a guest list are wrong; nothing was written.
    #[error("some rows are not right, and nothing was written")]
    Rows(Vec<RowError>),
    /// The account has as many imports under way as it may.
    #[error("other imports of yours are under way: wait until one is done")]
    TooManyImports,
    /// An import ended with the server that ran it.
    #[error(
        "{done} of {total} guests were written before the server stopped: import the file again, nobody is added twice"
    )]
    BrokenOff {
        /// Guests written; they stay.
        done: usize,
        /// Guests that were to be written.
        total: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A use case's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;
