//! What a person may type: one line (a name, a household) or a block of lines (notes).
//!
//! Every text that is kept passes here once, at the edge, so that the same text written in two ways (composed or
//! decomposed accents, doubled spaces, CR LF) is kept in one. Both functions are idempotent: what they gave, they give
//! again, which is what makes an exported guest list come back unchanged.

use unicode_normalization::UnicodeNormalization;

/// Why a text was refused. Messages never repeat the text: it may be a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left once surrounding white space is taken off.
    #[error("is empty")]
    Empty,
    /// More characters than `max`.
    #[error("is longer than {max} characters")]
    TooLong {
        /// The most characters (Unicode scalar values) that are taken.
        max: usize,
    },
    /// A control character, such as NUL or escape.
    #[error("contains the control character U+{code:04X}")]
    Control {
        /// Its code point.
        code: u32,
    },
    /// A character that nobody sees and that can make one text pass for another.
    #[error("contains the invisible character U+{code:04X}")]
    Invisible {
        /// Its code point.
        code: u32,
    },
}

/// One line: composed (NFC), trimmed, each run of white space (line ends too) one space, 1 to `max` characters.
///
/// # Errors
/// [`TextError`] for an empty or too long text, for control characters, and for invisible ones (bidirectional
/// overrides, zero width); a joiner between two letters stays, since Persian names and family emoji need it.
pub fn line(raw: &str, max: usize) -> Result<String, TextError> {
    let composed: String = raw.nfc().collect();
    let text = fold_spaces(&composed);
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_control() {
            return Err(TextError::Control { code: c.into() });
        }
        let joins = is_joiner(c) && is_visible(before) && chars.peek().copied().is_some_and(is_visible);
        if is_invisible(c) || (is_joiner(c) && !joins) {
            return Err(TextError::Invisible { code: c.into() });
        }
        before = c;
    }
    within(text, max)
}

/// Several lines: composed (NFC), trimmed, line ends written as LF, 1 to `max` characters.
///
/// # Errors
/// [`TextError`] for an empty or too long text, and for control characters other than tab and line end.
pub fn block(raw: &str, max: usize) -> Result<String, TextError> {
    let text: String = raw.replace("\r\n", "\n").replace('\r', "\n").nfc().collect();
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(TextError::Control { code: c.into() });
    }
    within(text.to_owned(), max)
}

/// The form under which two spellings of one line are the same: compatibility forms, case, white space and joiners
/// folded. For matching alone, never shown.
#[must_use]
pub fn key(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).nfkc().filter(|c| !is_joiner(*c)).collect();
    fold_spaces(&folded)
}

fn within(text: String, max: usize) -> Result<String, TextError> {
    if text.chars().nth(max).is_some() { Err(TextError::TooLong { max }) } else { Ok(text) }
}

fn fold_spaces(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !is_joiner(c) && !is_invisible(c)
}

/// Zero width non-joiner and joiner.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Characters without a shape of their own: direction marks, embeddings, overrides and isolates, zero width, fillers.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_folds_white_space_and_composes_accents() {
        assert_eq!(line("  Jose\u{301}\r\n\tdel  Mar\u{a0}", 200), Ok("José del Mar".to_owned()));
    }

    #[test]
    fn line_of_white_space_is_empty() {
        assert_eq!(line(" \t\u{3000}\n", 200), Err(TextError::Empty));
    }

    #[test]
    fn line_counts_characters_not_bytes() {
        assert!(line(&"é".repeat(200), 200).is_ok());
        assert_eq!(line(&"é".repeat(201), 200), Err(TextError::TooLong { max: 200 }));
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(line("Ada\0", 200), Err(TextError::Control { code: 0 }));
        assert_eq!(line("Ada\u{9b}31m", 200), Err(TextError::Control { code: 0x9b }));
        assert_eq!(block("a\u{1b}[31m", 200), Err(TextError::Control { code: 0x1b }));
    }

    #[test]
    fn bidirectional_overrides_isolates_and_zero_width_are_refused() {
        for c in ('\u{202A}'..='\u{202E}')
            .chain('\u{2066}'..='\u{2069}')
            .chain(['\u{200B}', '\u{2060}', '\u{FEFF}'])
        {
            assert_eq!(line(&format!("Ada{c}Lovelace"), 200), Err(TextError::Invisible { code: c.into() }));
        }
    }

    #[test]
    fn joiner_stays_between_letters_and_nowhere_else() {
        assert!(line("علی\u{200C}رضا", 200).is_ok());
        assert!(line("👩\u{200D}👩\u{200D}👧", 200).is_ok());
        assert_eq!(line("Ada\u{200D}", 200), Err(TextError::Invisible { code: 0x200D }));
        assert_eq!(line("A\u{200D}\u{200D}da", 200), Err(TextError::Invisible { code: 0x200D }));
        assert_eq!(line("Ada \u{200C}Lovelace", 200), Err(TextError::Invisible { code: 0x200C }));
    }

    #[test]
    fn block_keeps_lines_and_writes_their_ends_one_way() {
        assert_eq!(block("\nvegan\r\nno nuts\rwindow\n", 200), Ok("vegan\nno nuts\nwindow".to_owned()));
    }

    #[test]
    fn key_is_one_for_all_spellings() {
        for spelling in ["JOSÉ  DEL MAR", "jose\u{301} del mar", "Ｊosé Del\u{a0}Mar"] {
            assert_eq!(key(spelling), "josé del mar");
        }
        assert_eq!(key("علی\u{200C}رضا"), key("علیرضا"));
        assert_ne!(key("Jose"), key("José"));
    }

    proptest! {
        #[test]
        fn line_gives_again_what_it_gave(raw in any::<String>()) {
            if let Ok(text) = line(&raw, 200) {
                prop_assert_eq!(line(&text, 200), Ok(text));
            }
        }

        #[test]
        fn block_gives_again_what_it_gave(raw in any::<String>()) {
            if let Ok(text) = block(&raw, 200) {
                prop_assert_eq!(block(&text, 200), Ok(text));
            }
        }

        #[test]
        fn line_never_holds_what_could_break_out_of_it(raw in any::<String>()) {
            if let Ok(text) = line(&raw, 200) {
                prop_assert!(!text.chars().any(|c| c.is_control() || is_invisible(c)));
                prop_assert_eq!(text.trim(), &text);
            }
        }

        #[test]
        fn key_of_a_key_is_itself(raw in any::<String>()) {
            let once = key(&raw);
            prop_assert_eq!(key(&once), once);
        }
    }
}
