//! The steps of an import: choose, check, map, confirm. Each is a form that goes on to the same address, which shows
//! how far the file has come; loading it again posts nothing twice.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Extension, FromRequest as _, FromRequestParts as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::guest_list::{FILE_BYTES_MAX, Field, FileError, MapEntry, peek};
use gg_app::{Error, ImportState, Imported, Prepared, Started};
use gg_domain::actor::{Actor, Permission};
use gg_domain::id::EventId;
use serde::Deserialize;
use uuid::Uuid;

use super::check;
use super::uploads::{Owner, Stage, Upload, Uploads};
use super::{ImportCheck, ImportCounts, ImportPage, ImportProgress, ImportStage};
use crate::extract::identity::{check_csrf, check_same_site};
use crate::extract::{Id, Query};
use crate::forms::{Fields, Posted, go_on, sentence};
use crate::pages::events::count;
use crate::pages::organiser::{Organiser, trouble};
use crate::pages::{html, shown_at};
use crate::problem::Problem;
use crate::state::Web;
use crate::view::{Notice, Tab};

/// How long a confirmed import is waited for before the page says how far it is: most lists are done by then.
const WAIT_FOR_IMPORT: Duration = Duration::from_secs(8);
/// Most characters kept of a file's name.
const FILE_NAME_CHARS_MAX: usize = 120;
/// What a page says whose file is gone.
const GONE: &str =
    "The file is no longer here: it waits for half an hour, and not past a restart. Choose it again.";

/// What a page says whose import did not end well.
const BROKEN_OFF: &str = "The import broke off half way. Choose the file again: nobody is added twice.";

/// The routes of this page. The files that wait are theirs alone.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/events/{event_id}/import", get(show).post(upload))
        .route("/events/{event_id}/import/map", shown_at("/events/{event_id}/import").post(map))
        .route("/events/{event_id}/import/confirm", shown_at("/events/{event_id}/import").post(confirm))
        .layer(Extension(Arc::<Uploads>::default()))
}

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    upload: Option<Uuid>,
}

/// `GET /events/{id}/import`: how far the file has come that the address names.
async fn show(
    State(web): State<Web>,
    Extension(uploads): Extension<Arc<Uploads>>,
    Id(event): Id<EventId>,
    organiser: Organiser,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let actor = organiser.to(Permission::WriteGuests);
    let row = web.app.event(actor, event).await?;
    let owner = Owner { account: organiser.account, event };
    let stage = asked.upload.map(|id| (id, uploads.stage(id, owner, organiser.now)));
    let (stage, notice) = match stage {
        None => (ImportStage::Choose, None),
        Some((_, None)) => (ImportStage::Choose, trouble(GONE)),
        Some((id, Some(Stage::Waits(upload)))) => checked(&web, actor, event, id, &upload).await?,
        Some((_, Some(stage))) => running(&web, actor, &stage),
    };
    let chrome = organiser.chrome_of(Tab::Guests, &row);
    Ok(html(StatusCode::OK, &ImportPage { chrome, event_id: event.to_string(), stage, notice }))
}

/// `POST /events/{id}/import`: a file, judged when the page is shown.
async fn upload(
    State(web): State<Web>,
    Extension(uploads): Extension<Arc<Uploads>>,
    Id(event): Id<EventId>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let organiser = Organiser::from_request_parts(&mut parts, &web).await?;
    check_same_site(&parts.method, &parts.headers, &web)?;
    // Before ten megabytes are read: a viewer has no business here.
    let row = web.app.event(organiser.to(Permission::WriteGuests), event).await?;
    let form = Multipart::from_request(Request::from_parts(parts, body), &web).await;
    let form = form.map_err(|_| Problem::unsupported_media_type("multipart/form-data"))?;

    let refused = match read(form, &organiser, &web).await? {
        Ok(upload) => {
            let id: Uuid = web.app.sources.random_id();
            let owner = Owner { account: organiser.account, event };
            uploads.keep(id, owner, upload, organiser.now);
            return Ok(go_on(&format!("/events/{event}/import?upload={id}")));
        }
        Err(error) => sentence(&error.to_string()),
    };
    let chrome = organiser.chrome_of(Tab::Guests, &row);
    let page = ImportPage {
        chrome,
        event_id: event.to_string(),
        stage: ImportStage::Choose,
        notice: trouble(refused),
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /events/{id}/import/map`: what the columns are.
async fn map(
    State(web): State<Web>,
    Extension(uploads): Extension<Arc<Uploads>>,
    Id(event): Id<EventId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    web.app.event(organiser.to(Permission::WriteGuests), event).await?;
    let id = upload_of(&fields)?;
    uploads.set_map(id, Owner { account: organiser.account, event }, columns_of(&fields));
    Ok(go_on(&format!("/events/{event}/import?upload={id}")))
}

/// `POST /events/{id}/import/confirm`. The import goes on by itself, whoever leaves the page.
async fn confirm(
    State(web): State<Web>,
    Extension(uploads): Extension<Arc<Uploads>>,
    Id(event): Id<EventId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let actor = organiser.to(Permission::WriteGuests);
    web.app.event(actor, event).await?;
    let id = upload_of(&fields)?;
    let owner = Owner { account: organiser.account, event };
    if let Some(upload) = uploads.start(id, owner, organiser.now) {
        let skip_invalid = fields.text("skip_invalid") == "true";
        let going = tokio::spawn(async move {
            let stage = run(&web, actor, event, &upload, skip_invalid).await;
            uploads.set(id, stage);
        });
        // Its end is told by the stage, also to who left before.
        drop(going.await);
    }
    Ok(go_on(&format!("/events/{event}/import?upload={id}")))
}

async fn run(web: &Web, actor: Actor, event: EventId, upload: &Upload, skip_invalid: bool) -> Stage {
    let started = async {
        let prepared = prepare(web, actor, event, upload).await?;
        web.app.start_import(actor, event, prepared, skip_invalid, WAIT_FOR_IMPORT).await
    };
    match started.await {
        Ok(Started::Done(imported)) => Stage::Done(counts_of(&imported)),
        Ok(Started::Running(id)) => Stage::Runs(id),
        Err(error @ (Error::File(_) | Error::TooManyImports | Error::BrokenOff { .. })) => {
            Stage::Failed(sentence(&error.to_string()))
        }
        Err(Error::Rows(_)) => Stage::Failed("Some rows are not right, so nothing was written.".into()),
        Err(error) => {
            tracing::warn!(%error, event.id = %event, "an import broke off");
            Stage::Failed(BROKEN_OFF.into())
        }
    }
}

/// How far a confirmed file has come.
fn running(web: &Web, actor: Actor, stage: &Stage) -> (ImportStage, Option<Notice>) {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let progress = match stage {
        Stage::Runs(id) => web.app.import_progress(actor, *id).ok(),
        _ => None,
    };
    match (stage, progress) {
        (Stage::Done(counts), _) => (ImportStage::Done(*counts), None),
        (Stage::Failed(why), _) => (ImportStage::Choose, trouble(why.clone())),
        (_, None) => (ImportStage::Running(ImportProgress { done: 0, total: 1 }), None),
        (_, Some(import)) => match import.state {
            ImportState::Running => {
                let (done, total) = (small(import.done), small(import.total));
                (ImportStage::Running(ImportProgress { done, total }), None)
            }
            ImportState::Done(imported) => (ImportStage::Done(counts_of(&imported)), None),
            ImportState::Failed(_) => (ImportStage::Choose, trouble(BROKEN_OFF)),
        },
    }
}

/// A waiting file as it is understood; one whose columns cannot be told, as its columns alone.
async fn checked(
    web: &Web,
    actor: Actor,
    event: EventId,
    id: Uuid,
    upload: &Upload,
) -> Result<(ImportStage, Option<Notice>), Problem> {
    match prepare(web, actor, event, upload).await {
        Ok(prepared) => Ok((ImportStage::Check(Box::new(check::page(id, upload, &prepared))), None)),
        Err(Error::File(error)) => Ok(match peek(&upload.bytes, check::ROWS_SHOWN) {
            Ok(rows) if is_of_columns(&error) => {
                let check: ImportCheck = check::unread(id, upload, &rows);
                (ImportStage::Check(Box::new(check)), trouble(column_words(&error)))
            }
            _ => (ImportStage::Choose, trouble(sentence(&error.to_string()))),
        }),
        Err(error) => Err(error.into()),
    }
}

async fn prepare(web: &Web, actor: Actor, event: EventId, upload: &Upload) -> gg_app::Result<Prepared> {
    let columns = upload.map.iter().flatten().enumerate();
    let map = columns.map(|(place, field)| MapEntry::at(place, *field)).collect();
    web.app.prepare_import(actor, event, upload.bytes.to_vec(), map).await
}

/// Whether another choice of columns puts the file right.
fn is_of_columns(error: &FileError) -> bool {
    error.is_of_map() || matches!(error, FileError::NoNameColumn | FileError::DoubleHeader { .. })
}

fn column_words(error: &FileError) -> String {
    match error {
        FileError::NoNameColumn => "No column is called a name. Say below which one it is.".into(),
        FileError::DoubleHeader { .. } | FileError::MappedTwice { .. } => {
            "Two columns would be the same. Say below which one it is, and leave the other out.".into()
        }
        error => sentence(&error.to_string()),
    }
}

/// The fields `map_0`, `map_1`, …: what each column was said to be, nothing where it is left out.
fn columns_of(fields: &Fields) -> Vec<Option<Field>> {
    let said = |place: usize| fields.all(&format!("map_{place}")).next().map(Field::named);
    let mut columns = Vec::new();
    while let Some(field) = said(columns.len()) {
        columns.push(field);
    }
    columns
}

fn upload_of(fields: &Fields) -> Result<Uuid, Problem> {
    Uuid::try_parse(fields.text("upload")).map_err(|_| Problem::bad_request("the form names no file"))
}

pub(super) fn counts_of(counts: &Imported) -> ImportCounts {
    let small = |n: usize| count(i64::try_from(n).unwrap_or(i64::MAX));
    ImportCounts {
        created: small(counts.created),
        updated: small(counts.updated),
        unchanged: small(counts.unchanged),
    }
}

/// The file of a form, after the word that shows where the form comes from: it stands first in the page, so nothing
/// is kept for somebody else's.
async fn read(
    mut form: Multipart,
    organiser: &Organiser,
    web: &Web,
) -> Result<Result<Upload, FileError>, Problem> {
    let broken = |_| Problem::bad_request("the upload broke off");
    let mut is_ours = false;
    while let Some(part) = form.next_field().await.map_err(broken)? {
        match part.name() {
            Some("csrf") => {
                let word = part.text().await.map_err(broken)?;
                check_csrf(&word, &organiser.session, web)?;
                is_ours = true;
            }
            Some("file") if is_ours => return file(part).await,
            _ => {}
        }
    }
    Err(if is_ours {
        Problem::bad_request("the form holds no file")
    } else {
        Problem::forbidden("this form is too old: load the page again")
    })
}

async fn file(mut part: axum::extract::multipart::Field<'_>) -> Result<Result<Upload, FileError>, Problem> {
    let name = part.file_name().unwrap_or_default();
    let name = name.chars().filter(|c| !c.is_control()).take(FILE_NAME_CHARS_MAX).collect();
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|_| Problem::bad_request("the upload broke off"))? {
        if bytes.len() + chunk.len() > FILE_BYTES_MAX {
            return Ok(Err(FileError::TooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() {
        return Ok(Err(FileError::Empty));
    }
    Ok(Ok(Upload { name, bytes: bytes.into(), map: None }))
}
