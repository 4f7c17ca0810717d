//! What a guest can do who is asked for more, or stopped: have digits sent, type them, have a new link sent; and what
//! somebody can do to whom the link was passed on. Plain forms; what was typed of an answer goes along and is never lost.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use gg_app::Error;
use gg_domain::step_up::Code;
use jiff::SignedDuration;

use super::answer::{NO_PERSON_BEFORE, Reply};
use super::show::refused;
use super::{InviteState, PassedOn, StepUp, Stopped};
use crate::api::invites::{Use, admit};
use crate::nonce::BadNonce;
use crate::problem::Problem;
use crate::view::Field;

const ONCE_MORE: &str = "Please press once more, so that we know it was you.";
const OPEN_TOO_LONG: &str = "This page was open for a long time. Please press once more.";
const OPEN_AGAIN: &str = "Please send your answer once more: it is still here.";
const SIX_DIGITS: &str = "Please type the six digits as they stand in the message.";
const WRONG: &str = "These digits are not right any more, or never were: they are good for ten minutes, and only the latest count. Look at the message again, or have new ones sent.";

impl Reply<'_> {
    /// Six digits, sent to where the invitation went.
    pub(super) async fn send_code(&self) -> Response {
        let ask = StepUp { sent: false, ..self.step_up_form() };
        if let Some(again) = self.press_again(|error| InviteState::StepUp(StepUp { error, ..ask })) {
            return again;
        }
        let Some(access) = self.post.access else {
            return self.again(StatusCode::UNPROCESSABLE_ENTITY, OPEN_AGAIN);
        };
        if let Err(why) = admit(self.web, self.visit, self.token, Use::SendCode).await {
            return refused(self.web, self.visit, why).await;
        }
        let ask = StepUp { sent: true, ..self.step_up_form() };
        match self.web.app.send_code(self.token, access).await {
            Ok(()) => self.page(StatusCode::OK, InviteState::StepUp(ask)),
            Err(Error::Invalid(_)) => self.again(StatusCode::UNPROCESSABLE_ENTITY, OPEN_AGAIN),
            Err(Error::TooOften(wait)) => {
                let error = Some(format!("Digits were sent several times already. {}", wait_words(wait)));
                self.later(wait, InviteState::StepUp(StepUp { error, ..ask }))
            }
            Err(error) => refused(self.web, self.visit, error.into()).await,
        }
    }

    /// Six digits as they were typed; with the right ones the answer goes on its way, where there is one.
    pub(super) async fn try_code(&self) -> Response {
        let ask = StepUp { sent: true, ..self.step_up_form() };
        let with = |error: &str| InviteState::StepUp(StepUp { error: Some(error.to_owned()), ..ask.clone() });
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        if self.age().is_err() {
            return self.page(unprocessable, with(OPEN_TOO_LONG));
        }
        let Some(access) = self.post.access else { return self.again(unprocessable, OPEN_AGAIN) };
        let Ok(code) = Code::parse(&self.post.code.replace(' ', "")) else {
            return self.page(unprocessable, with(SIX_DIGITS));
        };
        if let Err(why) = admit(self.web, self.visit, self.token, Use::TryCode).await {
            return refused(self.web, self.visit, why).await;
        }
        match self.web.app.verify_code(self.token, access, &code).await {
            Ok(()) => self.go_on().await,
            Err(Error::WrongCode) => self.page(unprocessable, with(WRONG)),
            Err(Error::Invalid(_)) => self.again(unprocessable, OPEN_AGAIN),
            Err(Error::TooOften(wait)) => {
                let words = "Digits were tried too often. You can have a new link sent instead.";
                self.later(wait, with(&format!("{words} {}", wait_words(wait))))
            }
            Err(error) => refused(self.web, self.visit, error.into()).await,
        }
    }

    /// A new link, sent to where the invitation went; where it went nowhere, the hosts are asked.
    pub(super) async fn send_fresh_link(&self) -> Response {
        let stopped = |error, fresh_link_sent| {
            InviteState::Blocked(Stopped { fresh_link_sent, error, ..Stopped::default() })
        };
        if let Some(again) = self.press_again(|error| stopped(error, false)) {
            return again;
        }
        if let Err(why) = admit(self.web, self.visit, self.token, Use::FreshLink).await {
            return refused(self.web, self.visit, why).await;
        }
        match self.web.app.send_fresh_link(self.token, self.visit.viewer).await {
            Ok(()) => self.page(StatusCode::OK, stopped(None, true)),
            Err(Error::TooOften(wait)) => {
                let words = "A new link was sent several times already: look for the latest message.";
                self.later(wait, stopped(Some(format!("{words} {}", wait_words(wait))), false))
            }
            Err(error) => refused(self.web, self.visit, error.into()).await,
        }
    }

    /// A wish for an invitation of one's own, by somebody to whom the link was passed on.
    pub(super) async fn passed_on(&self) -> Response {
        let form = |error| {
            let form = PassedOn { error, is_open: true, ..self.post.passed_on() };
            InviteState::Blocked(Stopped { passed_on: form, ..Stopped::default() })
        };
        if let Some(again) = self.press_again(form) {
            return again;
        }
        if let Err(why) = admit(self.web, self.visit, self.token, Use::FreshLink).await {
            return refused(self.web, self.visit, why).await;
        }
        let input = self.post.asker();
        match self.web.app.ask_own_invitation(self.token, self.visit.viewer, &input).await {
            Ok(()) => self.page(StatusCode::OK, InviteState::WishTaken),
            Err(Error::Invalid(errors)) => {
                let mut form = PassedOn { is_open: true, ..self.post.passed_on() };
                for fault in &errors.0 {
                    let field: &mut Field = match fault.pointer.as_str() {
                        "/name" => &mut form.name,
                        "/contact" => &mut form.contact,
                        _ => &mut form.note,
                    };
                    field.error = Some(format!("This {}.", fault.detail));
                }
                let state = InviteState::Blocked(Stopped { passed_on: form, ..Stopped::default() });
                self.page(StatusCode::UNPROCESSABLE_ENTITY, state)
            }
            Err(Error::TooOften(wait)) => self.later(
                wait,
                form(Some(format!("Your hosts were asked several times already. {}", wait_words(wait)))),
            ),
            Err(error) => refused(self.web, self.visit, error.into()).await,
        }
    }

    /// To the answer: on its way, where it was typed before; else to be given, with the opening that is confirmed.
    async fn go_on(&self) -> Response {
        if self.post.attending.is_some() {
            return self.give().await;
        }
        // What is known of the guest may have changed by it: an answer that waited counts now.
        match self.web.app.invite_page(self.token, self.visit.viewer).await {
            Ok(opened) => Reply { opened: &opened, ..*self }.confirmed(),
            Err(error) => refused(self.web, self.visit, error.into()).await,
        }
    }

    /// The form of the code, with what was typed of the answer.
    pub(super) fn step_up_form(&self) -> StepUp {
        let access_id = self.post.access.map(|access| access.to_string()).unwrap_or_default();
        StepUp { access_id, sent: false, error: None, typed: self.post.typed() }
    }

    /// The page in `state` again where nobody can have read it, or not any more: machines press what they find.
    fn press_again(&self, state: impl FnOnce(Option<String>) -> InviteState) -> Option<Response> {
        match self.age() {
            // The nonce stays, so that the second press is not too early again.
            Ok(age) if age < NO_PERSON_BEFORE => Some(self.page_with(
                StatusCode::OK,
                self.post.nonce.clone(),
                state(Some(ONCE_MORE.to_owned())),
            )),
            Ok(_) => None,
            Err(BadNonce::Stale | BadNonce::Foreign) => {
                Some(self.page(StatusCode::UNPROCESSABLE_ENTITY, state(Some(OPEN_TOO_LONG.to_owned()))))
            }
        }
    }

    /// The page of somebody who asked too often, and when to come back.
    fn later(&self, wait: SignedDuration, state: InviteState) -> Response {
        let mut response = self.page(StatusCode::TOO_MANY_REQUESTS, state);
        let told = Problem::from(Error::TooOften(wait)).into_response();
        if let Some(seconds) = told.headers().get(RETRY_AFTER) {
            response.headers_mut().insert(RETRY_AFTER, seconds.clone());
        }
        response
    }
}

/// "Please try again in 12 minutes."
fn wait_words(wait: SignedDuration) -> String {
    let minutes = wait.as_secs().max(0) / 60 + 1;
    match minutes {
        1 => "Please try again in a minute.".to_owned(),
        2..=90 => format!("Please try again in {minutes} minutes."),
        _ => format!("Please try again in {} hours.", (minutes + 59) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_to_wait_is_said_as_people_say_it() {
        let words = |minutes| wait_words(SignedDuration::from_mins(minutes));

        assert_eq!(words(0), "Please try again in a minute.");
        assert_eq!(words(11), "Please try again in 12 minutes.");
        assert_eq!(words(23 * 60), "Please try again in 24 hours.");
    }
}
