//! `/events/{id}/guests/new` and `/guests/{id}/edit`: who is invited, and whom they may bring.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::Error;
use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::guest::{GuestDetails, GuestInput};
use gg_domain::id::{EventId, GuestId};
use gg_store::{EventRow, GuestRow};
use serde::Deserialize;

use crate::extract::{Id, Query};
use crate::forms::{Fields, Posted, go_on};
use crate::pages::html;
use crate::pages::organiser::{Organiser, trouble};
use crate::problem::Problem;
use crate::state::Web;
use crate::view::{Choice, Chrome, Field, Notice, Tab, Tone};

/// What a form says that somebody else was faster than.
const OVERTAKEN: &str = "Somebody else changed this guest while you were writing. Below is yours: save again to put it over theirs.";

/// The form for a guest.
#[derive(Debug, Template)]
#[template(path = "pages/guest_form.html")]
pub struct GuestFormPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// The guest's id; `None` while new.
    pub id: Option<String>,
    /// The version that was read (its ETag); empty while new.
    pub version: String,
    /// The name.
    pub name: Field,
    /// E-mail; may be empty.
    pub email: Field,
    /// Phone; may be empty.
    pub phone: Field,
    /// How many the guest may bring.
    pub plus_ones_allowed: Field,
    /// The household's name; may be empty.
    pub household: Field,
    /// The language to write in.
    pub locales: Vec<Choice>,
    /// What only the team sees.
    pub notes: Field,
    /// A notice above the form.
    pub notice: Option<Notice>,
}

impl GuestFormPage {
    /// Where the form posts to.
    pub fn action(&self) -> String {
        match &self.id {
            Some(id) => format!("/guests/{id}/edit"),
            None => format!("/events/{}/guests/new", self.event_id),
        }
    }

    /// Where "Cancel" leads.
    pub fn back(&self) -> String {
        match &self.id {
            Some(id) => format!("/guests/{id}"),
            None => format!("/events/{}/guests", self.event_id),
        }
    }
}

/// Languages that messages are written in for now, and what a guest may have who reads another.
const LOCALES: [(&str, &str); 8] = [
    ("", "As the event"),
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("ar", "Arabic"),
    ("zh", "Chinese"),
];

/// The query of the empty form.
#[derive(Debug, Deserialize)]
struct Added {
    /// Who was added just before, so that a long list can be typed without leaving the form.
    added: Option<GuestId>,
}

/// `GET /events/{id}/guests/new`.
async fn new(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
    Query(before): Query<Added>,
) -> Result<Response, Problem> {
    let event = web.app.event(organiser.to(Permission::WriteGuests), event).await?;
    let fields = Fields(vec![("plus_ones_allowed".into(), "0".into())]);
    let mut page = page(&organiser, &event, None, &fields, &FieldErrors::default());
    if let Some(guest) = before.added {
        let (guest, _) = web.app.guest(organiser.to(Permission::ReadGuests), guest).await?;
        let text = format!("{} is added. The next one:", guest.name.as_str());
        page.chrome.notice = Some(Notice { tone: Tone::Good, text });
    }
    Ok(html(StatusCode::OK, &page))
}

/// `POST /events/{id}/guests/new`.
async fn add(State(web): State<Web>, Id(event): Id<EventId>, posted: Posted) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let actor = organiser.to(Permission::WriteGuests);
    let row = web.app.event(actor, event).await?;
    let errors = match read(&fields) {
        Ok(input) => match web.app.add_guest(actor, event, &input).await {
            Ok(guest) if fields.text("then") == "another" => {
                return Ok(go_on(&format!("/events/{event}/guests/new?added={}", guest.id)));
            }
            Ok(guest) => return Ok(go_on(&format!("/guests/{}?done=added", guest.id))),
            Err(Error::Invalid(errors)) => errors,
            Err(error) => return Err(error.into()),
        },
        Err(errors) => errors,
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(&organiser, &row, None, &fields, &errors)))
}

/// `GET /guests/{id}/edit`.
async fn edit(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    organiser: Organiser,
) -> Result<Response, Problem> {
    let actor = organiser.to(Permission::WriteGuests);
    let (guest, _) = web.app.guest(actor, guest).await?;
    let event = web.app.event(organiser.to(Permission::ReadEvent), guest.event_id).await?;
    let page = page(&organiser, &event, Some(&guest), &fields_of(&guest), &FieldErrors::default());
    Ok(html(StatusCode::OK, &page))
}

/// `POST /guests/{id}/edit`; where somebody else was faster, as [`super::event_form`] does it.
async fn change(State(web): State<Web>, Id(guest): Id<GuestId>, posted: Posted) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let actor = organiser.to(Permission::WriteGuests);
    let (row, _) = web.app.guest(actor, guest).await?;
    let event = web.app.event(organiser.to(Permission::ReadEvent), row.event_id).await?;
    let version: i64 = fields.text("version").parse().unwrap_or(-1);
    let errors = match read(&fields) {
        Ok(input) => match web.app.change_guest(actor, guest, version, move |guest| *guest = input).await {
            Ok(_) => return Ok(go_on(&format!("/guests/{guest}?done=saved"))),
            Err(Error::Stale) => {
                let mut page = page(&organiser, &event, Some(&row), &fields, &FieldErrors::default());
                page.notice = trouble(OVERTAKEN);
                return Ok(html(StatusCode::PRECONDITION_FAILED, &page));
            }
            Err(Error::Invalid(errors)) => errors,
            Err(error) => return Err(error.into()),
        },
        Err(errors) => errors,
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(&organiser, &event, Some(&row), &fields, &errors)))
}

/// The guest that a form describes.
fn read(fields: &Fields) -> Result<GuestInput, FieldErrors> {
    let mut errors = FieldErrors::default();
    let plus_ones = fields.given("plus_ones_allowed").map(|text| {
        errors.take("/plus_ones_allowed", text.parse::<i64>().map_err(|_| "give a whole number from 0 to 50"))
    });
    let input = GuestInput {
        name: fields.text("name").to_string(),
        email: fields.given("email"),
        phone: fields.given("phone"),
        plus_ones_allowed: plus_ones.flatten(),
        household: fields.given("household"),
        locale: fields.given("locale"),
        notes: fields.given("notes"),
    };
    if let Err(others) = GuestDetails::parse(&input) {
        errors.0.extend(others.0);
    }
    errors.check().map(|()| input)
}

/// A guest as his form has him.
fn fields_of(guest: &GuestRow) -> Fields {
    let input = guest.details().to_input();
    let fields = [
        ("name", Some(input.name)),
        ("email", input.email),
        ("phone", input.phone),
        ("plus_ones_allowed", input.plus_ones_allowed.map(|allowed| allowed.to_string())),
        ("household", input.household),
        ("locale", input.locale),
        ("notes", input.notes),
    ];
    Fields(fields.into_iter().map(|(name, value)| (name.to_string(), value.unwrap_or_default())).collect())
}

fn page(
    organiser: &Organiser,
    event: &EventRow,
    guest: Option<&GuestRow>,
    fields: &Fields,
    errors: &FieldErrors,
) -> GuestFormPage {
    GuestFormPage {
        chrome: organiser.chrome_of(Tab::Guests, event),
        event_id: event.id.to_string(),
        id: guest.map(|guest| guest.id.to_string()),
        version: guest.map(|guest| guest.revision.to_string()).unwrap_or_default(),
        name: fields.again("name", errors),
        email: fields.again("email", errors),
        phone: fields.again("phone", errors),
        plus_ones_allowed: fields.again("plus_ones_allowed", errors),
        household: fields.again("household", errors),
        locales: locales(fields.text("locale")),
        notes: fields.again("notes", errors),
        notice: if errors.0.is_empty() { None } else { trouble("Some fields are not right yet.") },
    }
}

/// The languages to choose from; one that a list brought and that is not among them stays to be chosen.
fn locales(chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): (&str, &str)| Choice {
        value: value.into(),
        label: label.into(),
        chosen: value == chosen,
    };
    let mut choices: Vec<Choice> = LOCALES.into_iter().map(choice).collect();
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(choice((chosen, chosen)));
    }
    choices
}

/// The routes of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/events/{event_id}/guests/new", get(new).post(add))
        .route("/guests/{guest_id}/edit", get(edit).post(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    fn page(id: Option<&str>) -> String {
        let page = GuestFormPage {
            chrome: awkward::chrome(Tab::Guests),
            event_id: "e1".into(),
            id: id.map(Into::into),
            version: String::new(),
            name: Field::wrong(awkward::SCRIPT, "A name is needed."),
            email: Field::of(awkward::LONG_EMAIL),
            phone: Field::default(),
            plus_ones_allowed: Field::of("1"),
            household: Field::of(awkward::ARABIC),
            locales: vec![Choice { value: "en".into(), label: "English".into(), chosen: true }],
            notes: Field::of("</textarea><script>alert(1)</script>"),
            notice: None,
        };
        page.render().unwrap()
    }

    #[test]
    fn a_new_guest_posts_beneath_the_event() {
        let html = page(None);
        awkward::assert_escaped(&html);
        assert!(html.contains("action=\"/events/e1/guests/new\""));
        assert!(html.contains("A name is needed."));
    }

    #[test]
    fn a_known_guest_posts_to_its_own_address() {
        assert!(page(Some("g1")).contains("action=\"/guests/g1/edit\""));
    }
}
