//! Shows the live monitor, and takes the organiser's word on an opening where no script runs.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::{Envelope, Error};
use gg_domain::actor::{Actor, Permission};
use gg_domain::id::{AccessId, EventId};
use gg_domain::risk::Label;
use gg_store::{AccessRow, EventRow, GuestRow, SummaryRow};
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use super::rows::{Openings, counts, evidence, rows};
use super::{HourBar, LivePage, LiveStats, Sheet};
use crate::device_words::device_words;
use crate::extract::{Id, Query};
use crate::forms::{Posted, go_on, sentence};
use crate::pages::events::count;
use crate::pages::organiser::{Organiser, may, said, trouble};
use crate::pages::{html, shown_at};
use crate::place_words::place_words;
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{ago, moment, zone};
use crate::view::{Band, Tab, opening_sentence};

/// Messages that the page reads: about as many rows as fit two screens.
const MESSAGES_READ: i64 = 50;
/// Hours of the bars.
const HOURS: i64 = 24;
/// Devices named in the sheet.
const DEVICES_NAMED: usize = 3;

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/events/{event_id}/live", get(show))
        .route(
            "/events/{event_id}/accesses/{access_id}/label",
            shown_at("/events/{event_id}/live").post(label),
        )
        .route(
            "/events/{event_id}/accesses/{access_id}/trust",
            shown_at("/events/{event_id}/live").post(trust),
        )
}

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// The opening in the sheet: an id, or a piece of one.
    open: Option<String>,
    done: Option<String>,
}

/// `GET /events/{id}/live`.
async fn show(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let open = asked.open.map(|id| Uuid::try_parse(&id).map_err(|_| Problem::not_found())).transpose()?;
    let mut page = page(&web, &organiser, event, open.map(AccessId::from_uuid)).await?;
    page.chrome.notice = said(asked.done.as_deref());
    Ok(html(StatusCode::OK, &page))
}

/// `POST /events/{id}/accesses/{access_id}/label`.
async fn label(
    State(web): State<Web>,
    Path((event, access)): Path<(Uuid, Uuid)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let (event, access) = (EventId::from_uuid(event), AccessId::from_uuid(access));
    let label = match fields.text("label") {
        "guest" => Label::Guest,
        "not_guest" => Label::NotGuest,
        _ => return Err(Problem::bad_request("there is no such word")),
    };
    let labelled = web.app.label_access(organiser.to(Permission::LabelAccesses), access, label).await;
    after(&web, &organiser, event, access, labelled, "labelled").await
}

/// `POST /events/{id}/accesses/{access_id}/trust`.
async fn trust(
    State(web): State<Web>,
    Path((event, access)): Path<(Uuid, Uuid)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (event, access) = (EventId::from_uuid(event), AccessId::from_uuid(access));
    let trusted = web.app.trust_device(posted.organiser.to(Permission::LabelAccesses), access).await;
    after(&web, &posted.organiser, event, access, trusted, "trusted").await
}

/// The page again, with what was done or why it was not.
async fn after(
    web: &Web,
    organiser: &Organiser,
    event: EventId,
    access: AccessId,
    outcome: gg_app::Result<AccessRow>,
    done: &str,
) -> Result<Response, Problem> {
    let refused = match outcome {
        Ok(_) => return Ok(go_on(&format!("/events/{event}/live?open={access}&done={done}#sheet"))),
        Err(Error::Full) => "The event has no seats left for this answer: raise its seats first.".into(),
        Err(Error::Stale) => "The guest opened the link at this very moment. Try once more.".into(),
        Err(Error::Invalid(errors)) => errors.0.first().map(|one| sentence(&one.detail)).unwrap_or_default(),
        Err(error) => return Err(error.into()),
    };
    let mut page = page(web, organiser, event, Some(access)).await?;
    page.chrome.notice = trouble(refused);
    Ok(html(StatusCode::CONFLICT, &page))
}

async fn page(
    web: &Web,
    organiser: &Organiser,
    event: EventId,
    open: Option<AccessId>,
) -> Result<LivePage, Problem> {
    let read = organiser.to(Permission::ReadEvent);
    let row = web.app.event(read, event).await?;
    // The figures after the messages: what comes in between is told again by the feed, and never lost.
    let (messages, position) = web.app.latest_activity(read, event, MESSAGES_READ).await?;
    let openings = openings(web, read, event, &messages).await?;
    let (summary, _) = web.app.summary(read, event).await?;
    let hours = web.app.openings_by_hour(read, event, HOURS).await?;
    let sheet = match open {
        Some(access) => Some(sheet(web, organiser, &row, access).await?),
        None => None,
    };

    let zone = zone(&row.time_zone);
    let rows = rows(&messages, &openings, organiser.now, &zone);
    Ok(LivePage {
        chrome: organiser.chrome_of(Tab::Live, &row),
        event_id: event.to_string(),
        name: row.name.clone(),
        time_zone: row.time_zone.clone(),
        facts: facts(&row, &zone),
        position: u64::try_from(position.highest).unwrap_or(0),
        epoch: position.epoch,
        stats: stats(&row, &summary),
        hours: HourBar::scale(&hours),
        counts: counts(&rows),
        rows,
        sheet,
        can_label: may(row.role, Permission::LabelAccesses),
    })
}

/// The openings that the messages speak of.
async fn openings(
    web: &Web,
    actor: Actor,
    event: EventId,
    messages: &[Envelope],
) -> Result<Openings, Problem> {
    let since = messages.iter().map(|message| message.seq).min().unwrap_or(0);
    let openings = web.app.openings_told(actor, event, since).await?;
    Ok(openings.into_iter().map(|opening| (opening.id.uuid(), opening)).collect())
}

/// When, where, and until when answers come, in a line.
fn facts(event: &EventRow, zone: &TimeZone) -> String {
    let mut facts = vec![moment(event.starts_at, zone).said];
    facts.extend(event.venue.clone());
    facts.extend(event.rsvp_deadline.map(|at| format!("answers until {}", moment(at, zone).said)));
    facts.join(" · ")
}

fn stats(event: &EventRow, summary: &SummaryRow) -> LiveStats {
    LiveStats {
        seats: count(summary.seats),
        capacity: event.capacity.map(count),
        attending: count(summary.attending),
        plus_ones: count(summary.plus_ones),
        waiting: count(summary.waiting),
    }
}

/// The opening that the address names, if it is one of this event and a person's.
async fn sheet(
    web: &Web,
    organiser: &Organiser,
    event: &EventRow,
    access: AccessId,
) -> Result<Sheet, Problem> {
    let (opening, role) = web.app.access(organiser.to(Permission::ReadEvent), access).await?;
    let band = opening.band.as_deref().and_then(Band::from_key);
    let band = band.filter(|_| opening.event_id == event.id).ok_or_else(Problem::not_found)?;
    let read = organiser.to(Permission::ReadGuests);
    let (guest, _) = web.app.guest(read, opening.guest_id).await?;
    let mut known = known(web, organiser, event, &guest).await?;
    // The door needs to know who comes, not where he lives.
    let place = place_words(&opening.snapshot.0.net).filter(|_| role.sees_contacts());
    known.extend(place.map(|place| ("This opening came from".to_string(), place)));
    let name = guest.name.as_str();
    Ok(Sheet {
        access_id: access.to_string(),
        guest_id: guest.id.to_string(),
        guest_name: name.to_string(),
        band,
        title: title(band, name),
        sentence: opening_words(&opening, band, name),
        at: ago(opening.at, organiser.now, &zone(&event.time_zone)),
        reasons: evidence(&opening.reasons.0),
        known,
    })
}

fn title(band: Band, name: &str) -> String {
    match band {
        Band::Low => format!("It looks like {name}"),
        Band::Medium => format!("Something is new about {name}’s opening"),
        Band::High => format!("Someone else may hold {name}’s link"),
        Band::Block => format!("This opening of {name}’s link was stopped"),
    }
}

fn opening_words(opening: &AccessRow, band: Band, name: &str) -> String {
    let first = format!("{name} {}.", opening_sentence(band, &evidence(&opening.reasons.0)));
    let word = match opening.label.as_deref() {
        Some("guest") => " You said that it was the guest.",
        Some(_) => " You said that it was somebody else.",
        None if opening.is_unscored() => " Not fully checked yet: it will be looked at again.",
        None => "",
    };
    format!("{first}{word}")
}

/// What is known of the guest: his answer and his devices.
async fn known(
    web: &Web,
    organiser: &Organiser,
    event: &EventRow,
    guest: &GuestRow,
) -> Result<Vec<(String, String)>, Problem> {
    let risk = web.app.guest_risk(organiser.to(Permission::ReadGuests), guest.id).await?;
    let zone = zone(&event.time_zone);
    let standing = crate::pages::guests::standing(guest.attending, guest.pending);
    let mut known = vec![("Answer".to_string(), standing.word().to_string())];
    known.extend(risk.devices.iter().rev().take(DEVICES_NAMED).map(|device| {
        let traits = &device.traits;
        let last = ago(device.last_at, organiser.now, &zone).said;
        (device_words(traits.os, traits.browser, traits.kind), format!("last used {last}"))
    }));
    Ok(known)
}
