//! Lists in pages, by the last id seen (keyset): no row is shown twice or left out while others come.

use uuid::Uuid;

use crate::value::{Arg, ToArg};

/// Rows of a page where nobody said.
pub const PAGE_LIMIT_DEFAULT: i64 = 50;
/// Most rows of a page.
pub const PAGE_LIMIT_MAX: i64 = 200;

/// Which page.
#[derive(Clone, Copy, Debug)]
pub struct Paging<I> {
    /// The last id of the page before; the first page where absent.
    pub after: Option<I>,
    /// How many rows, 1 to [`PAGE_LIMIT_MAX`].
    pub limit: i64,
}

/// A page and where the next one starts.
#[derive(Clone, Debug)]
pub struct Page<T, I> {
    /// The rows.
    pub rows: Vec<T>,
    /// The last id of this page, where more follow.
    pub next: Option<I>,
}

impl<I: Copy + ToArg> Paging<I> {
    /// For `id > $n order by id`: the last id seen, or one before all others. (`$n is null or …` would
    /// have both databases walk the list from its start for every page.)
    pub(crate) fn above(&self) -> Arg<'_> {
        self.after.as_ref().map_or(Arg::Uuid(Uuid::nil()), ToArg::arg)
    }

    /// For `id < $n order by id desc`: the last id seen, or one after all others.
    pub(crate) fn below(&self) -> Arg<'_> {
        self.after.as_ref().map_or(Arg::Uuid(Uuid::max()), ToArg::arg)
    }

    /// For `limit $n`: one row more than asked for, to see whether more follow.
    pub(crate) const fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// The page of rows that were read with [`Paging::rows`].
    pub(crate) fn page<T>(&self, mut rows: Vec<T>, id: impl Fn(&T) -> I) -> Page<T, I> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(id) } else { None };
        Page { rows, next }
    }
}
