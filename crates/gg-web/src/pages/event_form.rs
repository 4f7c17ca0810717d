//! `/events/new` and `/events/{id}/edit`: the facts of an event, with the guest's page beside them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::Error;
use gg_domain::actor::Permission;
use gg_domain::event::{EventDetails, EventInput};
use gg_domain::fields::FieldErrors;
use gg_domain::id::EventId;
use gg_store::{EventRow, Paging};
use jiff::Timestamp;

use crate::extract::Id;
use crate::forms::{Fields, Posted, go_on};
use crate::pages::organiser::{Organiser, may, trouble};
use crate::pages::{html, shown_at};
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{from_local, moment, to_local, zone, zones};
use crate::view::{Chrome, Field, Notice, Tab};

/// What a form says that somebody else was faster than.
const OVERTAKEN: &str = "Somebody else changed this event while you were writing. Below is yours: save again to put it over theirs.";

/// The form for an event.
#[derive(Debug, Template)]
#[template(path = "pages/event_form.html")]
pub struct EventFormPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id; `None` while it is new.
    pub id: Option<String>,
    /// The version that was read (its ETag), so that a stale form overwrites nothing; empty while new.
    pub version: String,
    /// Its name.
    pub name: Field,
    /// When it starts: local time as `<input type="datetime-local">` has it.
    pub starts_at: Field,
    /// When it ends; the same form, may be empty.
    pub ends_at: Field,
    /// Its IANA time zone.
    pub time_zone: Field,
    /// Zones to choose from while typing.
    pub zones: Vec<String>,
    /// Where it is.
    pub venue: Field,
    /// Seats; empty for no limit.
    pub capacity: Field,
    /// The last moment for answers; local time, may be empty.
    pub rsvp_deadline: Field,
    /// The starting moment as the guest will read it, for the preview.
    pub preview_when: String,
    /// The deadline as the guest will read it; empty where there is none.
    pub preview_deadline: String,
    /// A notice above the form.
    pub notice: Option<Notice>,
    /// Whether the member may delete the event.
    pub can_delete: bool,
}

impl EventFormPage {
    /// Where the form posts to.
    pub fn action(&self) -> String {
        match &self.id {
            Some(id) => format!("/events/{id}/edit"),
            None => "/events/new".into(),
        }
    }
}

/// `GET /events/new`, with the zone of the organiser's latest event: most organise where they live.
async fn new(State(web): State<Web>, organiser: Organiser) -> Result<Response, Problem> {
    let latest = web.app.events(organiser.account, Paging { after: None, limit: 1 }).await?.rows;
    let zone = latest.into_iter().next().map(|event| event.time_zone).unwrap_or_default();
    let fields = Fields(vec![("time_zone".into(), zone)]);
    Ok(html(StatusCode::OK, &page(&organiser, None, &fields, &FieldErrors::default())))
}

/// `POST /events/new`.
async fn make(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let (input, faults) = read(&fields, None);
    let errors = match judged(&input, faults) {
        Ok(()) => match web.app.plan_event(organiser.account, &input).await {
            Ok(event) => return Ok(go_on(&format!("/events/{}?done=made", event.id))),
            Err(Error::Invalid(errors)) => errors,
            Err(error) => return Err(error.into()),
        },
        Err(errors) => errors,
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(&organiser, None, &fields, &errors)))
}

/// `GET /events/{id}/edit`.
async fn edit(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
) -> Result<Response, Problem> {
    let event = web.app.event(organiser.to(Permission::WriteEvent), event).await?;
    let fields = fields_of(&event);
    Ok(html(StatusCode::OK, &page(&organiser, Some(&event), &fields, &FieldErrors::default())))
}

/// `POST /events/{id}/edit`. A form that somebody else was faster than comes back with what was typed and the version
/// that stands now, so that pressing again puts it over theirs knowingly.
async fn change(State(web): State<Web>, Id(event): Id<EventId>, posted: Posted) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let actor = organiser.to(Permission::WriteEvent);
    let before = web.app.event(actor, event).await?;
    let version = fields.text("version").parse().unwrap_or(-1);
    let (input, faults) = read(&fields, Some(&before));
    let typed = input.clone();
    let errors = match judged(&input, faults) {
        Ok(()) => match web.app.change_event(actor, event, version, move |event| *event = typed).await {
            Ok(_) => return Ok(go_on(&format!("/events/{event}?done=saved"))),
            Err(Error::Stale) => {
                let mut page = page(&organiser, Some(&before), &fields, &FieldErrors::default());
                page.notice = trouble(OVERTAKEN);
                return Ok(html(StatusCode::PRECONDITION_FAILED, &page));
            }
            Err(Error::Invalid(errors)) => errors,
            Err(error) => return Err(error.into()),
        },
        Err(errors) => errors,
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(&organiser, Some(&before), &fields, &errors)))
}

/// `POST /events/{id}/delete`, of what its form showed.
async fn delete(State(web): State<Web>, Id(event): Id<EventId>, posted: Posted) -> Result<Response, Problem> {
    let version = posted.fields.text("version").parse().unwrap_or(-1);
    web.app.delete_event(posted.organiser.to(Permission::DeleteEvent), event, version).await?;
    Ok(go_on("/events?done=deleted"))
}

/// The event that a form describes, and what is wrong already with its times and figures.
fn read(fields: &Fields, before: Option<&EventRow>) -> (EventInput, FieldErrors) {
    let mut errors = FieldErrors::default();
    let zone_name = fields.text("time_zone").trim();
    let zone = zone(zone_name);
    let mut time = |name: &str, before: Option<Timestamp>| {
        let text = fields.given(name)?;
        let unchanged = before.filter(|at| to_local(*at, &zone) == text);
        // A field has no seconds and cannot tell the two hours of a night in October apart: what nobody changed stays.
        let at = unchanged.map_or_else(|| from_local(&text, &zone), Ok);
        errors.take(&format!("/{name}"), at).map(|at| at.to_string())
    };
    let same_zone = before.filter(|event| event.time_zone == zone_name);
    let starts_at = time("starts_at", same_zone.map(|event| event.starts_at));
    let ends_at = time("ends_at", same_zone.map(|event| event.ends_at));
    let rsvp_deadline = time("rsvp_deadline", same_zone.and_then(|event| event.rsvp_deadline));
    if fields.given("starts_at").is_none() {
        errors.push("/starts_at", "say when it starts");
    }
    let capacity = fields.given("capacity").and_then(|text| {
        let seats = text.parse::<i64>().map_err(|_| "give a whole number, or nothing for no limit");
        errors.take("/capacity", seats)
    });
    let input = EventInput {
        name: fields.text("name").to_string(),
        starts_at: starts_at.unwrap_or_default(),
        ends_at,
        time_zone: zone_name.to_string(),
        venue: fields.given("venue"),
        capacity,
        rsvp_deadline,
    };
    (input, errors)
}

/// All that is wrong with an event at once: what the form found first, since it speaks of fields.
fn judged(input: &EventInput, mut faults: FieldErrors) -> Result<(), FieldErrors> {
    if let Err(others) = EventDetails::parse(input) {
        let named = |pointer: &str| faults.0.iter().any(|fault| fault.pointer == pointer);
        let others: Vec<_> = others.0.into_iter().filter(|other| !named(&other.pointer)).collect();
        faults.0.extend(others);
    }
    faults.check()
}

/// An event as its form has it.
fn fields_of(event: &EventRow) -> Fields {
    let zone = zone(&event.time_zone);
    let local = |at: Option<Timestamp>| at.map(|at| to_local(at, &zone)).unwrap_or_default();
    let fields = [
        ("name", event.name.clone()),
        ("venue", event.venue.clone().unwrap_or_default()),
        ("starts_at", local(Some(event.starts_at))),
        ("ends_at", local(Some(event.ends_at))),
        ("time_zone", event.time_zone.clone()),
        ("capacity", event.capacity.map(|seats| seats.to_string()).unwrap_or_default()),
        ("rsvp_deadline", local(event.rsvp_deadline)),
    ];
    Fields(fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

fn page(
    organiser: &Organiser,
    event: Option<&EventRow>,
    fields: &Fields,
    errors: &FieldErrors,
) -> EventFormPage {
    let zone = zone(fields.text("time_zone").trim());
    let said = |name: &str| {
        from_local(fields.text(name), &zone).map(|at| moment(at, &zone).said).unwrap_or_default()
    };
    EventFormPage {
        chrome: match event {
            Some(event) => organiser.chrome_of(Tab::Overview, event),
            None => organiser.chrome(Tab::Events),
        },
        id: event.map(|event| event.id.to_string()),
        version: event.map(|event| event.revision.to_string()).unwrap_or_default(),
        name: fields.again("name", errors),
        starts_at: fields.again("starts_at", errors),
        ends_at: fields.again("ends_at", errors),
        time_zone: fields.again("time_zone", errors),
        zones: zones(),
        venue: fields.again("venue", errors),
        capacity: fields.again("capacity", errors),
        rsvp_deadline: fields.again("rsvp_deadline", errors),
        preview_when: said("starts_at"),
        preview_deadline: said("rsvp_deadline"),
        notice: if errors.0.is_empty() { None } else { trouble("Some fields are not right yet.") },
        can_delete: may(event.and_then(|event| event.role), Permission::DeleteEvent),
    }
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/events/new", get(new).post(make))
        .route("/events/{event_id}/edit", get(edit).post(change))
        .route("/events/{event_id}/delete", shown_at("/events/{event_id}/edit").post(delete))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(id: Option<&str>) -> EventFormPage {
        EventFormPage {
            chrome: awkward::chrome(Tab::Events),
            id: id.map(Into::into),
            version: "\"7\"".into(),
            name: Field::wrong(awkward::SCRIPT, "A name has at most 200 letters."),
            starts_at: Field::of("2026-12-12T15:00"),
            ends_at: Field::default(),
            time_zone: Field::of("Africa/Accra"),
            zones: vec!["Africa/Accra".into(), "Europe/Berlin".into()],
            venue: Field::of(awkward::ARABIC),
            capacity: Field::of("180"),
            rsvp_deadline: Field::default(),
            preview_when: "Saturday 12 December 2026, 15:00".into(),
            preview_deadline: String::new(),
            notice: None,
            can_delete: id.is_some(),
        }
    }

    #[test]
    fn a_new_event_posts_to_its_own_address_and_shows_the_mistake() {
        let html = page(None).render().unwrap();
        awkward::assert_escaped(&html);
        assert!(html.contains("action=\"/events/new\""));
        assert!(html.contains("A name has at most 200 letters."));
        assert!(!html.contains("/delete"));
    }

    #[test]
    fn an_edited_event_carries_the_version_that_was_read() {
        let html = page(Some("e1")).render().unwrap();
        assert!(html.contains("name=\"version\" value=\"&#34;7&#34;\""));
        assert!(html.contains("action=\"/events/e1/delete\""));
    }
}
