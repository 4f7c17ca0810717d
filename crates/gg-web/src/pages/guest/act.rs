//! What the forms of a guest's page do: the link, the answer by telephone, the devices, the erasure.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gg_app::Error;
use gg_domain::actor::Permission;
use gg_domain::fields::FieldErrors;
use gg_domain::id::GuestId;
use gg_domain::rsvp::AnswerInput;

use super::RecordForm;
use super::show::page;
use crate::extract::Id;
use crate::forms::{Fields, Posted, fault, go_on, sentence};
use crate::pages::html;
use crate::pages::organiser::{Organiser, trouble};
use crate::problem::Problem;
use crate::state::Web;
use crate::view::Field;

/// `POST /guests/{id}/invite`.
pub(super) async fn issue(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let issued = web.app.invite_guest(posted.organiser.to(Permission::Links), guest).await;
    after(&web, &posted.organiser, guest, issued.map(drop), "issued#link").await
}

/// `POST /guests/{id}/invite/rotate`.
pub(super) async fn rotate(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let rotated = web.app.rotate_invite(posted.organiser.to(Permission::Links), guest).await;
    after(&web, &posted.organiser, guest, rotated.map(drop), "rotated#link").await
}

/// `POST /guests/{id}/invite/revoke`.
pub(super) async fn revoke(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let revoked = web.app.revoke_invite(posted.organiser.to(Permission::Links), guest).await;
    after(&web, &posted.organiser, guest, revoked, "revoked#link").await
}

/// `POST /guests/{id}/try`: to the guest's page, through a link of its own that is a test and ends by itself.
pub(super) async fn try_link(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let link = web.app.try_invite(posted.organiser.to(Permission::Links), guest).await?;
    // The path alone: the organiser may reach this server by another name than guests do.
    Ok(go_on(&format!("/i/{}", link.token.expose())))
}

/// `POST /guests/{id}/answer`: an answer that came by telephone.
pub(super) async fn record(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { organiser, fields } = posted;
    let attending = match fields.text("attending") {
        "yes" => true,
        "no" => false,
        _ => return Err(Problem::bad_request("is the guest coming?")),
    };
    let names = fields.all("plus_one").map(str::trim).filter(|name| !name.is_empty() && attending);
    let input = AnswerInput {
        attending,
        plus_ones: names.map(str::to_string).collect(),
        note: fields.given("note"),
        answers: kept_answers(&web, &organiser, guest).await?,
    };
    let refused = match web.app.record_answer(organiser.to(Permission::WriteGuests), guest, &input).await {
        Ok(_) => return Ok(go_on(&format!("/guests/{guest}?done=recorded#answer"))),
        Err(Error::Invalid(errors)) => errors,
        Err(Error::Full) => {
            FieldErrors::one("", "the event has no seats left for so many: raise its seats first")
        }
        Err(error) => return Err(error.into()),
    };
    let mut page = page(&web, &organiser, guest).await?;
    page.record = again(&fields, attending, &refused, page.record.names.len());
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /guests/{id}/forget-devices`.
pub(super) async fn forget(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let forgotten = web.app.forget_devices(posted.organiser.to(Permission::WriteGuests), guest).await;
    after(&web, &posted.organiser, guest, forgotten, "forgotten").await
}

/// `POST /guests/{id}/reset-baseline`.
pub(super) async fn reset(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let reset = web.app.reset_baseline(posted.organiser.to(Permission::WriteGuests), guest).await;
    after(&web, &posted.organiser, guest, reset, "reset").await
}

/// `POST /guests/{id}/erase`: whoever he is by now, since the dialog asked about him and not about his fields.
pub(super) async fn erase(
    State(web): State<Web>,
    Id(guest): Id<GuestId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let actor = posted.organiser.to(Permission::WriteGuests);
    let (row, _) = web.app.guest(actor, guest).await?;
    web.app.erase_guest(actor, guest, row.revision).await?;
    Ok(go_on(&format!("/events/{}/guests?done=erased", row.event_id)))
}

/// What the guest himself said to the event's own questions: a telephone call does not take it back.
async fn kept_answers(
    web: &Web,
    organiser: &Organiser,
    guest: GuestId,
) -> Result<Vec<(String, String)>, Problem> {
    let (answer, ..) = web.app.answer_of(organiser.to(Permission::ReadGuests), guest).await?;
    Ok(answer.map(|row| row.answers.0.into_iter().collect()).unwrap_or_default())
}

/// The page again, with what was done or why it was not.
pub(super) async fn after(
    web: &Web,
    organiser: &Organiser,
    guest: GuestId,
    outcome: gg_app::Result<()>,
    done: &str,
) -> Result<Response, Problem> {
    let trouble_text = match outcome {
        Ok(()) => return Ok(go_on(&format!("/guests/{guest}?done={done}"))),
        Err(Error::LinksOver) => sentence(&Error::LinksOver.to_string()),
        Err(Error::Full) => "The event has no seats left for this answer: raise its seats first.".into(),
        Err(Error::Invalid(errors)) => errors.0.first().map(|one| sentence(&one.detail)).unwrap_or_default(),
        Err(Error::Stale) => {
            "The guest opened the link at this very moment. Look again, and try once more.".into()
        }
        Err(error) => return Err(error.into()),
    };
    let mut page = page(web, organiser, guest).await?;
    page.chrome.notice = trouble(trouble_text);
    Ok(html(StatusCode::CONFLICT, &page))
}

/// The form as it was filled in, with what is wrong.
fn again(fields: &Fields, attending: bool, errors: &FieldErrors, allowed: usize) -> RecordForm {
    let typed: Vec<&str> = fields.all("plus_one").collect();
    let mut given = 0;
    let name = |text: &str| {
        // Faults count the names that were given, the page has empty fields between them.
        let pointer = format!("/plus_ones/{given}/name");
        if !text.trim().is_empty() {
            given += 1;
        }
        Field { value: text.to_string(), error: fault(errors, &pointer).filter(|_| !text.trim().is_empty()) }
    };
    let mut names: Vec<Field> = typed.into_iter().map(name).collect();
    names.resize(names.len().max(allowed), Field::default());
    let other = ["", "/plus_ones"].iter().find_map(|pointer| fault(errors, pointer));
    RecordForm {
        attending: Some(attending),
        names,
        note: fields.again("note", errors),
        notice: trouble(other.unwrap_or_else(|| "This is not right yet.".into())),
    }
}
