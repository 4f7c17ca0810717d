//! The guest's page's own form as it comes back.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use gg_domain::fields::FieldErrors;
use gg_domain::id::AccessId;
use gg_domain::rsvp::AnswerInput;
use gg_domain::signals::Signals;

use gg_app::InvitePage as Opened;

use super::AnswerForm;
use super::words::{DIET, fields};
use crate::api::invites::BODY_BYTES_MAX;
use crate::problem::Problem;
use crate::view::Field;

/// What a form says. Nothing of it is judged yet.
#[derive(Clone, Default)]
pub(super) struct Post {
    pub(super) step: String,
    pub(super) nonce: String,
    pub(super) attending: Option<bool>,
    /// Of the opening, where the script told of it before.
    pub(super) access: Option<AccessId>,
    pub(super) signals: Option<Signals>,
    names: Vec<String>,
    diet: String,
    note: String,
}

impl<S: Send + Sync> FromRequest<S> for Post {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(pairs) = read.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(BODY_BYTES_MAX),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Problem::unsupported_media_type("application/x-www-form-urlencoded")
            }
            _ => Problem::bad_request("this is no form of ours"),
        })?;
        Ok(pairs.into_iter().fold(Self::default(), Self::with))
    }
}

impl Post {
    fn with(mut self, (name, value): (String, String)) -> Self {
        match name.as_str() {
            "step" => self.step = value,
            "nonce" => self.nonce = value,
            "attending" => self.attending = choice(&value),
            "access_id" => self.access = value.parse().ok(),
            "signals" => self.signals = signals(&value),
            "plus_one" => self.names.push(value),
            "diet" => self.diet = value,
            "note" => self.note = value,
            _ => {}
        }
        self
    }

    /// The answer. A name that was left empty brings nobody; what else was answered before stays.
    pub(super) fn input(&self, attending: bool, opened: &Opened) -> AnswerInput {
        let before = opened.rsvp.as_ref().map(|row| row.answers.0.clone()).unwrap_or_default();
        let others = before.into_iter().filter(|(key, _)| key != DIET);
        AnswerInput {
            attending,
            plus_ones: self.brought().map(|(_, name)| name.clone()).collect(),
            note: Some(self.note.clone()),
            answers: others.chain([(DIET.to_owned(), self.diet.clone())]).collect(),
        }
    }

    /// The form again, with what was typed and `error` above it.
    pub(super) fn again(&self, opened: &Opened, error: impl Into<String>) -> AnswerForm {
        AnswerForm {
            attending: self.attending,
            bringing: u32::try_from(self.brought().count()).unwrap_or(u32::MAX),
            names: fields(&self.names, opened),
            diet: Field::of(self.diet.clone()),
            note: Field::of(self.note.clone()),
            error: Some(error.into()),
        }
    }

    /// The form again, with what is wrong beside each field.
    pub(super) fn corrected(&self, opened: &Opened, errors: &FieldErrors) -> AnswerForm {
        let mut form = AnswerForm { error: None, ..self.again(opened, "") };
        for error in &errors.0 {
            let said = Some(sentence(&error.detail));
            match error.pointer.split('/').skip(1).collect::<Vec<_>>()[..] {
                ["plus_ones", i, "name"] => {
                    let at = i.parse().ok().and_then(|i| self.brought().nth(i)).map(|(at, _)| at);
                    if let Some(field) = at.and_then(|at| form.names.get_mut(at)) {
                        field.error = said;
                    }
                }
                ["note"] => form.note.error = said,
                ["answers", ..] => form.diet.error = said,
                ["access_id"] => {
                    form.error = Some("You are trying this link out, so an answer is not kept.".to_owned());
                }
                _ => form.error = said,
            }
        }
        form
    }

    pub(super) fn brings_somebody(&self) -> bool {
        self.brought().next().is_some()
    }

    /// The names that are names, each with its field.
    fn brought(&self) -> impl Iterator<Item = (usize, &String)> {
        self.names.iter().enumerate().filter(|(_, name)| !name.trim().is_empty())
    }
}

fn choice(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Signals that cannot be read are none: an answer is not lost for them.
fn signals(text: &str) -> Option<Signals> {
    Signals::parse(&serde_json::from_str(text).ok()?).ok().flatten()
}

fn sentence(detail: &str) -> String {
    let mut letters = detail.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
