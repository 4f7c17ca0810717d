//! Awkward data for render tests: what people and attackers put into names.

use crate::view::{Chrome, EventTabs, Notice, Tab, Theme, Tone, When};

/// A name that is longer than any column.
pub(crate) const LONG_NAME: &str =
    "Nana Akosua Oforiwaa Agyemang-Prempeh von Hohenlohe-Waldenburg-Schillingsfürst und zu Sayn-Wittgenstein";
/// A name that is written from the right.
pub(crate) const ARABIC: &str = "حفل زفاف ليلى وعمر في قصر المنتزه";
/// A name of more than one plane.
pub(crate) const EMOJI: &str = "Zoë 👩🏽‍🚀🎉 Ọlá";
/// An address without a place to break.
pub(crate) const LONG_EMAIL: &str =
    "nana.akosua.oforiwaa.agyemang-prempeh.the.second@a-very-long-subdomain.example.com";
/// What must come out as text.
pub(crate) const SCRIPT: &str = "<script>alert(\"1\")</script>";

/// Fails where [`SCRIPT`] came through as markup.
pub(crate) fn assert_escaped(page: &str) {
    assert!(!page.contains("<script>alert"), "a name came through as markup");
    assert!(page.contains("&#60;script&#62;alert"), "the name is shown");
}

/// A frame with awkward content.
pub(crate) fn chrome(tab: Tab) -> Chrome {
    Chrome {
        email: LONG_EMAIL.into(),
        csrf: "csrf-1".into(),
        theme: Theme::Light,
        tab,
        event: Some(EventTabs { id: "e1".into(), name: LONG_NAME.into() }),
        notice: Some(Notice { tone: Tone::Good, text: EMOJI.into() }),
    }
}

/// A moment.
pub(crate) fn when() -> When {
    When { said: "3 minutes ago".into(), exact: "2026-12-01T14:02:51Z".into() }
}
