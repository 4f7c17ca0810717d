//! `PUT /api/v1/invites/rsvp`: an answer, with the opening that it comes of.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gg_domain::fields::FieldErrors;
use gg_domain::rsvp::{AnswerInput, Source};
use gg_store::RsvpRow;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::Body;
use super::{Admitted, TurnedAway, Use, admit, call, invalid};
use crate::api::rsvps::PlusOne;
use crate::idempotency::GivenKey;
use crate::problem::Problem;
use crate::state::Web;
use crate::visit::Visit;

/// An answer.
#[derive(ToSchema)]
#[schema(as = AnswerRequest)]
#[expect(dead_code, reason = "describes the body; it is read member by member, to name every wrong one")]
pub(super) struct Request {
    /// The last part of the link.
    token: String,
    /// Of the opening, at most 24 hours old.
    access_id: Uuid,
    /// Coming?
    attending: bool,
    /// Who comes too, up to the guest's allowance.
    plus_ones: Option<Vec<PlusOne>>,
    /// Answers to the event's own questions.
    answers: Option<BTreeMap<String, String>>,
    /// A word to the host.
    note: Option<String>,
}

/// A guest's answer as it counts now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InviteAnswer)]
pub(super) struct Answer {
    #[schema(value_type = Uuid)]
    guest_id: gg_domain::id::GuestId,
    attending: bool,
    plus_ones: Vec<PlusOne>,
    note: Option<String>,
    answers: BTreeMap<String, String>,
    /// Whose word it is: `guest`, or `organiser` for one that came another way.
    #[schema(value_type = String)]
    source: Source,
    /// Waits for the organiser's word.
    pending: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<RsvpRow> for Answer {
    fn from(row: RsvpRow) -> Self {
        Self {
            guest_id: row.guest_id,
            attending: row.attending,
            plus_ones: row.plus_ones.0.into_iter().map(|name| PlusOne { name }).collect(),
            note: row.note,
            answers: row.answers.0,
            source: row.source,
            pending: row.pending,
            updated_at: row.updated_at,
        }
    }
}

/// Answers an invitation
///
/// Any number of times within the life of the opening; the same answer again changes nothing.
#[utoipa::path(
    put,
    path = "/api/v1/invites/rsvp",
    operation_id = "answerInvite",
    tag = "invites",
    request_body = Request,
    responses(
        (status = 200, description = "The answer as it counts now", body = Answer),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step-up-required`, or `blocked`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No living link: one answer for all", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`event-full`; or a call with the same Idempotency-Key is under way", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`answers-closed`: the deadline has passed", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Beyond 64 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Wrong fields, each named", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "This link answered too often", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn answer(
    State(web): State<Web>,
    visit: Visit,
    key: GivenKey,
    body: Body,
) -> Result<Response, Problem> {
    call(Use::Answer, web, visit, key, body).await
}

/// The answer, taken.
pub(super) async fn made(
    web: &Web,
    visit: &Visit,
    body: &Body,
    admitted: Option<Admitted>,
) -> Result<Response, TurnedAway> {
    let row = take(web, visit, body, admitted).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Answer::from(row))).into_response())
}

async fn take(
    web: &Web,
    visit: &Visit,
    body: &Body,
    admitted: Option<Admitted>,
) -> Result<RsvpRow, TurnedAway> {
    let mut errors = FieldErrors::default();
    let token = body.text("token", &mut errors);
    let access = body.access_id(&mut errors);
    let input = input(body, &mut errors);
    if !errors.0.is_empty()
        && let Err(values) = gg_domain::rsvp::Answer::parse(&input)
    {
        let named: Vec<String> = errors.0.iter().map(|fault| fault.pointer.clone()).collect();
        errors.0.extend(values.0.into_iter().filter(|fault| !named.contains(&fault.pointer)));
    }
    let (Some(token), Some(access), true) = (token, access, errors.0.is_empty()) else {
        return Err(invalid(web, token, errors).await.into());
    };
    if admitted.is_none() {
        admit(web, visit, token, Use::Answer).await?;
    }
    Ok(web.app.answer_invite(token, access, &input).await?)
}

fn input(body: &Body, errors: &mut FieldErrors) -> AnswerInput {
    let attending = body.get("attending").as_bool();
    if attending.is_none() {
        errors.push("/attending", "must be true or false");
    }
    let note = match body.get("note") {
        Value::Null => None,
        Value::String(note) => Some(note.clone()),
        _ => {
            errors.push("/note", "must be a text or null");
            None
        }
    };
    AnswerInput {
        attending: attending.unwrap_or_default(),
        plus_ones: plus_ones(body.get("plus_ones"), errors),
        note,
        answers: answers(body.get("answers"), errors),
    }
}

fn plus_ones(value: &Value, errors: &mut FieldErrors) -> Vec<String> {
    let items = match value {
        Value::Null => return Vec::new(),
        Value::Array(items) => items,
        _ => {
            errors.push("/plus_ones", "must be a list of {\"name\"}");
            return Vec::new();
        }
    };
    let mut names = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        match (item, item.get("name").and_then(Value::as_str)) {
            (Value::Object(_), Some(name)) => names.push(name.to_owned()),
            (Value::Object(_), None) => errors.push(format!("/plus_ones/{i}/name"), "must be a text"),
            _ => errors.push(format!("/plus_ones/{i}"), "must be an object with a name"),
        }
    }
    names
}

fn answers(value: &Value, errors: &mut FieldErrors) -> Vec<(String, String)> {
    let members = match value {
        Value::Null => return Vec::new(),
        Value::Object(members) => members,
        _ => {
            errors.push("/answers", "must be an object of texts");
            return Vec::new();
        }
    };
    let mut answers = Vec::with_capacity(members.len());
    for (key, value) in members {
        match value {
            Value::String(text) => answers.push((key.clone(), text.clone())),
            _ => {
                let key = key.replace('~', "~0").replace('/', "~1");
                errors.push(format!("/answers/{key}"), "must be a text");
            }
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_wrong_member_is_named_at_once() {
        let body = Body::of(json!({
            "token": 7, "access_id": "x", "attending": "yes", "note": [],
            "plus_ones": [{"name": "Yaw"}, {"name": 3}, "Kofi"],
            "answers": {"a/b": {"deep": 1}, "ok": "fish"},
        }));
        let mut errors = FieldErrors::default();
        body.text("token", &mut errors);
        body.access_id(&mut errors);
        input(&body, &mut errors);
        let pointers: Vec<_> = errors.0.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/token",
                "/access_id",
                "/attending",
                "/note",
                "/plus_ones/1/name",
                "/plus_ones/2",
                "/answers/a~1b"
            ]
        );
    }

    #[test]
    fn what_may_be_left_out_may_be_null_too() {
        for body in [
            json!({"attending": false}),
            json!({"attending": false, "plus_ones": null, "note": null, "answers": null}),
        ] {
            let mut errors = FieldErrors::default();
            let input = input(&Body::of(body), &mut errors);
            assert_eq!(errors, FieldErrors::default());
            assert!(input.plus_ones.is_empty() && input.answers.is_empty() && input.note.is_none());
        }
    }
}
