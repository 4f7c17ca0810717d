//! Lists in pages: `?limit=&cursor=` in, `{"data":[…],"next_cursor":…}` out.
//!
//! A cursor is the last id of a page in base64url. It opens nothing: what a page shows is decided by who asks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gg_domain::fields::FieldErrors;
use gg_domain::id::Id;
use gg_store::{PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Paging};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows of a page; 50 where it is left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before; the first page where it is left out.
    #[param(pattern = "^[A-Za-z0-9_-]{22}$")]
    pub cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Asks for the page after this one; null where this is the last.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

impl PageQuery {
    /// The page that is asked for.
    ///
    /// # Errors
    /// [`FieldErrors`] with `/limit` or `/cursor`.
    pub fn paging<I: Id>(&self) -> Result<Paging<I>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let limit = self.limit.unwrap_or(PAGE_LIMIT_DEFAULT);
        if !(1..=PAGE_LIMIT_MAX).contains(&limit) {
            errors.push("/limit", format!("give a whole number from 1 to {PAGE_LIMIT_MAX}"));
        }
        let after = self.cursor.as_deref().map(|cursor| errors.take("/cursor", read(cursor)));
        errors.check()?;
        Ok(Paging { after: after.flatten().map(I::from), limit })
    }
}

impl<T> Page<T> {
    /// A page of rows of the store, each told by `tell`.
    pub fn of<R, I: Id>(page: gg_store::Page<R, I>, tell: impl FnMut(R) -> T) -> Self {
        let next_cursor = page.next.map(|id| URL_SAFE_NO_PAD.encode(Into::<Uuid>::into(id).as_bytes()));
        Self { data: page.rows.into_iter().map(tell).collect(), next_cursor }
    }
}

fn read(cursor: &str) -> Result<Uuid, &'static str> {
    const REMEDY: &str = "give the next_cursor of a page as it came, or nothing for the first page";
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| REMEDY)?;
    let id = Uuid::from_slice(&bytes).map_err(|_| REMEDY)?;
    if id.get_version_num() == 7 { Ok(id) } else { Err(REMEDY) }
}

#[cfg(test)]
mod tests {
    use gg_domain::id::EventId;

    use super::*;

    const ID: &str = "0193e0c0-1111-7222-8333-444455556666";

    fn asked(limit: Option<i64>, cursor: Option<&str>) -> Result<Paging<EventId>, Vec<String>> {
        let query = PageQuery { limit, cursor: cursor.map(str::to_string) };
        query.paging().map_err(|errors| errors.0.into_iter().map(|error| error.pointer).collect())
    }

    #[test]
    fn a_cursor_is_read_as_it_was_given() {
        let id: EventId = ID.parse().unwrap();
        let page = Page::of(gg_store::Page { rows: vec![1], next: Some(id) }, |row| row);

        let paging = asked(None, page.next_cursor.as_deref()).unwrap();

        assert_eq!(paging.after, Some(id));
        assert_eq!(paging.limit, PAGE_LIMIT_DEFAULT);
    }

    #[test]
    fn a_cursor_that_was_tampered_with_is_refused() {
        let whole = URL_SAFE_NO_PAD.encode(ID.parse::<Uuid>().unwrap().as_bytes());
        let not_of_ours = URL_SAFE_NO_PAD.encode([0; 16]);
        for cursor in ["", "x", ID, &whole[1..], &format!("{whole}="), &not_of_ours] {
            assert_eq!(asked(None, Some(cursor)).unwrap_err(), ["/cursor"], "{cursor}");
        }
    }

    #[test]
    fn a_limit_lies_between_one_and_two_hundred() {
        for limit in [i64::MIN, -1, 0, 201] {
            assert_eq!(asked(Some(limit), None).unwrap_err(), ["/limit"]);
        }
        assert!(asked(Some(200), None).is_ok());
    }
}
