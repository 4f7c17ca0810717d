//! The mark that keeps a spreadsheet from running a guest's words as a formula, put on and taken off.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, tab or return is a formula to Excel and its kin (OWASP, "CSV
//! injection"). One `'` in front makes it text. Cells that begin with `'` get one more, so that taking off one gives
//! back every cell as it was.

use std::borrow::Cow;

/// The cell as an export writes it.
pub(super) fn put_on(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(is_active) && !is_number(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell as it was before [`put_on`].
pub(super) fn take_off(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(is_active) => rest,
        _ => cell,
    }
}

const fn is_active(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\'' | '\t' | '\r')
}

/// A signed number, which a phone in international form is too: nothing that could be computed further.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_become_text() {
        for cell in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "'quoted",
            "\t=1",
            "\r=1",
            "+44 20 7946",
            "-",
            "+1.2.3",
        ] {
            assert_eq!(put_on(cell), format!("'{cell}"));
        }
    }

    #[test]
    fn numbers_phones_and_words_stay() {
        for cell in ["", "Ada", "-1", "+2", "+442079460958", "-1.5", "+1,5", "a=b", "O'Brien"] {
            assert_eq!(put_on(cell), cell);
        }
    }

    #[test]
    fn mark_is_taken_off_only_where_it_guards() {
        assert_eq!(take_off("'=1"), "=1");
        assert_eq!(take_off("''tis"), "'tis");
        assert_eq!(take_off("'tis"), "'tis");
        assert_eq!(take_off("'"), "'");
        assert_eq!(take_off("'+44"), "+44");
    }

    proptest! {
        #[test]
        fn every_cell_comes_back(cell in "['=+@\\t\\r-]{0,3}\\PC{0,5}") {
            let written = put_on(&cell);
            prop_assert_eq!(take_off(&written), &cell);
        }

        #[test]
        fn no_cell_is_left_active(cell in "['=+@\\t\\r-]{0,3}\\PC{0,5}") {
            let written = put_on(&cell);
            prop_assert!(written.starts_with('\'') || is_number(&written) || !written.starts_with(is_active));
        }
    }
}
