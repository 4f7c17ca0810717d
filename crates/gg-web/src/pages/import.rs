//! `/events/{id}/import`: a CSV file becomes guests: choose, see how it is understood, fix, confirm.
//!
//! Nothing is written before the last step, and each step is a plain form.

use askama::Template;

use crate::view::{Choice, Chrome, Notice, Tab};

mod check;
mod steps;
mod uploads;

pub use steps::routes;

/// The import page.
#[derive(Debug, Template)]
#[template(path = "pages/import.html")]
pub struct ImportPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// How far it has come.
    pub stage: ImportStage,
    /// A notice above the content.
    pub notice: Option<Notice>,
}

/// How far an import has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportStage {
    /// Nothing chosen yet.
    Choose,
    /// The file was read without writing anything.
    Check(Box<ImportCheck>),
    /// It is being written.
    Running(ImportProgress),
    /// It is written.
    Done(ImportCounts),
}

impl ImportStage {
    /// The step's number, from 1.
    pub fn step(&self) -> u8 {
        match self {
            Self::Choose => 1,
            Self::Check(_) => 2,
            Self::Running(_) | Self::Done(_) => 3,
        }
    }
}

/// What a dry run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportCheck {
    /// The name of the kept upload, carried by the forms.
    pub upload: String,
    /// The file's own name.
    pub file_name: String,
    /// How the bytes were read, such as "UTF-8, commas".
    pub read_as: String,
    /// The columns and what each is taken for.
    pub columns: Vec<ColumnMap>,
    /// The first rows as they are understood: the fields' words, then rows of the same length.
    pub fields: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// What would be written.
    pub counts: ImportCounts,
    /// Rows that cannot be read, the first of them.
    pub errors: Vec<RowError>,
    /// All rows that cannot be read.
    pub errors_total: u32,
}

impl ImportCheck {
    /// Rows that would change something.
    pub fn to_write(&self) -> u32 {
        self.counts.created + self.counts.updated
    }

    /// Errors that are not listed.
    pub fn errors_more(&self) -> u32 {
        self.errors_total.saturating_sub(u32::try_from(self.errors.len()).unwrap_or(u32::MAX))
    }
}

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMap {
    /// Its header.
    pub header: String,
    /// A value from it.
    pub sample: String,
    /// The form's field, such as `map_0`.
    pub field: String,
    /// What it may be, the current choice chosen.
    pub choices: Vec<Choice>,
}

/// What an import writes or wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// New guests.
    pub created: u32,
    /// Guests that change.
    pub updated: u32,
    /// Guests that stay as they are.
    pub unchanged: u32,
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line where the record starts, from 1 with the header.
    pub line: u32,
    /// The header's text.
    pub column: String,
    /// What is wrong, as a sentence.
    pub detail: String,
}

/// How far the writing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows done.
    pub done: u32,
    /// Rows there are.
    pub total: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(stage: ImportStage) -> String {
        let page =
            ImportPage { chrome: awkward::chrome(Tab::Guests), event_id: "e1".into(), stage, notice: None };
        page.render().unwrap()
    }

    fn check(errors_total: u32) -> Box<ImportCheck> {
        Box::new(ImportCheck {
            upload: "u1".into(),
            file_name: awkward::SCRIPT.into(),
            read_as: "UTF-8, commas".into(),
            columns: vec![ColumnMap {
                header: awkward::SCRIPT.into(),
                sample: awkward::ARABIC.into(),
                field: "map_0".into(),
                choices: vec![Choice { value: "name".into(), label: "Name".into(), chosen: true }],
            }],
            fields: vec!["Name".into()],
            rows: vec![vec![awkward::SCRIPT.into()]],
            counts: ImportCounts { created: 309, updated: 3, unchanged: 0 },
            errors: vec![RowError { line: 7, column: "phone".into(), detail: awkward::SCRIPT.into() }]
                .into_iter()
                .take(errors_total as usize)
                .collect(),
            errors_total,
        })
    }

    #[test]
    fn the_first_step_takes_a_file() {
        let html = page(ImportStage::Choose);
        assert!(html.contains("enctype=\"multipart/form-data\""));
        assert!(html.contains("type=\"file\""));
    }

    #[test]
    fn errors_are_named_by_line_and_the_rest_is_offered() {
        let html = page(ImportStage::Check(check(3)));
        awkward::assert_escaped(&html);
        assert!(html.contains("Line 7"));
        assert!(html.contains("and 2 more"));
        assert!(html.contains("name=\"skip_invalid\" value=\"true\""));
    }

    #[test]
    fn a_clean_file_has_one_button_with_the_number_on_it() {
        let html = page(ImportStage::Check(check(0)));
        assert!(html.contains("Add 309 guests"));
        assert!(!html.contains("skip_invalid"));
    }

    #[test]
    fn progress_and_end_are_shown() {
        assert!(page(ImportStage::Running(ImportProgress { done: 400, total: 1000 })).contains("<progress"));
        let done = ImportCounts { created: 309, updated: 3, unchanged: 12 };
        assert!(page(ImportStage::Done(done)).contains("309"));
    }
}
