//! Error pages that say what happened and what to do.

use askama::Template;

use crate::view::Theme;

/// What went wrong, for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// 403: the form was too old, or the role does not suffice.
    Forbidden,
    /// 404: nothing here, or not for this account.
    NotFound,
    /// 412: somebody else changed it meanwhile.
    Stale,
    /// 429: too many tries.
    TooMany,
    /// 500: our fault.
    Internal,
    /// 503: the database is away; it comes back by itself.
    Unavailable,
    /// Any other: the form was cut short, too large, or of another kind than the page takes.
    Refused(u16),
}

/// An error page.
#[derive(Debug, Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    /// How it looks.
    pub theme: Theme,
    /// What went wrong.
    pub kind: ErrorKind,
    /// The request's id, for whoever runs the server; empty where there is none.
    pub request_id: String,
}

impl ErrorPage {
    /// The status, for the answer and the small print.
    pub fn status(&self) -> u16 {
        match self.kind {
            ErrorKind::Forbidden => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::Stale => 412,
            ErrorKind::TooMany => 429,
            ErrorKind::Internal => 500,
            ErrorKind::Unavailable => 503,
            ErrorKind::Refused(status) => status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    #[test]
    fn every_error_has_a_heading_and_a_way_on() {
        for kind in [
            ErrorKind::Forbidden,
            ErrorKind::NotFound,
            ErrorKind::Stale,
            ErrorKind::TooMany,
            ErrorKind::Internal,
            ErrorKind::Unavailable,
        ] {
            let page = ErrorPage { theme: Theme::Light, kind, request_id: awkward::SCRIPT.into() };
            let html = page.render().unwrap();
            awkward::assert_escaped(&html);
            assert_eq!(html.matches("<h1").count(), 1, "{kind:?}");
            assert!(html.contains("class=\"btn"), "{kind:?}");
        }
    }
}
