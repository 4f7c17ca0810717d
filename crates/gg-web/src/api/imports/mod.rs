//! Imports that take longer than their caller waits: how far they are.

use axum::extract::State;
use gg_app::guest_list::RowError;
use gg_app::{ImportState, Imported};
use gg_domain::actor::Permission;
use gg_domain::id::ImportId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::extract::Id;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::route::{Routes, route};
use crate::state::Web;

/// The operations on imports.
pub fn routes() -> Routes {
    Routes::new().merge(route(Permission::WriteGuests, routes!(read_import)))
}

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportCounts {
    /// Guests added.
    created: usize,
    /// Guests changed.
    updated: usize,
    /// Rows that said what was already so.
    unchanged: usize,
    /// Rows that are wrong and were left out; absent where none is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<RowFault>,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowFault {
    /// The line where the record starts, counted from 1 with the header.
    line: usize,
    /// The header's text of the column.
    column: String,
    /// What is wrong and what would be right.
    detail: String,
}

/// How far an import is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProgress {
    /// How it stands.
    state: ImportWord,
    /// Guests written.
    done: usize,
    /// Guests to be written.
    total: usize,
    /// What it did; null until it is done.
    #[schema(required)]
    result: Option<ImportCounts>,
    /// Why it broke off; null unless it did. What was written until then stays: import the file again.
    #[schema(required)]
    error: Option<String>,
}

/// How an import stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImportWord {
    /// It goes on.
    Running,
    /// It is done.
    Done,
    /// It broke off.
    Failed,
}

impl ImportCounts {
    /// The counts of an import.
    pub fn of(imported: Imported) -> Self {
        let Imported { created, updated, unchanged, errors } = imported;
        Self { created, updated, unchanged, errors: errors.into_iter().map(RowFault::from).collect() }
    }
}

impl From<RowError> for RowFault {
    fn from(error: RowError) -> Self {
        let RowError { line, column, detail } = error;
        Self { line, column, detail }
    }
}

impl From<gg_app::ImportProgress> for ImportProgress {
    fn from(progress: gg_app::ImportProgress) -> Self {
        let (state, result, error) = match progress.state {
            ImportState::Running => (ImportWord::Running, None, None),
            ImportState::Done(imported) => (ImportWord::Done, Some(ImportCounts::of(imported)), None),
            ImportState::Failed(error) => (ImportWord::Failed, None, Some(error)),
        };
        Self { state, done: progress.done, total: progress.total, result, error }
    }
}

/// See how far an import is
///
/// Kept by the process that runs it, for the account that started it.
#[utoipa::path(
    get, path = "/api/v1/imports/{import_id}", tag = "Guests",
    params(("import_id" = Uuid, Path, description = "The import, from the Location of its 202.")),
    responses((status = 200, description = "How far it is.", body = ImportProgress))
)]
async fn read_import(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(import): Id<ImportId>,
) -> Result<axum::Json<ImportProgress>, Problem> {
    Ok(axum::Json(web.app.import_progress(actor, import)?.into()))
}
