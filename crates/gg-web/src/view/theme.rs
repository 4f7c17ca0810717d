//! Dark, light, or as the reader's system has it: his choice, which a cookie holds, so that a page arrives in it.

use axum::http::HeaderMap;

use crate::extract::identity::cookie;

/// The cookie's name.
pub const THEME_COOKIE: &str = "gg_theme";
/// The same over TLS. It says nothing that a forged one could not.
const THEME_COOKIE_SECURE: &str = "__Host-gg_theme";

/// How organisers' pages look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
    /// Whichever the system asks for.
    System,
}

impl Theme {
    /// All, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Dark, Self::Light];

    /// What the browser's cookie says.
    pub fn of(headers: &HeaderMap) -> Self {
        let said = [THEME_COOKIE_SECURE, THEME_COOKIE].into_iter().find_map(|name| cookie(headers, name));
        said.and_then(Self::parse).unwrap_or_default()
    }

    /// The theme of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }

    /// Its word in the cookie and the form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::System => "system",
        }
    }

    /// Its name in the menu.
    pub fn label(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::System => "As your system",
        }
    }

    /// The class of the page; dark is what it is without.
    pub fn class(self) -> &'static str {
        match self {
            Self::Dark => "",
            Self::Light => "light",
            Self::System => "system",
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn a_page_is_dark_unless_the_reader_chose() {
        let of = |said: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, said.parse().unwrap());
            Theme::of(&headers)
        };
        assert_eq!(Theme::of(&HeaderMap::new()), Theme::Dark);
        assert_eq!([of("gg_theme=light"), of("__Host-gg_theme=system")], [Theme::Light, Theme::System]);
        assert_eq!(of("gg_theme=<script>"), Theme::Dark);
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.word()), Some(theme));
        }
    }
}
