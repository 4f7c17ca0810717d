//! `POST /api/v1/events/{event_id}/guests/import`

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gg_app::guest_list::{MapEntry, recoded};
use gg_app::{Error, Started};
use gg_domain::fields::FieldErrors;
use gg_domain::id::EventId;
use tokio::time::Instant;
use utoipa::IntoParams;

use crate::api::imports::ImportCounts;
use crate::extract::Signed;
use crate::extract::{Id, Text};
use crate::problem::Problem;
use crate::state::Web;

/// What takes longer is answered before it is done (CONTRACT.md).
const PATIENCE: Duration = Duration::from_secs(10);
/// `map` parameters of one call: one for each field would do.
const MAP_ENTRIES_MAX: usize = 20;

/// How a file is taken.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// Judge the file, say what it would do, and write nothing.
    #[param(value_type = Option<bool>)]
    dry_run: bool,
    /// Write the rows that are right although others are wrong.
    #[param(value_type = Option<bool>)]
    skip_invalid: bool,
    /// `field:header` for a column whose name is not a usual one; repeat it for more.
    #[param(value_type = Option<Vec<String>>, explode = true, example = json!(["name:Invitee"]))]
    map: Vec<String>,
}

impl ImportQuery {
    /// Reads the query by hand, since `map` may be repeated.
    fn read(uri: &Uri) -> Result<Self, FieldErrors> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| FieldErrors::one("", "the query is not name=value, joined by &"))?;
        let (mut query, mut errors) = (Self::default(), FieldErrors::default());
        for (name, value) in pairs {
            match name.as_str() {
                "dry_run" => query.dry_run = errors.take("/dry_run", truth(&value)).unwrap_or_default(),
                "skip_invalid" => {
                    query.skip_invalid = errors.take("/skip_invalid", truth(&value)).unwrap_or_default();
                }
                "map" => query.map.push(value),
                _ => {}
            }
        }
        errors.check()?;
        Ok(query)
    }

    fn map(&self) -> Result<Vec<MapEntry>, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.map.len() > MAP_ENTRIES_MAX {
            errors.push("/map", format!("give {MAP_ENTRIES_MAX} at the most"));
        }
        let entries = self.map.iter().take(MAP_ENTRIES_MAX).enumerate();
        let map = entries.filter_map(|(i, entry)| errors.take(&format!("/map/{i}"), MapEntry::parse(entry)));
        let map = map.collect();
        errors.check()?;
        Ok(map)
    }
}

fn truth(value: &str) -> Result<bool, &'static str> {
    value.parse().map_err(|_| "say true or false")
}

/// Import a guest list
///
/// A CSV file, as a spreadsheet saves it. A row is an old guest by its `id` column where that names a guest of this
/// event, else by name, e-mail and phone together; importing the same file twice adds nobody. Where a row is wrong,
/// nothing is written, unless `skip_invalid` is asked for.
#[utoipa::path(
    post, path = "/api/v1/events/{event_id}/guests/import", tag = "Guests",
    params(("event_id" = Uuid, Path, description = "The event."), ImportQuery),
    request_body(content = String, content_type = "text/csv", description = "The file, 10 MiB at the most."),
    responses(
        (status = 200, description = "What was done or, of a dry run, would be.", body = ImportCounts),
        (
            status = 202, description = "It takes longer; see there how far it is.",
            headers(("Location" = String, description = "The address of its progress."))
        )
    )
)]
pub(super) async fn import_guests(
    State(web): State<Web>,
    Signed(actor): Signed,
    Id(event): Id<EventId>,
    uri: Uri,
    Text { bytes, charset }: Text,
) -> Result<Response, Problem> {
    let arrived = Instant::now();
    let query = ImportQuery::read(&uri).map_err(Problem::invalid)?;
    let map = query.map().map_err(Problem::invalid)?;
    let file = match charset {
        Some(charset) => recoded(bytes.into(), &charset).map_err(Error::File)?,
        None => bytes.into(),
    };
    let prepared = web.app.prepare_import(actor, event, file, map).await?;
    if query.dry_run {
        return Ok(axum::Json(ImportCounts::of(prepared.counts())).into_response());
    }
    let patience = PATIENCE.saturating_sub(arrived.elapsed());
    Ok(match web.app.start_import(actor, event, prepared, query.skip_invalid, patience).await? {
        Started::Done(imported) => axum::Json(ImportCounts::of(imported)).into_response(),
        Started::Running(id) => {
            (StatusCode::ACCEPTED, [(header::LOCATION, format!("/api/v1/imports/{id}"))]).into_response()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(query: &str) -> Uri {
        format!("/?{query}").parse().unwrap()
    }

    fn pointers(query: &str) -> Vec<String> {
        let read = ImportQuery::read(&uri(query)).and_then(|query| query.map().map(|_| ()));
        read.unwrap_err().0.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn map_may_be_repeated() {
        let query = ImportQuery::read(&uri("map=name:Invitee&dry_run=true&map=email:Post%20box")).unwrap();

        assert_eq!(query.map().unwrap().len(), 2);
        assert!(query.dry_run && !query.skip_invalid);
    }

    #[test]
    fn a_wrong_query_is_named() {
        assert_eq!(pointers("dry_run=maybe&skip_invalid="), ["/dry_run", "/skip_invalid"]);
        assert_eq!(pointers("map=name:a&map=shoe:b&map=c"), ["/map/1", "/map/2"]);
        assert_eq!(pointers(&"map=name:a&".repeat(21)), ["/map"]);
    }
}
