//! The guest's page's own form as it comes back.

use axum::extract::{FromRequest, Request};
use gg_domain::fields::FieldErrors;
use gg_domain::id::AccessId;
use gg_domain::rsvp::AnswerInput;
use gg_domain::signals::Signals;
use gg_domain::wish::AskerInput;

use gg_app::InvitePage as Opened;

use super::words::{DIET, fields};
use super::{AnswerForm, PassedOn, Typed};
use crate::api::invites::BODY_BYTES_MAX;
use crate::extract::body;
use crate::forms::{FIELDS_MAX, FORM_TYPE, too_many_fields};
use crate::problem::Problem;
use crate::urlencoded::{Pair, pairs};
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
    /// The six digits.
    pub(super) code: String,
    asker: AskerInput,
    names: Vec<String>,
    diet: String,
    note: String,
    /// The fields whose bytes are no text: what stands in them is not what was typed.
    torn: FieldErrors,
}

impl<S: Send + Sync> FromRequest<S> for Post {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        body::expect_type(&request, FORM_TYPE, |kind| kind == FORM_TYPE)?;
        let body = body::read(request, BODY_BYTES_MAX).await?;
        let mut fields = pairs(&body);
        let post = fields.by_ref().take(FIELDS_MAX).fold(Self::default(), Self::with);
        if fields.next().is_some() {
            return Err(too_many_fields());
        }
        Ok(post)
    }
}

impl Post {
    fn with(mut self, Pair { name, value, is_whole }: Pair) -> Self {
        if !is_whole {
            self.tear(&name);
        }
        match name.as_str() {
            "step" => self.step = value,
            "nonce" => self.nonce = value,
            "attending" => self.attending = choice(&value),
            "access_id" => self.access = value.parse().ok(),
            "signals" => self.signals = signals(&value),
            "code" => self.code = value,
            "asker_name" => self.asker.name = value,
            "asker_contact" => self.asker.contact = value,
            "asker_note" => self.asker.note = value,
            "plus_one" => self.names.push(value),
            "diet" => self.diet = value,
            "note" => self.note = value,
            _ => {}
        }
        self
    }

    /// Notes a field that did not arrive whole. What no guest types is judged by itself.
    fn tear(&mut self, name: &str) {
        let (pointer, what) = match name {
            "plus_one" => (format!("/plus_ones/{}/name", self.brought().count()), "this name"),
            "diet" => (format!("/answers/{DIET}"), "what you don’t eat"),
            "note" => ("/note".to_owned(), "your word to your hosts"),
            _ => return,
        };
        self.torn.push(pointer, format!("some letters of {what} did not arrive: please type them again"));
    }

    /// What did not arrive whole.
    pub(super) fn torn(&self) -> Option<&FieldErrors> {
        Some(&self.torn).filter(|torn| !torn.0.is_empty())
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
                ["plus_ones"] => form.error = Some(may_bring(opened)),
                _ => form.error = said,
            }
        }
        // A field that a choice hides is not seen, so its fault is said above as well.
        let hidden = self.attending != Some(true);
        let first = form.names.iter().chain([&form.diet]).find_map(|field| field.error.clone());
        form.error = form.error.or_else(|| first.filter(|_| hidden));
        form
    }

    /// What was typed of the answer, to go along with other forms.
    pub(super) fn typed(&self) -> Typed {
        Typed {
            attending: self.attending,
            names: self.brought().map(|(_, name)| name.clone()).collect(),
            diet: self.diet.clone(),
            note: self.note.clone(),
        }
    }

    /// Who asks for an invitation of his own.
    pub(super) fn asker(&self) -> AskerInput {
        self.asker.clone()
    }

    /// The form of who asks for an invitation of his own, as it was filled in.
    pub(super) fn passed_on(&self) -> PassedOn {
        let field = |text: &str| Field::of(text.to_owned());
        PassedOn {
            name: field(&self.asker.name),
            contact: field(&self.asker.contact),
            note: field(&self.asker.note),
            ..PassedOn::default()
        }
    }

    pub(super) fn brings_somebody(&self) -> bool {
        self.brought().next().is_some()
    }

    /// The names that are names, each with its field.
    fn brought(&self) -> impl Iterator<Item = (usize, &String)> {
        self.names.iter().enumerate().filter(|(_, name)| !name.trim().is_empty())
    }
}

/// How many may come along, to somebody who brings more.
fn may_bring(opened: &Opened) -> String {
    match opened.row.plus_ones_allowed {
        0 => "This invitation is for you alone. Please take the other names away.".to_owned(),
        1 => "You may bring one guest. Please leave one name and take the others away.".to_owned(),
        allowed => format!("You may bring {allowed} guests. Please take the other names away."),
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
